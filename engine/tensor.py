"""The Tensor: data, grad, requires_grad, is_leaf, grad_fn."""

from __future__ import annotations

import warnings
import weakref
from numbers import Number
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, grad_mode, inside, recording, text
from engine.extras import Extras, extra
from engine.size import Size
from engine.versions import FROZEN, Version

if TYPE_CHECKING:
    from engine.function import Function
    from engine.recorder import Recorder

NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during "
    "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the "
    "non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information."
)


class Tensor:
    """An array that remembers how it came about.

    0-d data is held as a NumPy scalar, which is ten times cheaper than a 0-d array, until something else needs to share its memory.
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_extras",
        "_gradient",
        "_identity",
        "_node",
        "_output",
        "_requires_grad",
    )

    _data: Any
    _node: Function | None
    # A gradient that no program has seen yet is a bare array; `_grad` makes a Tensor of it.
    _gradient: Any
    _extras: Extras | None
    _is_node = False

    _base = extra("base")
    _view = extra("view")
    _version_cell = extra("version_cell")
    _grad_of = extra("grad_of")
    _hooks = extra("hooks")
    _post_hooks = extra("post_hooks")
    _accumulator = extra("accumulator")
    _asked = extra("asked")
    _persistent = extra("persistent")
    _tangent = extra("tangent")

    __array_priority__ = 1000
    __array_ufunc__ = None

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        self._data = data
        self._requires_grad = requires_grad
        self._node = self._gradient = self._extras = None
        self._identity: tuple[Recorder, int] | None = None
        self._output = 0
        if grad_mode.inference:
            self._version_cell = FROZEN

    if TYPE_CHECKING:
        # The operations are attached by engine.ops, one row each.
        def __getattr__(self, name: str) -> Any: ...

    # Shape and kind

    @property
    def shape(self) -> Size:
        return Size(self._data.shape)

    @property
    def ndim(self) -> int:
        return int(self._data.ndim)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.OF_NUMPY[self._data.dtype]

    @property
    def grad_fn(self) -> Function | None:
        return self._history()

    @grad_fn.setter
    def grad_fn(self, value: object) -> None:
        raise AttributeError("attribute 'grad_fn' of 'torch._C.TensorBase' objects is not writable")

    @property
    def is_leaf(self) -> bool:
        return self._history() is None

    @is_leaf.setter
    def is_leaf(self, value: object) -> None:
        raise AttributeError("attribute 'is_leaf' of 'torch._C.TensorBase' objects is not writable")

    @property
    def output_nr(self) -> int:
        node = self._history()
        return self._output if node is None else node.slot(self._output)

    # Memory

    def _array(self) -> Any:
        """The data as an array that others may share."""
        data = self._data
        if not isinstance(data, np.ndarray):
            self._data = np.array(data)
            if self._node is not None:
                self._node.share_result(self._output, self._data)
        return self._data

    def _cell(self) -> Version:
        """The version counter of this memory, made where there was none."""
        extras = self._extras
        if extras is None:
            extras = self._extras = Extras()
        cell = extras.version_cell
        if cell is None or cell is FROZEN:
            frozen = cell is FROZEN
            cell = None if self._node is None else self._node.counter(self._data)
            if cell is None:
                cell = Version()
            extras.version_cell = cell
            cell.frozen = frozen
        return cell

    def _alias(self, data: Any, *, counted: bool = True) -> Tensor:
        """A new tensor over memory shared with this one; `counted` shares the version counter too."""
        made = Tensor(data)
        self._share(made, counted)
        return made

    def _share(self, made: Tensor, counted: bool) -> None:
        cell = self._cell()
        sharers = cell.sharers
        if sharers is None:
            sharers = cell.sharers = [weakref.ref(self)]
        elif len(sharers) >= 16 and not len(sharers) & (len(sharers) - 1):
            # Who has gone is left out whenever their number has doubled.
            sharers[:] = [sharer for sharer in sharers if sharer() is not None]
        sharers.append(weakref.ref(made))
        extras = made._extras
        if extras is None:
            extras = made._extras = Extras()
        if counted and not cell.apart:
            extras.version_cell = cell
        else:
            extras.version_cell = Version(sharers)
            extras.version_cell.frozen = cell.frozen
            extras.version_cell.apart = cell.frozen and not counted
            if counted:
                # A view begins where its base stands, as the trace says of all views.
                extras.version_cell.count, extras.version_cell.again = cell.count, cell.again
        mine = self._extras
        assert mine is not None
        extras.batches = mine.batches
        if mine.grad_of is not None or mine.shows_grad:
            extras.show_grad()

    def _sharers(self) -> list[Tensor]:
        cell = self._version_cell
        if cell is None or cell.sharers is None:
            return []
        return [found for sharer in cell.sharers if (found := sharer()) is not None and found is not self]

    @property
    def _count(self) -> int:
        """The number of writes to this memory."""
        extras = self._extras
        return 0 if extras is None or extras.version_cell is None else extras.version_cell.count

    @property
    def _writes(self) -> int:
        """The number of writes to this memory, those for each sample of a batch one by one."""
        cell = None if self._extras is None else self._extras.version_cell
        return 0 if cell is None else cell.count + cell.again

    @property
    def _version(self) -> int:
        """The number of writes, as a program reads it. Raises RuntimeError for a tensor made in inference mode."""
        cell = self._version_cell
        if cell is not None and cell.frozen and not cell.apart:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._count

    def is_inference(self) -> bool:
        """Whether the tensor was made in inference mode."""
        cell = self._version_cell
        return cell is not None and cell.frozen

    def _is_view(self) -> bool:
        """Whether PyTorch knows it for a view: of tensors made in inference mode it knows none."""
        return self._base is not None and not self.is_inference()

    def _stale(self) -> bool:
        """Whether this is a view whose memory was written since, so that its history has to be made anew."""
        extras = self._extras
        return extras is not None and extras.view is not None and extras.view.version != self._writes

    def _history(self) -> Function | None:
        """The node that this tensor came from; of a view whose memory was written since, made anew from its base."""
        if self._stale() and (self._node is not None or self._base_requires()):
            self._renew()
        return self._node

    def _base_requires(self) -> bool:
        return self._base is not None and self._base._requires_grad

    def _views(self) -> list[Tensor]:
        """The live views of this tensor."""
        return [each for each in self._sharers() if each._base is self]

    # Gradient

    @property
    def requires_grad(self) -> bool:
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if value and self._node is not None:
            raise RuntimeError("you can only change requires_grad flags of leaf variables.")
        self._require(value, "only Tensors of floating point and complex dtype can require gradients")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """The tensor itself, now requiring grad or not. Raises RuntimeError on a non-leaf set to False, and on integer dtypes."""
        if (
            requires_grad is True
            and self._extras is None
            and self._node is None
            and recording.active is None
            and self._data.dtype.kind == "f"
            and not inside.active
        ):
            self._requires_grad = True
            return self
        if inside.active and requires_grad:
            raise RuntimeError(inside.REQUIRE)
        self._require(bool(requires_grad), "only Tensors of floating point dtype can require gradients")
        return self

    def _require(self, value: bool, refusal: str) -> None:
        if self._extras is None and self._node is None and self._data.dtype.kind == "f":
            if value is not self._requires_grad:
                if not value:
                    self._asked = True
                self._flag(value)
            return
        # Like PyTorch, this looks at the node as it was last made, not at what a write to a view's base would make of it.
        if self._node is not None:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
                    "subgraph that doesn't require differentiation use var_no_grad = var.detach()."
                )
            return
        if value and self.dtype.category != dtypes.FLOAT:
            raise RuntimeError(refusal)
        if value and self.is_inference() and not grad_mode.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        if self._view is not None:
            self._view.own = value
            value = value or self._base_requires()
        if value != self._requires_grad:
            self._asked = not value
            self._flag(value)
            for view in self._views():
                if (
                    view._node is None
                    and not (view._view is not None and view._view.own)
                    and view._requires_grad != value
                ):
                    view._flag(value)

    def _flag(self, value: bool) -> None:
        if recording.active is not None:
            recording.active.flag_changes(self)
        self._requires_grad = value
        if recording.active is not None:
            recording.active.flag(self, "requires_grad", value)

    @property
    def grad(self) -> Tensor | None:
        grad = self._grad
        if grad is None:
            if self._node is not None and not self.retains_grad:
                warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)
        elif recording.active is not None:
            recording.active.held_grad(self, grad)
        return grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            self._check_grad(value)
        self._set_grad(value)
        if recording.active is not None:
            if value is None:
                recording.active.cleared(self, "none")
            else:
                recording.active.grad_set(self, value)

    def _check_grad(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
            )
        if value is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if value.dtype is not self.dtype:
            names = {
                "float32": "float",
                "float64": "double",
                "int64": "long int",
                "float16": "c10::Half",
                "int32": "int",
            }
            raise RuntimeError(
                f"attempting to assign a gradient with dtype '{names.get(value.dtype.name, value.dtype.name)}' to a tensor with "
                f"grad_dtype '{self.dtype.scalar}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's "
                "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set "
                "grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that "
                "assume they match."
            )
        if value.shape != self.shape:
            raise RuntimeError(
                f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size '{list(self.shape)}'. "
                "Please ensure that the gradient and the tensor are the same size"
            )

    @property
    def _grad(self) -> Tensor | None:
        found = self._gradient
        if found is not None and not isinstance(found, Tensor):
            found = self._gradient = Tensor(found)
            extras = found._extras = Extras()
            extras.grad_of = weakref.ref(self)
        kept: Tensor | None = found
        return kept

    def _set_grad(self, value: Tensor | None) -> None:
        self._gradient = value
        if value is not None:
            value._grad_of = weakref.ref(self)
            for sharer in value._sharers():
                if sharer._extras is not None:
                    sharer._extras.show_grad()

    @property
    def retains_grad(self) -> bool:
        if self._node is None:
            return self._extras is not None and self._extras.retained
        return self._node.retains(self)

    def retain_grad(self) -> None:
        """Make a non-leaf keep its `.grad`; on a leaf nothing changes. Raises RuntimeError where no grad is required."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if inside.active:
            raise RuntimeError(inside.RETAIN)
        node = None if self._node is None else self._history()
        if node is None or node.retains(self):
            return
        node.retain(self)
        if recording.active is not None:
            recording.active.flag(self, "retains_grad", True)

    @property
    def data(self) -> Tensor:
        if inside.mask:
            inside.refuse(inside.DATA, self)
        made = self._alias(self._array(), counted=grad_mode.inference and self.is_inference())
        if recording.active is not None:
            recording.active.created(made, base=self)
        return made

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._requires_grad and value._data.dtype.kind != "f":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        if value._data.shape != self._data.shape or value._data.dtype != self._data.dtype:
            self._keep_arrivals(value._data.dtype)
        before = self._data
        if recording.active is not None:
            recording.active.identify(self)
            recording.active.settle()
        self._cell()  # which a node that saved this result goes on sharing
        self._data = value._array()
        if recording.active is not None:
            recording.active.modified(self, "data", before)

    def detach(self) -> Tensor:
        """An untracked leaf over the same memory and the same version counter."""
        made = self._alias(self._array(), counted=grad_mode.inference or not self.is_inference())
        if recording.active is not None:
            recording.active.created(made, base=self)
        return made

    # Reading

    def item(self) -> bool | int | float:
        """The only element as a Python number. Raises RuntimeError where there is not exactly one."""
        data = self._data
        if inside.mask and inside.batches(self):
            inside.refuse_number(inside.ITEM)
        if data.size != 1:
            raise RuntimeError(f"a Tensor with {data.size} elements cannot be converted to Scalar")
        value: bool | int | float = data.item()
        return value

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers; of a 0-d tensor the number itself."""
        inside.refuse(inside.STORAGE, self)
        return self._data.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The same memory as a NumPy array. Raises RuntimeError on a tensor that requires grad, unless `force` detaches it or nothing is tracked."""
        inside.refuse(inside.STORAGE, self)
        if self._requires_grad and not force and grad_mode.enabled:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self._array()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.numpy()
        return np.array(array, dtype=dtype) if copy or dtype is not None else array

    def numel(self) -> int:
        return int(self._data.size)

    def dim(self) -> int:
        return int(self._data.ndim)

    def size(self, dim: Any = None) -> Any:
        """The shape, or the size of one dimension. Raises IndexError where there is no such dimension."""
        shape = self.shape
        if dim is None:
            return shape
        limit = max(len(shape), 1)
        if isinstance(dim, Tensor) and not dim._data.ndim:
            dim = int(dim.__index__())
        if not isinstance(dim, int):
            raise TypeError(f"size(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
        if not -limit <= dim < limit or not shape:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
                if shape
                else f"Dimension specified as {dim} but tensor has no dimensions"
            )
        return shape[dim]

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return not isinstance(self._data, np.ndarray) or bool(self._data.flags.c_contiguous)

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return int(self._data.shape[0])

    def __contains__(self, element: object) -> bool:
        if not isinstance(element, (Tensor, Number)):
            kind = type(element)
            raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {kind}.")
        return bool((element == self).any().item())  # type: ignore[attr-defined]

    def __bool__(self) -> bool:
        data = self._data
        if inside.mask and inside.batches(self):
            inside.refuse_number(inside.TRUTH)
        if data.size != 1:
            how = "more than one value" if data.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {how} is ambiguous")
        return bool(data.item())

    def _number(self) -> Any:
        if inside.mask and inside.batches(self):
            inside.refuse_number(inside.ITEM)
        if self._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if self._requires_grad:
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                "Consider using tensor.detach() first.",
                UserWarning,
                stacklevel=3,
            )
        return self._data.item()

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __index__(self) -> int:
        if inside.mask and inside.batches(self):
            inside.refuse_number(inside.ITEM)
        if self._data.size != 1 or self.dtype.category == dtypes.FLOAT:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._data.item())

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        try:
            node = self._history()
            maker = None if node is None else node.name().rpartition("::")[2]
        except RuntimeError:
            maker = "Invalid"
        return text.tensor_text(
            self._data,
            self.dtype.name,
            requires_grad=self._requires_grad,
            grad_fn=maker,
            tangent=self._told_tangent(),
            default_dtype=dtypes.get_default_dtype().name,
        )

    def _told_tangent(self) -> str | None:
        """The text of its tangent, where it has one: of a single one the number alone."""
        found = self._tangent
        return None if found is None else f"{found}"

    def __format__(self, spec: str) -> str:
        if not self._data.ndim and not self._is_parameter():
            return format(self._data.item(), spec)
        if spec:
            raise TypeError("unsupported format string passed to Tensor.__format__")
        return repr(self)

    def _is_parameter(self) -> bool:
        return False

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._history() is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you "
                "were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001"
            )
        made = Tensor(np.array(self._data)[()] if not self._data.ndim else self._data.copy(), self._requires_grad)
        made._cell().written()  # PyTorch sets a new tensor onto copied memory, which counts as a change
        memo[id(self)] = made
        if self._grad is not None:
            made._set_grad(self._grad.__deepcopy__(memo))
        return made
