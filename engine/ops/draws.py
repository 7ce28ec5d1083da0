"""Tensors of random numbers, and the stream that they come from: `rand`, `randint`, `multinomial`, `manual_seed`."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

from engine import devices, dtypes, inside, lots, random
from engine.application import apply
from engine.ops import dims, noise
from engine.ops.creation import empty_as, made
from engine.ops.op import Op
from engine.ops.table import METHODS, argument, row, spelled
from engine.random import Generator
from engine.tensor import Tensor

Dtype = dtypes.dtype
Draw = Callable[[Generator, Any, Any], Any]


def _of_tensor(name: str, node: str, *spellings: str, inputs: str = "self") -> Op:
    names = inputs.split()
    return row(
        name, f"spread(drawn, {' + '.join(names)})", {each: f"zeros_like({each})" for each in names}, settings="drawn", node=node,
        symbol=noise.drawn_from(name), spelled=spellings,
        samples=((*((2, 3) for _ in names), np.full((2, 3), 0.5)),), en=noise.EN, zh=noise.ZH,
    )  # fmt: skip


BERNOULLI = _of_tensor("bernoulli", "BernoulliBackward0!", "torch.bernoulli", "Tensor.bernoulli")
NORMAL_MEAN = _of_tensor("normal_mean", "NormalBackward1!", "torch.normal")
NORMAL_STD = _of_tensor("normal_std", "NormalBackward2!", "torch.normal(0., std)")
NORMAL_BOTH = _of_tensor("normal_both", "NormalBackward3!", "torch.normal(mean, std)", inputs="mean std")
POISSON = _of_tensor("poisson", "PoissonBackward0!", "torch.poisson")


def _real(kind: Any, words: str) -> None:
    if np.dtype(kind).kind != "f":
        raise NotImplementedError(f"\"{words}\" not implemented for '{dtypes.of(np.dtype(kind)).scalar}'")


def _shape(name: str, size: Any) -> tuple[int, ...]:
    shape = dims.sizes(size, name)
    if any(each < 0 for each in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def _factory(name: str, words: str, draw: Callable[[Generator, Any, Any, bool], Any]) -> None:
    def front(
        *sizes: Any, size: Any = None, generator: Generator | None = None, dtype: Dtype | None = None, layout: Any = None,
        device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
    ) -> Tensor:  # fmt: skip
        check(device, name)
        shape, kind = _shape(name, sizes if size is None else (size,)), (dtype or dtypes.get_default_dtype()).numpy
        _real(kind, words)
        return made(draw(noise.stream(generator), shape, kind, True), requires_grad)

    def like(
        input: Tensor, *, generator: Generator | None = None, dtype: Dtype | None = None, layout: Any = None, device: Any = None,
        pin_memory: bool = False, requires_grad: bool = False, memory_format: Any = None,
    ) -> Tensor:  # fmt: skip
        if not isinstance(input, Tensor):
            raise argument(f"{name}_like", "input", 1, input)
        check(device, name)
        place = empty_as(input, dtype)
        _real(place.dtype, words)
        numbers = noise.drawn(place, lambda source, shape, whole: draw(source, shape, place.dtype, whole), generator)
        return made(numbers, requires_grad, input)

    for made_by, full in ((front, name), (like, f"{name}_like")):
        made_by.__name__ = made_by.__qualname__ = full
        spelled(f"torch.{full}")(made_by)


check = devices.check
_factory("rand", "check_uniform_bounds", lambda source, shape, kind, _: source.rand(shape, kind))
_factory("randn", "normal_kernel_cpu", lambda source, shape, kind, whole: source.normal(0.0, 1.0, shape, kind, whole))


def _integer(name: str, value: Any, place: int) -> int:
    if isinstance(value, Tensor) and not value.ndim and not value.is_floating_point():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        where = "high" if place == 1 else ("low", "high")[place - 2]
        raise TypeError(
            f"{name}(): argument '{where}' (position {max(place - 1, 1)}) must be int, not {type(value).__name__}"
        )
    return int(value)


def _bounds(name: str, bounds: list[Any], low: Any, high: Any) -> tuple[int, int]:
    if high is None and low is None and len(bounds) == 1:
        return 0, _integer(name, bounds[0], 1)
    if high is not None:
        bounds.append(high)
    if low is not None:
        bounds.insert(0, low)
    if len(bounds) == 1:
        return 0, _integer(name, bounds[0], 1)
    if len(bounds) != 2:
        raise TypeError(f"{name}() takes a low and a high bound, but {len(bounds)} were given")
    return _integer(name, bounds[0], 2), _integer(name, bounds[1], 3)


@spelled("torch.randint")
def randint(
    *given: Any, low: Any = None, high: Any = None, size: Any = None, generator: Generator | None = None,
    dtype: Dtype | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Integers from `low` (0 by default) up to but not including `high`."""
    check(device, "randint")
    bounds = list(given)
    if size is None:
        if not bounds or not isinstance(bounds[-1], (tuple, list)):
            raise TypeError(
                "randint() received an invalid combination of arguments: the size is missing, such as (2, 3)"
            )
        size = bounds.pop()
    first, last = _bounds("randint", bounds, low, high)
    shape, kind = _shape("randint", (size,)), dtype or dtypes.int64
    noise.check_whole(kind, first, last)
    drawn = noise.stream(generator).randint(first, last, shape)
    return made(drawn.astype(kind.numpy), requires_grad)


@spelled("torch.randint_like")
def randint_like(
    input: Tensor, *given: Any, low: Any = None, high: Any = None, generator: Generator | None = None,
    dtype: Dtype | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """Integers in the shape and dtype of another tensor."""
    check(device, "randint_like")
    first, last = _bounds("randint_like", list(given), low, high)
    place = empty_as(input, dtype)
    noise.check_whole(dtype or input.dtype, first, last)
    numbers = noise.drawn(place, lambda source, shape, _: source.randint(first, last, shape), generator)
    return made(numbers, requires_grad, input)


@spelled("torch.randperm")
def randperm(
    n: int, *, generator: Generator | None = None, dtype: Dtype | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """The numbers below `n` in random order. Raises RuntimeError for a negative one and where the dtype cannot hold them."""
    check(device, "randperm")
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    kind = dtype or dtypes.int64
    if kind.category != dtypes.FLOAT and n > 0 and n - 1 > noise.whole_limit(kind):
        raise RuntimeError(f"value cannot be converted to type {kind.name}_t without overflow")
    return made(noise.stream(generator).randperm(n).astype(kind.numpy), requires_grad)


@spelled("torch.normal")
def normal(
    mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None, dtype: Dtype | None = None,
    layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Normal numbers around a mean, or around each of the means given. Raises RuntimeError for a negative spread."""
    check(device, "normal")
    source = noise.stream(generator)
    if not isinstance(std, Tensor):
        noise.check_std(std)
    elif not (std._data >= 0).all():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError(
                f"normal() received an invalid combination of arguments - got ({type(mean).__name__}, {type(std).__name__}), but "
                "expected one of:\n * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (Tensor "
                "mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, Tensor std, *, "
                "torch.Generator generator = None, Tensor out = None)\n * (float mean, float std, tuple of ints size, *, "
                "torch.Generator generator = None, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, "
                "torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n"
            )
        kind = (dtype or dtypes.get_default_dtype()).numpy
        _real(kind, "normal_kernel_cpu")
        return made(source.normal(float(mean), float(std), _shape("normal", (size,)), kind), requires_grad)
    return _around(mean, std, source)


def _around(mean: Any, std: Any, source: Generator) -> Tensor:
    tensors = tuple(each for each in (mean, std) if isinstance(each, Tensor))
    for each in tensors:
        _real(each._data.dtype, "normal_kernel_cpu")
    like = METHODS["add"](mean.detach(), std.detach()) if len(tensors) == 2 else tensors[0]
    shape, kind = like._data.shape, like._data.dtype
    if not isinstance(std, Tensor):
        return _made(NORMAL_MEAN, tensors, source.normal(0.0, float(std), shape, kind) + mean._data)
    numbers = source.normal(0.0, 1.0, shape, kind) * std._data
    if not isinstance(mean, Tensor):
        return _made(NORMAL_STD, tensors, numbers + kind.type(mean))
    return _made(NORMAL_BOTH, tensors, numbers + mean._data)


def _made(op: Op, inputs: tuple[Tensor, ...], numbers: Any) -> Tensor:
    result: Tensor = apply(op, inputs, (np.asarray(numbers),))
    return result


@spelled("torch.bernoulli", "Tensor.bernoulli")
def bernoulli(input: Tensor, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """Ones with the probability that each element tells, or with `p`."""
    if not isinstance(input, Tensor):
        raise argument("bernoulli", "input", 1, input)
    if p is not None:
        if isinstance(p, Tensor):
            raise TypeError(
                "bernoulli() received an invalid combination of arguments - got (Tensor, Tensor), but expected one of:\n * (Tensor "
                "input, *, torch.Generator generator = None, Tensor out = None)\n * (Tensor input, float p, *, torch.Generator "
                "generator = None)\n"
            )
        result: Tensor = METHODS["bernoulli_"](Tensor(np.empty_like(input._data, order="C")), p, generator=generator)
        return made(result._data)
    if lots.active and lots.active[-1].randomness == "same":
        inside.refuse(lots.SAME, input)
    numbers = np.asarray(noise.chances(input, input._data.shape))
    drawn = noise.stream(generator).bernoulli(numbers, numbers.shape)
    return _made(BERNOULLI, (input,), drawn.astype(input._data.dtype))


@spelled("torch.poisson")
def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Counts of the given rates. Raises RuntimeError for a negative rate."""
    noise.floating(input, "poisson_cpu")
    counts = noise.stream(generator).poisson(np.asarray(input._data, np.float64))
    return _made(POISSON, (input,), counts.astype(input._data.dtype))


@spelled("torch.multinomial", "Tensor.multinomial")
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Places drawn with the weights of each row. Raises RuntimeError for weights that are none."""
    if not isinstance(input, Tensor):
        raise argument("multinomial", "input", 1, input)
    weights = np.asarray(input._data)
    if not 0 < weights.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.scalar}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    source = noise.stream(generator)
    if replacement and num_samples > 1:
        rows = [_with_replacement(each, num_samples, source) for each in weights.reshape(-1, weights.shape[-1])]
        return made(np.array(rows, np.int64).reshape((*weights.shape[:-1], num_samples)))
    if weights.size and not (np.isfinite(weights).all() and weights.min() >= 0):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.size and (weights.sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    place = np.empty_like(weights)
    times = random.placed(place, lambda shape, _: source.exponential(1.0, shape)).astype(weights.dtype)
    race = weights / times
    if num_samples == 1:
        return made(race.argmax(-1, keepdims=True))
    return made(np.argsort(-race, axis=-1, kind="stable")[..., :num_samples].copy())


def _with_replacement(weights: Any, count: int, source: Generator) -> Any:
    if not (weights >= 0).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if not np.isfinite(weights).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    sums = np.cumsum(weights, dtype=weights.dtype)
    if not sums[-1] > 0:
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    sums = sums / sums[-1]
    sums[-1] = 1
    return np.searchsorted(sums.astype(np.float64), source.double(count), side="left")


# The stream


def _number(seed: Any) -> int:
    if isinstance(seed, Tensor) and seed._data.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    try:
        value = int(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(str(error)) from None  # of a value of the program's, in Python's words
    if not -(2**63) <= value < 2**64:
        raise ValueError("Overflow when unpacking long long")
    return value


@spelled("torch.manual_seed", "torch.random.manual_seed")
def manual_seed(seed: Any) -> Generator:
    """Start the random numbers that belong to `seed`. Raises ValueError for what is no whole number of 64 bits."""
    return random.default.manual_seed(_number(seed))


@spelled("torch.initial_seed", "torch.random.initial_seed")
def initial_seed() -> int:
    """The seed that the program's random numbers were started with."""
    return random.default.initial_seed()


@spelled("torch.seed", "torch.random.seed")
def seed() -> int:
    """Start the random numbers from a seed that is drawn, which PyTorch takes from the machine; gives that seed."""
    return random.default.seed()


@spelled("torch.get_rng_state", "torch.random.get_rng_state")
def get_rng_state() -> Tensor:
    """Where the program's random numbers stand, as bytes."""
    return made(random.default.get_state())


@spelled("torch.set_rng_state", "torch.random.set_rng_state")
def set_rng_state(new_state: Tensor) -> None:
    """Go on from where the random numbers stood. Raises TypeError and RuntimeError for what is no such state."""
    _restore(random.default, new_state)


def _restore(source: Generator, state: Any) -> None:
    if not isinstance(state, Tensor) or state.dtype is not dtypes.uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    source.set_state(np.asarray(state._data))


@spelled("torch.random.fork_rng")
class ForkRng:
    """A context that leaves the program's random numbers where they were before it."""

    __slots__ = ("_before", "_enabled")

    def __init__(self, devices: Any = None, enabled: bool = True) -> None:
        self._enabled = enabled
        self._before: list[Any] = []

    def __enter__(self) -> None:
        self._before.append(random.default.get_state())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before = self._before.pop()
        if self._enabled:
            random.default.set_state(before)


@spelled("torch.Generator")
def generator(device: Any = "cpu") -> Generator:
    """A stream of its own, at PyTorch's usual seed."""
    check(device, "Generator")
    return Generator()


def _seeded(source: Generator, seed: Any) -> Generator:
    return source.manual_seed(_number(seed))


GENERATOR_METHODS: dict[str, Callable[..., Any]] = {
    "manual_seed": _seeded,
    "initial_seed": Generator.initial_seed,
    "seed": Generator.seed,
    "get_state": lambda source: made(source.get_state()),
    "set_state": lambda source, new_state: _restore(source, new_state),
}
GENERATOR_FACTS: dict[str, Callable[[Any], Any]] = {"device": lambda source: devices.CPU}
