"""`gradcheck`: the derivative that backward gives against finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from engine import custom, fast_gradcheck, grad_mode, memory, recording
from engine.autograd import grad
from engine.ops.table import METHODS
from engine.random import Generator
from engine.tensor import Tensor

REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although "
    "analytical gradient matches numerical gradient."
)
UNDEFINED = (
    'Expected backward function to handle undefined output grads. Please look at "Notes about undefined output gradients" in '
    '"tools/autograd/derivatives.yaml"'
)
NOT_ZERO = (
    "Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look at "
    '"Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
)


class GradcheckError(RuntimeError):
    """The two derivatives differ."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether backward agrees with central differences of step `eps` for every output and every input that requires grad.

    Backward runs twice, which may differ by `nondet_tol`, once more with zeros, and with `check_undefined_grad` once with nothing. `fast_mode`
    compares one number for each Jacobian; the two before it ask for what cannot go wrong here. Raises GradcheckError with both Jacobians where
    they differ, or with what else is wrong, unless `raise_exception` is False; ValueError where nothing requires grad, RuntimeError for an
    input that was expanded.
    """
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    tracked = [(place, each) for place, each in enumerate(given) if isinstance(each, Tensor) and each.requires_grad]
    if not tracked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for place, each in tracked:
        if each.dtype.name != "float64":
            warnings.warn(
                f"Input #{place} requires gradient and is not a double precision floating point or complex. This check will likely "
                "fail if all the inputs are not of double precision floating point or complex.",
                UserWarning,
                stacklevel=2,
            )
        if memory.overlapping(each._data.shape, each._data.strides):
            raise RuntimeError(
                f"The {place}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able "
                "to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck."
            )
    outputs = _outputs(func, given)
    differentiable = [each for each in outputs if each.requires_grad]
    wanted = [tensor for _, tensor in tracked]
    try:
        if differentiable and fast_mode:
            _compared_along(func, given, outputs, wanted, eps, rtol, atol, nondet_tol)
        elif differentiable:
            _compared(outputs, wanted, [_numerical(func, given, each, eps) for each in wanted], rtol, atol, nondet_tol)
        if differentiable:
            _by_arriving(differentiable, wanted)
            if check_undefined_grad:
                _without_arriving(func, given, wanted)
        elif any(np.any(each) for tensor in wanted for each in _numerical(func, given, tensor, eps)):
            raise GradcheckError("Numerical gradient for function expected to be zero")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compared(
    outputs: Sequence[Tensor],
    wanted: Sequence[Tensor],
    numerical: Sequence[Sequence[Any]],
    rtol: float,
    atol: float,
    nondet_tol: float,
) -> None:
    """Raises GradcheckError where the derivatives differ, or backward says another thing the second time."""
    # Outputs are numbered as they are checked: what requires no grad does not count.
    for count, number in enumerate(number for number, each in enumerate(outputs) if each.requires_grad):
        first, again = (_analytical(outputs[number], wanted) for _ in range(2))
        _same_again(first, again, nondet_tol)
        for place, (analytical, rows) in enumerate(zip(first, numerical, strict=True)):
            if not np.allclose(analytical, rows[number], rtol, atol):
                raise GradcheckError(_mismatch(count, place, repr(Tensor(rows[number])), repr(Tensor(analytical))))


def _same_again(first: Sequence[Any], again: Sequence[Any], nondet_tol: float) -> None:
    """Raises GradcheckError where backward says another thing the second time; what is no number is no other number then."""
    if any(one.size and np.max(np.abs(one - other)) > nondet_tol for one, other in zip(first, again, strict=True)):
        raise GradcheckError(f"{REENTRANT}The tolerance for nondeterminism was {nondet_tol}.")


def _mismatch(output: int, place: int, numerical: str, analytical: str) -> str:
    """PyTorch's words; outputs and inputs are counted where they require grad."""
    return f"Jacobian mismatch for output {output} with respect to input {place},\nnumerical:{numerical}\nanalytical:{analytical}\n"


def _compared_along(
    func: Callable[..., Any], given: Sequence[Any], outputs: Sequence[Tensor], wanted: Sequence[Tensor], eps: float,
    rtol: float, atol: float, nondet_tol: float,
) -> None:  # fmt: skip
    """The same by one number for each Jacobian, of directions in its inputs and outputs."""
    generator = Generator()
    chosen = [number for number, each in enumerate(outputs) if each.requires_grad]
    ways = fast_gradcheck.directions(wanted, generator)
    into = fast_gradcheck.directions([outputs[number] for number in chosen], generator)
    rates = [
        fast_gradcheck.numerical(partial(_outputs, func, given), partial(_moved, tensor, ...), tensor, way, eps)
        for tensor, way in zip(wanted, ways, strict=True)
    ]
    slopes = []
    for number, along in zip(chosen, into, strict=True):
        rows, products = fast_gradcheck.analytical(outputs[number], wanted, along, ways)
        _same_again(rows, fast_gradcheck.analytical(outputs[number], wanted, along, ways)[0], nondet_tol)
        slopes.append(products)
    for place, (tensor, way) in enumerate(zip(wanted, ways, strict=True)):
        for count, (number, along) in enumerate(zip(chosen, into, strict=True)):
            rate, slope = np.sum(along * rates[place][number]), slopes[count][place]
            if not np.allclose(slope, rate, rtol, atol * float(way.sum()) * float(along.sum())):
                slow = (
                    _numerical(func, given, tensor, eps)[number],
                    _analytical(outputs[number], wanted)[place],
                )
                text = _mismatch(count, place, str(rate.item()), str(slope.item()))
                raise GradcheckError(text + fast_gradcheck.explained(*slow, rtol, atol))


def _by_arriving(outputs: Sequence[Tensor], wanted: Sequence[Tensor]) -> None:
    """Raises GradcheckError where zeros that arrive do not make zeros of all gradients."""
    for found in grad(outputs, wanted, [_zeros(each) for each in outputs], allow_unused=True):
        if found is not None and np.any(found._data):
            raise GradcheckError("backward not multiplied by grad_output")


def _without_arriving(func: Callable[..., Any], given: Sequence[Any], wanted: Sequence[Tensor]) -> None:
    """Raises GradcheckError where backward fails, or gives other than zeros, because to one output, or to none, a gradient arrives."""
    made = _differentiable(func, given)
    cases = [[_cut(each) for each in made]]
    if len(made) > 1:
        for place in range(len(made)):
            cases.append([_cut(each) if at == place else each for at, each in enumerate(_differentiable(func, given))])
    for outputs in cases:
        try:
            every = grad(outputs, wanted, [_zeros(each) for each in outputs], allow_unused=True)
        except RuntimeError as error:
            raise GradcheckError(UNDEFINED) from error
        if any(found is not None and np.any(found._data) for found in every):
            raise GradcheckError(NOT_ZERO)


def _cut(tensor: Tensor) -> Tensor:
    """The same, but no gradient goes on from it."""
    made: Tensor = custom.apply(
        "UndefinedGrad", lambda ctx, each: each.view_as(each), lambda ctx, arriving: None, None, (tensor,)
    )
    return made


def _zeros(tensor: Tensor) -> Tensor:
    return Tensor(np.zeros_like(tensor._data))


def _differentiable(func: Callable[..., Any], given: Sequence[Any]) -> list[Tensor]:
    return [each for each in _outputs(func, given) if each.requires_grad]


def _outputs(func: Callable[..., Any], given: Sequence[Any]) -> list[Tensor]:
    """What the function gives that has derivatives. Raises AttributeError where it gives what is no tensor."""
    made = func(*given)
    found = list(made) if isinstance(made, (tuple, list)) else [made]
    for each in found:
        if not isinstance(each, Tensor):
            raise AttributeError(f"'{type(each).__name__}' object has no attribute 'requires_grad'")
    return [each for each in found if each.is_floating_point()]


def _analytical(output: Tensor, wanted: Sequence[Tensor]) -> list[Any]:
    """The Jacobian of each input, an input element a row, by one backward for each output element."""
    size, kind = output._data.size, output._data.dtype
    jacobians = [np.zeros((each._data.size, size), each._data.dtype) for each in wanted]
    for column in range(size):
        chosen = np.zeros(size, kind)
        chosen[column] = 1
        start = Tensor(chosen.reshape(output._data.shape)[()])
        for jacobian, found in zip(
            jacobians, grad(output, wanted, start, retain_graph=True, allow_unused=True), strict=True
        ):
            if found is not None:
                jacobian[:, column] = np.ravel(found._data)
    return jacobians


def _numerical(func: Callable[..., Any], given: Sequence[Any], tensor: Tensor, eps: float) -> list[Any]:
    """The same of every output, by moving each element of one input a little down and up; the input is as it was afterwards."""
    rows = []
    for place in np.ndindex(tensor._data.shape):
        ends = []
        for step in (-eps, eps):
            with _moved(tensor, place, step):
                ends.append([np.array(each._data).reshape(-1) for each in _outputs(func, given)])
        rows.append([(above - below) / above.dtype.type(2 * eps) for below, above in zip(*ends, strict=True)])
    return [np.array(column).reshape(tensor._data.size, -1) for column in zip(*rows, strict=True)]


@contextmanager
def _moved(tensor: Tensor, place: Any, step: Any) -> Iterator[None]:
    """Inside it one element, or all, is moved: in its memory, which other tensors may look at too."""
    kept, recorder = tensor._data, recording.active
    if not isinstance(kept, np.ndarray):
        tensor._data = kept + kept.dtype.type(step)
        try:
            yield
        finally:
            tensor._data = kept
        return
    held, before = memory.writable(kept), np.array(kept[place])
    if recorder is not None:
        recorder.settle()
    held[place] = before + np.asarray(step, kept.dtype)
    try:
        yield
        if recorder is not None:
            recorder.settle()
    finally:
        held[place] = before


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether the derivative of the derivative agrees with differences; raises as `gradcheck` does."""
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    outputs = [each for each in _outputs(func, given) if each.requires_grad]
    if grad_outputs is None:
        weights = [METHODS["uniform_"](each.detach().clone(), -1, 1).requires_grad_() for each in outputs]
    else:
        weights = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
    count = len(given) if weights else 0  # as in PyTorch, which calls a function without derivatives with nothing

    def slopes(*both: Any) -> tuple[Tensor, ...]:
        with grad_mode.enable_grad():
            own, ways = both[:count], both[count:]
            asked = [each for each in own if isinstance(each, Tensor) and each.requires_grad]
            again = [each for each in _outputs(func, own) if each.requires_grad]
            found = grad(again, asked, ways, create_graph=True, allow_unused=True)
        return tuple(each for each in found if each is not None)

    return gradcheck(
        slopes, (*given, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, fast_mode=fast_mode,
    )  # fmt: skip
