"""The short way, its other room: fronts for operands that need no second look, and nodes made where the operands stand.

What is out of the ordinary goes the long way through `engine.application`, whose results these are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import detour, dtypes, grad_mode, memory, recording
from engine.glance import UNSAID
from engine.owed import EXACT, LARGE
from engine.quick import Odds, QuickFunction, savable, target_of
from engine.routes import MANY, NOTHING, NUMBER, ONE, RESULT, TWO, route_of
from engine.tensor import Tensor
from engine.versions import sequence

if TYPE_CHECKING:
    from engine.ops.op import Op

float32, float64 = np.float32, np.float64

NUMBERS = frozenset({float32, float64})
KINDS = frozenset(map(np.dtype, NUMBERS))
WHOLE = 2**53
"""Whole numbers up to here are numbers of a float of 64 bits; larger ones go the long way."""

_new = object.__new__
_next = sequence.__next__


def _gave(
    node: QuickFunction, first: Any, second: Any, result: Any, again: Callable[[Any, Any], Any] | None = None
) -> Tensor:
    """The result of a node that knows its inputs by now, recorded where somebody records.

    `again` makes the very same result of the operands at any time.
    """
    node._sequence = _next()
    node._rare = node._identity = node._arrived = None
    out: Tensor = _new(Tensor)
    out._data = result
    out._node = node
    out._requires_grad = True
    out._output = 0
    out._gradient = out._extras = out._identity = None
    recorder = recording.active
    if recorder is not None:
        if again is not None and result.nbytes >= LARGE:
            recorder.large(out, again, first, second)
        else:
            recorder.note((out, recorder.line, recorder.span, first, second))
    return out


def binary(
    op: Op, compute: Callable[[Any, Any], Any], long: Callable[[Any, Any], Any], *, real: bool = False
) -> Callable[[Any, Any], Any]:
    """The method of an operator on two tensors of one float dtype, or a tensor and a Python number; all else goes the `long` way.

    A number counts as a float where the op is `real`.
    """
    with_tensor = paired(op, compute, long)
    both, mixed = route_of(op, (True, True), (True, True)), route_of(op, (True, False), (True, False))
    twice, number = both.mode == TWO, mixed.mode == NUMBER
    one = True if both.mode == ONE else None
    first_kept = both.kept == (0,)
    exact = compute if compute in EXACT else None

    def method(self: Any, other: Any) -> Any:
        data = self._data
        kind = data.__class__
        other_kind = other.__class__
        if kind in NUMBERS and self._extras is None and not self._output:
            # Single numbers with nothing odd about them: most of what a small program does, so every step is written out here.
            to = self._node
            if to is None and self._requires_grad:
                to = self
            if other_kind is Tensor:
                more = other._data
                than = other._node
                if than is None and other._requires_grad:
                    than = other
                if kind is not more.__class__ or than is None or other._extras is not None or other._output:
                    to = None
            else:
                more = other
                if other_kind is not float:
                    to = None
            if to is not None and grad_mode.enabled and not detour.reasons:
                try:
                    result = compute(data, more)
                except OverflowError:
                    return long(self, other)
                node = QuickFunction()
                if more is other:
                    node._route = mixed
                    node._facts = mixed.single if kind is float32 else mixed.double
                    node._first = to
                    node._held = other if number else None
                else:
                    node._route = both
                    node._facts = both.single if kind is float32 else both.double
                    node._first, node._second = to, than
                    if twice:
                        node._held, node._beside = self, other
                    else:
                        node._held = one and (self if first_kept else other)
                node._sequence = _next()
                node._odds = node._rare = node._identity = node._arrived = None
                out = _new(Tensor)
                out._data = result
                out._node = node
                out._requires_grad = True
                out._output = 0
                out._gradient = out._extras = out._identity = None
                recorder = recording.active
                if recorder is not None:
                    # A note as in `_gave`, without the tuple, which would cost as much as the rest of it.
                    pending = recorder.pending
                    pending.append(out)
                    pending.append(recorder.line)
                    pending.append(recorder.span)
                    pending.append(self)
                    pending.append(other)
                return out
        if other_kind is float or other_kind is int:
            return with_number(self, other)
        if other_kind is Tensor or isinstance(other, Tensor):
            return with_tensor(self, other)
        return long(self, other)

    def with_number(self: Any, other: Any) -> Any:
        data = self._data
        kind = data.__class__
        if other.__class__ is int:
            if not -WHOLE <= other <= WHOLE:
                return long(self, other)
            if real:
                other = float(other)
        if kind not in NUMBERS and (kind is not np.ndarray or data.dtype not in KINDS):
            return long(self, other)
        try:
            result = compute(data, other)
        except (ValueError, OverflowError):
            return long(self, other)
        if kind in NUMBERS:
            facts = mixed.single if kind is float32 else mixed.double
        elif result.dtype is data.dtype:
            key = (data.shape, None, data.dtype)
            facts = mixed.facts.get(key) or mixed.known(key, result)
        else:
            return long(self, other)
        if not self._requires_grad or not grad_mode.enabled:
            return _untracked(op, self, other, result, long)
        to = None if self._stale() else target_of(self)
        if to is None or detour.reasons:
            return long(self, other)
        node = QuickFunction()
        node._route, node._facts, node._first, node._odds = mixed, facts, to, None
        node._held = other if number else None
        if self._output:
            node.odds().ports = (self._output,)
        return _gave(node, self, other, result, exact)

    return method


def paired(op: Op, compute: Callable[[Any, Any], Any], long: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An op on two tensors of one float dtype; all else goes the `long` way."""
    assert op.slots == (0, 1), op.name
    both, first, second = (route_of(op, needs, (True, True)) for needs in ((True, True), (True, False), (False, True)))
    exact = compute if compute in EXACT else None
    laid, promotes = op.laid, op.promotes

    def with_tensor(self: Any, other: Any) -> Any:
        data, more = self._data, other._data
        kind = data.__class__
        mine, yours = self._requires_grad, other._requires_grad
        route = both if mine and yours else first if mine else second
        plain = self._extras is None and other._extras is None
        if kind is more.__class__ and kind in NUMBERS:
            result = compute(data, more)
            facts = route.single if kind is float32 else route.double
        else:
            dtype = data.dtype
            if dtype is not more.dtype or dtype not in KINDS:
                return long(self, other)
            try:
                result = compute(data, more)
            except ValueError:
                return long(self, other)
            if promotes and not (data.flags.c_contiguous and more.flags.c_contiguous):
                result = memory.laid_out(result, (data, more))
            key: Any
            if laid:
                key = data.shape, more.shape, dtype, data.strides, more.strides
            else:
                key = data.shape, more.shape, dtype
            facts = route.facts.get(key) or route.known(key, result, (data, more) if laid else ())
        if not (mine or yours) or not grad_mode.enabled:
            return _untracked(op, self, other, result, long)
        if detour.reasons or not (plain or (savable(self) and savable(other))):
            return long(self, other)
        node = QuickFunction()
        node._route, node._facts, node._odds = route, facts, None
        if mine:
            node._first = self._node or self if plain else target_of(self)
            if yours:
                node._second = than = other._node or other if plain else target_of(other)
                if than is None:
                    return long(self, other)
        else:
            node._first = other._node or other if plain else target_of(other)
        if node._first is None:
            return long(self, other)
        if self._output or other._output:
            node.odds().ports = tuple([each._output for each in (self, other) if each._requires_grad])
        if route.mode == TWO:
            node._held, node._beside = self, other
        elif route.mode == ONE:
            node._held = other if route.kept[0] else self
        else:
            node.hold((self, other), result)
        if not plain and route.kept:
            node.odds().counts = tuple([(self, other)[place]._count for place in route.kept])
        return _gave(node, self, other, result, exact if plain else None)

    return with_tensor


def _untracked(op: Op, self: Any, other: Any, result: Any, long: Callable[[Any, Any], Any]) -> Any:
    if grad_mode.inference or detour.reasons:
        return long(self, other)
    out = Tensor(result)
    if recording.active is not None:
        recording.active.applied(op, (self, other), (), (out,), None)
    return out


def unary(op: Op, compute: Callable[[Any], Any], long: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The front of an op on one tensor of floats that keeps shape and dtype; all else goes the `long` way."""
    route = route_of(op, (True,), (True,))
    mode = route.mode
    assert mode in (NOTHING, ONE, RESULT), op.name

    def front(input: Any) -> Any:
        if not isinstance(input, Tensor):
            return long(input)
        data = input._data
        kind = data.__class__
        if not (
            input._requires_grad
            and grad_mode.enabled
            and (kind in NUMBERS or (kind is np.ndarray and data.ndim and data.dtype in KINDS))
        ) or (input._extras is not None or detour.reasons):
            return long(input)
        result = compute(data)
        node = QuickFunction()
        node._route = route
        node._odds = None
        node._first = input if input._node is None else input._node
        if input._output:
            node.odds().ports = (input._output,)
        if kind is np.ndarray:
            key = (data.shape, None, data.dtype)
            node._facts = route.facts.get(key) or route.known(key, result)
        else:
            node._facts = route.single if kind is float32 else route.double
            if result.__class__ is not kind:
                result = kind(result)
        node._held = input if mode == ONE else result if mode == RESULT else None
        return _gave(node, input, None, result)

    return front


def ordinary(first: Tensor, other: Tensor) -> bool:
    """Whether an op takes a gradient to the first, an array in rows, and there is nothing odd about it and the other, which takes none."""
    return (
        first._requires_grad
        and grad_mode.enabled
        and first._extras is None
        and first._data.dtype in KINDS
        and first._data.flags.c_contiguous
        and (other._extras is None or (savable(other) and not other._count))
        and not detour.reasons
    )


def leading(op: Op, *tensors: bool) -> Callable[..., Tensor]:
    """What makes the tensor of a result of an op that takes a gradient to its first operand alone, of one or two that are `ordinary`.

    `tensors` says which operands are tensors; the others are None. The key tells all their shapes and dtypes.
    """
    route = route_of(op, (True,), tensors)
    width = len(tensors)
    alone = route.mode == MANY and route.result and not route.kept

    def made(first: Tensor, second: Any, settings: tuple[Any, ...], result: Any, key: Any) -> Tensor:
        node = QuickFunction()
        node._route = route
        node._facts = route.facts.get(key) or route.learned(key, (first, second, None)[:width], result)
        node._odds = odds = Odds(settings)
        node._first = first._node or first
        if first._output:
            odds.ports = (first._output,)
        node._held = (result,) if alone else route.holds((*(first, second, None)[:width], result))
        return _gave(node, first, second, result)

    return made


def number(long: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.tensor` of one Python float; all else goes the `long` way."""

    def tensor(*given: Any, requires_grad: Any = UNSAID, **named: Any) -> Any:
        flag = requires_grad is True
        if (
            len(given) != 1
            or given[0].__class__ is not float
            or named
            or not (flag or requires_grad is UNSAID)
            or grad_mode.inference
        ):
            if requires_grad is not UNSAID:
                named["requires_grad"] = requires_grad
            return long(*given, **named)
        out = _new(Tensor)
        # One times a Python number is that number in the default dtype, and the cheapest way to it.
        out._data = dtypes.one * given[0]
        out._requires_grad = flag
        out._node = out._gradient = out._extras = out._identity = None
        out._output = 0
        recorder = recording.active
        if recorder is not None:
            pending = recorder.pending  # as above
            pending.append(out)
            pending.append(recorder.line)
            pending.append(recorder.span)
            pending.append(None)
            pending.append(None)
        return out

    return tensor
