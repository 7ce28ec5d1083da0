"""`torch.nn.utils.prune`: a parameter becomes `name_orig`, and `name` is it times the mask `name_mask`, made anew before each forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine import grad_mode
from engine.nn import clip
from engine.nn.module import Module
from engine.nn.tree import computed, lookup
from engine.ops import FUNCTIONS, METHODS
from engine.tensor import Tensor

TAKEN, PUT = METHODS["__getitem__"], METHODS["__setitem__"]


class Method:
    """Which numbers go: of scores, and of a mask that says which are left, it makes the mask of those that stay."""

    KIND = "unstructured"

    def mask(self, scores: Tensor, left: Tensor) -> Tensor:
        """A mask of the scores' shape, of those that stay among those `left`. Raises ValueError for an amount that is not there."""
        raise NotImplementedError

    def onto(self, scores: Tensor, left: Tensor) -> Tensor:
        """The mask where a part is pruned already: what is gone is not counted again."""
        left = METHODS["to"](left, dtype=scores.dtype)
        there = self.there(left)
        PUT(left, there, self.mask(TAKEN(scores, there), TAKEN(left, there)))
        return left

    def there(self, left: Tensor) -> Any:
        """The index of what is not gone yet."""
        return FUNCTIONS["eq"](left, 1)


class Identity(Method):
    """Nothing goes."""

    def mask(self, scores: Tensor, left: Tensor) -> Tensor:
        return left


class _Amount(Method):
    def __init__(self, amount: float) -> None:
        """`amount`: a number of units, or a share of them. Raises TypeError and ValueError for what is neither."""
        if not isinstance(amount, (int, float)):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if amount < 0 or (isinstance(amount, float) and amount > 1):
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
        self.amount = amount

    def count(self, units: int) -> int:
        """How many of so many units go. Raises ValueError where there are fewer."""
        count = int(self.amount) if isinstance(self.amount, int) else round(self.amount * units)
        if count > units:
            raise ValueError(f"amount={count} should be smaller than the number of parameters to prune={units}")
        return count


class _Smallest(_Amount):
    def rank(self, scores: Tensor) -> Tensor:
        """What the numbers are compared by."""
        raise NotImplementedError

    LARGEST = False

    def mask(self, scores: Tensor, left: Tensor) -> Tensor:
        count = self.count(scores.numel())
        mask: Tensor = METHODS["clone"](left)
        if count:
            gone = FUNCTIONS["topk"](METHODS["view"](self.rank(scores), -1), count, largest=self.LARGEST).indices
            PUT(METHODS["view"](mask, -1), gone, 0)
        return mask


class L1Unstructured(_Smallest):
    """Those of the smallest absolute value go."""

    def rank(self, scores: Tensor) -> Tensor:
        sizes: Tensor = METHODS["contiguous"](METHODS["abs"](scores))
        return sizes


class RandomUnstructured(_Smallest):
    """Any go, drawn at random."""

    LARGEST = True

    def rank(self, scores: Tensor) -> Tensor:
        drawn: Tensor = FUNCTIONS["rand_like"](scores)
        return drawn


class _Structured(_Amount):
    KIND = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def there(self, left: Tensor) -> Any:
        dim = self.dim % left.dim()
        others = [each for each in range(left.dim()) if each != dim]
        return (*(slice(None),) * dim, FUNCTIONS["ne"](METHODS["sum"](left, dim=others), 0))

    def mask(self, scores: Tensor, left: Tensor) -> Tensor:
        if scores.dim() <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. "
                f"Found tensor of shape {scores.shape} with {scores.dim()} dims"
            )
        if self.dim >= scores.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {scores.shape}")
        units = scores.shape[self.dim]
        count = self.count(units)
        if not count:
            return left
        mask = FUNCTIONS["zeros_like"](scores)
        PUT(mask, (*(slice(None),) * (self.dim % scores.dim()), self.kept(scores, units, count)), 1)
        result: Tensor = METHODS["mul_"](mask, left)
        return result

    def kept(self, scores: Tensor, units: int, count: int) -> Tensor:
        """The index along `dim` of the channels that stay where `count` of `units` go."""
        raise NotImplementedError


class RandomStructured(_Structured):
    """Any channels along `dim` go, drawn at random."""

    def kept(self, scores: Tensor, units: int, count: int) -> Tensor:
        drawn = FUNCTIONS["rand"](units)
        result: Tensor = FUNCTIONS["gt"](drawn, FUNCTIONS["kthvalue"](drawn, count).values)
        return result


class LnStructured(_Structured):
    """The channels along `dim` of the smallest `n`-norm go."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def kept(self, scores: Tensor, units: int, count: int) -> Tensor:
        others = [each for each in range(scores.dim()) if each != self.dim % scores.dim()]
        norms = FUNCTIONS["norm"](scores, p=self.n, dim=others)
        result: Tensor = FUNCTIONS["topk"](norms, units - count, largest=True).indices
        return result


class CustomFromMask(Method):
    """What a given mask says, beside what is gone already."""

    KIND = "global"

    def __init__(self, mask: Tensor) -> None:
        self.given = mask

    def there(self, left: Tensor) -> Any:
        return ...

    def mask(self, scores: Tensor, left: Tensor) -> Tensor:
        if left.shape != self.given.shape:
            raise AssertionError(f"default_mask shape {left.shape} must match self.mask shape {self.given.shape}")
        result: Tensor = METHODS["mul"](left, METHODS["to"](self.given, dtype=left.dtype))
        return result


class Pruned:
    """What makes the pruned tensor `name` of a module anew before each forward."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, module: Module, given: Any) -> None:
        mask, original = lookup(module, f"{self.name}_mask"), lookup(module, f"{self.name}_orig")
        computed(module)[self.name] = METHODS["mul"](METHODS["to"](mask, dtype=original.dtype), original)


def _hook(module: Module, name: str) -> int | None:
    return next(
        (key for key, (hook, _) in module._before.items() if isinstance(hook, Pruned) and hook.name == name), None
    )


def _attribute(module: Module, name: str) -> Tensor:
    """A parameter or what stands for it. Raises AttributeError for any other name."""
    found = computed(module).get(name)
    if found is None:
        found = module._parameters.get(name)
    if found is None:
        raise AttributeError(f"'{module._get_name()}' object has no attribute '{name}'")
    return found


def apply(module: Module, name: str, method: Method, scores: Tensor | None = None) -> Module:
    """Prune by a method, `scores` in the place of the numbers themselves. Raises AssertionError where these have another shape."""
    known, held = _hook(module, name), _attribute(module, name)
    if scores is not None and scores.shape != held.shape:
        raise AssertionError(
            f"importance_scores should have the same shape as parameter {name} of {module}, got {scores.shape} vs {held.shape}"
        )
    scores = (held if scores is None else scores).detach()
    with grad_mode.no_grad():
        if known is None:
            mask = method.mask(scores, FUNCTIONS["ones_like"](scores))
        else:
            mask = method.onto(scores, METHODS["clone"](lookup(module, f"{name}_mask").detach()))
    if known is None:
        module.register_parameter(f"{name}_orig", module._parameters[name])
        del module._parameters[name]
    else:
        del module._before[known]
    module.register_buffer(f"{name}_mask", mask)
    hook = Pruned(name)
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def identity(module: Module, name: str) -> Module:
    """Nothing goes; the parameter stands as a pruned one does."""
    return apply(module, name, Identity())


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """See `RandomUnstructured`."""
    return apply(module, name, RandomUnstructured(amount))


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """See `L1Unstructured`."""
    return apply(module, name, L1Unstructured(amount), importance_scores)


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """See `RandomStructured`."""
    return apply(module, name, RandomStructured(amount, dim))


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """See `LnStructured`."""
    return apply(module, name, LnStructured(amount, n, dim), importance_scores)


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """See `CustomFromMask`."""
    return apply(module, name, CustomFromMask(mask))


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: Callable[..., Any],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune parameters of several modules as if they were one. Raises TypeError for a method that takes whole channels."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    if importance_scores is not None and not isinstance(importance_scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs = list(parameters)
    method: Method = pruning_method(**kwargs)
    if method.KIND != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
            f"Found method {type(method)} of type {method.KIND}"
        )
    held = [_attribute(module, name).detach() for module, name in pairs]
    with grad_mode.no_grad():
        scores = [(importance_scores or {}).get(pair, own) for pair, own in zip(pairs, held, strict=True)]
        masks = [
            FUNCTIONS["ones_like"](own) if _hook(module, name) is None else lookup(module, f"{name}_mask")
            for (module, name), own in zip(pairs, held, strict=True)
        ]
        row = clip.parameters_to_vector
        kept = method.onto(row(scores), row(masks))
        start = 0
        for (module, name), own in zip(pairs, held, strict=True):
            custom_from_mask(module, name, METHODS["view_as"](TAKEN(kept, slice(start, start + own.numel())), own))
            start += own.numel()


def remove(module: Module, name: str) -> Module:
    """The parameter again, with zeros where it was pruned. Raises ValueError where it was not."""
    known = _hook(module, name)
    if known is None:
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    module._before.pop(known)[0](module, ())
    original: Any = module._parameters[f"{name}_orig"]
    original.data = computed(module).pop(name).data
    del module._parameters[f"{name}_orig"], module._buffers[f"{name}_mask"]
    module.register_parameter(name, original)
    return module


def is_pruned(module: Module) -> bool:
    """Whether any parameter in the module or below it is pruned."""
    return any(isinstance(hook, Pruned) for part in module.modules() for hook, _ in part._before.values())


METHODS_OF_PRUNING: tuple[type[Method], ...] = (
    Identity, RandomUnstructured, L1Unstructured, RandomStructured, LnStructured, CustomFromMask,
)  # fmt: skip
MADE: tuple[Callable[..., Any], ...] = (
    *METHODS_OF_PRUNING, identity, random_unstructured, l1_unstructured, random_structured, ln_structured, custom_from_mask,
    global_unstructured, remove, is_pruned,
)  # fmt: skip
FUNCTIONS_OF_UTILS: dict[str, Callable[..., Any]] = {f"prune.{made.__name__}": made for made in MADE}
