"""Extras: what few tensors have, so that the others are made without it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.versions import Version, View
from engine.watching import remember, watchers

if TYPE_CHECKING:
    from engine.accumulator import AccumulateGrad
    from engine.tensor import Tensor


class Extras:
    """What few tensors have: memory shared with others, hooks, an AccumulateGrad that somebody holds."""

    __slots__ = (
        "__weakref__",
        "accumulator",
        "asked",
        "base",
        "batches",
        "detached",
        "grad_of",
        "hooks",
        "persistent",
        "post_hooks",
        "retained",
        "shows_grad",
        "tangent",
        "version_cell",
        "view",
    )

    base: Tensor | None
    view: View | None
    version_cell: Version | None
    grad_of: weakref.ref[Tensor] | None
    hooks: dict[int, Any] | None
    post_hooks: dict[int, Any] | None
    accumulator: Callable[[], AccumulateGrad | None] | None
    # Whether `detach_()` took the tensor out of its graph: nodes that saved it look twice.
    detached: bool
    # Whether it kept its gradient when `detach_()` made a leaf of it: PyTorch says that it does still.
    retained: bool
    # Whether a leaf once required grad and does no more: nodes may lead to it that are older than what is written to it.
    asked: bool
    # How fast the tensor changes, within a dual level of `forward_ad`.
    tangent: Tensor | None
    # The batches whose sample the tensor depends on, as `engine.inside` tells them.
    batches: int
    # Of an `nn.Buffer` whether a state_dict keeps it; None of other tensors.
    persistent: bool | None
    # Whether the memory is that of a `.grad`, which this tensor is not.
    shows_grad: bool

    def __init__(self) -> None:
        self.base = self.view = self.version_cell = self.grad_of = self.hooks = self.post_hooks = self.accumulator = (
            None
        )
        self.persistent = self.tangent = None
        self.asked = self.detached = self.retained = self.shows_grad = False
        self.batches = 0

    def show_grad(self) -> None:
        """A `.grad` changes in sight of this tensor."""
        self.shows_grad = True
        remember(watchers, self)


def extra(name: str) -> Any:
    """An attribute of a Tensor that lives in its Extras, None while there are none."""
    slot = Extras.__dict__[name]
    get, put = slot.__get__, slot.__set__

    def read(tensor: Tensor) -> Any:
        extras = tensor._extras
        return None if extras is None else get(extras)

    def write(tensor: Tensor, value: Any) -> None:
        extras = tensor._extras
        if extras is None:
            if value is None:
                return
            extras = tensor._extras = Extras()
        put(extras, value)

    return property(read, write)
