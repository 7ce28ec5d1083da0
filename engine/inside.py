"""Inside which transforms of `torch.func` the program is, and which tensors are samples of a batch there.

What PyTorch's `vmap` gives the function stands for all samples at once, so no Python number can be made of it, no way chosen by it and no shape
found by its values; and a tensor that is the same for all samples has no room for what differs.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from engine import detour
from engine.extras import Extras
from engine.versions import Version

active: list[str] = []
"""The transforms at work, the outermost first: "grad", "vmap", "jvp", or what is no transform of `torch.func`: "dual", forward mode, and
"legacy", the `vmap` that `gradcheck` has."""
sizes: list[int] = []
"""How many samples there are in each batch, of those that `vmap` goes through now, the outermost first."""
turns = Version.turns
"""Which sample of each of these batches the function runs for now."""
written: list[dict[int, Version]] = []
"""What the function wrote to for the first sample of each, of memory that is the same for all samples, by id."""
mask = 0
"""A bit for each of these batches; 0 outside of all. An `Extras` has the bits of the batches whose sample its tensor depends on."""

_ASK = "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report."
ITEM = f"vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, {_ASK}"
TRUTH = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an issue "
    "at https://github.com/pytorch/pytorch/issues ."
)
EITHER = (
    "vmap: It looks like you're either (1) calling .item() on a Tensor or (2) attempting to use a Tensor in some data-dependent control flow or (3) "
    "encountering this error in PyTorch internals. For (1): we don't support vmap over calling .item() on a Tensor, please try to rewrite what you're "
    "doing with other operations. For (2): we don't support data-dependent control flow in vmap yet, please file an issue at "
    "https://github.com/pytorch/pytorch/issues . For (3): please file an issue."
)
MASK = "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask."
MASKED = (
    "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each batch this would return a "
    "differently shaped Tensor. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
)
DYNAMIC = (
    "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over {}. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues if you need this feature."
)
NO_RULE = "Batching rule not implemented for {}. We could not generate a fallback."
UNSUPPORTED = "vmap over {} isn't supported yet. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
CLASSES = "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument."
STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"
DATA = "accessing `data` under vmap transform is not allowed"
REQUIRE = (
    "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a function being transformed "
    "by a functorch transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call "
    "requires_grad_() outside of a function being transformed instead."
)
RETAIN = (
    "You are attempting to call Tensor.retain_grad() inside of a function being transformed by a functorch transform. This is unsupported, please "
    "attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call retain_grad() outside of a function being transformed "
    "instead."
)
SHARED_WRITE = (
    "vmap over a function that writes to a tensor from outside which is the same for all samples is not offered here; write to it before or "
    "after"
)
STATISTICS = (
    "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, were not batched.\nIf you are "
    "using a module and do not need eval mode, please set `track_running_stats` to be False.If you are using a prebuilt module and do not need eval "
    "mode, please see the functorch website for resources on how to patch your module to work with vmap"
)
BROADCAST = frozenset({"add_", "arctan2_", "atan2_", "copysign_"})
PLAIN = frozenset(
    {
        "clamp_max_",
        "clamp_min_",
        "copy_",
        "div_",
        "divide_",
        "logical_and_",
        "logical_or_",
        "logical_xor_",
        "masked_fill_",
        "mul_",
        "multiply_",
        "setitem",
        "sub_",
    }
)
"""Writes, by their names, that PyTorch refuses as those of arithmetic; of `BROADCAST` it says what broadcasts to what, of `NAMED` the bare name."""
NAMED = frozenset({"fill_", "index_add_", "index_fill_", "index_put_", "scatter_add_"})


@contextmanager
def within(*kinds: str) -> Iterator[None]:
    """Inside it transforms of these kinds are at work, as they are called in `active`."""
    active.extend(kinds)
    try:
        yield
    finally:
        del active[-len(kinds) :]


@contextmanager
def sample_of(size: int, turn: int, tensors: Iterable[Any], shared: dict[int, Version]) -> Iterator[None]:
    """Inside it these tensors are one sample of a batch of so many; `shared` is one dict for all samples of a call."""
    global mask
    before = mask
    sizes.append(size)
    turns.append(turn)
    written.append(shared)
    mask = (1 << len(sizes)) - 1
    detour.tell("samples", True)
    for each in tensors:
        _mark(each, mask & ~before)
    try:
        with within("vmap"):
            yield
    finally:
        sizes.pop()
        turns.pop()
        written.pop()
        mask = before
        detour.tell("samples", bool(before))


def batches(tensor: Any) -> int:
    """The bits of the batches whose sample the tensor depends on."""
    try:
        extras = tensor._extras
    except AttributeError:  # a number, or what else stands among the operands
        return 0
    return 0 if extras is None else extras.batches & mask


def spread(sources: Iterable[Any], results: Iterable[Any]) -> None:
    """The results depend on the samples that any of their sources does."""
    found = functools.reduce(operator.or_, map(batches, sources), 0)
    if found:
        for result in results:
            _mark(result, found)


def sampled(tensors: Iterable[Any]) -> None:
    """The tensors depend on the sample of every batch."""
    for each in tensors:
        if each is not None and mask:
            _mark(each, mask)


def _mark(tensor: Any, bits: int) -> None:
    extras = tensor._extras
    if extras is None:
        extras = tensor._extras = Extras()
    extras.batches |= bits


def untracked(tensor: Any) -> bool:
    """Whether the program sees the tensor as one that nobody tracks: a batch right inside of `vmap`, whatever is tracked behind it."""
    return bool(mask) and active[-1] == "vmap" and bool(batches(tensor))


def refuse(words: str, *tensors: Any) -> None:
    """Raises RuntimeError with these words where one of the tensors is a sample."""
    if any(map(batches, tensors)):
        raise RuntimeError(words)


def refuse_number(words: str) -> NoReturn:
    """Raises RuntimeError for a number made of a sample: with words of its own right inside of `vmap`."""
    raise RuntimeError(words if active[-1] == "vmap" else EITHER)


def hidden(*tensors: Any) -> list[int]:
    """The sizes of the dimensions that PyTorch's tensors have before those that are seen, where these take part in one operation."""
    return _sizes_of(functools.reduce(operator.or_, map(batches, tensors), 0))


def _sizes_of(bits: int) -> list[int]:
    return [size for place, size in enumerate(sizes) if bits >> place & 1]


def note_write(target: Any) -> None:
    """Raises NotImplementedError for a second write to what is the same for all samples: PyTorch writes once for the batch."""
    own, cell = batches(target), target._cell()
    for place, (turn, shared) in enumerate(zip(turns, written, strict=True)):
        if own >> place & 1:
            continue
        if not turn:
            shared[id(cell)] = cell
        elif id(cell) in shared:
            raise NotImplementedError(SHARED_WRITE)


def check_statistics(input: Any, *kept: Any) -> None:
    """Raises RuntimeError where samples would each have a share in statistics that are the same for all."""
    if any(each is not None and batches(input) & ~batches(each) for each in kept):
        raise RuntimeError(STATISTICS)


def check_write(target: Any, others: Iterable[Any], name: str) -> None:
    """Raises RuntimeError where a tensor is written to that has no room for what differs from sample to sample."""
    others = list(others)
    own = batches(target)
    theirs = functools.reduce(operator.or_, map(batches, others), 0)
    if not theirs & ~own:
        return
    if name in BROADCAST:
        narrow = [size if own >> place & 1 else 1 for place, size in enumerate(sizes) if (own | theirs) >> place & 1]
        while narrow[:1] == [1]:
            del narrow[0]
        shapes = [each._data.shape for each in (target, *filter(batches, others))]
        wide = [*_sizes_of(own | theirs), *np.broadcast_shapes(*shapes)]
        raise RuntimeError(f"output with shape {[*narrow, *shapes[0]]} doesn't match the broadcast shape {wide}")
    if name in PLAIN:
        which, where = "inplace arithmetic", "in a vmap"
    elif name in NAMED:
        which, where = name, "in a vmap"
    else:
        depth = [place for place, kind in enumerate(active, 1) if kind == "vmap"][-1]
        which, where = f"aten::{name}", f"at level {depth}"
    raise RuntimeError(
        f"vmap: {which}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`. "
        f"This happened due to `other` being vmapped over but `self` not being vmapped over {where}. Please try to use out-of-place operators "
        f"instead of {which}. If said operator is being called inside the PyTorch framework, please file a bug report instead."
    )
