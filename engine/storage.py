"""Where a tensor's numbers lie: `data_ptr()`, the storage that views share, and the names of the ways to lie there.

Addresses are numbers of our own, the same on every machine: each piece of memory has one, in the order in which they were asked for, and what lies
in it is as many bytes further on as it is.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.memory import address, root
from engine.tensor import Tensor

APART = 1 << 32
"""Between two pieces of memory: more bytes than either has."""


class Addresses:
    """The numbers of the pieces of memory that were asked for one."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._count = 0

    def of(self, array: Any) -> int:
        """Where an array begins, in bytes; 0 for one without elements."""
        if not array.size:
            return 0
        whole = root(array)
        key = id(whole)
        if key not in self._known:
            self._count += 1
            known = self._known
            known[key] = weakref.ref(whole, lambda _: known.pop(key, None)), self._count * APART
        return self._known[key][1] + address(array) - address(whole)


addresses = Addresses()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tensor is held; all of them are `torch.strided`."""

    name: str

    def __repr__(self) -> str:
        return f"torch.{self.name}"


@dataclass(frozen=True, slots=True)
class MemoryFormat:
    """In which order the dimensions of a new tensor lie."""

    name: str

    def __repr__(self) -> str:
        return f"torch.{self.name}"


STRIDED = Layout("strided")
FORMATS = {name: MemoryFormat(name) for name in ("contiguous_format", "preserve_format")}


class UntypedStorage:
    """The whole memory that a tensor, its views and what was detached from it share, as bytes."""

    __slots__ = ("_array",)

    def __init__(self, array: Any) -> None:
        self._array = array

    def data_ptr(self) -> int:
        """Where the memory begins, in bytes."""
        return addresses.of(self._array)

    def nbytes(self) -> int:
        """How many bytes there are."""
        return int(self._array.nbytes)

    size = __len__ = nbytes

    def __repr__(self) -> str:
        listed = "".join(f" {byte}\n" for byte in np.ravel(self._array, "K").view(np.uint8).tolist())
        return f"{listed}[torch.storage.UntypedStorage(device=cpu) of size {self.nbytes()}]"


UntypedStorage.__module__ = "torch.storage"


def data_ptr(self: Tensor) -> int:
    """Where the tensor's first element lies, in bytes; 0 where it has none."""
    return addresses.of(self._array())


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory that the tensor shares with its views."""
    return UntypedStorage(root(self._array()))


STORAGE_METHODS = {"data_ptr": UntypedStorage.data_ptr, "nbytes": UntypedStorage.nbytes, "size": UntypedStorage.nbytes}
METHODS = {"data_ptr": data_ptr, "untyped_storage": untyped_storage}
