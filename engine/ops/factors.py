"""Matrices taken apart: eigenvalues, singular values, a turn and a triangle."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.answers import answer
from engine.ops.matrices import matrix
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

EIGH = row(
    "linalg_eigh", "eigh(A, UPLO)", {"A": "eigh_backward(g, eigenvalues, eigenvectors)"}, settings="UPLO", results="eigenvalues eigenvectors", many=True,
    symbol="eigh", spelled=("torch.linalg.eigh", "torch.linalg.eigvalsh"), samples=(((2, 1, 1), "L"),),
    en="Values send their gradient along their vectors; vectors turn by the gaps between the values.", zh="特征值沿特征向量传回梯度；特征向量按特征值之差转动。",
)  # fmt: skip
SVD = row(
    "linalg_svd", "svd(A, full_matrices)", {"A": "svd_backward(g, U, S, Vh, full_matrices)"}, settings="full_matrices", results="U S Vh", many=True, symbol="svd",
    spelled=("torch.linalg.svd", "torch.svd", "torch.linalg.svdvals"),
    samples=(((2, 3), False), ((3, 2), False)),
    en="Values send their gradient along their pair of vectors; vectors turn by the gaps between the values.", zh="奇异值沿它的一对向量传回梯度；向量按奇异值之差转动。",
)  # fmt: skip
QR = row(
    "linalg_qr", "qr(A, mode)", {"A": "qr_widened(solved_triangular(qr_square(R), qr_inner(g, Q, R, mode), False, False, False), g, Q, R)"}, settings="mode", results="Q R", many=True, symbol="qr",
    spelled=("torch.linalg.qr", "torch.qr"), samples=(((3, 3), "reduced"), ((3, 2), "reduced"), ((2, 3), "reduced"), ((2, 3), "complete")),
    en="Both factors send their gradients back through the triangle.", zh="两个因子都把梯度经由三角阵传回。",
)  # fmt: skip


@spelled("internal.qr_widened")
def qr_widened(first: Tensor, g: Sequence[Tensor], made: Tensor, rest: Tensor) -> Tensor:
    """As the kernel of this name, of Tensors."""
    rows, columns = rest._data.shape[-2:]
    if rows == columns:
        return first
    m = METHODS
    beyond = Tensor(np.zeros((*first._data.shape[:-1], columns - rows), first._data.dtype))
    whole: Tensor = m["add"](FUNCTIONS["cat"]([first, beyond], -1), m["matmul"](made, g[1]))
    return whole


PAIRS = {
    "linalg.eigh": answer("linalg_eigh", "eigenvalues eigenvectors"),
    "linalg.svd": answer("linalg_svd", "U S Vh"),
    "svd": answer("svd", "U S V"),
    "linalg.qr": answer("linalg_qr", "Q R"),
    "qr": answer("qr", "Q R"),
}


@spelled("torch.linalg.eigh")
def eigh(input: Tensor, UPLO: str = "L") -> Any:  # noqa: N803
    """The values and vectors of a symmetric matrix, of which one triangle is read."""
    return PAIRS["linalg.eigh"](*_eigh("eigh", input, UPLO))


def _eigh(name: str, A: Tensor, UPLO: str) -> Any:  # noqa: N803
    matrix(f"linalg.{name}" if A._data.ndim < 2 and name == "eigvalsh" else "linalg.eigh", A, real=False)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return apply(EIGH, (A,), (UPLO.upper(),))


@spelled("torch.linalg.eigvalsh")
def eigvalsh(input: Tensor, UPLO: str = "L") -> Tensor:  # noqa: N803
    found: Tensor = _eigh("eigvalsh", input, UPLO)[0]
    return found


def _svd(A: Tensor, full_matrices: bool, driver: str | None) -> Any:  # noqa: N803
    matrix("linalg.svd", A, square=False)
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return apply(SVD, (A,), (full_matrices,))


@spelled("torch.linalg.svd")
def linalg_svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> Any:  # noqa: N803
    """A as two turns and a stretch between them."""
    return PAIRS["linalg.svd"](*_svd(A, full_matrices, driver))


@spelled("torch.svd", "Tensor.svd")
def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    left, values, right = _svd(input, compute_uv and not some, None)
    if not compute_uv:
        *batch, rows, columns = input._data.shape
        left, right = (Tensor(np.zeros((*batch, size, size), input._data.dtype)) for size in (rows, columns))
    return PAIRS["svd"](left, values, METHODS["transpose"](right, -2, -1))


@spelled("torch.linalg.svdvals")
def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:  # noqa: N803
    found: Tensor = _svd(A, False, driver)[1]
    return found


def _qr(A: Tensor, mode: str) -> Any:  # noqa: N803
    matrix("linalg.qr", A, square=False)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    made, rest = apply(QR, (A,), (mode,))
    return (Tensor(np.zeros(0, A._data.dtype)) if mode == "r" else made), rest


@spelled("torch.linalg.qr")
def linalg_qr(A: Tensor, mode: str = "reduced") -> Any:  # noqa: N803
    """A as a turn and an upper triangle."""
    return PAIRS["linalg.qr"](*_qr(A, mode))


OF_OLD = (
    "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n"
    "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\nshould be replaced with\n"
    "Q, R = torch.linalg.qr(A, 'reduced' if some else 'complete')"
)


@spelled("torch.qr", "Tensor.qr")
def qr(input: Tensor, some: bool = True) -> Any:
    warnings.warn(OF_OLD, UserWarning, stacklevel=2)
    return PAIRS["qr"](*_qr(input, "reduced" if some else "complete"))
