"""Parameters that are made of others at every look: `torch.nn.utils.parametrize`, and the norms of weights as parametrizations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine import grad_mode
from engine.nn.composed import normalize
from engine.nn.containers import ModuleDict, ModuleList
from engine.nn.conv import ConvTranspose1d, ConvTranspose2d
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.nn.shell import Shell
from engine.nn.tree import kind_of
from engine.ops import FUNCTIONS, METHODS
from engine.ops.weights import norm_except, weight_norm
from engine.tensor import Tensor


class _WeightNorm(Module):
    """A length for each slice along `dim`, and the slice."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, size: Tensor, v: Tensor) -> Tensor:
        return weight_norm(v, size, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """What a weight is made of."""
        return norm_except(weight, self.dim), weight


class _SpectralNorm(Module):
    """A weight over its largest singular value, which a few turns of the power method follow; they are taken at every look while it trains."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        """Raises IndexError for a dimension that is not there, ValueError for no turn at all."""
        super().__init__()
        rank = weight.ndim
        if not -rank <= dim < rank:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps, self.n_power_iterations = dim % rank, eps, n_power_iterations
        if rank > 1:
            with grad_mode.no_grad():
                flat = as_matrix(weight, self.dim)
                for name, size in (("_u", flat.shape[0]), ("_v", flat.shape[1])):
                    self.register_buffer(name, drawn(weight, size, eps))
            self._follow(flat, 15)

    def _follow(self, flat: Tensor, turns: int) -> None:
        with grad_mode.no_grad():
            for _ in range(turns):
                self._u.copy_(direction(FUNCTIONS["mv"](flat, self._v), self.eps))
                self._v.copy_(direction(FUNCTIONS["mv"](METHODS["t"](flat), self._u), self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return direction(weight, self.eps)
        flat = as_matrix(weight, self.dim)
        if self.training:
            self._follow(flat, self.n_power_iterations)
        left, right = METHODS["clone"](self._u), METHODS["clone"](self._v)
        size = FUNCTIONS["vdot"](left, FUNCTIONS["mv"](flat, right))
        result: Tensor = METHODS["div"](weight, size)
        return result


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The slices of a weight along a dimension, each as a row."""
    if dim:
        weight = METHODS["permute"](weight, dim, *(axis for axis in range(weight.ndim) if axis != dim))
    flat: Tensor = METHODS["flatten"](weight, 1)
    return flat


def direction(x: Tensor, eps: float) -> Tensor:
    """A vector over its length."""
    return normalize(x, dim=0, eps=eps)


def drawn(like: Tensor, size: int, eps: float) -> Tensor:
    """A direction of so many numbers, drawn at random."""
    return direction(METHODS["normal_"](METHODS["new_empty"](like, size), 0, 1), eps)


class ParametrizationList(ModuleList):
    """What a parameter is made by, one after the other, and what it is made of: `original`, or `original0` and `original1`."""

    def __init__(self, first: Module, original: Any) -> None:
        """Raises ValueError for what makes no tensor of this shape and dtype."""
        super().__init__([first])
        shown = original.detach()
        inverse = _inverse(first)
        with grad_mode.no_grad():
            made_of = original if inverse is None else inverse(original)
        if not isinstance(made_of, (Tensor, tuple, list)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {kind_of(made_of)}"
            )
        if isinstance(made_of, Tensor):
            if made_of is not original:
                original.data = made_of.detach()
            self._hold("original", original, original)
        else:
            for place, each in enumerate(made_of):
                self._hold(f"original{place}", Parameter(each.detach(), original.requires_grad), original)
        _check("Registering a parametrization", self(), shown)

    def _hold(self, name: str, value: Tensor, original: Tensor) -> None:
        if isinstance(original, Parameter):
            self.register_parameter(name, value)  # type: ignore[arg-type]
        else:
            self.register_buffer(name, value)

    def _originals(self) -> list[Tensor]:
        return [each for table in (self._parameters, self._buffers) for each in table.values() if each is not None]

    def right_inverse(self, value: Tensor) -> None:
        """What the parameter is made of is such, from now on, that it comes out as `value`. Raises RuntimeError for a part that has no way back."""
        made_of: Any = value
        with grad_mode.no_grad():
            for each in reversed(list(self)):
                inverse = _inverse(each)
                if inverse is None:
                    raise RuntimeError(f"parametrization {each._get_name()} does not implement right_inverse.")
                made_of = inverse(made_of)
            for original, new in zip(
                self._originals(), [made_of] if isinstance(made_of, Tensor) else made_of, strict=True
            ):
                original.data = new.detach()

    def forward(self) -> Tensor:
        first, *others = self
        made: Tensor = first(*self._originals())
        for each in others:
            made = each(made)
        return made


def _inverse(parametrization: Module) -> Callable[..., Any] | None:
    """The way back from what a parametrization makes to what it makes it of; None where it has none."""
    if isinstance(parametrization, Shell):
        return parametrization.right_inverse
    own = next(
        (kind.__dict__["right_inverse"] for kind in type(parametrization).__mro__ if "right_inverse" in kind.__dict__),
        None,
    )
    return None if own is None else functools.partial(own, parametrization)


def _check(what: str, made: Any, original: Tensor) -> None:
    if not isinstance(made, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {kind_of(made)}.")
    for name, before, after in (("dtype", original.dtype, made.dtype), ("shape", original.shape, made.shape)):
        if before != after:
            raise ValueError(
                f"{what} may not change the {name} of the tensor, unless `unsafe` flag is enabled.\n"
                f"unparametrized {name}: {before}\nparametrized {name}: {after}"
            )


def register_parametrization(module: Module, tensor_name: str, parametrization: Module) -> Module:
    """Let a parameter or buffer be made by a module at every look.

    Raises ValueError where there is none of this name, or where what is made has another shape or dtype.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        row = _lists(module)[tensor_name]
        _check("Registering a parametrization", parametrization(row()), row())
        row.append(parametrization)
        return module
    original: Any = module._parameters.get(tensor_name)
    original = module._buffers.get(tensor_name) if original is None else original
    if original is None:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    made = ParametrizationList(parametrization, original)
    module.__delattr__(tensor_name)
    if not is_parametrized(module):
        module.register_module("parametrizations", ModuleDict())
    _lists(module)[tensor_name] = made
    return module


def _lists(module: Module) -> Any:
    return module._modules["parametrizations"]


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether this parameter of the module, or any, is made by others."""
    lists = module._modules.get("parametrizations")
    if not isinstance(lists, ModuleDict):
        return False
    return tensor_name in lists if tensor_name is not None else len(lists) > 0


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Let the parameter be itself again: as it is made now, or the one that it was made of.

    Raises ValueError where there is none, or where it is made of several and not to be left as it is.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    row = _lists(module)[tensor_name]
    several = "original" not in row._parameters and "original" not in row._buffers
    if several and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors."
        )
    if leave_parametrized:
        with grad_mode.no_grad():
            kept: Any = METHODS["clone"](row())
        learned = any(each is not None and each.requires_grad for each in row._parameters.values())
        kept = Parameter(kept, learned) if row._parameters else kept
    else:
        kept = row._parameters.get("original", row._buffers.get("original"))
    del _lists(module)[tensor_name]
    if not len(_lists(module)):
        module.__delattr__("parametrizations")
    if isinstance(kept, Parameter):
        module.register_parameter(tensor_name, kept)
    else:
        module.register_buffer(tensor_name, kept)
    return module


def weight_norm_of(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """The weight as lengths, `original0`, times directions, `original1`."""
    return register_parametrization(module, name, _WeightNorm(dim))


def spread_dim(module: Module, dim: int | None) -> int:
    """Along which dimension a layer's weight has a slice for each output, where nobody says."""
    return dim if dim is not None else 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d)) else 0


def spectral_norm_of(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """The weight over its largest singular value. Raises ValueError where there is none of this name."""
    weight = module._parameters.get(name)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return register_parametrization(
        module, name, _SpectralNorm(weight, n_power_iterations, spread_dim(module, dim), eps)
    )


FUNCTIONS_OF_UTILS: dict[str, Callable[..., Any]] = {
    "parametrizations.weight_norm": weight_norm_of,
    "parametrizations.spectral_norm": spectral_norm_of,
    "parametrize.register_parametrization": register_parametrization,
    "parametrize.remove_parametrizations": remove_parametrizations,
    "parametrize.is_parametrized": is_parametrized,
}
HIDDEN: tuple[type[Module], ...] = (_WeightNorm, _SpectralNorm, ParametrizationList)
