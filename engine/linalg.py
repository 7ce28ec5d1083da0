"""`torch.linalg`."""

from engine.ops import FUNCTIONS

vector_norm = FUNCTIONS["linalg.vector_norm"]
norm = FUNCTIONS["linalg.norm"]
