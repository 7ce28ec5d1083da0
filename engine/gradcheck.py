"""`gradcheck`: the derivative that backward, or forward mode, gives against finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import fast_gradcheck, grad_mode, gradient_cases, jacobians
from engine.autograd import grad
from engine.gradient_cases import GradcheckError, differentiable
from engine.jacobians import as_tuple, tracked
from engine.ops.table import FUNCTIONS, METHODS
from engine.random import Generator
from engine.tensor import Tensor

REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although "
    "analytical gradient matches numerical gradient."
)
EXPECTED = f"""

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

{gradient_cases.WORKAROUND.format("nondet_tol=<tol>", "`gradcheck_nondet_tol=<tol>`")}.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""
SINGLE = (
    "Input #{} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs "
    "are not of double precision floating point or complex. "
)
OVERLAPPING = (
    "The {}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the "
    "numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck."
)
NOT_NOTHING = "Numerical gradient for function expected to be zero"


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
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether backward, or forward mode, agrees with central differences of step `eps` for every output and every input that requires grad.

    Backward runs twice, which may differ by `nondet_tol`, once more with zeros, with `check_undefined_grad` once with nothing, and with
    `check_batched_grad` with two gradients at once. `fast_mode` compares one number for each Jacobian; dtypes cannot go wrong here. Raises
    GradcheckError with both Jacobians where they differ, or with what else is wrong, unless `raise_exception` is False; ValueError where nothing
    requires grad; AssertionError where the arguments ask for nothing, or a step changes the shape or dtype of an output.
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    given = as_tuple(inputs)
    _checked(given)
    check = _Check(func, given, eps, rtol, atol, nondet_tol)
    try:
        if check_backward_ad:
            check.backward(fast_mode)
        if check_forward_ad:
            check.forward(fast_mode)
            if check_undefined_grad:
                gradient_cases.without_tangent(func, given, check.ways())
        if check_batched_forward_grad:
            gradient_cases.batched_forward(func, given)
        if check_backward_ad:
            if check_batched_grad:
                for number, output in enumerate(check.chosen):
                    gradient_cases.batched(check.wanted, output, number)
            gradient_cases.by_arriving(check.chosen, check.wanted, masked)
            if check_undefined_grad:
                gradient_cases.without_arriving(func, given, check.wanted)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _checked(given: Sequence[Any]) -> None:
    """Raises ValueError where no input requires grad, RuntimeError where elements of one share memory; warns of single precision."""
    for place, each in enumerate(given):
        if not (isinstance(each, Tensor) and each.requires_grad):
            continue
        if each.dtype.name != "float64":
            warnings.warn(SINGLE.format(place), UserWarning, stacklevel=3)
        if any(step <= 0 and size > 1 for step, size in zip(each.stride(), each.shape, strict=True)):
            raise RuntimeError(OVERLAPPING.format(place))
    if not tracked(given):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


class _Check:
    """A function at its inputs, and what was made of them: its derivatives are compared in two ways."""

    def __init__(
        self, func: Callable[..., Any], given: tuple[Any, ...], eps: float, rtol: float, atol: float, nondet_tol: float
    ) -> None:
        self.func, self.given, self.eps = func, given, eps
        self.rtol, self.atol, self.nondet_tol = rtol, atol, nondet_tol
        made = as_tuple(func(*given))
        self.chosen = differentiable(made)
        self.outputs = jacobians.floating(made)
        self.numbers = [number for number, each in enumerate(self.outputs) if each.requires_grad]
        self.places = [place for place, each in enumerate(given) if isinstance(each, Tensor) and each.requires_grad]
        self.wanted: list[Tensor] = [given[place] for place in self.places]

    def ways(self) -> dict[int, Any]:
        """For each input a direction that `fast_mode` takes there where forward mode is compared."""
        drawn = fast_gradcheck.directions(self.wanted, Generator())
        shaped = [way.reshape(each._data.shape)[()] for way, each in zip(drawn, self.wanted, strict=True)]
        return dict(zip(self.places, shaped, strict=True))

    def backward(self, fast: bool) -> None:
        """Raises GradcheckError where backward and differences are not alike."""
        if fast:
            self._backward_along()
            return
        numerical = self._numerical()
        # Outputs are numbered as they are checked: what requires no grad does not count.
        for count, number in enumerate(self.numbers):
            first, again = (jacobians.analytical(self.outputs[number], self.wanted) for _ in range(2))
            self._same_again(first, again)
            for place, (analytical, rows) in enumerate(zip(first, numerical, strict=True)):
                self._alike(analytical, rows[number], count, place, "")

    def forward(self, fast: bool) -> None:
        """Raises GradcheckError where forward mode and differences are not alike."""
        if fast:
            self._forward_along()
            return
        numerical = self._numerical()
        every = jacobians.forward(self.func, self.given) if self.chosen else []
        for count, number in enumerate(self.numbers):
            for place, (analytical, rows) in enumerate(zip(every, numerical, strict=True)):
                self._alike(analytical[number], rows[number], count, place, "computed with forward mode ")

    def _numerical(self) -> list[list[Any]]:
        """The Jacobians by differences. Raises GradcheckError where no output has a derivative and they are not zero."""
        found = [jacobians.numerical(self.func, self.given, each, self.eps) for each in self.wanted]
        if not self.chosen:
            self._nothing(found, 0.0)
        return found

    def _nothing(self, numerical: Sequence[Sequence[Any]], tolerance: float) -> None:
        if any(each.size and np.max(np.abs(each)) > tolerance for row in numerical for each in row):
            raise GradcheckError(NOT_NOTHING)

    def _alike(self, analytical: Any, numerical: Any, output: int, place: int, mode: str) -> None:
        if not np.allclose(analytical, numerical, self.rtol, self.atol):
            raise GradcheckError(_mismatch(output, place, repr(Tensor(numerical)), repr(Tensor(analytical)), mode))

    def _same_again(self, first: Sequence[Any], again: Sequence[Any]) -> None:
        """Raises GradcheckError where backward says another thing the second time; what is no number is no other number then."""
        tolerance = self.nondet_tol
        if any(one.size and np.max(np.abs(one - other)) > tolerance for one, other in zip(first, again, strict=True)):
            raise GradcheckError(f"{REENTRANT}The tolerance for nondeterminism was {tolerance}.{EXPECTED}")

    def _rates(self, ways: Sequence[Any]) -> list[list[Any]]:
        return [
            jacobians.numerical_along(self.func, self.given, tensor, way, self.eps)
            for tensor, way in zip(self.wanted, ways, strict=True)
        ]

    def _backward_along(self) -> None:
        """The same by one number for each Jacobian, of directions in its inputs and outputs."""
        generator = Generator()
        ways = fast_gradcheck.directions(self.wanted, generator)
        into = fast_gradcheck.directions(self.chosen, generator)
        rates = self._rates(ways)
        if not self.chosen:  # PyTorch asks the function once more then
            self._nothing(self._rates(ways), self.nondet_tol)
        slopes = []
        for output, way in zip(self.chosen, into, strict=True):
            rows, products = fast_gradcheck.analytical(output, self.wanted, way, ways)
            self._same_again(rows, fast_gradcheck.analytical(output, self.wanted, way, ways)[0])
            slopes.append(products)
        for place, (tensor, way) in enumerate(zip(self.wanted, ways, strict=True)):
            for count, (number, out) in enumerate(zip(self.numbers, into, strict=True)):
                rate, slope = np.sum(out * rates[place][number]), slopes[count][place]
                if not np.allclose(slope, rate, self.rtol, self.atol * float(way.sum()) * float(out.sum())):
                    numerical = jacobians.numerical(self.func, self.given, tensor, self.eps)[number]
                    analytical = jacobians.analytical(self.outputs[number], self.wanted)[place]
                    raise GradcheckError(
                        _mismatch(count, place, str(rate.item()), str(slope.item()), "")
                        + fast_gradcheck.explained(numerical, analytical, self.rtol, self.atol)
                    )

    def _forward_along(self) -> None:
        """The same of forward mode: how fast every element of an output changes along one direction of an input."""
        ways = self.ways()
        rates = self._rates([np.ravel(way) for way in ways.values()])
        every = [
            jacobians.along(
                self.func, self.given, {at: way if at == place else np.zeros_like(way) for at, way in ways.items()}
            )
            for place in ways
        ]
        for count, place in enumerate(ways):
            for number, (slope, rate) in enumerate(zip(every[count], rates[count], strict=True)):
                if np.allclose(slope, rate, self.rtol, self.atol * float(np.sum(ways[place]))):
                    continue
                text = _mismatch(number, count, repr(Tensor(rate)), repr(Tensor(slope)), "computed with forward mode ")
                numerical = jacobians.numerical(self.func, self.given, self.given[place], self.eps)[number]

                def alone(own: Tensor, place: int = place, number: int = number) -> Any:
                    return as_tuple(self.func(*self.given[:place], own, *self.given[place + 1 :]))[number]

                analytical = jacobians.forward(alone, (self.given[place],))[0][0]
                raise GradcheckError(text + fast_gradcheck.explained(numerical, analytical, self.rtol, self.atol))


def _mismatch(output: int, place: int, numerical: str, analytical: str, mode: str) -> str:
    """PyTorch's words; outputs and inputs are counted where they require grad."""
    return (
        f"Jacobian {mode}mismatch for output {output} with respect to input {place},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
    )


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Whether the derivative of the derivative, by backward or by forward mode, agrees with differences; raises as `gradcheck` does."""
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    for name, wish in (("check_undefined_grad", check_undefined_grad), ("check_batched_grad", check_batched_grad)):
        if wish and not check_rev_over_rev:
            raise AssertionError(f"Setting {name}=True requires check_rev_over_rev to be True")
    given = as_tuple(inputs)
    if grad_outputs is None:
        made = differentiable(as_tuple(func(*given)))
        weights = tuple(_drawn(each, gen_non_contig_grad_outputs) for each in made)
    else:
        weights = as_tuple(grad_outputs)
    count = len(given) if weights else 0  # as in PyTorch, which calls a function without derivatives with nothing
    asked = [place for place, each in enumerate(given[:count]) if isinstance(each, Tensor) and each.requires_grad]

    def slopes(*both: Any) -> tuple[Tensor, ...]:
        with grad_mode.enable_grad():
            own, ways = both[:count], both[count:]
            for each in (own[place] for place in asked):
                if not each.requires_grad:  # forward mode gives some without their history
                    each.requires_grad = True
            again = differentiable(as_tuple(func(*own)))
            wanted = [own[place] for place in asked]
            found = grad(again, wanted, ways, create_graph=True, allow_unused=True)
        return tuple(each for each in found if each is not None)

    return gradcheck(
        slopes, given + weights, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad,
        fast_mode=fast_mode, check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev, masked=masked,
    )  # fmt: skip


def _drawn(output: Tensor, apart: bool) -> Tensor:
    """A gradient for an output, drawn between -1 and 1; `apart` lays its elements so that others lie between."""
    found = METHODS["uniform_"](output.detach().clone(), -1, 1)
    if apart and found.numel() > 1:
        found = FUNCTIONS["repeat_interleave"](found, 2, -1)
        found = Tensor(found._data[..., ::2])
    made: Tensor = found.requires_grad_()
    return made
