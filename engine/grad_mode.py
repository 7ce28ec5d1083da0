"""Whether operations are recorded for backward: `no_grad`, `enable_grad`, `set_grad_enabled`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any

enabled = True
inference = False


def is_grad_enabled() -> bool:
    """Whether an operation on a tensor that requires grad is tracked now."""
    return enabled


class _Mode:
    """A grad mode as context and as decorator; leaving restores what was before, after an exception too."""

    __slots__ = ("_before",)
    mode = True

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        global enabled
        self._before.append(enabled)
        enabled = self.mode

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global enabled
        enabled = self._before.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **keywords: Any) -> Any:
            with self:
                return function(*args, **keywords)

        return wrapped


class _Decorator(_Mode):
    """A mode that also stands above a function without being called first."""

    __slots__ = ()

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        made = super().__new__(cls)
        if function is None:
            return made
        made.__init__()  # type: ignore[misc]
        return made(function)


class no_grad(_Decorator):  # noqa: N801
    """Inside it nothing is tracked: results are leaves that require no grad."""

    __slots__ = ()
    mode = False


class enable_grad(_Decorator):  # noqa: N801
    """Inside it operations are tracked again."""

    __slots__ = ()
    mode = True


def is_inference_mode_enabled() -> bool:
    """Whether tensors made now are inference tensors."""
    return inference


class inference_mode(_Mode):  # noqa: N801
    """Inside it nothing is tracked, and what is made can never take part in tracking."""

    __slots__ = ("_modes", "mode")

    def __new__(cls, mode: Any = True) -> Any:
        made = super().__new__(cls)
        if not callable(mode):
            return made
        made.__init__()  # type: ignore[misc]
        return made(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = bool(mode)
        self._modes: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        global enabled, inference
        self._modes.append((enabled, inference))
        enabled, inference = not self.mode, self.mode

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global enabled, inference
        enabled, inference = self._modes.pop()


class set_grad_enabled(_Mode):  # noqa: N801
    """Switches tracking from the call on; as a context it switches back at the end."""

    __slots__ = ("mode",)

    def __init__(self, mode: bool) -> None:
        global enabled
        super().__init__()
        self.mode = bool(mode)
        self._before.append(enabled)
        enabled = self.mode

    def __enter__(self) -> None:
        """The switch was made by the call."""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        global enabled
        enabled = self._before.pop()
        mode = self.mode

        @functools.wraps(function)
        def wrapped(*args: Any, **keywords: Any) -> Any:
            with set_grad_enabled(mode):
                return function(*args, **keywords)

        return wrapped
