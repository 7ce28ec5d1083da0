"""`torch.save` and `torch.load`: files that live as long as the run, in which values lie as they were when they were saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import recording
from engine.nn import parameter
from engine.program import reach
from engine.program.arguments import fitted
from engine.program.failures import UNPICKLING, ProgramError
from engine.program.functions import type_of
from engine.program.library.copy import deep, like
from engine.program.values import Builtin, Ordered, SetValue, Value, type_name
from engine.size import Size
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
DEPTH = 100
WIDE = 200
PLAIN: frozenset[type] = frozenset(
    {
        bool,
        int,
        float,
        str,
        type(None),
        Size,
        SetValue,
        type(reach.TORCH["float32"]),
        type(reach.TORCH["device"]("cpu")),
    }
)
"""What a file may hold beside tensors, rows and dicts, so that `weights_only=True` lets it through."""
NO_GPU = (
    "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use "
    "torch.load with map_location=torch.device('cpu') to map your storages to the CPU."
)
UNSAFE = (
    "Weights only load failed. This file can still be loaded, to do so you have two options, \x1b[1mdo those steps only if you trust the source of the "
    "checkpoint\x1b[0m. \n\t(1) In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. "
    "Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if you "
    "got the file from a trusted source.\n\t(2) Alternatively, to load with `weights_only=True` please check the recommended steps in the following "
    "error message.\n\tWeightsUnpickler error: Unsupported global: GLOBAL {name} was not an allowed global by default. Please use "
    "`torch.serialization.add_safe_globals([{name}])` or the `torch.serialization.safe_globals([{name}])` context manager to allowlist this global if "
    "you trust this class/function.\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only "
    "https://pytorch.org/docs/stable/generated/torch.load.html."
)


class Kept:
    """A tensor in a file: its numbers, and what makes a leaf of them again."""

    __slots__ = ("array", "learned", "requires_grad")

    def __init__(self, tensor: Tensor) -> None:
        self.array = np.array(tensor._data)
        self.learned = isinstance(tensor, parameter.Parameter)
        self.requires_grad = tensor.requires_grad

    def again(self) -> Tensor:
        """A new leaf of these numbers, recorded as created; PyTorch counts as a write that it is laid over what was read."""
        if self.learned:
            return parameter.own(np.array(self.array), self.requires_grad)
        made = Tensor(np.array(self.array), self.requires_grad)
        made._cell().written()
        if recording.active is not None:
            recording.active.created(made)
        return made


class File:
    """What was saved under a name; `strange` is the first type in it that `weights_only=True` refuses."""

    __slots__ = ("strange", "value")

    def __init__(self) -> None:
        self.value: Value = None
        self.strange: str | None = None


def _save(run: Machine, given: Given, keywords: Keywords) -> Value:
    parameters: dict[str, Value] = {"obj": ..., "f": ..., "pickle_module": None, "pickle_protocol": 2}
    parameters["_use_new_zipfile_serialization"] = True
    told = fitted("save", parameters, given, keywords)
    if type(told["f"]) is not str:
        text = "expected 'f' to be string, path, or a file-like object with a 'write' attribute"
        raise ProgramError("AttributeError", text, code="arguments", hint="Give it a name: 'model.pt'.")
    file = File()

    def kept(value: Value) -> Value:
        if type(value) in reach.TENSORS:
            run.meter.need_elements(value.numel())
            tensor = Kept(value)
            run.meter.watch(tensor.array)
            return tensor
        if type(value) not in PLAIN and file.strange is None:
            file.strange = run.shown(type_of(run, value), WIDE)[8:-2]
        with recording.unseen():
            return deep(run, value)

    file.value = _walked(run, told["obj"], kept, {}, 0)
    run.meter.need_items(len(run.files) + 1)
    run.files[told["f"]] = file


def _load(run: Machine, given: Given, keywords: Keywords) -> Value:
    parameters: dict[str, Value] = {"f": ..., "map_location": None, "pickle_module": None}
    told = fitted("load", {**parameters, "weights_only": None, "mmap": None}, given, keywords)
    name, place = told["f"], told["map_location"]
    if type(name) is not str:
        text = (
            f"'{type_name(name)}' object has no attribute 'seek'. You can only torch.load from a file that is seekable. Please pre-load the data into "
            "a buffer like io.BytesIO and try to load from it instead."
        )
        raise ProgramError("AttributeError", text, code="arguments", hint="Give it a name: 'model.pt'.")
    file = run.files.get(name)
    if file is None:
        text = f"[Errno 2] No such file or directory: {run.repr(name, WIDE)}"
        hint = "Files live only as long as the run: save it earlier in this program."
        raise ProgramError("FileNotFoundError", text, code="no-files", hint=hint)
    if type(place) in (str, *reach.HOST_TYPES) and run.shown(place, WIDE).startswith("cuda"):
        raise ProgramError("RuntimeError", NO_GPU, code="no-gpu")
    if file.strange is not None and (told["weights_only"] is None or run.truth(told["weights_only"])):
        raise ProgramError(UNPICKLING, UNSAFE.format(name=file.strange), code="not-weights", hint="Write weights_only=False.")  # fmt: skip

    def again(value: Value) -> Value:
        if type(value) is not Kept:
            return deep(run, value)
        run.meter.need_elements(value.array.size)
        return run.host(value.again, [], {})

    return _walked(run, file.value, again, {}, 0)


def _walked(run: Machine, value: Value, leaf: Callable[[Value], Any], seen: dict[int, Value], depth: int) -> Value:
    """The rows and dicts of a value anew, with what `leaf` makes of all else; what is held twice is made once."""
    run.meter.burn(1)
    if depth > DEPTH:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded", code="nesting")
    if id(value) in seen:
        return seen[id(value)]
    if type(value) is list:
        made: Value = []
        seen[id(value)] = made
        made.extend(_walked(run, each, leaf, seen, depth + 1) for each in value)
    elif type(value) in (dict, Ordered):
        seen[id(value)] = made = like(value, {})
        made.update((key, _walked(run, each, leaf, seen, depth + 1)) for key, each in value.items())
    elif type(value) is tuple:
        made = tuple([_walked(run, each, leaf, seen, depth + 1) for each in value])
    else:
        seen[id(value)] = made = leaf(value)
    return made


MEMBERS: dict[str, Value] = {"save": Builtin("save", _save), "load": Builtin("load", _load)}
