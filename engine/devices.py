"""`torch.device`: there is one, the CPU; the others are known by name and refused in PyTorch's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps",
    "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """A place where tensors could be: its type and number."""

    type: str
    index: int | None = None

    def __repr__(self) -> str:
        number = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{number})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"


CPU = Device("cpu")
UNLINKED = ("mps", "xla", "hip", "ipu", "hpu", "ve", "mtia", "maia", "vulkan", "opengl", "opencl", "ideep", "fpga")
ABSENT = (
    "cuda.is_available", "mps.is_available", "xpu.is_available", "accelerator.is_available", "backends.mps.is_available",
    "backends.mps.is_built", "backends.cuda.is_built",
)  # fmt: skip
"""What asks whether there is another device."""


def asking() -> Callable[[], bool]:
    """A function that says that there is none."""
    return lambda: False


def device(type: Any, index: int | None = None) -> Device:
    """The device of a name such as "cpu" or "cuda:0". Raises RuntimeError for a name that is none."""
    if isinstance(type, Device):
        return type
    if isinstance(type, bool) or not isinstance(type, (str, int)):
        raise TypeError(f"device(): argument 'type' must be str, not {type.__class__.__name__}")
    if isinstance(type, int):
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if not type:
        raise RuntimeError("Device string must not be empty")
    kind, colon, number = type.partition(":")
    if not (kind.isascii() and kind.replace("_", "").isalpha()):
        raise RuntimeError(f"Invalid device string: '{type}'")
    if kind not in KINDS:
        raise RuntimeError(f"Expected one of {', '.join(KINDS)} device type at start of device string: {type}")
    if colon:
        if not (number.isascii() and number.isdigit()) or len(number) > 3 or (number[0] == "0" and len(number) > 1):
            raise RuntimeError(f"Invalid device string: '{type}'")
        index = int(number)
    return Device(kind, index)


def check(place: Any, name: str = "to") -> None:
    """Nothing happens for the CPU and for None. Raises AssertionError, RuntimeError, NotImplementedError or TypeError for another place."""
    if place is None or place == CPU:
        return
    if isinstance(place, bool) or not isinstance(place, (str, int, Device)):
        raise TypeError(f"{name}(): argument 'device' must be torch.device, not {type(place).__name__}")
    found = device(place)
    if found.type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if found.type == "xpu":
        raise AssertionError("Torch not compiled with XPU enabled")
    if found.type in UNLINKED and found.index is None and name == "to":
        raise RuntimeError(f"PyTorch is not linked with support for {found.type} devices")
    if found.type != "cpu":
        raise NotImplementedError(f"Could not run '{name}' on the '{found.type.upper()}' device: only the CPU is here.")
