"""What a worker sends, brought frame by frame into the event loop."""

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from app import executor

FRAME_BYTES = 24 << 20
AT_A_TIME = 1 << 18
TOGETHER = 32
"""So many frames are handed on together at most."""
GATHER_SECONDS = 0.008
"""A run's first frame is handed on at once; others wait so long for those that follow."""
LENGTH = struct.Struct("!I")
"""What stands before each frame that a `Connection` sends, of those that are shorter than 2 GB."""
HEAD = 1 + executor.HEAD.size
"""Bytes of a frame before its lines."""


class Arrivals:
    """Calls `arrived` in the loop with the frames that come over `connection`, some at a time, and at last with None when `process`
    has ended, which it is made to when it closes the connection or sends what is no frame."""

    def __init__(
        self, connection: Connection, process: BaseProcess, arrived: Callable[[list[bytes] | None], None]
    ) -> None:
        self.connection = connection
        self.process = process
        self.arrived = arrived
        self.loop = asyncio.get_running_loop()
        self.held: list[bytes] = []
        self.timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        raise NotImplementedError

    def hold(self, frames: list[bytes]) -> None:
        """The frames are handed on: at once where they begin or end a run, others a little later, with those that follow."""
        self.held += frames
        if self.held and (not goes_on(self.held[-1]) or len(self.held) >= TOGETHER):
            self.hand_on()
        elif self.held and self.timer is None:
            self.timer = self.loop.call_later(GATHER_SECONDS, self.hand_on)

    def hand_on(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.held:
            frames, self.held = self.held, []
            self.arrived(frames)

    def end(self) -> None:
        """The process has ended."""
        self.process.join()
        self.hand_on()
        self.connection.close()
        self.arrived(None)


class Polled(Arrivals):
    """The loop itself waits for the pipe and for the process."""

    def start(self) -> None:
        self.socket = socket.socket(fileno=self.connection.fileno())
        self.bytes = bytearray()
        self.length = 0
        self.loop.add_reader(self.socket, self.read)
        self.loop.add_reader(self.process.sentinel, self.exited)

    def read(self) -> bool:
        """What has come is read; whether more may come at once."""
        try:
            came = self.socket.recv(AT_A_TIME, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            came = b""
        self.bytes += came
        self.hold(self.frames())
        if came and self.length <= FRAME_BYTES:
            return True
        self.loop.remove_reader(self.socket)
        self.process.kill()
        return False

    def frames(self) -> list[bytes]:
        """The frames that have come whole; `length` is that of the next one."""
        frames: list[bytes] = []
        place = 0
        while len(self.bytes) - place >= LENGTH.size:
            (self.length,) = LENGTH.unpack_from(self.bytes, place)
            end = place + LENGTH.size + self.length
            if len(self.bytes) < end or self.length > FRAME_BYTES:
                break
            frames.append(bytes(self.bytes[place + LENGTH.size : end]))
            place = end
        del self.bytes[:place]
        return frames

    def exited(self) -> None:
        while self.read():
            pass
        self.loop.remove_reader(self.socket)
        self.loop.remove_reader(self.process.sentinel)
        self.socket.detach()
        self.end()


class Threaded(Arrivals):
    """A thread waits for both, where the loop cannot (Windows)."""

    def start(self) -> None:
        threading.Thread(target=self.listen, name="worker-reader", daemon=True).start()

    def listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.post(self.hold, [self.connection.recv_bytes(FRAME_BYTES)])
        self.process.kill()
        self.process.join()
        self.post(self.end)

    def post(self, call: Callable[..., object], *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may have been closed meanwhile
            self.loop.call_soon_threadsafe(call, *values)


def goes_on(frame: bytes) -> bool:
    """Whether the frame holds lines amid a run."""
    return not ends(frame) and executor.HEAD.unpack(frame[1:HEAD])[0] > 0


def ends(frame: bytes) -> bool:
    """Whether the run ends with this frame."""
    return frame[:1] != executor.LINES or len(frame) < HEAD or executor.HEAD.unpack(frame[1:HEAD])[2] > 0


LISTENING: type[Polled] | type[Threaded] = Threaded if sys.platform == "win32" else Polled
