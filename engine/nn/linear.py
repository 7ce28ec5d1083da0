"""Layers that weigh their input: Linear, Bilinear, Embedding; and those that only reshape it or let it pass."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget, init
from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.signatures import type_name
from engine.tensor import Tensor


def uniform(shape: tuple[int, ...], bound: float, kind: Any) -> Parameter:
    """A new parameter, uniform between `-bound` and `bound`."""
    budget.room(math.prod(shape))
    return own(init.uniform_numbers(shape, -bound, bound, kind))


def weighed(input: Any, weight: Any, bias: Any) -> Tensor:
    """`input @ weight.T + bias`, as the budget allows."""
    if budget.active is not None and isinstance(input, Tensor) and input._data.ndim and weight is not None:
        rows, shape = math.prod(input._data.shape[:-1]), weight._data.shape
        budget.room(rows * shape[0])
        budget.products(rows * math.prod(shape), input.dtype.name)
    result: Tensor = OFFERED["nn.functional.linear"](input, weight, bias)
    return result


class Identity(Module):
    """Gives what it is given, whatever it was made with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Linear(Module):
    """`x @ weight.T + bias`; weight and bias begin uniform within 1/sqrt(in_features)."""

    FACTS: ClassVar[tuple[str, ...]] = ("in_features", "out_features")
    in_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        shape, kind = shape_of(out_features, in_features), numpy_kind(dtype)
        if 0 in shape:
            init.warn_of_nothing()
        self.weight = uniform(shape, init.kaiming_bound(shape), kind)
        self.register_parameter("bias", uniform(shape[:1], self._bound(), kind) if bias else None)

    def _bound(self) -> float:
        return 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init.uniform_(self.bias, -self._bound(), self._bound())

    def forward(self, input: Tensor) -> Tensor:
        return weighed(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """For every output, one input times a matrix times the other input, plus bias."""

    FACTS: ClassVar[tuple[str, ...]] = ("in1_features", "in2_features", "out_features")
    in1_features: int
    in2_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        shape, kind, bound = (
            shape_of(out_features, in1_features, in2_features),
            numpy_kind(dtype),
            1 / math.sqrt(in1_features),
        )
        self.weight = uniform(shape, bound, kind)
        self.register_parameter("bias", uniform(shape[:1], bound, kind) if bias else None)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        lead = math.prod(input1.shape[:-1])
        budget.room(lead * self.in2_features * self.out_features)
        budget.products(lead * self.weight.numel(), input1.dtype.name)
        result: Tensor = OFFERED["nn.functional.bilinear"](input1, input2, self.weight, self.bias)
        return result

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Embedding(Module):
    """A table whose rows are looked up by number; it begins normal."""

    FACTS: ClassVar[tuple[str, ...]] = (
        "num_embeddings", "embedding_dim", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse",
    )  # fmt: skip
    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    sparse: bool
    weight: Parameter

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, sparse: bool = False, *, device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self._looks(max_norm, norm_type, scale_grad_by_freq, sparse)
        shape = shape_of(num_embeddings, embedding_dim)
        self.padding_idx = padding_idx = row_of(padding_idx, num_embeddings)
        numbers = init.normal_numbers(shape, 0.0, 1.0, numpy_kind(dtype))
        if padding_idx is not None:
            numbers[padding_idx] = 0
        self.weight = own(numbers, writes=1 if padding_idx is None else 2)

    def _looks(self, max_norm: float | None, norm_type: float, scale_grad_by_freq: bool, sparse: bool) -> None:
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
        scale_grad_by_freq: bool = False, sparse: bool = False,
    ) -> Embedding:  # fmt: skip
        """A table over the memory of a matrix, frozen unless told otherwise. Raises AssertionError for what is no matrix."""
        if not isinstance(embeddings, Tensor):
            raise AttributeError(f"'{type_name(embeddings)}' object has no attribute 'dim'")
        if embeddings.ndim != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        made = cls.__new__(cls)
        Module.__init__(made)
        made.num_embeddings, made.embedding_dim = embeddings.shape
        made.padding_idx = row_of(padding_idx, made.num_embeddings)
        made._looks(max_norm, norm_type, scale_grad_by_freq, sparse)
        made.weight = Parameter(embeddings, not freeze)
        return made

    def forward(self, input: Tensor) -> Tensor:
        if isinstance(input, Tensor):
            budget.room(input.numel() * self.embedding_dim)
        rows: Tensor = OFFERED["nn.functional.embedding"](
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )
        return rows

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        return text + told_looks(self)


def told_looks(table: Any) -> str:
    """What of a table's options is not as usual, as PyTorch tells it."""
    text = "" if table.max_norm is None else f", max_norm={table.max_norm}"
    if table.norm_type != 2:
        text += f", norm_type={table.norm_type}"
    if table.scale_grad_by_freq is not False:
        text += f", scale_grad_by_freq={table.scale_grad_by_freq}"
    return text + (", sparse=True" if table.sparse is not False and isinstance(table, Embedding) else "")


def row_of(padding_idx: int | None, count: int, called: str = "Padding_idx") -> int | None:
    """The row that pads, counted from the first. Raises AssertionError for one beyond the table."""
    if padding_idx is None:
        return None
    if not -count <= padding_idx < count:
        raise AssertionError(f"{called} must be within num_embeddings")
    return padding_idx % count


class Flatten(Module):
    """Dimensions from `start_dim` to `end_dim` made one."""

    FACTS: ClassVar[tuple[str, ...]] = ("start_dim", "end_dim")

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = input.flatten(self.start_dim, self.end_dim)
        return result

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension parted into several."""

    FACTS: ClassVar[tuple[str, ...]] = ("dim", "unflattened_size")

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        """Raises TypeError for what are no sizes."""
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)):
            raise TypeError(
                "unflattened_size must be a tuple of ints, but found type " + type(unflattened_size).__name__
            )
        for place, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(size).__name__} at pos {place}"
                )
        self.dim, self.unflattened_size = dim, unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = input.unflatten(self.dim, self.unflattened_size)
        return result

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Dropout(Module):
    """While training, a share `p` of the input zeroed and the rest enlarged; else the input."""

    FACTS: ClassVar[tuple[str, ...]] = ("p", "inplace")

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.dropout"](input, self.p, self.training)
        if self.inplace and result is not input:
            return input.copy_(result)  # type: ignore[no-any-return]
        return result

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """While training, whole channels of a sequence zeroed and the rest enlarged; else the input."""

    CALLS: ClassVar[str] = "dropout1d"

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED[f"nn.functional.{self.CALLS}"](input, self.p, self.training, self.inplace)
        return result


class Dropout2d(Dropout1d):
    CALLS = "dropout2d"


class Dropout3d(Dropout1d):
    CALLS = "dropout3d"


class AlphaDropout(Dropout1d):
    CALLS = "alpha_dropout"


class FeatureAlphaDropout(Dropout1d):
    CALLS = "feature_alpha_dropout"


LAYERS: tuple[type[Module], ...] = (
    Identity, Linear, Bilinear, Embedding, Flatten, Unflatten, Dropout, Dropout1d, Dropout2d, Dropout3d, AlphaDropout, FeatureAlphaDropout,
)  # fmt: skip
