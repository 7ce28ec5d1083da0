"""The samplers of `torch.utils.data`: in which order a loader asks for the items of a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import random
from engine.program import reach
from engine.program.arguments import fitted
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Instance, Stream, UserClass, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
Work = Callable[..., Value]


def described(name: str, base: UserClass | None, parameters: dict[str, Value] | None, **methods: Work) -> UserClass:
    """A class of the language itself: its fields are its parameters, its methods are called with the run and the object."""
    made = UserClass(name, base, "plain")
    made.members.update((method, Builtin(method, _bound(work), binds=True)) for method, work in methods.items())
    check: Work | None = methods.pop("check", None)
    made.members.pop("check", None)
    if parameters is not None:

        def initialise(run: Machine, given: Given, keywords: Keywords) -> Value:
            owner: Instance = given[0]
            owner.fields.update(fitted(f"{name}.__init__", parameters, given[1:], keywords))
            return None if check is None else check(run, owner)

        made.members["__init__"] = Builtin("__init__", initialise, binds=True)
    return made


def _bound(work: Work) -> Work:
    return lambda run, given, keywords: work(run, *given, **keywords)


def source(owner: Instance) -> random.Generator:
    """The generator that an object was given, else the run's own."""
    given = owner.fields.get("generator")
    return random.default if given is None else given


def seed(generator: random.Generator) -> int:
    """What a loader draws to seed something else."""
    return int(generator.whole((), np.int64))


def _stream(items: Iterator[Value]) -> Stream:
    return Stream("generator", items)


# In order, and in random order


def _in_order(run: Machine, owner: Instance) -> Value:
    return _stream(iter(range(run.length(owner.fields["data_source"]))))


def _count(run: Machine, owner: Instance) -> int:
    wanted = owner.fields.get("num_samples")
    return run.length(owner.fields["data_source"]) if wanted is None else run.whole(wanted)


def _check_random(run: Machine, owner: Instance) -> None:
    if type(owner.fields["replacement"]) is not bool:
        text = f"replacement should be a boolean value, but got replacement={run.repr(owner.fields['replacement'], 80)}"
        raise ProgramError("TypeError", text)
    count = _count(run, owner)
    if count <= 0:
        text = f"num_samples should be a positive integer value, but got num_samples={count}"
        raise ProgramError("ValueError", text)


DRAWN = 20
"""So many places of an order are drawn for one unit of fuel."""


def _shuffled(run: Machine, owner: Instance) -> Value:
    return _stream(_drawn(run, owner))


def _drawn(run: Machine, owner: Instance) -> Iterator[int]:
    size, count = run.length(owner.fields["data_source"]), _count(run, owner)
    own = owner.fields["generator"]
    generator = random.Generator(seed(random.default)) if own is None else own
    run.meter.need_items(count)
    run.meter.burn((size + count) // DRAWN)
    if owner.fields["replacement"]:
        for part in (*[32] * (count // 32), count % 32):
            yield from generator.randint(0, size, (part,)).tolist()
        return
    for _ in range(count // size):
        yield from generator.randperm(size).tolist()
    yield from generator.randperm(size).tolist()[: count % size]


def _subset(run: Machine, owner: Instance) -> Value:
    indices = run.gather(owner.fields["indices"])
    run.meter.burn(len(indices) // DRAWN)
    return _stream(indices[place] for place in source(owner).randperm(len(indices)).tolist())


def _check_weights(run: Machine, owner: Instance) -> None:
    """The weights become a row of doubles."""
    weights = run.call(reach.torch_value("as_tensor"), [owner.fields["weights"]], {"dtype": reach.TORCH["float64"]})
    if weights.ndim != 1:
        shape = tuple(weights.shape)
        raise ProgramError("ValueError", f"weights should be a 1d sequence but given weights have shape {shape}")
    owner.fields["weights"] = weights


def _weighted(run: Machine, owner: Instance) -> Value:
    fields = owner.fields
    keywords = {"generator": fields["generator"]}
    drawn = run.call(
        reach.torch_value("multinomial"), [fields["weights"], fields["num_samples"], fields["replacement"]], keywords
    )
    return _stream(iter(drawn.tolist()))


# By the batch


def _check_batches(run: Machine, owner: Instance) -> None:
    size, drop = owner.fields["batch_size"], owner.fields["drop_last"]
    if type(size) is not int or size <= 0:
        raise ProgramError(
            "ValueError", f"batch_size should be a positive integer value, but got batch_size={run.repr(size, 80)}"
        )
    if type(drop) is not bool:
        raise ProgramError("ValueError", f"drop_last should be a boolean value, but got drop_last={run.repr(drop, 80)}")


def _batched(run: Machine, owner: Instance) -> Value:
    return _stream(_batches(run, owner))


def _batches(run: Machine, owner: Instance) -> Iterator[list[Value]]:
    size, batch = owner.fields["batch_size"], []
    for index in run.iterate(owner.fields["sampler"]):
        batch.append(index)
        if len(batch) == size:
            yield batch
            batch = []
    if batch and not owner.fields["drop_last"]:
        yield batch


def _batch_count(run: Machine, owner: Instance) -> int:
    items, size = run.length(owner.fields["sampler"]), int(owner.fields["batch_size"])
    return items // size if owner.fields["drop_last"] else -(-items // size)


def _length_of(field: str) -> Work:
    return lambda run, owner: run.length(owner.fields[field])


SAMPLER = described("Sampler", None, {"data_source": None})
SEQUENTIAL = described(
    "SequentialSampler", SAMPLER, {"data_source": ...}, __iter__=_in_order, __len__=_length_of("data_source")
)
RANDOM = described(
    "RandomSampler", SAMPLER, {"data_source": ..., "replacement": False, "num_samples": None, "generator": None},
    check=_check_random, __iter__=_shuffled, __len__=_count,
)  # fmt: skip
SUBSET = described(
    "SubsetRandomSampler", SAMPLER, {"indices": ..., "generator": None}, __iter__=_subset, __len__=_length_of("indices")
)
WEIGHTED = described(
    "WeightedRandomSampler", SAMPLER, {"weights": ..., "num_samples": ..., "replacement": True, "generator": None},
    check=_check_weights, __iter__=_weighted, __len__=lambda run, owner: owner.fields["num_samples"],
)  # fmt: skip
BATCH = described(
    "BatchSampler", SAMPLER, {"sampler": ..., "batch_size": ..., "drop_last": ...},
    check=_check_batches, __iter__=_batched, __len__=_batch_count,
)  # fmt: skip


def built(run: Machine, of: UserClass, **fields: Value) -> Instance:
    """A sampler as a loader makes it."""
    made: Instance = run.call(of, [], fields)
    return made


SAMPLERS: dict[str, Any] = {of.name: of for of in (SAMPLER, SEQUENTIAL, RANDOM, SUBSET, WEIGHTED, BATCH)}
