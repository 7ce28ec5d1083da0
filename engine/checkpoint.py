"""`torch.utils.checkpoint`: a part of a graph that saves nothing on the way forward and is run again on the way back."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from engine import autograd, custom, grad_mode, random, saving
from engine.call import Call
from engine.function import INFERENCE, unchanged
from engine.tensor import Tensor

UNSAID = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint "
    "without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default "
    "behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)

CHOSEN = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To "
    "resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument."
)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """What `function` gives for the arguments; what its nodes save is made anew in backward, with the same random numbers."""
    if use_reentrant is None:
        warnings.warn(UNSAID, UserWarning, stacklevel=2)
    if use_reentrant is not False:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        return _reentrant(function, args, preserve_rng_state)
    if grad_mode.enabled and any(isinstance(each, Tensor) and each.is_inference() for each in args):
        raise RuntimeError(INFERENCE)
    again = _Again(function, args, kwargs, preserve_rng_state)
    with saving.saved_tensors_hooks(again.pack, again.unpack):
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """What the modules of a Sequential, or a list of functions, give one after another: in so many parts, each a checkpoint but the last."""
    if use_reentrant is None:
        warnings.warn(UNSAID.replace("checkpoint: the", "checkpoint_sequential: the"), UserWarning, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    rows = list(functions)
    size = len(rows) // segments

    def part(start: int, end: int) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            for each in rows[start:end]:
                value = each(value)
            return value

        return run

    for start in range(0, size * (segments - 1), size):
        input = checkpoint(part(start, start + size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(size * (segments - 1), len(rows))(input)


class _Again:
    """The saved tensors of one checkpoint by number, and how they are made a second time."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, preserve: bool) -> None:
        self.call = function, args, kwargs
        self.versions = [each._count if isinstance(each, Tensor) else 0 for each in args]
        self.state = random.default.get_state() if preserve else None
        self.count = 0
        self.made: dict[int, Tensor] = {}

    def pack(self, tensor: Tensor) -> int:
        self.count += 1
        return self.count - 1

    def unpack(self, number: int) -> Tensor:
        if number not in self.made:
            self._run()
        return self.made.pop(number)

    def _run(self) -> None:
        function, args, kwargs = self.call
        for each, version in zip(args, self.versions, strict=True):
            if isinstance(each, Tensor):
                unchanged(each, version, leaf=True)
        found: list[Tensor] = []

        def keep(tensor: Tensor) -> Tensor:
            found.append(tensor.detach())
            return tensor

        with grad_mode.enable_grad(), saving.saved_tensors_hooks(keep, lambda tensor: tensor):
            _replayed(self.state, lambda: function(*args, **kwargs))
        self.made = dict(enumerate(found))


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
