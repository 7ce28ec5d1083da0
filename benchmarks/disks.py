"""Disks that are full, and files that may not grow."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import Process


@contextlib.contextmanager
def no_larger_files(server: Process) -> Iterator[None]:
    """The server's files may not grow."""
    import resource

    unlimited = resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)


@contextlib.contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """The disk of this folder is full."""
    filling = folder / "filling"
    with filling.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 10, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    yield
    filling.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 32) -> Iterator[Path]:
    """A disk of its own in this folder, for a root who may mount one. Raises CannotMount."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "gradlight", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode != 0:
        raise CannotMount
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


class CannotMount(Exception):
    """This account may not mount a disk."""
