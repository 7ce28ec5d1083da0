"""What makes PyTorch faster on other machines and changes no number: `torch.compile` and settings of threads, precision and GPUs."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING

from engine import amp, devices
from engine.program.arguments import fitted, missing, take
from engine.program.failures import ProgramError
from engine.program.functions import type_of
from engine.program.values import Builtin, Mode, TypeValue, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]

COMPILED = ("model", "fullgraph", "dynamic", "backend", "mode", "options", "disable")
SETTINGS = frozenset(f"backends.{name}" for name in ("cuda", "cuda.matmul", "cudnn", "mkldnn", "mps"))
"""Modules whose attributes may be set, to no effect."""
PRECISIONS = ("highest", "high", "medium")


def _compile(run: Machine, given: Given, keywords: Keywords) -> Value:
    """What `torch.compile` gives: the model or function as it is, or a decorator that does."""
    take("compile", given, keywords, 0, 1, COMPILED)
    model = given[0] if given else keywords.get("model")
    return Builtin("compile", lambda at, inner, named: inner[0]) if model is None else model


def _precision(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("set_float32_matmul_precision", given, keywords, 0, 1, ("precision",))
    wanted = given[0] if given else keywords.get("precision")
    if wanted not in PRECISIONS:
        text = f"{run.repr(wanted, 40)} is not one of 'highest', 'high', or 'medium'"
        raise ProgramError("ValueError", text, code="argument")
    run.settings["float32_matmul_precision"] = wanted


def _set(name: str) -> Builtin:
    """What such a setting was set to last."""

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(f"get_{name}", given, keywords, 0, 0)
        return run.settings[name]

    return Builtin(f"get_{name}", call)


def _deterministic(run: Machine, given: Given, keywords: Keywords) -> Value:
    told = fitted("use_deterministic_algorithms", {"mode": ..., "warn_only": False}, given, keywords)
    run.settings["deterministic"] = run.truth(told["mode"])


def _are_deterministic(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("are_deterministic_algorithms_enabled", given, keywords, 0, 0)
    return run.settings["deterministic"]


def _device(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("get_default_device", given, keywords, 0, 0)
    return devices.CPU


def _custom(name: str) -> Builtin:
    """`custom_fwd` or `custom_bwd`: the method as it is, for nothing is cast here; called without one, a decorator."""

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        parameters: dict[str, Value] = {name.removeprefix("custom_"): None}
        named = {"device_type": ..., "cast_inputs": None} if name == "custom_fwd" else {"device_type": ...}
        if len(given) > 1:
            text = f"{name}() takes from 0 to 1 positional arguments but {len(given)} were given"
            raise ProgramError("TypeError", text, code="arguments")
        if "device_type" not in keywords:
            missing(name, ["device_type"], "keyword-only")
        told = fitted(name, {**parameters, **named}, given, keywords)
        if type(told["device_type"]) is not str:
            kind = run.shown(type_of(run, told["device_type"]), 100)
            raise ProgramError("ValueError", f"Expected `device_type` of type `str`, got: `{kind}`", code="argument")
        method = told[name.removeprefix("custom_")]
        return Builtin(name, lambda at, inner, named: inner[0]) if method is None else method

    return Builtin(name, call)


def _autocast(run: Machine, given: Given, keywords: Keywords) -> Value:
    """A mode in which nothing is cast."""
    parameters: dict[str, Value] = {"device_type": "cuda", "dtype": None, "enabled": True, "cache_enabled": None}
    asked = fitted("autocast", parameters, given, keywords)
    return _casting(run, asked["device_type"], asked["enabled"])


def _autocast_of_cuda(run: Machine, given: Given, keywords: Keywords) -> Value:
    """The same by its older name, which takes no device."""
    parameters: dict[str, Value] = {"enabled": True, "dtype": None, "cache_enabled": True}
    warnings.warn(amp.OLDER.format(name="autocast"), FutureWarning, stacklevel=2)
    return _casting(run, "cuda", fitted("autocast", parameters, given, keywords)["enabled"])


def _casting(run: Machine, device: Value, asked: Value) -> Value:
    enabled = run.truth(asked)
    if type(device) is not str:
        text = f"Expected `device_type` of type `str`, got: `{type_name(device)}`"
        raise ProgramError("ValueError", text, code="argument")
    try:
        mode = amp.autocast(device, enabled=enabled)
    except NotImplementedError as error:
        raise run.translated(error) from None
    return Mode("autocast", lambda: mode)


def _default_device(run: Machine, given: Given, keywords: Keywords) -> Value:
    """There is one device, and it is the default."""
    (device,) = fitted("set_default_device", {"device": ...}, given, keywords).values()
    if device is not None and run.shown(device, 40).partition(":")[0] != "cpu":
        hint = "There is no GPU here; leave it out: everything runs on the CPU."
        raise ProgramError("AssertionError", "Torch not compiled with CUDA enabled", code="no-gpu", hint=hint)


def _labelled(run: Machine, given: Given, keywords: Keywords) -> Value:
    """A part of a program under a name, for a profiler that is not here: every step is shown as it runs."""
    fitted("record_function", {"name": ..., "args": None}, given, keywords)
    return Mode("record_function", nullcontext)


def _typename(run: Machine, given: Given, keywords: Keywords) -> Value:
    (value,) = fitted("typename", {"obj": ...}, given, keywords).values()
    if run.is_tensor(value):
        return run.method(value, "type")
    return type_name(value)


def _whole(name: str, most: int) -> Value:
    """A setting that takes so many whole numbers, and changes nothing here."""

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 0, most, ("seed", "mode"))
        for value in given:
            run.whole(value)

    return Builtin(name, call)


def _counted(name: str) -> Builtin:
    """How many threads compute: one."""

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 0, 0)
        return 1

    return Builtin(name, call)


TUNING: dict[str, Value] = {
    "compile": Builtin("compile", _compile),
    "set_default_device": Builtin("set_default_device", _default_device),
    "get_default_device": Builtin("get_default_device", _device),
    "get_float32_matmul_precision": _set("float32_matmul_precision"),
    "use_deterministic_algorithms": Builtin("use_deterministic_algorithms", _deterministic),
    "are_deterministic_algorithms_enabled": Builtin("are_deterministic_algorithms_enabled", _are_deterministic),
    "newaxis": None,
    "typename": Builtin("typename", _typename),
    **dict.fromkeys(
        ("profiler.record_function", "autograd.profiler.record_function"), Builtin("record_function", _labelled)
    ),
    **{f"amp.{name}": _custom(name) for name in ("custom_fwd", "custom_bwd")},
    "set_float32_matmul_precision": Builtin("set_float32_matmul_precision", _precision),
    **{name: _whole(name, 1) for name in ("set_num_threads", "set_num_interop_threads")},
    **{name: _counted(name) for name in ("get_num_threads", "get_num_interop_threads")},
    **{f"cuda.{name}": _whole(name, 1) for name in ("manual_seed", "manual_seed_all")},
    **{f"{device}.empty_cache": _whole("empty_cache", 0) for device in ("cuda", "mps")},
    **dict.fromkeys(("autocast", "amp.autocast"), Builtin("autocast", _autocast)),
    "cuda.amp.autocast": Builtin("autocast", _autocast_of_cuda),
    "bfloat16": TypeValue("bfloat16", frozenset(), text="torch.bfloat16"),
    "mps.manual_seed": _whole("manual_seed", 1),
}
