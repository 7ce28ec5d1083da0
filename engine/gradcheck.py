"""`gradcheck`: the derivative that backward gives against finite differences."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import grad_mode
from engine.autograd import grad
from engine.ops.table import METHODS
from engine.tensor import Tensor


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

    `fast_mode` compares every number all the same; the four before it ask for what cannot go wrong here. Raises GradcheckError with both
    Jacobians where they differ, unless `raise_exception` is False; ValueError where nothing requires grad.
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
    outputs = _outputs(func, given)
    differentiable = [number for number, each in enumerate(outputs) if each.requires_grad]
    if not differentiable:
        for number, (_, tensor) in itertools.product(range(len(outputs)), tracked):
            if np.any(_numerical(func, given, number, tensor, eps)):
                if not raise_exception:
                    return False
                raise GradcheckError("Numerical gradient for function expected to be zero")
        return True
    # Outputs are numbered as they are checked: what requires no grad does not count.
    for (count, number), (place, tensor) in itertools.product(enumerate(differentiable), tracked):
        output = _outputs(func, given)[number]
        numerical = _numerical(func, given, number, tensor, eps)
        analytical = _analytical(output, tensor)
        if not np.allclose(analytical, numerical, rtol, atol):
            if not raise_exception:
                return False
            raise GradcheckError(
                f"Jacobian mismatch for output {count} with respect to input {place},\n"
                f"numerical:{Tensor(numerical)!r}\nanalytical:{Tensor(analytical)!r}\n"
            )
    return True


def _outputs(func: Callable[..., Any], given: Sequence[Any]) -> list[Tensor]:
    """What the function gives that has derivatives. Raises AttributeError where it gives what is no tensor."""
    made = func(*given)
    found = list(made) if isinstance(made, (tuple, list)) else [made]
    for each in found:
        if not isinstance(each, Tensor):
            raise AttributeError(f"'{type(each).__name__}' object has no attribute 'requires_grad'")
    return [each for each in found if each.is_floating_point()]


def _analytical(output: Tensor, tensor: Tensor) -> Any:
    """The Jacobian, an input element a row, by one backward for each output element."""
    jacobian = np.zeros((tensor._data.size, output._data.size), output._data.dtype)
    for column in range(output._data.size):
        chosen = np.zeros(output._data.size, output._data.dtype)
        chosen[column] = 1
        start = Tensor(
            chosen.reshape(output._data.shape)[()] if not output._data.shape else chosen.reshape(output._data.shape)
        )
        (found,) = grad(output, tensor, start, retain_graph=True, allow_unused=True)
        if found is not None:
            jacobian[:, column] = np.ravel(found._data)
    return jacobian


def _numerical(func: Callable[..., Any], given: Sequence[Any], number: int, tensor: Tensor, eps: float) -> Any:
    """The same by moving each input element a little up and down; the input is as it was afterwards."""
    kept = tensor._data
    rows = []
    with grad_mode.no_grad():
        for place in range(kept.size):
            ends = []
            for step in (eps, -eps):
                moved = np.array(kept).reshape(-1)
                moved[place] += kept.dtype.type(step)
                shaped = moved.reshape(kept.shape)
                tensor._data = shaped if kept.shape else shaped[()]
                try:
                    ends.append(np.ravel(_outputs(func, given)[number]._data))
                finally:
                    tensor._data = kept
            rows.append((ends[0] - ends[1]) / ends[0].dtype.type(2 * eps))
    return np.array(rows).reshape(kept.size, -1)


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

    return gradcheck(slopes, (*given, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
