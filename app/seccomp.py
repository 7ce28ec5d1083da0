"""The kernel's own list of what a worker may ask of it: once it holds, a process computes, reads and writes what is open, and ends.

A filter is a small program of the kernel's packet language (linux/filter.h), made here by hand so that nothing need be installed.
"""

import ctypes
import platform
import struct
import sys

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
FILTER = 2
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1  # the last answers EPERM
LOAD, EQUAL, HOLDS, GIVE = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCHITECTURE, THIRD_ARGUMENT = 0, 4, 32
EXECUTABLE = 4

# Memory, signals and waiting, the clock, what is open already, and the end: (x86-64, AArch64).
CALLS: dict[str, tuple[int, int]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, 73), "lseek": (8, 62),
    "readv": (19, 65), "writev": (20, 66), "ppoll": (271, 73), "pselect6": (270, 72),
    "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216), "madvise": (28, 233), "msync": (26, 227),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "futex": (202, 98), "sched_yield": (24, 124), "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115), "setitimer": (38, 103), "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "getpid": (39, 172), "gettid": (186, 178), "getrusage": (98, 165), "prlimit64": (302, 261), "getrandom": (318, 278),
    "sched_getaffinity": (204, 123), "sysinfo": (99, 179), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
# Memory that could be run as code is refused.
MAPPED: dict[str, tuple[int, int]] = {"mmap": (9, 222), "mprotect": (10, 226)}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _instruction(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def program(machine: str) -> bytes:
    """The filter for a machine: a list of calls that are allowed; any other fails with EPERM."""
    column, architecture = MACHINES[machine]
    plain = sorted({pair[column] for pair in CALLS.values()})
    made = [
        _instruction(LOAD, 0, 0, ARCHITECTURE),
        _instruction(EQUAL, 1, 0, architecture),
        _instruction(GIVE, 0, 0, KILL),
        _instruction(LOAD, 0, 0, NUMBER),
    ]
    for number in plain:
        made += [_instruction(EQUAL, 0, 1, number), _instruction(GIVE, 0, 0, ALLOW)]
    for pair in MAPPED.values():
        made += [
            _instruction(EQUAL, 0, 4, pair[column]),
            _instruction(LOAD, 0, 0, THIRD_ARGUMENT),
            _instruction(HOLDS, 1, 0, EXECUTABLE),
            _instruction(GIVE, 0, 0, ALLOW),
            _instruction(GIVE, 0, 0, REFUSE),
        ]
    return b"".join([*made, _instruction(GIVE, 0, 0, REFUSE)])


def close_doors() -> list[str]:
    """The names of the rings that hold from now on, for good: `no-new-privileges`, `not-dumpable`, `seccomp`."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in MACHINES or sys.maxsize < 2**32:
        return []
    kernel = ctypes.CDLL(None, use_errno=True)
    control = kernel.prctl
    control.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    control.restype = ctypes.c_int
    made = program(machine)
    loaded = _Program(len(made) // 8, made)
    held = []
    for name, order in (
        ("no-new-privileges", (PR_SET_NO_NEW_PRIVS, 1, 0)),
        ("not-dumpable", (PR_SET_DUMPABLE, 0, 0)),
        ("seccomp", (PR_SET_SECCOMP, FILTER, ctypes.addressof(loaded))),
    ):
        if control(*order, 0, 0) == 0:
            held.append(name)
    return held
