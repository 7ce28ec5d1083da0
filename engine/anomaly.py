"""Anomaly detection: nodes remember where they were made, and a gradient that is not a number fails the call."""

from __future__ import annotations

import traceback
import warnings
from types import TracebackType

import numpy as np

from engine import detour, recording

enabled = False
check_nan = True

ENTERED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging."
)


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, where it is on, looks for nan."""
    return check_nan


def site() -> str:
    """Where the program is: its line where a program runs, else the Python stack above the engine."""
    if recording.active is not None:
        return "" if recording.active.line is None else f"  line {recording.active.line}\n"
    inside = __file__.rpartition("anomaly")[0]
    frames = [frame for frame in traceback.extract_stack() if not frame.filename.startswith(inside)]
    return "".join(traceback.format_list(frames))


def not_a_number(data: object) -> bool:
    """Whether any entry of a gradient is nan."""
    return bool(np.isnan(data).any())  # type: ignore[call-overload]


class _Detection:
    __slots__ = ("_before",)

    def __enter__(self) -> None:
        """The switch was made by the call."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global enabled, check_nan
        enabled, check_nan = self._before
        detour.tell("anomaly", enabled)

    def _switch(self, mode: bool, nan: bool) -> None:
        global enabled, check_nan
        self._before = (enabled, check_nan)
        enabled, check_nan = mode, nan
        detour.tell("anomaly", enabled)


class set_detect_anomaly(_Detection):  # noqa: N801
    """Switches anomaly detection from the call on; as a context it switches back at the end."""

    __slots__ = ()

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._switch(bool(mode), check_nan)


class detect_anomaly(_Detection):  # noqa: N801
    """Inside it anomaly detection is on; entering warns that it is slow."""

    __slots__ = ("_nan",)

    def __init__(self, check_nan: bool = True) -> None:
        self._nan = check_nan
        warnings.warn(ENTERED, UserWarning, stacklevel=2)

    def __enter__(self) -> None:
        self._switch(True, self._nan)
