"""Calls: of the program's own functions, of the language's, and of the engine's."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

from engine.program import classes, cost, placing, reach, short, sizes, special
from engine.program.bindings import WIDE, Bindings
from engine.program.contexts import Context
from engine.program.failures import ProgramError
from engine.program.gate import CALLABLE, RAISED
from engine.program.machine import PART
from engine.program.values import (
    Builtin,
    ErrorClass,
    ErrorValue,
    HostFunction,
    Instance,
    Method,
    Mode,
    Namespace,
    Ordered,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)
from engine.size import Size
from engine.transforms import called

if TYPE_CHECKING:
    import ast

    from engine.program.code import Code


PACKS = "autograd.graph.saved_tensors_hooks"
UNDECORATED = "_DecoratorContextManager.__call__() missing 1 required positional argument: 'orig_func'"
CLASSES = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or methods. To preserve the "
    "current behavior of class decoration, you can directly decorate the `__init__` method and nothing else."
)


class Calls(Bindings):
    """What a call gives, within the limit on open calls."""

    result: Value

    codes: dict[ast.AST, Code]
    """What was prepared of the functions that were called."""

    @abstractmethod
    def code(self, function: UserFunction) -> Code: ...

    def call(self, function: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        """What a call gives."""
        kind = type(function)
        if kind is HostFunction:
            return self.call_host(function, given, keywords)
        if kind is UserFunction:
            return self.apply(function, given, keywords)
        if kind is Method:
            return self.apply(function.function, [function.owner, *given], keywords)
        if kind is Instance and (own := special.method(function, "__call__")) is not None:
            return self.call(own, given, keywords)
        if kind is Builtin:
            return function.call(self, given, keywords)
        if kind is UserClass:
            return classes.make(self, function, given, keywords)
        if kind is Instance and function.of.kind == "module":
            return self.call_module(function, given, keywords)
        if kind is Instance and function.of.kind == "function":
            hint = f"Write {function.of.name}.apply(...)."
            raise ProgramError("RuntimeError", classes.LEGACY, code="function-apply", hint=hint)
        if kind in reach.CALLED:
            return self.call_host(HostFunction("forward", reach.CALLED[kind], (function,)), given, keywords)
        if kind is TypeValue and function.call is not None:
            return function.call(self, given, keywords)
        if kind is Mode and function.label in reach.DECORATORS:
            if not given:
                raise ProgramError("TypeError", UNDECORATED, code="not-callable")
            return self.under(function, given[0])
        if kind is ErrorClass:
            if keywords:
                raise ProgramError("TypeError", f"{function.kind}() takes no keyword arguments", code="arguments")
            told = self.repr if function.kind == "KeyError" else self.shown
            text = told(given[0], WIDE) if len(given) == 1 else self.repr(tuple(given), WIDE) if given else ""
            return ErrorValue(function.kind, text, tuple(given))
        if kind is Namespace:
            raise ProgramError("TypeError", "'module' object is not callable", code="not-callable")
        called = "torch.Size" if kind is Size else type_name(function)
        raise ProgramError("TypeError", f"'{called}' object is not callable", code="not-callable")

    def call_module(self, module: Instance, given: list[Value], keywords: dict[str, Value]) -> Value:
        if module.shell is None:
            text = f"'{module.of.name}' object has no attribute '_backward_hooks'"
            hint = "Write super().__init__() as the first line of __init__."
            raise ProgramError("AttributeError", text, code="module-init", hint=hint)
        if module.of.find("forward") is not None:
            given = [self.carried(value) for value in given]
            keywords = {name: self.carried(value) for name, value in keywords.items()}
        return self.call(module.shell, given, keywords)

    def call_host(self, function: HostFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        host = function.function
        if function.name in short.FUNCTIONS:
            values = [*function.bound, *given]
            if short.small(values, keywords):
                return short.call(self, host, values, keywords)
        mode = reach.MODES.get(function.name) if not function.bound else None
        if mode is not None and len(given) == 1 and not keywords and type(given[0]) in CALLABLE:
            label = function.name.rpartition(".")[2]
            if label in reach.BARE:
                return self.under(Mode(label, mode), given[0])
        values = [*function.bound, *map(self.outward, given)]
        named = {key: self.outward(value) for key, value in keywords.items()}
        if function.name == PACKS:  # what is packed is the program's own until it is unpacked
            if given and type(given[0]) in CALLABLE:
                values[0] = self.callback(given[0], self.carried)
            elif type(keywords.get("pack_hook")) in CALLABLE:
                named["pack_hook"] = self.callback(keywords["pack_hook"], self.carried)
        if type(keywords.get("context_fn")) in CALLABLE:
            named["context_fn"] = self.callback(keywords["context_fn"], self.contexts)
        if mode is not None:
            return self.host_mode(function.name, values, named)
        span = self.recorder.span
        placed, others = placing.placed(
            f"Tensor.{function.name}" if function.bound else function.name, host, values, named
        )
        pieces = sizes.of_pieces(function.name, placed, others)
        if pieces:
            self.meter.need_items(pieces)
            self.meter.burn(pieces * PART)
        if (function.name in reach.WHOLE or function.name in reach.ONCE_OVER) and values and callable(values[0]):
            values[0] = self.watched(values[0], function.name)
        self.meter.need_elements(sizes.of_call(function.name, placed, others))
        self.meter.need_work(cost.of_call(function.name, placed, others))
        if function.name in cost.PASSES:
            if self.meter.large:
                self.meter.need_work(cost.of_backward(cost.roots(values, named)))
            self.before_pass()
        result = self.host(host, values, named)
        self.recorder.span = span
        if function.name == "state_dict" and function.bound and type(function.bound[0]) in reach.MODULES:
            return Ordered(result)
        return result

    def contexts(self, managers: Value) -> Any:
        """The contexts that a function of the program gives, for the engine to enter."""
        return tuple(Context(self, each) for each in managers) if type(managers) in (tuple, list) else managers

    def watched(self, host: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A function whose whole Jacobian or Hessian will be made, or whose gradient: room and work for it are asked for before."""

        def run(*given: Any, **named: Any) -> Any:
            result = host(*given, **named)
            size = sizes.of_tensors(given)
            rows = 2 if name in reach.ONCE_OVER else size if name.endswith("hessian") else sizes.of_tensors([result])
            self.meter.need_elements(size * rows)
            if self.meter.large:
                self.meter.need_work(rows * cost.of_backward(cost.roots([result], {})))
            return result

        run.__name__ = called(host)
        return run

    def host_mode(self, name: str, values: list[Value], named: dict[str, Value]) -> Value:
        make = reach.MODES[name]
        label = name.rpartition(".")[2]
        takes = label not in ("no_grad", "enable_grad")
        if (not takes and (values or named)) or (any(map(callable, values)) and label in reach.DECORATORS):
            text = f"{label}() takes no function" if takes else f"{label}() takes no arguments"
            raise ProgramError("TypeError", text, code="arguments", hint=f"As a decorator write @torch.{label}().")

        def fresh() -> Value:
            try:
                return make(*values, **named)
            except RAISED as error:
                raise self.translated(error) from None

        return Mode(label, fresh, fresh() if label in reach.AT_ONCE else None)

    def under(self, mode: Mode, function: Value) -> Value:
        """What a mode makes of what it decorates: the same function, each call of which runs inside it."""
        if mode.switched is not None:
            mode.switched(None)
        if type(function) is UserFunction:
            made = copy(function)
            made.modes = (mode, *function.modes)
            return made
        if type(function) is UserClass:
            warnings.warn(CLASSES, FutureWarning, stacklevel=2)

        def call(run: Calls, given: list[Value], keywords: dict[str, Value]) -> Value:
            with mode.make():
                return run.call(function, given, keywords)

        return Builtin(function.name if type(function) in CALLABLE else type_name(function), call)

    def apply(self, function: UserFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        """Calls a function of the program."""
        return (self.codes.get(function.node) or self.code(function))(function, given, keywords)
