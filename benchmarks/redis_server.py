"""A Redis of the tests' own: on a free loopback port, in a folder of its own, ended by its process."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

WHY_NOT = "no redis-server was found (Debian: apt install redis-server; dev.py test installs it where it may)"


def find() -> str | None:
    """The path of a `redis-server` (or `valkey-server`)."""
    return shutil.which(os.environ.get("GRADLIGHT_REDIS_SERVER", "redis-server")) or shutil.which("valkey-server")


class RedisServer:
    """One process; `stop` and `start` again keep the port and what was saved."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *more: str) -> None:
        """It answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        options += ["--appendonly", "yes", "--appendfsync", "everysec", "--logfile", "redis.log", *more]
        self.process = subprocess.Popen([self.program, *options], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asking:
                    asking.sendall(b"PING\r\n")
                    if asking.recv(5) == b"+PONG":
                        return
            except OSError:
                pass
            time.sleep(0.01)
        raise RuntimeError(f"redis-server did not start: {(self.folder / 'redis.log').read_text()[-2000:]}")

    def ask(self, *words: str) -> bytes:
        """The answer to one command, as it comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as asking:
            asking.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
            return asking.recv(1 << 16)

    def stop(self) -> None:
        """It has ended."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


def main() -> int:
    path = find()
    print(path or WHY_NOT)
    return path is None


if __name__ == "__main__":
    raise SystemExit(main())
