"""Module: parameters, buffers and child modules by name, called through `forward`."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from engine import recording
from engine.hooks import RemovableHandle
from engine.nn import asked, budget, module_text
from engine.nn.state import IncompatibleKeys, Stored, clear
from engine.nn.tree import ABSENT, adopt, kind_of, lookup, register
from engine.nn.watch import Watch, watch_older
from engine.tensor import Tensor

__all__ = ["ABSENT", "IncompatibleKeys", "Module", "adopt", "clear", "kind_of", "lookup", "register"]


def _registered(hooks: dict[int, Any], hook: Any, first: bool) -> RemovableHandle:
    """The handle of a new hook; one that goes before the others has them written down anew."""
    if first:
        budget.step(len(hooks) // 20)
    return RemovableHandle(hooks, hook, first)


class Module(Stored):
    """What holds parameters, buffers and child modules; calling it calls `forward`, between the events of its scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:
            wrong = (
                f"got an unexpected keyword argument '{next(iter(kwargs))}'"
                if kwargs
                else f"takes 1 positional argument but {len(args) + 1} were given"
            )
            raise TypeError(f"{self._get_name()}.__init__() {wrong}")
        super().__init__()
        state = self.__dict__
        state["_before"] = {}
        state["_after"] = {}
        state["_backward"] = {}
        state["_backward_before"] = {}
        state["_backward_older"] = {}
        state["_full"] = None
        state["_label"] = None

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Let `hook(module, args)` see, and perhaps replace, what `forward` is given; `hook(module, args, kwargs)` where asked so."""
        return _registered(self._before, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Let `hook(module, args, output)` see, and perhaps replace, what `forward` gives; with `kwargs` before `output` where asked so."""
        return _registered(self._after, (hook, with_kwargs), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Let `hook(module, grad_input, grad_output)` see what comes back through a call, and perhaps replace the first."""
        self._only(full=True)
        return _registered(self._backward, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(module, grad_input, grad_output)` see what goes through the last node of a call: the older way, which warns where that is not all.

        Raises RuntimeError for a module that has full backward hooks, as that does for one that has these.
        """
        self._only(full=False)
        return _registered(self._backward_older, hook, False)

    def _only(self, *, full: bool) -> None:
        state = self.__dict__
        if state["_full"] is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them."
            )
        state["_full"] = full

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Let `hook(module, grad_output)` see, and perhaps replace, what arrives at a call's results."""
        return _registered(self._backward_before, hook, prepend)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._count(args)
        with budget.nested:
            return self._told(args, kwargs)

    def _count(self, args: tuple[Any, ...]) -> None:
        budget.visit()
        if not args:
            return
        if not isinstance(args[0], Tensor):
            asked.refuse(type(self).__name__, args[0])
        elif budget.active is not None:
            budget.layer(type(self).__name__, args[0]._data.size)

    def counted(self, *args: Any, **kwargs: Any) -> Any:
        """What the `forward` of its class gives, counted as a call is; no hook runs."""
        self._count(args)
        with budget.nested:
            return type(self).forward(self, *args, **kwargs)

    def _told(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        recorder = recording.active
        if recorder is None:
            return self._run(args, kwargs)
        label = self._label if self._label is not None and self._label.isidentifier() else self._get_name()
        recorder.emit("scope-entered", scope="module", label=label)
        try:
            return self._run(args, kwargs)
        finally:
            recorder.emit("scope-left", scope="module", label=label)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook, whole in list(self._before.values()):
            changed = hook(self, args, kwargs) if whole else hook(self, args)
            if changed is None:
                continue
            if not whole:
                args = changed if isinstance(changed, tuple) else (changed,)
            elif isinstance(changed, tuple) and len(changed) == 2:
                args, kwargs = changed
            else:
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                )
        watch = None
        if self._backward or self._backward_before:
            watch = Watch(self, list(self._backward.values()), list(self._backward_before.values()))
        if watch is not None:
            args = watch.inputs(args)
        result = self.forward(*args, **kwargs)
        for hook, whole in list(self._after.values()):
            changed = hook(self, args, kwargs, result) if whole else hook(self, args, result)
            if changed is not None:
                result = changed
        if self._backward_older:
            watch_older(self, list(self._backward_older.values()), args, result)
        return result if watch is None else watch.output(result)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f'Module [{self._get_name()}] is missing the required "forward" function')

    def extra_repr(self) -> str:
        return ""

    def _text(self, room: float = inf) -> str:
        """The text of the module; of one longer than `room` characters, more than so many."""
        budget.step()
        title, lines = self._get_name(), []
        left = room - len(title)
        with budget.nested:
            for name, child in self._modules.items():
                if left < 0:
                    break
                shown = "None" if child is None else child._told_within(left)
                left -= len(shown)
                lines.append(f"({name}): {module_text.indented(shown)}")
        text = module_text.block(title, self.extra_repr(), lines)
        budget.step(len(text) // 20)
        return text

    def _told_within(self, room: float) -> str:
        """The text of the module as that of another holds it."""
        return self._text(room)

    def beginning(self, room: int) -> str:
        """The text of the module, which may end early once it is longer than `room` characters."""
        return self._text(room)

    def __repr__(self) -> str:
        return self._text()
