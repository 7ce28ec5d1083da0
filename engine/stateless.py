"""`torch.func`: a module called with other parameters than its own, and the parameters of several modules stacked for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.nn.module import Module
from engine.ops.table import FUNCTIONS
from engine.tensor import Tensor


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: Any = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """What the module gives with the tensors of a dict in the place of its own of those names, and of all names that share one of its own.

    As in PyTorch, a tensor stays where a module that is registered twice was given it twice. Raises ValueError for what is no dict and for several
    values of what is shared, RuntimeError where `strict` and not every name is given.
    """
    several = parameter_and_buffer_dicts
    if not isinstance(several, dict):
        if not isinstance(several, (list, tuple)):
            raise ValueError(
                f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(several)}"
            )
        several = {name: tensor for each in several for name, tensor in each.items()}
    every = _every(module)
    if tie_weights:
        several = _untied(every, several)
    if strict:
        _complete(module, every, several)
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
        for table, name, tensor in own:
            table[name] = tensor


def _every(module: Module) -> dict[str, Tensor]:
    """All parameters and buffers by all of their names."""
    return dict((*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)))


def _untied(every: dict[str, Tensor], given: dict[str, Any]) -> dict[str, Any]:
    """What was given, under each name of what it stands for. Raises ValueError where names of one tensor are given several."""
    names: dict[int, list[str]] = {}
    for name, tensor in every.items():
        names.setdefault(id(tensor), []).append(name)
    made = dict(given)
    for name in [name for name in given if name in every]:
        tied = names[id(every[name])]
        if sum(each in given for each in tied) > 1 and len({id(given.get(each)) for each in tied}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(tied)}, which are tied. Consider using tie_weights=False"
            )
        made.update(dict.fromkeys(tied, given[name]))
    return made


def _complete(module: Module, every: dict[str, Tensor], given: dict[str, Any]) -> None:
    wrong = [
        f"{what} key(s): {', '.join(map(repr, names))}."
        for what, names in (
            ("Unexpected", [name for name in given if name not in every]),
            ("Missing", [name for name in every if name not in given]),
        )
        if names
    ]
    if wrong:
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t" + "\n\t".join(wrong))


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
