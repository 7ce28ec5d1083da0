"""Rows of a table put together bag by bag: their sums, means or greatest elements."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def _bag_of(offsets: Array, count: int) -> Array:
    """Which bag each of `count` numbers lies in."""
    return np.searchsorted(offsets, np.arange(count), "right") - 1


def _counted(index: Array, padding_idx: int | None) -> Array:
    return np.full(index.shape, True) if padding_idx is None else index != padding_idx


def _sizes(bags: Array, counted: Array, count: int) -> Array:
    """How many rows of each bag count, at least one."""
    return np.maximum(np.bincount(bags[counted], minlength=count), 1)


def _uses(index: Array) -> Array:
    """By how much PyTorch divides for the uses of each row: for the k-th row in order, by the uses of the k-th number in order."""
    _, rank = np.unique(index, return_inverse=True)
    ordered = np.sort(index)
    return np.bincount(index)[ordered[rank.reshape(index.shape)]]


def _chosen(rows: Array, bags: Array, count: int) -> tuple[Array, Array]:
    """The greatest element of each bag in every column, and the first row that has it; as many as there are rows for an empty bag."""
    most = np.full((count, rows.shape[1]), -np.inf, rows.dtype)
    np.maximum.at(most, bags, rows)
    first = np.full(most.shape, len(rows))
    numbers = np.where(rows == most[bags], np.arange(len(rows))[:, None], len(rows))
    np.minimum.at(first, bags, numbers)
    return most, first


def bagged(weight: Array, index: Array, offsets: Array, shares: Array | None, mode: str, padding_idx: int | None, scale: bool) -> Array:  # fmt: skip
    """For each bag the sum, mean or greatest of its rows, each row times its share where there are shares; zeros for an empty bag."""
    counted, count = _counted(index, padding_idx), len(offsets)
    if not count:
        return np.zeros((0, weight.shape[1]), weight.dtype)
    bags = _bag_of(offsets, len(index))[counted]
    rows = weight[index[counted]]
    if mode == "max":
        most, first = _chosen(rows, bags, count)
        return np.where(first < len(rows), most, 0).astype(weight.dtype)
    made = np.zeros((count, weight.shape[1]), np.result_type(weight, np.float32))
    np.add.at(made, bags, rows if shares is None else rows * shares[counted][:, None])
    if mode == "mean":
        made /= _sizes(_bag_of(offsets, len(index)), counted, count)[:, None].astype(made.dtype)
    return made.astype(weight.dtype, copy=False)


def bagged_back(g: Array, weight: Array, index: Array, offsets: Array, shares: Array | None, mode: str, padding_idx: int | None, scale: bool) -> Array:  # fmt: skip
    """Zeros of the table, to which each bag's gradient is added at its rows; over the number of a row's uses where `scale` says so."""
    counted, made = _counted(index, padding_idx), np.zeros_like(weight)
    if not len(offsets):
        return made
    whole = _bag_of(offsets, len(index))
    bags, rows = whole[counted], index[counted]
    if mode == "max":
        _, first = _chosen(weight[rows], bags, len(offsets))
        there = first < len(rows)
        places = np.append(rows, 0)[first]
        np.add.at(made, (places[there], np.nonzero(there)[1]), g[there])
        return made
    pull = g[bags] if shares is None else g[bags] * shares[counted][:, None]
    if mode == "mean":
        pull = pull / _sizes(whole, counted, len(offsets))[bags][:, None].astype(g.dtype)
    if scale:
        pull = pull / _uses(index)[counted][:, None].astype(g.dtype)
    np.add.at(made, rows, pull)
    return made


def bagged_share(g: Array, weight: Array, index: Array, offsets: Array, padding_idx: int | None) -> Array:
    """How much of its bag's gradient lies along each row."""
    if not len(offsets):
        return np.zeros(index.shape, weight.dtype)
    found = (g[_bag_of(offsets, len(index))] * weight[index]).sum(1)
    return np.where(_counted(index, padding_idx), found, 0).astype(weight.dtype)


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (bagged, bagged_back, bagged_share)}
