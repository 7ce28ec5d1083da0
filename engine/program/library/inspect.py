"""`inspect`: what a function of the program, or what makes an optimizer, may be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.library.sampling import described
from engine.program.values import (
    Builtin,
    HostFunction,
    Instance,
    Method,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from engine.program.machine import Machine

SIGNATURE = described("Signature", None, {"parameters": ...})
RULES = {
    "SGD": "params lr momentum dampening weight_decay nesterov maximize foreach differentiable fused",
    "Adam": "params lr betas eps weight_decay amsgrad foreach maximize capturable differentiable fused decoupled_weight_decay",
    "AdamW": "params lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused",
    "RMSprop": "params lr alpha eps weight_decay momentum centered capturable foreach maximize differentiable",
    "Adagrad": "params lr lr_decay weight_decay initial_accumulator_value eps foreach maximize differentiable fused",
    "Adadelta": "params lr rho eps weight_decay foreach capturable maximize differentiable",
    "Adamax": "params lr betas eps weight_decay foreach maximize differentiable capturable",
    "NAdam": "params lr betas eps weight_decay momentum_decay decoupled_weight_decay foreach maximize capturable differentiable",
    "RAdam": "params lr betas eps weight_decay decoupled_weight_decay foreach maximize capturable differentiable",
    "Rprop": "params lr etas step_sizes capturable foreach maximize differentiable",
    "ASGD": "params lr lambd alpha t0 weight_decay foreach maximize differentiable capturable",
    "LBFGS": "params lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn",
    "Adafactor": "params lr beta2_decay eps d weight_decay foreach maximize",
}  # fmt: skip
"""What makes each of PyTorch's optimizers takes."""


def _signature(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("signature", given, keywords, 1, 1)
    made = Instance(SIGNATURE)
    names = _parameters(given[0])
    run.meter.need_items(len(names))
    made.fields["parameters"] = {name: name for name in names}
    return made


def _parameters(function: Value) -> list[str]:
    """The names of the parameters, without that of the object. Raises TypeError for what is no function."""
    bound = type(function) in (Method, UserClass)
    if type(function) is Method:
        function = function.function
    if type(function) is UserClass:
        _, function = function.find("__init__") or (None, None)
    if type(function) is UserFunction:
        told = function.node.args
        rest = [each for each in (told.vararg, *told.kwonlyargs, told.kwarg) if each is not None]
        return [each.arg for each in (*told.posonlyargs, *told.args, *rest)][bound:]
    if type(function) in (TypeValue, HostFunction) and function.name in RULES:
        return RULES[function.name].split()
    raise ProgramError(
        "TypeError", f"the signature of a value of type '{type_name(function)}' is not told here", code="argument"
    )


MEMBERS: dict[str, Value] = {"signature": Builtin("signature", _signature)}
