"""`torch.utils.checkpoint`: a part of a graph that saves nothing on the way forward and is run again on the way back."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, ClassVar

from engine import autograd, custom, grad_mode, random, saving
from engine.call import Call
from engine.saved import INFERENCE, unchanged
from engine.tensor import Tensor

UNSAID = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint "
    "without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default "
    "behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)

UNSAID_PARTS = (
    "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In version 2.9 we will raise an "
    "exception if use_reentrant is not passed. use_reentrant=False is recommended, but if you need to preserve the current default behavior, "
    "you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)
ANEW_ONLY = "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
SUPPRESSED = (
    "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the checkpointed forward. This "
    "is not supported because checkpoint cannot return a value for a failed forward."
)
ONCE = (
    "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are calling ctx.saved_tensors in "
    "backward, make sure to do so only once. Otherwise please open an issue with details on your use case."
)
CHOSEN = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To "
    "resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument."
)
FEWER = (
    "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
)
UNLIKE = "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n"
MORE = (
    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.\n"
)
TIP = """
Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint‑debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""


class CheckpointError(RuntimeError):
    """What was made again is not what was made before."""


class _StopRecomputationError(RuntimeError):
    """All that was saved has been made again: the rest of the function is not needed."""


class set_checkpoint_early_stop:  # noqa: N801
    """Inside it checkpoints stop, or do not stop, as soon as all that was saved has been made again, whatever they are told themselves."""

    __slots__ = ("_before", "_enable")

    now: ClassVar[bool | None] = None

    def __init__(self, enable: bool | None) -> None:
        self._enable = enable

    def __enter__(self) -> None:
        self._before = type(self).now
        type(self).now = self._enable

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        type(self).now = self._before


class set_checkpoint_debug_enabled(set_checkpoint_early_stop):  # noqa: N801
    """Inside it all checkpoints, or none, are as with `debug`."""

    __slots__ = ()

    now: ClassVar[bool | None] = None

    def __init__(self, enabled: bool | None) -> None:
        super().__init__(enabled)


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts in which all is as outside."""
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Callable[[], Any] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """What `function` gives for the arguments; what its nodes save is made anew in backward, with the same random numbers.

    It runs inside the first, and anew inside the second of the two contexts that `context_fn` gives; `debug` adds nothing here. Raises
    CheckpointError in backward where it then saves fewer tensors, or (unless `determinism_check` is "none") others, or where a saved tensor is
    asked for twice.
    """
    if use_reentrant is None:
        warnings.warn(UNSAID, UserWarning, stacklevel=2)
    if use_reentrant is not False:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError(ANEW_ONLY)
        return _reentrant(function, args, preserve_rng_state)
    wanted = set_checkpoint_debug_enabled.now
    if (debug if wanted is None else wanted) and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    first, second = context_fn()
    if not grad_mode.enabled:
        return function(*args, **kwargs)
    if any(isinstance(each, Tensor) and each.is_inference() for each in args):
        raise RuntimeError(INFERENCE)
    now = set_checkpoint_early_stop.now

    def run(*given: Any) -> None:
        with second:
            function(*given, **kwargs)

    again = _Again(run, args, preserve_rng_state, determinism_check == "default", early_stop if now is None else now)
    with saving.saved_tensors_hooks(again.pack, again.unpack), first:
        return function(*args, **kwargs)
    raise RuntimeError(SUPPRESSED)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """What the modules of a Sequential, or a list of functions, give one after another: in so many parts, each a checkpoint but the last."""
    if use_reentrant is None:
        warnings.warn(UNSAID_PARTS, UserWarning, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    rows = list(functions)
    size = len(rows) // segments
    if not size:
        raise ValueError("range() arg 3 must not be zero")

    def part(start: int, end: int) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            for each in rows[start:end]:
                value = each(value)
            return value

        return run

    for start in range(0, size * (segments - 1), size):
        input = checkpoint(part(start, start + size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(size * (segments - 1), len(rows))(input)


class _Holder:
    """Stands for one saved tensor until it is asked for."""

    __slots__ = ("__weakref__", "number")

    def __init__(self, number: int) -> None:
        self.number = number


class _Given:
    """A tensor that a checkpoint's function was given: kept as a node keeps what it saved."""

    __slots__ = ("_leaf", "_needs", "_tensor", "_version")

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = saving.Packed(tensor) if saving.hooks else tensor
        self._leaf, self._needs, self._version = tensor.is_leaf, tensor.requires_grad, tensor._count

    def taken(self) -> Tensor:
        """The tensor. Raises RuntimeError where it was written to since, or detached in place."""
        if isinstance(self._tensor, saving.Packed):
            found = self._tensor.unpack()
            if self._needs and not found.requires_grad:
                found = found.detach()
                found.requires_grad = True
            return found
        unchanged(self._tensor, self._version, leaf=self._leaf)
        return self._tensor


class _Again:
    """The saved tensors of one checkpoint, and how they are made a second time."""

    def __init__(self, function: Callable[..., Any], args: Any, preserve: bool, compare: bool, stop: bool) -> None:
        self.function = function
        self.given = [_Given(each) if isinstance(each, Tensor) else each for each in args]
        self.state = random.default.get_state() if preserve else None
        self.compare, self.stop = compare, stop
        self.holders: list[weakref.ref[_Holder]] = []
        self.faces: list[str] = []
        # What each backward call made anew and has not asked for yet.
        self.made: weakref.WeakKeyDictionary[Call, dict[int, Tensor]] = weakref.WeakKeyDictionary()

    def pack(self, tensor: Tensor) -> _Holder:
        holder = _Holder(len(self.holders))
        self.holders.append(weakref.ref(holder))
        self.faces.append(_face(tensor))
        return holder

    def unpack(self, holder: _Holder) -> Tensor:
        now = Call.running
        made = None if now is None else self.made.get(now)
        if made is None:
            made = self._run()
            if now is not None:
                self.made[now] = made
            self._compare(list(made.values()))
        if holder.number not in made:
            raise CheckpointError(ONCE)
        return made.pop(holder.number)

    def _run(self) -> dict[int, Tensor]:
        """What is saved when the function runs again, by its number."""
        args = [each.taken() if isinstance(each, _Given) else each for each in self.given]
        found: list[Tensor] = []
        stopped: list[bool] = []

        def keep(tensor: Tensor) -> Tensor:
            if len(found) == len(self.holders):
                raise CheckpointError(MORE + TIP)
            found.append(tensor.detach() if tensor._requires_grad else tensor)
            if self.stop and len(found) == len(self.holders):
                stopped.append(True)
                raise _StopRecomputationError
            return tensor

        try:
            with grad_mode.enable_grad(), saving.saved_tensors_hooks(keep, lambda tensor: tensor):
                _replayed(self.state, lambda: self.function(*args))
        except Exception as error:
            # It may come back as an error of the program's, and then has no words either.
            if not stopped or str(error):
                raise
        return dict(enumerate(found))

    def _compare(self, found: list[Tensor]) -> None:
        """Raises CheckpointError where these are not as many as were saved, or not of the same shapes and dtypes."""
        if len(found) != len(self.holders):
            raise CheckpointError(
                f"{FEWER}Number of tensors saved during forward: {len(self.holders)}\n"
                f"Number of tensors saved during recomputation: {len(found)}.\n{TIP}"
            )
        faces = [_face(each) for each in found]
        unlike = "".join(
            f"tensor at position {place}:\nsaved metadata: {saved}\nrecomputed metadata: {faces[place]}\n"
            for place, (holder, saved) in enumerate(zip(self.holders, self.faces, strict=True))
            if holder() is not None and saved != faces[place]
        )
        if self.compare and unlike:
            raise CheckpointError(f"{UNLIKE}{unlike}.\n{TIP}")


def _face(tensor: Tensor) -> str:
    """What is compared of a saved tensor, as PyTorch tells it."""
    return f"{{'shape': {tensor.shape}, 'dtype': {tensor.dtype}, 'device': device(type='cpu')}}"


def _replayed(state: Any, run: Callable[[], Any]) -> Any:
    """What `run` gives with the random numbers from where they stood then; afterwards they stand where they do now."""
    if state is None:
        return run()
    now = random.default.get_state()
    random.default.set_state(state)
    try:
        return run()
    finally:
        random.default.set_state(now)


def _reentrant(function: Callable[..., Any], args: tuple[Any, ...], preserve: bool) -> Any:
    state = random.default.get_state() if preserve else None

    def forward(ctx: Any, *given: Any) -> Any:
        ctx.save_for_backward(*(each for each in given if isinstance(each, Tensor)))
        return function(*given)

    def backward(ctx: Any, *gradients: Any) -> Any:
        if Call.running is not None and Call.running.captures is not None:
            raise RuntimeError(CHOSEN)
        saved = iter(ctx.saved_tensors)
        given = [next(saved) if isinstance(each, Tensor) else each for each in args]
        own = [each.detach().requires_grad_(each.requires_grad) if isinstance(each, Tensor) else each for each in given]
        with grad_mode.enable_grad():
            results = _replayed(state, lambda: function(*own))
        pairs = [
            (result, gradient)
            for result, gradient in zip(results if isinstance(results, tuple) else (results,), gradients, strict=True)
            if isinstance(result, Tensor) and result.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        autograd.backward([result for result, _ in pairs], [gradient for _, gradient in pairs])
        return tuple(each.grad if isinstance(each, Tensor) else None for each in own)

    if not any(isinstance(each, Tensor) and each.requires_grad for each in args) and grad_mode.enabled:
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", UserWarning, stacklevel=3)
    return custom.apply("CheckpointFunction", forward, backward, None, args)
