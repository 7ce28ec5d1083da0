"""Stored: the state of a module as a dict, and what changes all of its tensors alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from engine import dtypes, grad_mode, recording
from engine.devices import Device, check
from engine.nn import budget
from engine.nn.parameter import Parameter
from engine.nn.tree import Tree, kind_of
from engine.ops.inplace import write
from engine.tensor import Tensor

Self = TypeVar("Self", bound="Stored")


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found missing and unexpected."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Stored(Tree):
    """A tree whose tensors are saved, loaded, cast and cleared together."""

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """Every parameter and persistent buffer by its dotted name, detached but over the same memory, and what `get_extra_state` of classes adds."""
        state: dict[str, Any] = {}
        self._collect(state, prefix, keep_vars)
        return {
            name: value if isinstance(value, Tensor) else value[0]()
            for name, value in state.items()
            if isinstance(value, Tensor) or value[0] is not None
        }

    def _of_class(self, name: str) -> Callable[..., Any] | None:
        """What the class of a program has in the place of this method of PyTorch's; None where it has none."""
        return None

    def _collect(self, state: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Fills in the tensors, and for more of a module's state what gives and what takes it."""
        budget.visit()
        for name, param in self._parameters.items():
            if param is not None:
                state[prefix + name] = param if keep_vars else param.detach()
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in self._passing:
                state[prefix + name] = buffer if keep_vars else buffer.detach()
        extra = self._of_class("get_extra_state"), self._of_class("set_extra_state")
        if any(extra):
            state[f"{prefix}_extra_state"] = extra
        with budget.nested:
            for name, child in self._modules.items():
                if child is not None:
                    child._collect(state, f"{prefix}{name}.", keep_vars)

    def load_state_dict(
        self, state_dict: dict[str, Tensor], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy a state into the own memory, or take its tensors themselves where asked to `assign`.

        Raises RuntimeError naming every key and size that does not fit.
        """
        if not isinstance(state_dict, dict):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        found: dict[str, Any] = {}
        self._collect(found, "", True)
        own = {name: held if isinstance(held, Tensor) else held[1] for name, held in found.items()}
        own = {name: held for name, held in own.items() if held is not None}
        # States of batch norms are older than the count of their batches, which stays then as it is.
        missing = [name for name in own if name not in state_dict and name.rpartition(".")[2] != "num_batches_tracked"]
        unexpected = [name for name in state_dict if name not in own]
        faults = []
        if strict and missing:
            faults.append("Missing key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in missing)))
        if strict and unexpected:
            faults.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in unexpected)))
        for name, target in own.items():
            budget.step(2)
            source: Any = state_dict.get(name)
            if not isinstance(target, Tensor):
                if name in state_dict:
                    target(source)
                continue
            if source is None:
                continue
            if not isinstance(source, Tensor):
                faults.append(
                    f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object from checkpoint but received '
                    f"{type(source)}"
                )
                continue
            if source.shape != target.shape:
                faults.append(
                    f"size mismatch for {name}: copying a param with shape {source.shape} from checkpoint, the shape in current "
                    f"model is {target.shape}."
                )
                continue
            if assign:
                self._take(name, target, source)
                continue
            with grad_mode.no_grad():
                target.copy_(source)
        if faults:
            listed = "\n\t".join(faults)
            raise RuntimeError(f"Error(s) in loading state_dict for {self._get_name()}:\n\t{listed}")
        return IncompatibleKeys(missing, unexpected)

    def _take(self, name: str, target: Tensor, source: Tensor) -> None:
        """Put a state's own tensor where `target` was; a parameter stays one, and requires grad as before."""
        path, _, last = name.rpartition(".")
        holder = self.get_submodule(path)
        if isinstance(target, Parameter):
            taken = source if isinstance(source, Parameter) else Parameter(source, target.requires_grad)
            holder._parameters[last] = taken.requires_grad_(target.requires_grad)  # type: ignore[assignment]
        else:
            holder._buffers[last] = source

    def apply(self: Self, fn: Callable[[Any], None]) -> Self:
        """Call `fn` with every child, then with the module itself."""
        budget.step()
        with budget.nested:
            for child in self.children():
                child.apply(fn)
            fn(self)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Switch training behaviour (dropout, batch norm) on or off, below too. Raises ValueError for what is no bool."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        budget.step()
        self.training = mode
        with budget.nested:
            for child in self.children():
                child.train(mode)
        return self

    def eval(self: Self) -> Self:
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        for param in self.parameters():
            budget.step()
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Every parameter's `.grad` is None, or zeros where asked so."""
        for param in self.parameters():
            clear(param, set_to_none)

    def to(
        self: Self,
        *arguments: Any,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        non_blocking: bool = False,
    ) -> Self:
        """The module itself, its floating tensors now of the dtype."""
        for argument in (*arguments, device):
            if isinstance(argument, Tensor):
                dtype = argument.dtype
            elif isinstance(argument, dtypes.dtype):
                dtype = argument
            elif isinstance(argument, (str, Device)):
                check(argument)
            elif argument is not None and not isinstance(argument, bool):
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

    def type(self: Self, dst_type: dtypes.dtype) -> Self:
        """The module itself, all of its tensors now of the dtype."""
        for tensor in (*self.parameters(), *self.buffers()):
            with grad_mode.no_grad():
                tensor.data = tensor.data.to(dst_type)
        return self

    def double(self: Self) -> Self:
        return self.to(dtypes.float64)

    def float(self: Self) -> Self:
        return self.to(dtypes.float32)

    def half(self: Self) -> Self:
        return self.to(dtypes.float16)

    def cpu(self: Self) -> Self:
        return self

    def cuda(self: Self, device: Any = None) -> Self:
        """The module itself where it has nothing to move. Raises AssertionError where it has: there is no such device."""
        if any(True for _ in (*self.parameters(), *self.buffers())):
            check("cuda")
        return self


def clear(tensor: Tensor, set_to_none: bool) -> None:
    """The tensor's `.grad` is None, or zeros, where it had one."""
    grad = tensor._grad
    if grad is None:
        return
    if set_to_none:
        tensor._set_grad(None)
        if recording.active is not None:
            recording.active.cleared(tensor, "none")
    else:
        if grad._node is not None:
            grad.detach_()
        write(grad, grad._data.dtype.type(0), "zero_")
