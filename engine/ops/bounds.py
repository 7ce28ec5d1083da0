"""Values kept within bounds: clamp with numbers and with tensors, and numbers in place of nan and infinity."""

from __future__ import annotations

from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops.arithmetic import _check
from engine.ops.elementwise import CLAMP, CLAMP_MIN
from engine.ops.op import Op
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

BOUND = {"en": "The gradient goes to the value where it stood, to the bound where that took its place.",
         "zh": "值没被截处梯度传给值，被界取代处传给界。"}  # fmt: skip

CLAMP_MAX = row(
    "clamp_max", "clamp(self, None, max)", {"self": "where(self <= max, g, 0)"}, settings="max", symbol="clamp",
    spelled=("torch.clamp_max", "Tensor.clamp_max"), samples=(((2, 3), 0.1),),
    en="The gradient passes at and below the bound.", zh="不大于上界处梯度通过。",
)  # fmt: skip
CLAMP_MIN_TENSOR = row(
    "clamp_min_tensor", "maximum(self, min)", {"self": "where(self >= min, g, 0)", "min": "where(self < min, g, 0)"}, node="ClampMinBackward1!", promotes=True,
    symbol="clamp", spelled=("torch.clamp_min(x, t)",), samples=(((2, 3), (2, 3)), ((2, 3), (3,))), **BOUND,
)  # fmt: skip
CLAMP_MAX_TENSOR = row(
    "clamp_max_tensor", "minimum(self, max)", {"self": "where(self <= max, g, 0)", "max": "where(self > max, g, 0)"}, node="ClampMaxBackward1!", promotes=True,
    symbol="clamp", spelled=("torch.clamp_max(x, t)",), samples=(((2, 3), (2, 3)), ((2, 3), (3,))), **BOUND,
)  # fmt: skip
CLAMP_TENSOR = row(
    "clamp_tensor", "bounds(self, min, max)",
    {
        "self": "where(both_here(self >= min, self <= max), g, 0) if (min is not None) & (max is not None) else where(within(self, min, max), g, 0)",
        "min": "where(both_here(self < min, min < max), g, 0) if max is not None else where(self < min, g, 0)",
        "max": "where(either_here(self > max, max < min), g, 0) if min is not None else where(self > max, g, 0)",
    },
    node="ClampBackward0!", symbol="clamp", spelled=("torch.clamp(x, t, t)",), samples=(((2, 3), (2, 3), (3,)), ((2, 3), None, (3,)), ((2, 3), (3,), None)), **BOUND,
)  # fmt: skip
NAN_TO_NUM = row(
    "nan_to_num", "nan_to_num(self, nan, posinf, neginf)", {"self": "g * isfinite(self)"}, settings="nan posinf neginf", symbol="nan→0",
    spelled=("torch.nan_to_num", "Tensor.nan_to_num"), samples=(((2, 3), 0.0, None, None),),
    en="Finite values pass the gradient; what was replaced receives none.", zh="有限的值传回梯度；被替换处没有梯度。",
)  # fmt: skip


def _bounded(input: Any, *bounds: Any) -> tuple[Tensor, list[Any]]:
    """The input and its bounds in the one dtype that PyTorch computes in."""
    tensors = [each for each in (input, *bounds) if isinstance(each, Tensor)]
    numbers = [each for each in bounds if each is not None and not isinstance(each, Tensor)]
    kind = dtypes.result_type([each._data for each in tensors], numbers)
    turn = METHODS["to"]
    return turn(input, kind), [turn(each, kind) if isinstance(each, Tensor) else each for each in bounds]


@spelled("torch.clamp", "torch.clip", "Tensor.clamp", "Tensor.clip")
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """The values, none below `min` or above `max`. Raises RuntimeError where neither is given."""
    op, operands, settings = clamping(input, min, max)
    result: Tensor = apply(op, operands, settings)
    return result


def clamping(input: Any, low: Any, high: Any) -> tuple[Op, tuple[Any, ...], tuple[Any, ...]]:
    """The row, its operands and settings for a call of clamp."""
    if not isinstance(input, Tensor):
        raise argument("clamp", "input", 1, input)
    if low is None and high is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    for bound in (low, high):
        _check("clamp", input, bound)
    if all(isinstance(each, (bool, int, float)) or (isinstance(each, Tensor) and not (each._data.ndim or each._requires_grad)) for each in (low, high)) and isinstance(low, Tensor) != isinstance(high, Tensor):  # fmt: skip
        low, high = (each.item() if isinstance(each, Tensor) else each for each in (low, high))
    plain = all(each is None or isinstance(each, (Tensor, bool, int, float)) for each in (low, high))
    if not plain or (isinstance(low, Tensor) != isinstance(high, Tensor) and None not in (low, high)):
        kinds = [type(each).__name__ for each in (low, high) if each is not None]
        raise TypeError(
            f"clamp() received an invalid combination of arguments - got ({', '.join(('Tensor', *kinds))}), but expected one of:\n"
            " * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n"
            " * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n"
        )
    input, (low, high) = _bounded(input, low, high)
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        return CLAMP_TENSOR, (input, low, high), ()
    return CLAMP, (input,), (low, high)


@spelled("torch.clamp_min", "Tensor.clamp_min")
def clamp_min(input: Tensor, min: Any) -> Tensor:
    return _one_sided("clamp_min", CLAMP_MIN, CLAMP_MIN_TENSOR, input, min)


@spelled("torch.clamp_max", "Tensor.clamp_max")
def clamp_max(input: Tensor, max: Any) -> Tensor:
    return _one_sided("clamp_max", CLAMP_MAX, CLAMP_MAX_TENSOR, input, max)


def _one_sided(name: str, number: Op, tensor: Op, input: Any, bound: Any) -> Tensor:
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    _check(name, input, bound)
    if isinstance(bound, Tensor):
        result: Tensor = apply(tensor, (input, bound))
        return result
    input, (bound,) = _bounded(input, bound)
    result = apply(number, (input,), (bound,))
    return result


@spelled("torch.nan_to_num", "Tensor.nan_to_num")
def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """`nan` in place of what is no number, the greatest and least numbers of the dtype in place of infinities."""
    if not isinstance(input, Tensor):
        raise argument("nan_to_num", "input", 1, input)
    result: Tensor = apply(NAN_TO_NUM, (input,), (0.0 if nan is None else nan, posinf, neginf))
    return result
