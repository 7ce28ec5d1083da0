"""One call of an op, made alike on PyTorch and on the engine, and all that can be seen of it: values, first and second derivatives, errors."""

import operator
import warnings
from dataclasses import dataclass, field

import numpy as np

FLOATS = ("float16", "float32", "float64")


@dataclass(frozen=True, slots=True)
class Array:
    """A tensor as data: its numbers, whether it asks for a gradient, how it lies in memory (an order of dimensions, or every other place)."""

    data: np.ndarray
    requires_grad: bool = False
    layout: tuple[int, ...] | str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The tensor that was given at this place before."""

    place: int


@dataclass(frozen=True, slots=True)
class Dtype:
    name: str


@dataclass(slots=True)
class Seen:
    """What a call gave. Each part is a list of arrays (None where PyTorch gives None), plain values, or a text for an error."""

    values: list | str
    dtypes: list[str] = field(default_factory=list)
    first: list | str | None = None
    second: list | str | None = None


def shaped(given: Array, kind: str | None) -> np.ndarray:
    data = given.data if kind is None or given.data.dtype.kind != "f" else given.data.astype(kind)
    if given.layout is None or not data.ndim:
        return data.copy()
    if given.layout == "spread":
        wide = np.zeros((*data.shape[:-1], data.shape[-1] * 2), data.dtype)
        wide[..., ::2] = data
        return wide[..., ::2]
    return np.ascontiguousarray(data.transpose(given.layout)).transpose(np.argsort(given.layout))


def made(torch, tree, leaves: list, every: list, kind: str | None, cast: str | None = None):
    """A tree of arguments on one of the two frameworks; `leaves` gets the tensors that ask for a gradient, `every` all of them.

    `kind` is another float dtype for all float tensors; `cast` another dtype for them, without gradients.
    """
    if isinstance(tree, Array):
        data = shaped(tree, kind)
        tensor = torch.from_numpy(data) if data.ndim else torch.tensor(data)
        if cast is not None:
            tensor = tensor.to(getattr(torch, cast)) if data.dtype.kind == "f" else tensor
        elif tree.requires_grad:
            tensor.requires_grad_()
            leaves.append(tensor)
        every.append(tensor)
        return tensor
    if isinstance(tree, Again):
        return every[tree.place]
    if isinstance(tree, Dtype):
        return getattr(torch, tree.name)
    if isinstance(tree, (list, tuple)):
        return type(tree)(made(torch, each, leaves, every, kind, cast) for each in tree)
    if isinstance(tree, dict):
        return {name: made(torch, each, leaves, every, kind, cast) for name, each in tree.items()}
    if isinstance(tree, slice):
        return slice(*(made(torch, each, leaves, every, kind, cast) for each in (tree.start, tree.stop, tree.step)))
    return tree


def leaves_of(torch, value) -> list:
    """The tensors and plain values of a result, in order."""
    if isinstance(value, torch.Tensor) or not isinstance(value, (list, tuple)):
        return [value]
    return [leaf for each in value for leaf in leaves_of(torch, each)]


def plain(torch, value):
    if value is None or not isinstance(value, torch.Tensor):
        return value
    if hasattr(value, "_is_zerotensor") and value._is_zerotensor():
        value = torch.zeros_like(value) + 0
    return np.array(value.detach().numpy())


def weights(torch, like, place: int):
    """A fixed cotangent of uneven numbers that every float dtype holds exactly."""
    count = like.numel()
    numbers = ((np.arange(count) * 7919 + 31 * place) % 257) / 128 - 1 + 1 / 256
    return torch.tensor(numbers.reshape(tuple(like.shape))).to(like.dtype)


def told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def singular(torch, parts) -> tuple:
    """What a singular value decomposition determines: the values, each pair of vectors multiplied, and that the vectors stand upright on each other."""
    left, values, right = parts
    count = values.shape[-1]
    pairs = left[..., :, None, :count] * right.mT[..., None, :, :count]
    return values, pairs, (left.mT @ left).detach(), (right @ right.mT).detach()


def singular_turned(torch, parts) -> tuple:
    left, values, right = parts
    return singular(torch, (left, values, right.mT))


def eigen(torch, parts) -> tuple:
    """What an eigenvalue decomposition determines: the values, and each vector multiplied by itself."""
    values, vectors = parts
    return values, vectors[..., :, None, :] * vectors[..., None, :, :]


# LAPACK leaves the sign of each vector open, and so does PyTorch (`linalg.svd`, `linalg.eigh`: "not unique"): what does not depend on it is compared.
DETERMINED = {"linalg.svd": singular, "svd": singular_turned, "linalg.eigh": eigen}


def called(torch, how: tuple[str, str], reach, args, kwargs):
    """The result of one spelling of an op. `reach(kind, name)` gives the function behind a name."""
    kind, name = how
    if kind == "attribute":
        return reach(kind, name)(args[0])
    if kind == "inplace":
        held = args[0].clone()
        result = reach("method", name)(held, *args[1:], **kwargs)
        assert result is held, f"{name} gave another tensor"
        return result
    if kind == "operator":
        if name.startswith("__i"):
            args = (args[0].clone(), *args[1:])
        return getattr(operator, name)(*args)
    if kind == "reflected":
        return getattr(operator, name)(args[1], args[0])
    result = reach(kind, name)(*args, **kwargs)
    return DETERMINED[name](torch, result) if name in DETERMINED else result


def seen(torch, how, reach, args, kwargs, *, kind=None, cast=None, orders: int = 2) -> Seen:
    """Make the call and look: `orders` is how many derivatives are taken."""
    leaves: list = []
    every: list = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        args = made(torch, args, leaves, every, kind, cast)
        kwargs = made(torch, kwargs, leaves, every, kind, cast)
        try:
            result = leaves_of(torch, called(torch, how, reach, args, kwargs))
        except Exception as error:  # noqa: BLE001 -- whatever is raised is compared
            return Seen(told(error))
        look = Seen([plain(torch, each) for each in result])
        look.dtypes = [str(each.dtype) if isinstance(each, torch.Tensor) else type(each).__name__ for each in result]
        tracked = [each for each in result if isinstance(each, torch.Tensor) and each.requires_grad]
        if not tracked or not leaves or not orders:
            return look
        seeds = [weights(torch, each, place).requires_grad_(orders > 1) for place, each in enumerate(tracked)]
        try:
            first = torch.autograd.grad(tracked, leaves, seeds, create_graph=orders > 1, allow_unused=True)
        except Exception as error:  # noqa: BLE001
            look.first = told(error)
            return look
        look.first = [plain(torch, each) for each in first]
        again = [each for each in first if each is not None and each.requires_grad]
        if orders < 2 or not again:
            return look
        mixes = [weights(torch, each, place + 5) for place, each in enumerate(again)]
        try:
            second = torch.autograd.grad(again, [*leaves, *seeds], mixes, allow_unused=True)
        except Exception as error:  # noqa: BLE001
            look.second = told(error)
            return look
        look.second = [plain(torch, each) for each in second]
    return look
