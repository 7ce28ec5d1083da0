"""`torch.func`: a module called with other parameters than its own, and the parameters of several modules stacked for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.nn.module import Module
from engine.ops.table import FUNCTIONS
from engine.tensor import Tensor


def functional_call(module: Module, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None) -> Any:
    """What the module gives with the tensors of a dict in the place of its own of those names. Raises ValueError for what is no dict."""
    several = parameter_and_buffer_dicts
    if not isinstance(several, dict):
        if not isinstance(several, (list, tuple)):
            raise ValueError(
                f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(several)}"
            )
        several = {name: tensor for each in several for name, tensor in each.items()}
    own: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for path, tensor in several.items():
            holder, _, name = path.rpartition(".")
            part = module.get_submodule(holder)
            for table in (part._parameters, part._buffers):
                if name in table:
                    own.append((table, name, table[name]))
                    table[name] = tensor
        given = () if args is None else args if isinstance(args, tuple) else (args,)
        return module(*given, **(kwargs or {}))
    finally:
        for table, name, tensor in reversed(own):
            table[name] = tensor


def stack_module_state(models: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of modules of one kind, those of one name stacked in a leaf, as `vmap` over `functional_call` takes them.

    Raises RuntimeError where there is no module, or where they differ in class, in mode or in what requires grad.
    """
    parts = list(models)
    if not parts:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({part.training for part in parts}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({(type(part), part._get_name()) for part in parts}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters, buffers = (
        [dict(part.named_parameters()) for part in parts],
        [dict(part.named_buffers()) for part in parts],
    )
    return _stacked(parameters), _stacked(buffers)


def _stacked(tables: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    made = {}
    for name in tables[0]:
        tensors = [table[name] for table in tables]
        tracked = {tensor.requires_grad for tensor in tensors}
        if len(tracked) > 1:
            raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
        made[name] = FUNCTIONS["stack"](tensors).detach().requires_grad_(tracked.pop())
    return made


TORCH: dict[str, Any] = {"func.functional_call": functional_call, "func.stack_module_state": stack_module_state}
