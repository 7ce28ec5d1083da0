"""`torch.utils.data`: data sets in memory, their parts, and loaders that hand them out in batches, in PyTorch's order."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine import random
from engine.program import reach
from engine.program.arguments import fitted
from engine.program.failures import ProgramError
from engine.program.library.sampling import BATCH, DRAWN, RANDOM, SAMPLERS, SEQUENTIAL, built, described, seed, source
from engine.program.values import DICTS, NUMBERS, Array, Builtin, Instance, Record, Stream, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
DEPTH = 30


# Data sets


def _absent(run: Machine, owner: Instance, index: Value) -> Value:
    raise ProgramError("NotImplementedError", "Subclasses of Dataset should implement __getitem__.")


def _joined(run: Machine, owner: Instance, other: Value) -> Value:
    return built(run, CONCATENATED, datasets=[owner, other])


def _rows(run: Machine, given: Given, keywords: Keywords) -> Value:
    owner, *tensors = given
    for each in tensors:
        if not run.is_tensor(each):
            raise ProgramError("AttributeError", f"'{type_name(each)}' object has no attribute 'size'")
    if any(each.shape[:1] != tensors[0].shape[:1] for each in tensors):
        raise ProgramError("AssertionError", "Size mismatch between tensors")
    owner.fields["tensors"] = tuple(tensors)
    return None


def _row(run: Machine, owner: Instance, index: Value) -> Value:
    return tuple([run.item(tensor, index) for tensor in owner.fields["tensors"]])


def _row_count(run: Machine, owner: Instance) -> int:
    tensors = owner.fields["tensors"]
    if not tensors or not tensors[0].ndim:
        raise ProgramError("IndexError", "tuple index out of range")
    return int(tensors[0].shape[0])


def _picked(run: Machine, owner: Instance, index: Value) -> Value:
    return run.item(owner.fields["dataset"], run.item(owner.fields["indices"], index))


def _picked_count(run: Machine, owner: Instance) -> int:
    return run.length(owner.fields["indices"])


def _check_datasets(run: Machine, owner: Instance) -> None:
    owner.fields["datasets"] = run.gather(owner.fields["datasets"])
    if not owner.fields["datasets"]:
        raise ProgramError("AssertionError", "datasets should not be an empty iterable")


def _from_all(run: Machine, owner: Instance, index: Value) -> Value:
    place, size = run.whole(index), _all_count(run, owner)
    if place < 0:
        if -place > size:
            raise ProgramError("ValueError", "absolute value of index should not exceed dataset length")
        place += size
    for dataset in owner.fields["datasets"]:
        length = run.length(dataset)
        if place < length:
            return run.item(dataset, place)
        place -= length
    raise ProgramError("IndexError", "list index out of range")


def _all_count(run: Machine, owner: Instance) -> int:
    return sum(run.length(dataset) for dataset in owner.fields["datasets"])


DATASET = described("Dataset", None, None, __getitem__=_absent, __add__=_joined)
TENSORS = described("TensorDataset", DATASET, None, __getitem__=_row, __len__=_row_count)
TENSORS.members["__init__"] = Builtin("__init__", _rows, binds=True)


def _unstreamed(run: Machine, owner: Instance) -> Value:
    raise ProgramError("NotImplementedError", "Subclasses of IterableDataset should implement __iter__.")


def _listed(run: Machine, owner: Instance) -> None:
    owner.fields["datasets"] = run.gather(owner.fields["datasets"])


def _chained(run: Machine, owner: Instance) -> Value:
    return Stream("generator", (item for dataset in owner.fields["datasets"] for item in run.iterate(dataset)))


def _stacked(run: Machine, given: Given, keywords: Keywords) -> Value:
    owner, *parts = given
    if parts and keywords:
        raise ProgramError(
            "ValueError",
            "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.",
        )
    if not parts and not keywords:
        raise ProgramError("ValueError", "At least one dataset should be passed")
    sizes = [run.length(each) for each in (*parts, *keywords.values())]
    if any(size != sizes[0] for size in sizes):
        raise ProgramError("ValueError", "Size mismatch between datasets")
    owner.fields["datasets"] = dict(keywords) if keywords else tuple(parts)
    return None


def _of_each(run: Machine, owner: Instance, index: Value) -> Value:
    parts = owner.fields["datasets"]
    if type(parts) is dict:
        return {name: run.item(each, index) for name, each in parts.items()}
    return tuple([run.item(each, index) for each in parts])


def _stack_count(run: Machine, owner: Instance) -> int:
    parts = owner.fields["datasets"]
    return run.length(next(iter(parts.values())) if type(parts) is dict else parts[0])


ITERABLE = described("IterableDataset", DATASET, None, __iter__=_unstreamed)
CHAINED = described(
    "ChainDataset",
    ITERABLE,
    {"datasets": ...},
    check=_listed,
    __iter__=_chained,
    __len__=lambda run, owner: _all_count(run, owner),
)
STACKED = described("StackDataset", DATASET, None, __getitem__=_of_each, __len__=_stack_count)
STACKED.members["__init__"] = Builtin("__init__", _stacked, binds=True)


def _streams(dataset: Value) -> bool:
    """True of a data set that is looped over and has no places."""
    return type(dataset) is Instance and ITERABLE in dataset.of.line()


def _worker(run: Machine, given: Given, keywords: Keywords) -> Value:
    """Who loads: no worker, but the program itself."""
    fitted("get_worker_info", {}, given, keywords)
    return None


SUBSET = described("Subset", DATASET, {"dataset": ..., "indices": ...}, __getitem__=_picked, __len__=_picked_count)
CONCATENATED = described(
    "ConcatDataset", DATASET, {"datasets": ...}, check=_check_datasets, __getitem__=_from_all, __len__=_all_count
)


def _random_split(run: Machine, given: Given, keywords: Keywords) -> Value:
    bound = fitted("random_split", {"dataset": ..., "lengths": ..., "generator": None}, given, keywords)
    dataset, lengths = bound["dataset"], run.gather(bound["lengths"])
    size = run.length(dataset)
    for each in lengths:
        if type(each) not in NUMBERS:
            text = f"unsupported operand type(s) for +: 'int' and '{type_name(each)}'"
            raise ProgramError("TypeError", text, code="operand-types")
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for place, share in enumerate(lengths):
            if share < 0 or share > 1:
                raise ProgramError("ValueError", f"Fraction at index {place} is not between 0 and 1")
        whole = [math.floor(size * share) for share in lengths]
        left = size - sum(whole)
        lengths = [count + (left - place + len(whole) - 1) // len(whole) for place, count in enumerate(whole)]
        for place, count in enumerate(lengths):
            if count == 0:
                warnings.warn(
                    f"Length of split at index {place} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(lengths) != size:
        raise ProgramError("ValueError", "Sum of input lengths does not equal the length of the input dataset!")
    run.meter.need_items(size)
    run.meter.burn(size // DRAWN)
    order = (random.default if bound["generator"] is None else bound["generator"]).randperm(size).tolist()
    ends = itertools.accumulate(lengths)
    return [
        built(run, SUBSET, dataset=dataset, indices=order[end - length : end])
        for end, length in zip(ends, lengths, strict=True)
    ]


# Batches


def collated(run: Machine, batch: list[Value] | tuple[Value, ...], depth: int = 0) -> Value:
    """The items of a batch made one: tensors stacked, numbers in a tensor, tuples and dicts part by part. Raises TypeError for the rest."""
    first = batch[0]
    kind = type(first)
    run.meter.burn(len(batch))
    if run.is_tensor(first):
        return run.call(reach.torch_value("stack"), [batch, 0], {})
    if kind is Array and not first.data.ndim:
        rows = [each.data for each in batch]
        return run.call(reach.torch_value("from_numpy"), [Array(np.array(rows, rows[0].dtype))], {})
    if kind is float:
        return run.call(reach.torch_value("tensor"), [batch], {"dtype": reach.TORCH["float64"]})
    if kind is int or kind is bool:
        return run.call(reach.torch_value("tensor"), [batch], {})
    if kind is str:
        return batch
    if depth < DEPTH and kind in DICTS:
        return {key: collated(run, [run.item(each, key) for each in batch], depth + 1) for key in first}
    if depth < DEPTH and kind in (list, tuple, Record):
        if any(len(each) != len(first) for each in batch):
            raise ProgramError("RuntimeError", "each element in list of batch should be of equal size")
        return [collated(run, samples, depth + 1) for samples in zip(*batch, strict=True)]
    text = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found " + run.repr(
        run.call(run.builtins["type"], [first], {}), 200
    )
    raise ProgramError("TypeError", text)


def _default_collate(run: Machine, given: Given, keywords: Keywords) -> Value:
    bound = fitted("default_collate", {"batch": ...}, given, keywords)
    return collated(run, run.gather(bound["batch"]))


# The loader


SETTINGS: dict[str, Value] = {
    "dataset": ..., "batch_size": 1, "shuffle": None, "sampler": None, "batch_sampler": None, "num_workers": 0, "collate_fn": None,
    "pin_memory": False, "drop_last": False, "timeout": 0, "worker_init_fn": None, "multiprocessing_context": None, "generator": None,
    "prefetch_factor": None, "persistent_workers": False, "pin_memory_device": "", "in_order": True,
}  # fmt: skip


def _check_loader(run: Machine, owner: Instance) -> None:
    fields = owner.fields
    if type(fields["num_workers"]) is int and fields["num_workers"] < 0:
        text = "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."
        raise ProgramError("ValueError", text)
    shuffle = fields.pop("shuffle")
    shuffle = shuffle is not None and run.truth(shuffle)
    dataset, size, sampler, batches = (fields[name] for name in ("dataset", "batch_size", "sampler", "batch_sampler"))
    if _streams(dataset):
        for name, given in (("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batches)):
            if given is not None:
                text = f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={run.repr(given, 80)}"
                raise ProgramError("ValueError", text)
        return
    if sampler is not None and shuffle:
        raise ProgramError("ValueError", "sampler option is mutually exclusive with shuffle")
    if batches is not None:
        if size != 1 or shuffle or sampler is not None or fields["drop_last"]:
            text = "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
            raise ProgramError("ValueError", text)
        fields["batch_size"], fields["drop_last"] = None, False
    elif size is None and fields["drop_last"]:
        text = "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
        raise ProgramError("ValueError", text)
    if sampler is None:
        generator = {"generator": fields["generator"]} if shuffle else {}
        sampler = fields["sampler"] = built(run, RANDOM if shuffle else SEQUENTIAL, data_source=dataset, **generator)
    if size is not None and batches is None:
        fields["batch_sampler"] = built(run, BATCH, sampler=sampler, batch_size=size, drop_last=fields["drop_last"])


def _loaded(run: Machine, owner: Instance) -> Value:
    seed(source(owner))  # PyTorch draws the workers' seed first, also where there are none
    return Stream("_SingleProcessDataLoaderIter", _batches(run, owner))


def _batches(run: Machine, owner: Instance) -> Iterator[Value]:
    dataset, collate = owner.fields["dataset"], owner.fields["collate_fn"]
    if _streams(dataset):
        yield from _flowing(run, owner, run.iterate(dataset), collate)
        return
    if owner.fields["batch_sampler"] is None:
        for index in run.iterate(owner.fields["sampler"]):
            item = run.item(dataset, index)
            yield item if collate is None else run.call(collate, [item], {})
        return
    for places in run.iterate(owner.fields["batch_sampler"]):
        batch = [run.item(dataset, index) for index in run.iterate(places)]
        yield collated(run, batch) if collate is None else run.call(collate, [batch], {})


def _flowing(run: Machine, owner: Instance, items: Iterator[Value], collate: Value) -> Iterator[Value]:
    """The batches of what comes one by one; the last may be smaller."""
    size = owner.fields["batch_size"]
    if size is None:
        for item in items:
            yield item if collate is None else run.call(collate, [item], {})
        return
    while batch := list(itertools.islice(items, run.whole(size))):
        run.meter.need_items(len(batch))
        if len(batch) < size and run.truth(owner.fields["drop_last"]):
            return
        yield collated(run, batch) if collate is None else run.call(collate, [batch], {})


def _batch_count(run: Machine, owner: Instance) -> int:
    batches, size = owner.fields["batch_sampler"], owner.fields["batch_size"]
    if _streams(owner.fields["dataset"]):
        length = run.length(owner.fields["dataset"])
        if size is None:
            return length
        size = run.whole(size)
        return length // size if run.truth(owner.fields["drop_last"]) else -(-length // size)
    return run.length(owner.fields["sampler"] if batches is None else batches)


LOADER = described("DataLoader", None, SETTINGS, check=_check_loader, __iter__=_loaded, __len__=_batch_count)

MEMBERS: dict[str, Value] = {
    **SAMPLERS,
    **{of.name: of for of in (DATASET, TENSORS, SUBSET, CONCATENATED, ITERABLE, CHAINED, STACKED, LOADER)},
    "get_worker_info": Builtin("get_worker_info", _worker),
    "random_split": Builtin("random_split", _random_split),
    "default_collate": Builtin("default_collate", _default_collate),
}
