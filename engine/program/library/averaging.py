"""`torch.optim.swa_utils` of a program: the model that is averaged is copied first, and batches may come from the program's own loader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.program import reach
from engine.program.arguments import fitted
from engine.program.library.copy import deep
from engine.program.values import Builtin, HostFunction, TypeValue, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

_PATH = "optim.swa_utils."
_BUILD = reach.TYPES[f"{_PATH}AveragedModel"]


def _averaged(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    asked = fitted(
        "AveragedModel",
        {"model": ..., "device": None, "avg_fn": None, "multi_avg_fn": None, "use_buffers": False},
        given,
        keywords,
    )
    assert _BUILD.call is not None
    return _BUILD.call(run, [deep(run, asked.pop("model"))], asked)


def _update_bn(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    asked = fitted("update_bn", {"loader": ..., "model": ..., "device": None}, given, keywords)

    def batches() -> Iterator[Any]:
        for batch in run.iterate(asked["loader"]):
            yield run.outward(batch)

    def update(model: Any) -> None:
        reach.TORCH[f"{_PATH}update_bn"](batches(), model)

    return run.host(update, [run.outward(asked["model"])], {})


def _average(name: str) -> Builtin:
    """A function that makes one."""

    def make(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        made: list[Any] = []
        run.host(lambda *values, **named: made.append(reach.TORCH[_PATH + name](*values, **named)), given, keywords)
        return HostFunction(f"{name}.<locals>.update", made[0])

    return Builtin(name, make)


AVERAGED = TypeValue("AveragedModel", _BUILD.types, _averaged, _BUILD.text)
MEMBERS: dict[str, Value] = {
    "AveragedModel": AVERAGED,
    "update_bn": Builtin("update_bn", _update_bn),
    "SWALR": reach.torch_value(f"{_PATH}SWALR"),
    **{
        name: _average(name)
        for name in ("get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn")
    },
}
