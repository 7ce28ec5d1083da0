"""Layers that bring numbers to a common measure: LayerNorm, RMSNorm, batch, instance and group norms."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from engine import dtypes
from engine.nn.conv import ask
from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.ops.creation import made
from engine.ops.inplace import write
from engine.tensor import Tensor


class _Last(Module):
    FACTS: ClassVar[tuple[str, ...]] = ("normalized_shape", "eps", "elementwise_affine")
    normalized_shape: tuple[int, ...]
    weight: Parameter | None

    def _begin(self, normalized_shape: int | Sequence[int], eps: float | None, affine: bool, kind: Any) -> None:
        sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps, self.elementwise_affine = shape_of(*sizes), eps, affine
        self.register_parameter("weight", own(np.ones(self.normalized_shape, kind)) if affine else None)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LayerNorm(_Last):
    """Each sample less its mean, over its spread, then scaled and moved by what was learned."""

    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        kind = numpy_kind(dtype)
        self._begin(normalized_shape, eps, elementwise_affine, kind)
        moved = elementwise_affine and bias
        self.register_parameter("bias", own(np.zeros(self.normalized_shape, kind)) if moved else None)

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.layer_norm"](
            input, self.normalized_shape, self.weight, self.bias, self.eps
        )
        return result

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, bias={self.bias is not None}"


class RMSNorm(_Last):
    """Each sample over the root of its mean square, then scaled by what was learned."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        super().__init__()
        self._begin(normalized_shape, eps, elementwise_affine, numpy_kind(dtype))

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.rms_norm"](input, self.normalized_shape, self.weight, self.eps)
        return result


class _BatchNorm(Module):
    """Each channel less its mean over the batch, over its spread; in eval, by the means and spreads that ran along."""

    RANKS: ClassVar[tuple[int, ...]] = ()
    FACTS: ClassVar[tuple[str, ...]] = ("num_features", "eps", "momentum", "affine", "track_running_stats")
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        shape = shape_of(num_features) if affine or track_running_stats else ()
        kind = numpy_kind(dtype)
        self.register_parameter("weight", own(np.ones(shape, kind)) if affine else None)
        self.register_parameter("bias", own(np.zeros(shape, kind)) if affine and bias else None)
        self.register_buffer("running_mean", made(np.zeros(shape, kind)) if track_running_stats else None)
        self.register_buffer("running_var", made(np.ones(shape, kind)) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", made(np.array(0, np.int64)) if track_running_stats else None)
        for buffer in self.buffers(recurse=False):
            buffer._cell().count = 1  # PyTorch has reset them once

    def reset_running_stats(self) -> None:
        """Means and spreads are what they were before the first batch."""
        for name, value in (("running_mean", 0), ("running_var", 1), ("num_batches_tracked", 0)):
            buffer = self._buffers.get(name)
            if buffer is not None:
                write(buffer, np.full_like(buffer._data, value), "fill_" if value else "zero_")

    def reset_parameters(self) -> None:
        """Everything is what it was when the layer was made."""
        self.reset_running_stats()
        for held, value in ((self.weight, 1), (self.bias, 0)):
            if held is not None:
                write(held, np.full_like(held._data, value), "fill_" if value else "zero_")

    def forward(self, input: Tensor) -> Tensor:
        """Raises ValueError for an input of another number of dimensions."""
        if input.dim() not in self.RANKS:
            wanted = " or ".join(f"{rank}D" for rank in self.RANKS)
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input)")
        share = 0.0 if self.momentum is None else self.momentum
        counted = self.num_batches_tracked
        if self.training and counted is not None:
            write(counted, counted._data + 1, "add_")
            if self.momentum is None:
                share = 1.0 / float(counted.item())
        of_batch = self.training or (self.running_mean is None and self.running_var is None)
        keep = not self.training or self.track_running_stats
        result: Tensor = OFFERED["nn.functional.batch_norm"](
            input,
            self.running_mean if keep else None,
            self.running_var if keep else None,
            self.weight,
            self.bias,
            of_batch,
            share,
            self.eps,
        )
        return result

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Batch normalization of features, or of channels along a line."""

    RANKS = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalization of the channels of pictures."""

    RANKS = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalization of the channels of bodies."""

    RANKS = (5,)


class _InstanceNorm(_BatchNorm):
    """Each channel of each sample less its mean, over its spread; in eval by what ran along, where that was kept."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Raises ValueError for an input of another number of dimensions or channels."""
        if input.dim() not in self.RANKS:
            wanted = " or ".join(f"{rank}D" for rank in self.RANKS)
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input)")
        alone = input.ndim == self.RANKS[0]
        channels = input.shape[0 if alone else 1]
        if channels != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={0 if alone else 1} to match num_features ({self.num_features}), but got: {channels}."
                )
            warnings.warn(
                f"input's size at dim={0 if alone else 1} does not match num_features. You can silence this warning by not passing in "
                "num_features, which is not used because affine=False",
                UserWarning,
                stacklevel=2,
            )
        given: Any = input.unsqueeze(0) if alone else input
        result: Any = OFFERED["nn.functional.instance_norm"](
            given,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return result.squeeze(0) if alone else result  # type: ignore[no-any-return]


class InstanceNorm1d(_InstanceNorm):
    """Instance normalization of channels along a line."""

    RANKS = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalization of the channels of pictures."""

    RANKS = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalization of the channels of bodies."""

    RANKS = (4, 5)


class LocalResponseNorm(Module):
    """Each channel over a power of the squares of the channels around it."""

    FACTS: ClassVar[tuple[str, ...]] = ("size", "alpha", "beta", "k")

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        ask("local_response_norm", input, self.size)
        result: Tensor = OFFERED["nn.functional.local_response_norm"](input, self.size, self.alpha, self.beta, self.k)
        return result

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class GroupNorm(Module):
    """The channels of each sample in groups, each group less its mean, over its spread."""

    FACTS: ClassVar[tuple[str, ...]] = ("num_groups", "num_channels", "eps", "affine")
    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        *,
        bias: bool = True,
    ) -> None:
        """Raises ValueError where the groups do not divide the channels."""
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        shape, kind = shape_of(num_channels) if affine else (), numpy_kind(dtype)
        self.register_parameter("weight", own(np.ones(shape, kind)) if affine else None)
        self.register_parameter("bias", own(np.zeros(shape, kind)) if affine and bias else None)

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.group_norm"](input, self.num_groups, self.weight, self.bias, self.eps)
        return result

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


LAYERS: tuple[type[Module], ...] = (
    LayerNorm,
    RMSNorm,
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    GroupNorm,
    LocalResponseNorm,
)
