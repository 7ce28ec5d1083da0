"""A program as the service knows it: a text, a seed, and a name under which its trace may be shared."""

import hashlib
import platform
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

ENGINE = Path(__file__).resolve().parent.parent / "engine"


@dataclass(frozen=True, slots=True)
class Program:
    """A text to run and the seed of its random numbers."""

    source: str
    seed: int

    @property
    def key(self) -> str:
        """Equal for programs whose traces are equal, byte for byte: same text, seed, engine and arithmetic."""
        said = f"{engine()}\0{self.seed}\0{self.source}".encode()
        return hashlib.blake2b(said, digest_size=16).hexdigest()


@cache
def engine() -> str:
    """A name of what turns a program into a trace on this machine: the engine's own text, NumPy, Python and the processor."""
    digest = hashlib.blake2b(repr((np.__version__, sys.version_info[:3], platform.machine())).encode(), digest_size=16)
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
