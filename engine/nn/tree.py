"""Tree: what a module holds by name, and how the modules below it are walked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from engine.nn import budget
from engine.nn.parameter import Parameter
from engine.standin import typename
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.nn.module import Module

Named = Iterator[tuple[str, Any]]


class Tree:
    """Parameters, buffers and child modules by name, in the order in which they were given."""

    FACTS: ClassVar[tuple[str, ...]] = ()
    """The plain attributes that a program may read, and write but for those in `SETTLED`."""
    SETTLED: ClassVar[frozenset[str]] = frozenset()
    """Those that a layer's parameters and state were laid out by."""

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self) -> None:
        state = self.__dict__
        state["training"] = True
        state["_parameters"] = {}
        state["_buffers"] = {}
        state["_passing"] = set()
        state["_modules"] = {}

    def _get_name(self) -> str:
        name = type(self).__name__
        return f"Parametrized{name}" if "parametrizations" in self.__dict__.get("_modules", ()) else name

    def __getattr__(self, name: str) -> Any:
        found = lookup(self, name)
        if found is ABSENT:
            raise AttributeError(f"'{self._get_name()}' object has no attribute '{name}'")
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if not register(self, name, value):
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                return
        object.__delattr__(self, name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name of its own. Raises KeyError for a name that cannot be, TypeError for what is no Parameter."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{full_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and param._node is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To express "
                f"'{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not learned. Raises KeyError and TypeError as `register_parameter`."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{full_name(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._passing.discard if persistent else self._passing.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a child. Raises KeyError for a name that cannot be, TypeError for what is no Module."""
        if module is not None and not isinstance(module, Tree):
            raise TypeError(f"{full_name(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        adopt(self, name, module)

    add_module = register_module

    def _check_name(self, what: str, name: Any, table: dict[str, Any]) -> None:
        budget.step()
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {kind_of(name)}")
        if "." in name:
            raise KeyError(
                f'{what} name can\'t contain ".", got: {name}'
                if what == "module"
                else f'{what} name can\'t contain "."'
            )
        if not name:
            raise KeyError(f'{what} name can\'t be empty string ""')
        taken = (
            lookup(self, name) is not ABSENT
            or name in self.__dict__
            or any(name in one.__dict__ for one in type(self).__mro__)
        )
        if taken and name not in table:
            raise KeyError(f"attribute '{name}' already exists")

    # Walking

    def children(self) -> Iterator[Module]:
        for _, child in self.named_children():
            yield child

    def named_children(self) -> Iterator[tuple[str, Module]]:
        seen: set[int] = set()
        budget.step(1 + len(self._modules) // 20)
        for name, child in list(self._modules.items()):
            if child is not None and id(child) not in seen:
                seen.add(id(child))
                yield name, child

    def modules(self) -> Iterator[Module]:
        for _, module in self.named_modules():
            yield module

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once, with its dotted name."""
        seen: set[int] = set()
        waiting: list[tuple[str, Any]] = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            budget.step()
            if remove_duplicate and id(module) in seen:
                continue
            seen.add(id(module))
            yield path, module
            below = [
                (f"{path}.{name}" if path else name, child)
                for name, child in module._modules.items()
                if child is not None
            ]
            waiting.extend(reversed(below))

    def _members(self, table: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Named:
        seen: set[int] = set()
        holders = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else iter([(prefix, self)])
        )
        for path, module in holders:
            budget.step(1 + len(module.__dict__[table]) // 20)
            for name, member in list(module.__dict__[table].items()):
                if member is None or (remove_duplicate and id(member) in seen):
                    continue
                seen.add(id(member))
                yield f"{path}.{name}" if path else name, member

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        yield from self._members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        yield from self._members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """The module of a dotted name. Raises AttributeError where there is none."""
        if not isinstance(target, str):
            raise AttributeError(f"'{kind_of(target)}' object has no attribute 'split'")
        found: Any = self
        names = target.split(".") if target else []
        budget.step(1 + len(names) // 4)
        for name in names:
            child = lookup(found, name)
            if child is ABSENT:
                raise AttributeError(f"{found._get_name()} has no attribute `{name}`")
            if not isinstance(child, Tree):
                raise AttributeError(f"`{name}` is not an nn.Module")
            found = child
        return found  # type: ignore[no-any-return]

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of a dotted name. Raises AttributeError where there is none."""
        path, _, name = target.rpartition(".")
        holder = self.get_submodule(path)
        found = lookup(holder, name)
        if found is ABSENT:
            raise AttributeError(f"{holder._get_name()} has no attribute `{name}`")
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of a dotted name. Raises AttributeError where there is none."""
        path, _, name = target.rpartition(".")
        holder = self.get_submodule(path)
        found = lookup(holder, name)
        if found is ABSENT:
            raise AttributeError(f"{holder._get_name()} has no attribute `{name}`")
        if name not in holder._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return found  # type: ignore[no-any-return]


class _Absent:
    __slots__ = ()


ABSENT = _Absent()


def lookup(module: Tree, name: str) -> Any:
    """The parameter, buffer, child or plain attribute of this name that a program may read, else `ABSENT`."""
    state = module.__dict__
    for table in ("_parameters", "_buffers", "_modules"):
        found = state.get(table, {}).get(name, ABSENT)
        if found is not ABSENT:
            return found
    if name == "training" or name in module.FACTS:
        return state.get(name, ABSENT)
    made = parametrization(module, name)
    return state.get("_computed", {}).get(name, ABSENT) if made is None else made()


def parametrization(module: Tree, name: str) -> Any:
    """What makes the parameter of this name at every look, see `engine.nn.parametrize`; None where nothing does."""
    rows = module.__dict__.get("_modules", {}).get("parametrizations")
    return None if rows is None else rows._modules.get(name)


def computed(module: Tree) -> dict[str, Tensor]:
    """The tensors that stand in a module for parameters which are made of others before each forward, by name."""
    found: dict[str, Tensor] = module.__dict__.setdefault("_computed", {})
    return found


def register(module: Tree, name: str, value: Any) -> bool:
    """Whether the module took `value` as a parameter, buffer or child; if not, it is a plain attribute that hides none of these.

    Raises TypeError where the name is one of these and the value is not, AttributeError before `Module.__init__`.
    """
    state = module.__dict__
    if "_parameters" not in state:
        if isinstance(value, Tensor) and value._persistent is not None:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        if isinstance(value, (Parameter, Tree)):
            what = "parameters" if isinstance(value, Parameter) else "module"
            raise AttributeError(f"cannot assign {what} before Module.__init__() call")
        return False
    parameters, buffers, modules = state["_parameters"], state["_buffers"], state["_modules"]
    if isinstance(value, Parameter):
        _forget(name, state, buffers, modules)
        module.register_parameter(name, value)
    elif name in parameters:
        if value is not None:
            raise TypeError(
                f"cannot assign '{full_name(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
            )
        parameters[name] = None
    elif isinstance(value, Tree):
        _forget(name, state, buffers)
        adopt(module, name, value)
    elif name in modules:
        if value is not None:
            raise TypeError(
                f"cannot assign '{full_name(value)}' as child module '{name}' (torch.nn.Module or None expected)"
            )
        modules[name] = None
    elif isinstance(value, Tensor) and (persistent := value._persistent) is not None:
        module.register_buffer(name, value, persistent)
    elif name in buffers:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{full_name(value)}' as buffer '{name}' (torch.Tensor, torch.nn.Buffer or None expected)"
            )
        buffers[name] = value
    elif (made := parametrization(module, name)) is not None:
        made.right_inverse(value)
    else:
        return False
    return True


def _forget(name: str, *tables: dict[str, Any]) -> None:
    for table in tables:
        table.pop(name, None)


def adopt(module: Tree, name: str, child: Any) -> None:
    """Set a child, which is called by this name in the events from now on."""
    module._modules[name] = child
    if child is not None:
        child.__dict__["_label"] = name


def kind_of(value: Any) -> str:
    """The name of a value's type as PyTorch's messages write it."""
    if isinstance(value, Tensor):
        return value.dtype.legacy
    return value._get_name() if isinstance(value, Tree) else type(value).__name__


homes: dict[str, str] = {}
"""The module of PyTorch that each layer stands in, which the interpreter knows."""


def full_name(value: Any) -> str:
    """The same with the module in front, where what is told of is a function, a class or an object of one."""
    if isinstance(value, Tree):
        return f"{homes.get(type(value).__name__, '__main__')}.{value._get_name()}"
    return kind_of(value) if isinstance(value, Tensor) else typename(value, kind_of(value))
