"""Backward hooks of modules: a node before and a node behind the call see what comes back through it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from engine import custom, grad_mode, hooks
from engine.tensor import Tensor

NAME = "BackwardHookFunction"
ALONE = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See "
    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."
)
Hook = Callable[..., Any]


def _passed(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The same tensors behind one node that hands every gradient on."""

    def forward(ctx: Any, *given: Tensor) -> tuple[Tensor, ...]:
        ctx.mark_non_differentiable(*(tensor for tensor in given if not tensor.requires_grad))
        return given

    made: tuple[Tensor, ...] = custom.apply(NAME, forward, lambda ctx, *gradients: gradients, None, tensors)
    return made


class Watch:
    """One call of a module whose hooks want `(module, grad_input, grad_output)`."""

    __slots__ = ("_arrived", "_before", "_hooks", "_module", "_places", "_width")

    def __init__(self, module: Any, hooks: Sequence[Hook], before: Sequence[Hook]) -> None:
        self._module = module
        self._hooks = hooks
        self._before = before
        self._places: list[int] | None = None
        self._width = 0
        self._arrived: tuple[Any, ...] | None = None

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """What the module is to be given instead."""
        self._width = len(args)
        found = self._through(args)
        if found is None:
            return args
        changed, node = found
        self._places = [place for place, item in enumerate(args) if isinstance(item, Tensor)]
        hooks.register_hook(node, lambda gradients, _: self._leave(gradients))
        return changed

    def output(self, result: Any) -> Any:
        """What the module is to give instead."""
        row = result if isinstance(result, tuple) else (result,)
        found = self._through(row)
        if found is None:
            return result
        changed, node = found
        hooks.register_prehook(node, self._arrive)
        return changed if isinstance(result, tuple) else changed[0]

    @staticmethod
    def _through(row: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any] | None:
        tensors = [item for item in row if isinstance(item, Tensor)]
        if not grad_mode.enabled or not any(tensor.requires_grad for tensor in tensors):
            return None
        made = iter(_passed(tensors))
        changed = tuple(next(made) if isinstance(item, Tensor) else item for item in row)
        node = next(item._node for item in changed if isinstance(item, Tensor) and item._node is not None)
        return changed, node

    def _arrive(self, gradients: tuple[Any, ...]) -> Any:
        for hook in self._before:
            found = hook(self._module, gradients)
            if found is not None:
                if len(found) != len(gradients):
                    raise RuntimeError(
                        f"Backward pre hook returned an invalid number of grad_output, got {len(found)}, but expected {len(gradients)}"
                    )
                gradients = tuple(found)
        self._arrived = gradients
        if self._places is None:
            self._alone(gradients)
            self._arrived = None
        return gradients if self._before else None

    def _alone(self, gradients: tuple[Any, ...]) -> None:
        """The hooks of a call none of whose inputs takes a gradient."""
        warnings.warn(ALONE, UserWarning, stacklevel=3)
        for hook in self._hooks:
            found = hook(self._module, (None,) * self._width, gradients)
            if found is not None and not (isinstance(found, tuple) and all(each is None for each in found)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for all "
                    "gradients."
                )

    def _leave(self, gradients: tuple[Any, ...]) -> Any:
        assert self._places is not None
        if self._arrived is None:
            return None  # the gradient did not come through the module's results
        full: list[Any] = [None] * self._width
        for place, gradient in zip(self._places, gradients, strict=True):
            full[place] = gradient
        given: Any = tuple(full)
        for hook in self._hooks:
            found = hook(self._module, given, self._arrived)
            if found is not None:
                if len(found) != self._width:
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(found)}, but expected {self._width}"
                    )
                given = found
        self._arrived = None
        return tuple(given[place] for place in self._places)
