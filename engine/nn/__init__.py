"""`torch.nn`: functionals and Parameter."""

from engine.nn import functional
from engine.nn.parameter import Parameter

__all__ = ["Parameter", "functional"]
