"""Layers that wait for their first input to learn how wide it is; from then on they are of the class that they stand for."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from engine import dtypes, recording
from engine.nn import budget
from engine.nn.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from engine.nn.linear import Linear
from engine.nn.module import Module
from engine.nn.norm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from engine.nn.parameter import Parameter
from engine.tensor import Tensor

UNSIZED = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an "
    "uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes."
)


def _unsized(tensor: Tensor) -> Any:
    raise RuntimeError(UNSIZED)


class UninitializedParameter(Parameter):
    """A parameter without sizes yet. Raises RuntimeError where its shape or length is asked for."""

    __slots__ = ()
    shape = property(_unsized)
    __len__ = _unsized

    def __repr__(self) -> str:
        return "<UninitializedParameter>"


class UninitializedBuffer(Tensor):
    """A buffer without sizes yet. Raises RuntimeError where its shape or length is asked for."""

    __slots__ = ()
    shape = property(_unsized)
    __len__ = _unsized

    def __repr__(self) -> str:
        return "<UninitializedBuffer>"


def _waiting(kind: type[Tensor]) -> Tensor:
    made = kind.__new__(kind)
    Tensor.__init__(made, np.empty(0, dtypes.get_default_dtype().numpy), kind is UninitializedParameter)
    return made


def _settle(waiting: Tensor, settled: Tensor) -> None:
    """Give the memory of `settled` to what waited, which stays the object that an optimizer may know."""
    recorder, writes, wanted = recording.active, settled._cell().count, waiting._requires_grad
    waiting.__class__ = Parameter if isinstance(waiting, UninitializedParameter) else Tensor
    Tensor.__init__(waiting, settled._data, wanted)
    waiting._cell().count = writes
    budget.hold(settled._data)
    if recorder is not None:
        recorder.created(waiting)


class _Lazy(Module):
    """What waits; `BECOMES` is the class that it stands for, whose first argument the first input gives."""

    BECOMES: ClassVar[Any]
    SETTLED_BY: ClassVar[str] = ""
    """The class of PyTorch's that reads the first input, where it is not this one."""

    def _await(self, **asked: Any) -> None:
        """Begin as the other class of width 0 and without bias, which draws no number."""
        unbiased = {"bias": False} if "bias" in asked else {}
        with recording.unseen(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.BECOMES.__init__(self, 0, **{**asked, **unbiased})
        self.__dict__["_asked"] = asked
        parameters: dict[str, Any] = self._parameters
        if asked.get("bias"):
            parameters["bias"] = _waiting(UninitializedParameter)
        for place, kind in ((parameters, UninitializedParameter), (self._buffers, UninitializedBuffer)):
            for name, known in place.items():
                if known is not None and name != "num_batches_tracked":
                    place[name] = _waiting(kind)

    def _width(self, input: Tensor) -> int:
        raise NotImplementedError

    def _first(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The input that settles the widths. Raises TypeError where there is not one."""
        called = f"{self.SETTLED_BY or type(self).__name__}.initialize_parameters()"
        strange = next((name for name in kwargs if name != "input"), None)
        if strange is not None:
            raise TypeError(f"{called} got an unexpected keyword argument '{strange}'")
        if args and kwargs:
            raise TypeError(f"{called} got multiple values for argument 'input'")
        if len(args) > 1:
            raise TypeError(f"{called} takes 2 positional arguments but {len(args) + 1} were given")
        if not (args or kwargs):
            raise TypeError(f"{called} missing 1 required positional argument: 'input'")
        return args[0] if args else kwargs["input"]

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        width, asked = self._width(self._first(args, kwargs)), self.__dict__.pop("_asked")
        with recording.unseen(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            settled = self.BECOMES(width, **asked)
        self.__class__ = self.BECOMES
        for name in settled.FACTS:
            self.__dict__[name] = settled.__dict__[name]
        for mine, theirs in ((self._parameters, settled._parameters), (self._buffers, settled._buffers)):
            for name, known in mine.items():
                if isinstance(known, (UninitializedParameter, UninitializedBuffer)):
                    _settle(known, theirs[name])
        return self._call(args, kwargs)


class LazyLinear(_Lazy, Linear):
    """`nn.Linear` whose `in_features` are those of its first input."""

    BECOMES = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        self._await(out_features=out_features, bias=bias, dtype=dtype)

    def _width(self, input: Tensor) -> int:
        return input.shape[-1]


class _LazyConv(_Lazy):
    SETTLED_BY = "_LazyConvXdMixin"
    RANK: ClassVar[int]

    def __init__(
        self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        self._await(
            out_channels=out_channels, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation, groups=groups, bias=bias,
            padding_mode=padding_mode, dtype=dtype,
        )  # fmt: skip

    def _width(self, input: Tensor) -> int:
        """Raises RuntimeError for an input of another number of dimensions."""
        rank = self.RANK + 1
        if input.dim() not in (rank, rank + 1):
            raise RuntimeError(
                f"Expected {rank}D (unbatched) or {rank + 1}D (batched) input to {type(self).__name__}, but got input of size: "
                f"{input.shape}"
            )
        return input.shape[-rank]


class LazyConv1d(_LazyConv, Conv1d):
    """`nn.Conv1d` whose `in_channels` are those of its first input."""

    BECOMES = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """`nn.Conv2d` whose `in_channels` are those of its first input."""

    BECOMES = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """`nn.Conv3d` whose `in_channels` are those of its first input."""

    BECOMES = Conv3d


class _LazyConvTranspose(_LazyConv):
    def __init__(
        self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
        bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        self._await(
            out_channels=out_channels, kernel_size=kernel_size, stride=stride, padding=padding, output_padding=output_padding, groups=groups,
            bias=bias, dilation=dilation, padding_mode=padding_mode, dtype=dtype,
        )  # fmt: skip


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """`nn.ConvTranspose1d` whose `in_channels` are those of its first input."""

    BECOMES = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """`nn.ConvTranspose2d` whose `in_channels` are those of its first input."""

    BECOMES = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """`nn.ConvTranspose3d` whose `in_channels` are those of its first input."""

    BECOMES = ConvTranspose3d


class _LazyNormBase(_Lazy):
    SETTLED_BY = "_LazyNormBase"

    def __init__(
        self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True, device: Any = None,
        dtype: dtypes.dtype | None = None, bias: bool = True,
    ) -> None:  # fmt: skip
        self._await(eps=eps, momentum=momentum, affine=affine, track_running_stats=track_running_stats, dtype=dtype, **({} if bias else {"bias": False}))  # fmt: skip

    def _width(self, input: Tensor) -> int:
        return input.shape[1]


class LazyBatchNorm1d(_LazyNormBase, BatchNorm1d):
    """`nn.BatchNorm1d` whose `num_features` are those of its first input."""

    BECOMES = BatchNorm1d


class LazyBatchNorm2d(_LazyNormBase, BatchNorm2d):
    """`nn.BatchNorm2d` whose `num_features` are those of its first input."""

    BECOMES = BatchNorm2d


class LazyBatchNorm3d(_LazyNormBase, BatchNorm3d):
    """`nn.BatchNorm3d` whose `num_features` are those of its first input."""

    BECOMES = BatchNorm3d


class LazyInstanceNorm1d(_LazyNormBase, InstanceNorm1d):
    """`nn.InstanceNorm1d` whose `num_features` are those of its first input."""

    BECOMES = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNormBase, InstanceNorm2d):
    """`nn.InstanceNorm2d` whose `num_features` are those of its first input."""

    BECOMES = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNormBase, InstanceNorm3d):
    """`nn.InstanceNorm3d` whose `num_features` are those of its first input."""

    BECOMES = InstanceNorm3d


LAYERS: tuple[type[Module], ...] = (
    LazyLinear,
    LazyConv1d,
    LazyConv2d,
    LazyConv3d,
    LazyConvTranspose1d,
    LazyConvTranspose2d,
    LazyConvTranspose3d,
    LazyBatchNorm1d,
    LazyBatchNorm2d,
    LazyBatchNorm3d,
    LazyInstanceNorm1d,
    LazyInstanceNorm2d,
    LazyInstanceNorm3d,
)
