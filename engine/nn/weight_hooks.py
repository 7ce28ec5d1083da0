"""The norms of weights in the old way, `torch.nn.utils.weight_norm` and `spectral_norm`: a hook makes the weight anew before each forward."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from engine import grad_mode
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.nn.parametrize import as_matrix, direction, drawn, spread_dim
from engine.nn.tree import computed, lookup
from engine.ops import FUNCTIONS, METHODS
from engine.ops.weights import norm_except, weight_norm
from engine.tensor import Tensor


class _Old:
    """What the old way does before each forward: it makes the weight anew of what it is made of."""

    WORD = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def made(self, module: Module, follow: bool) -> Tensor:
        """The weight; where it has a direction to `follow`, after a few more turns."""
        raise NotImplementedError

    def __call__(self, module: Module, given: Any) -> None:
        computed(module)[self.name] = self.made(module, module.training)

    def begin(self, module: Module) -> None:
        module.register_forward_pre_hook(self)

    def removed(self, module: Module, suffixes: tuple[str, ...]) -> None:
        """The weight is a parameter again, as it is made now."""
        with grad_mode.no_grad():
            weight = self.made(module, False)
        for suffix in suffixes:
            module.__delattr__(self.name + suffix)
        del computed(module)[self.name]
        for number, (hook, _) in list(module._before.items()):
            if hook is self:
                del module._before[number]
        module.register_parameter(self.name, Parameter(weight.detach()))


class _OldWeightNorm(_Old):
    WORD = "weight_norm"

    def __init__(self, name: str, dim: int) -> None:
        super().__init__(name)
        self.dim = dim

    def made(self, module: Module, follow: bool) -> Tensor:
        size, v = (lookup(module, f"{self.name}{suffix}") for suffix in ("_g", "_v"))
        return weight_norm(v, size, self.dim)


class _OldSpectralNorm(_Old):
    WORD = "spectral_norm"

    def __init__(self, name: str, turns: int, dim: int, eps: float) -> None:
        super().__init__(name)
        self.turns, self.dim, self.eps = turns, dim, eps

    def made(self, module: Module, follow: bool) -> Tensor:
        weight, u, v = (lookup(module, f"{self.name}{suffix}") for suffix in ("_orig", "_u", "_v"))
        flat = as_matrix(weight, self.dim)
        if follow:
            with grad_mode.no_grad():
                for _ in range(self.turns):
                    v.copy_(direction(FUNCTIONS["mv"](METHODS["t"](flat), u), self.eps))
                    u.copy_(direction(FUNCTIONS["mv"](flat, v), self.eps))
                u, v = METHODS["clone"](u), METHODS["clone"](v)
        result: Tensor = METHODS["div"](weight, FUNCTIONS["dot"](u, FUNCTIONS["mv"](flat, v)))
        return result


def _found(module: Module, kind: type[_Old], name: str) -> Any:
    return next((hook for hook, _ in module._before.values() if isinstance(hook, kind) and hook.name == name), None)


def _once(module: Module, kind: type[_Old], name: str) -> None:
    if _found(module, kind, name) is not None:
        raise RuntimeError(f"Cannot register two {kind.WORD} hooks on the same parameter {name}")


def old_weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """The weight as lengths, `weight_g`, times directions, `weight_v`, made anew before each forward."""
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    _once(module, _OldWeightNorm, name)
    weight, hook = lookup(module, name), _OldWeightNorm(name, -1 if dim is None else dim)
    del module._parameters[name]
    with grad_mode.no_grad():
        module.register_parameter(f"{name}_g", Parameter(norm_except(weight, hook.dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.data))
    hook(module, ())
    hook.begin(module)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """The weight is a parameter again. Raises ValueError where it was not made so."""
    return _without(module, _OldWeightNorm, name, ("_g", "_v"))


def old_spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """The weight over its largest singular value, made anew of `weight_orig` before each forward."""
    _once(module, _OldSpectralNorm, name)
    if name not in module._parameters:
        raise KeyError(name)
    weight: Any = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    hook = _OldSpectralNorm(name, n_power_iterations, spread_dim(module, dim), eps)
    with grad_mode.no_grad():
        flat = as_matrix(weight, hook.dim)
        u, v = drawn(weight, flat.shape[0], eps), drawn(weight, flat.shape[1], eps)
    module.__delattr__(name)
    module.register_parameter(f"{name}_orig", weight)
    computed(module)[name] = weight.data
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    hook.begin(module)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """The weight is a parameter again. Raises ValueError where it was not made so."""
    return _without(module, _OldSpectralNorm, name, ("_u", "_v", "_orig"))


def _without(module: Module, kind: type[_Old], name: str, suffixes: tuple[str, ...]) -> Module:
    hook = _found(module, kind, name)
    if hook is None:
        raise ValueError(f"{kind.WORD} of '{name}' not found in {module}")
    hook.removed(module, suffixes)
    return module


FUNCTIONS_OF_UTILS: dict[str, Callable[..., Any]] = {
    "weight_norm": old_weight_norm,
    "remove_weight_norm": remove_weight_norm,
    "spectral_norm": old_spectral_norm,
    "remove_spectral_norm": remove_spectral_norm,
}
