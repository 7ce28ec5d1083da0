"""How many of the programs begin."""

from __future__ import annotations

T = "import torch\n"
X = T + "x = torch.ones(2, requires_grad=True)\n"

W = (
    T
    + "import torch.nn as nn\nimport torch.nn.functional as F\nimport numpy as np\nn = torch.tensor(90000000)\nv = torch.ones(99999)\n"
    "x = torch.ones(2, 2)\ni = torch.tensor([1, 2])\n"
)
"""Sizes as tensors, and what is wide enough for every way to spell a call."""
R = "import re\nimport string\n"
