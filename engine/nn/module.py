"""Module: parameters, buffers and child modules by name, called through `forward`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple, TypeVar

from engine import dtypes, grad_mode, record
from engine.hooks import RemovableHandle
from engine.nn import budget, module_text
from engine.nn.parameter import Parameter
from engine.nn.watch import Watch
from engine.ops.inplace import write
from engine.tensor import Tensor

Self = TypeVar("Self", bound="Module")
Named = Iterator[tuple[str, Any]]


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found missing and unexpected."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Module:
    """What holds parameters, buffers and child modules; calling it calls `forward`, between the events of its scope."""

    FACTS: ClassVar[tuple[str, ...]] = ()
    """The plain attributes that a program may read."""

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
        state["_before"] = {}
        state["_after"] = {}
        state["_backward"] = {}
        state["_label"] = None

    # Attributes

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
                f"cannot assign '{kind_of(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
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
                f"cannot assign '{kind_of(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._passing.discard if persistent else self._passing.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a child. Raises KeyError for a name that cannot be, TypeError for what is no Module."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{kind_of(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        adopt(self, name, module)

    add_module = register_module

    def _check_name(self, what: str, name: Any, table: dict[str, Any]) -> None:
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
        if name not in table and (lookup(self, name) is not ABSENT or name in self.__dict__ or name in dir(type(self))):
            raise KeyError(f"attribute '{name}' already exists")

    # Walking

    def children(self) -> Iterator[Module]:
        for _, child in self.named_children():
            yield child

    def named_children(self) -> Iterator[tuple[str, Module]]:
        seen: set[int] = set()
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
        waiting: list[tuple[str, Module]] = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if remove_duplicate and id(module) in seen:
                continue
            budget.step()
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
        found = self
        for name in target.split(".") if target else ():
            child = lookup(found, name)
            if child is ABSENT:
                raise AttributeError(f"{found._get_name()} has no attribute `{name}`")
            if not isinstance(child, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
            found = child
        return found

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

    # State

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """Every parameter and persistent buffer by its dotted name, detached but over the same memory."""
        state: dict[str, Tensor] = {}
        self._collect(state, prefix, keep_vars)
        return state

    def _collect(self, state: dict[str, Tensor], prefix: str, keep_vars: bool) -> None:
        budget.step()
        for name, param in self._parameters.items():
            if param is not None:
                state[prefix + name] = param if keep_vars else param.detach()
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in self._passing:
                state[prefix + name] = buffer if keep_vars else buffer.detach()
        with budget.nested():
            for name, child in self._modules.items():
                if child is not None:
                    child._collect(state, f"{prefix}{name}.", keep_vars)

    def load_state_dict(self, state_dict: dict[str, Tensor], strict: bool = True) -> IncompatibleKeys:
        """Copy a state into the own memory. Raises RuntimeError naming every key and size that does not fit."""
        if not isinstance(state_dict, dict):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        faults = []
        if strict and missing:
            faults.append("Missing key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in missing)))
        if strict and unexpected:
            faults.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in unexpected)))
        for name, target in own.items():
            source = state_dict.get(name)
            if source is None:
                continue
            if source.shape != target.shape:
                faults.append(
                    f"size mismatch for {name}: copying a param with shape {source.shape} from checkpoint, the shape in current "
                    f"model is {target.shape}."
                )
                continue
            with grad_mode.no_grad():
                target.copy_(source)
        if faults:
            listed = "\n\t".join(faults)
            raise RuntimeError(f"Error(s) in loading state_dict for {self._get_name()}:\n\t{listed}")
        return IncompatibleKeys(missing, unexpected)

    # Changing

    def apply(self: Self, fn: Callable[[Module], None]) -> Self:
        """Call `fn` with every child, then with the module itself."""
        budget.step()
        with budget.nested():
            for child in self.children():
                child.apply(fn)
            fn(self)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Switch training behaviour (dropout, batch norm) on or off, below too. Raises ValueError for what is no bool."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Every parameter's `.grad` is None, or zeros where asked so."""
        for param in self.parameters():
            clear(param, set_to_none)

    def to(self: Self, *arguments: Any, dtype: dtypes.dtype | None = None) -> Self:
        """The module itself, its floating tensors now of the dtype."""
        for argument in arguments:
            if isinstance(argument, Tensor):
                dtype = argument.dtype
            elif isinstance(argument, dtypes.dtype):
                dtype = argument
            elif isinstance(argument, str):
                _check_device(argument)
            else:
                raise TypeError(f"to() received an invalid argument: {kind_of(argument)}")
        if dtype is None:
            return self
        if not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )
        tensors: list[Tensor] = [*self.parameters(), *self.buffers()]
        for tensor in tensors:
            if tensor.is_floating_point() and tensor.dtype is not dtype:
                with grad_mode.no_grad():
                    tensor.data = tensor.data.to(dtype)
                    if tensor._grad is not None:
                        tensor._grad.data = tensor._grad.data.to(dtype)
        return self

    def double(self: Self) -> Self:
        return self.to(dtypes.float64)

    def float(self: Self) -> Self:
        return self.to(dtypes.float32)

    def half(self: Self) -> Self:
        return self.to(dtypes.float16)

    def cpu(self: Self) -> Self:
        return self

    # Calling

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(module, args)` see, and perhaps replace, what `forward` is given."""
        return RemovableHandle(self._before, hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(module, args, output)` see, and perhaps replace, what `forward` gives."""
        return RemovableHandle(self._after, hook)

    def register_full_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(module, grad_input, grad_output)` see what comes back through a call, and perhaps replace the first."""
        return RemovableHandle(self._backward, hook)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        budget.step()
        with budget.nested():
            return self._told(args, kwargs)

    def _told(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        recorder = record.active
        if recorder is None:
            return self._run(args, kwargs)
        label = self._label if self._label is not None and self._label.isidentifier() else self._get_name()
        recorder.emit("scope-entered", scope="module", label=label)
        try:
            return self._run(args, kwargs)
        finally:
            recorder.emit("scope-left", scope="module", label=label)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook in list(self._before.values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        watch = Watch(self, list(self._backward.values())) if self._backward else None
        if watch is not None:
            args = watch.inputs(args)
        result = self.forward(*args, **kwargs)
        for hook in list(self._after.values()):
            changed = hook(self, args, result)
            if changed is not None:
                result = changed
        return result if watch is None else watch.output(result)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f'Module [{self._get_name()}] is missing the required "forward" function')

    # Text

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        return ""

    def _text(self) -> str:
        budget.step()
        with budget.nested():
            lines = [(name, "None" if child is None else child._text()) for name, child in self._modules.items()]
        text = module_text.block(
            self._get_name(), self.extra_repr(), [f"({name}): {module_text.indented(shown)}" for name, shown in lines]
        )
        budget.step(len(text) // 100)
        return text

    def __repr__(self) -> str:
        return self._text()


class _Absent:
    __slots__ = ()


ABSENT = _Absent()


def lookup(module: Module, name: str) -> Any:
    """The parameter, buffer, child or plain attribute of this name that a program may read, else `ABSENT`."""
    state = module.__dict__
    for table in ("_parameters", "_buffers", "_modules"):
        found = state.get(table, {}).get(name, ABSENT)
        if found is not ABSENT:
            return found
    if name == "training" or name in module.FACTS:
        return state.get(name, ABSENT)
    return ABSENT


def register(module: Module, name: str, value: Any) -> bool:
    """Whether the module took `value` as a parameter, buffer or child; if not, it is a plain attribute that hides none of these.

    Raises TypeError where the name is one of these and the value is not, AttributeError before `Module.__init__`.
    """
    state = module.__dict__
    if "_parameters" not in state:
        if isinstance(value, (Parameter, Module)):
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
                f"cannot assign '{kind_of(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
            )
        parameters[name] = None
    elif isinstance(value, Module):
        _forget(name, state, buffers)
        adopt(module, name, value)
    elif name in modules:
        if value is not None:
            raise TypeError(
                f"cannot assign '{kind_of(value)}' as child module '{name}' (torch.nn.Module or None expected)"
            )
        modules[name] = None
    elif name in buffers:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{kind_of(value)}' as buffer '{name}' (torch.Tensor, torch.nn.Buffer or None expected)"
            )
        buffers[name] = value
    else:
        return False
    return True


def _forget(name: str, *tables: dict[str, Any]) -> None:
    for table in tables:
        table.pop(name, None)


def _check_device(name: str) -> None:
    kind = name.partition(":")[0]
    if kind == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if kind != "cpu":
        raise RuntimeError(f"Expected one of cpu, cuda device type at start of device string: {name}")


def adopt(module: Module, name: str, child: Module | None) -> None:
    """Set a child, which is called by this name in the events from now on."""
    module._modules[name] = child
    if child is not None:
        child.__dict__["_label"] = name


def clear(tensor: Tensor, set_to_none: bool) -> None:
    """The tensor's `.grad` is None, or zeros, where it had one."""
    grad = tensor._grad
    if grad is None:
        return
    if set_to_none:
        tensor._set_grad(None)
        if record.active is not None:
            record.active.cleared(tensor, "none")
    else:
        if grad._node is not None:
            grad.detach_()
        write(grad, grad._data.dtype.type(0), "zero_")


def kind_of(value: Any) -> str:
    """The name of a value's type as PyTorch's messages write it."""
    if isinstance(value, Tensor):
        names = {
            "float32": "Float",
            "float64": "Double",
            "float16": "Half",
            "int64": "Long",
            "int32": "Int",
            "bool": "Bool",
        }
        return f"torch.{names.get(value.dtype.name, 'Byte')}Tensor"
    return type(value).__name__
