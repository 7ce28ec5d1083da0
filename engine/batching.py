"""`torch.vmap`: a function of one sample, called for every sample of a batch.

PyTorch hands the function one tensor that hides its batch; here it is called once for each sample and the results are stacked. Numbers, gradients
and errors are the same (`engine.inside` refuses what a sample cannot give); where something requires grad, the graph shows each sample by itself,
where PyTorch's has one node for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine import inside, lots
from engine.nn import budget
from engine.ops import views
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor
from engine.transforms import Transformed, called
from engine.trees import leaves, mapped, rebuilt, structure
from engine.versions import Version


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Transformed:  # fmt: skip
    """`func` over the dimension of its arguments that `in_dims` names, its results stacked along `out_dims`.

    The function raises ValueError where dimensions do not fit, RuntimeError where random numbers are drawn without leave, and where a number,
    a choice or a shape is made of a sample's values.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = called(func)

    def call(*args: Any, **kwargs: Any) -> Any:
        said = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): "
        if not isinstance(in_dims, (int, tuple)):
            raise ValueError(
                f"{said}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}."
            )
        if not args:
            raise ValueError(
                f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no "
                "inputs. The latter is unsupported."
            )
        places = _placed(args, in_dims)
        if places is None:
            raise ValueError(
                f"{said}in_dims is not compatible with the structure of `inputs`. in_dims has structure {structure(in_dims)} but inputs has "
                f"structure {structure(args)}."
            )
        sizes = [_size(said, each, dim) for each, dim in places if dim is not None]
        if not sizes:
            raise ValueError("vmap: Expected at least one Tensor to vmap over")
        if len(set(sizes)) > 1:
            raise ValueError(
                f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
            )
        results, chance = [], lots.Lots(randomness, sizes[0])
        shared: dict[int, Version] = {}
        for sample in range(max(sizes[0], 1)):
            budget.step(1)
            chance.begin(sample)
            own = _sample(args, [dim for _, dim in places], sample)
            mapped_over = [each for each, (_, dim) in zip(leaves(own), places, strict=True) if dim is not None]
            with inside.sample_of(sizes[0], sample, mapped_over, shared), chance:
                results.append(func(*own, **kwargs))
                moves = [inside.batches(each) >> len(inside.sizes) - 1 for each in leaves(results[-1])]
        if not all(dim is None or isinstance(dim, int) for dim in leaves(out_dims)):
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints representing where in "
                "the outputs the vmapped dimension should appear."
            )
        outs = _placed(results[0], out_dims)
        if outs is None:
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. "
                f"out_dims has structure {structure(out_dims)} but outputs has structure {structure(results[0])}."
            )
        if any(dim is None and moved for (_, dim), moved in zip(outs, moves, strict=True)):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        every = [leaves(result) for result in results]
        made = iter(
            [_stacked(name, [row[place] for row in every], dim, sizes[0]) for place, (_, dim) in enumerate(outs)]
        )
        return rebuilt(results[0], made)

    return Transformed(call, func)


def _placed(tree: Any, dims: Any) -> list[tuple[Any, Any]] | None:
    """Each leaf with its dimension; None where the dimensions have another shape than the tree."""
    if dims is None or isinstance(dims, int):
        return [(each, dims) for each in leaves(tree)]
    if isinstance(tree, Tensor) and isinstance(dims, tuple) and len(dims) == 1:
        return [(tree, dims[0])]
    if not isinstance(dims, (dict, list, tuple)) and not isinstance(tree, (dict, list, tuple)):
        return [(tree, dims)]
    if isinstance(tree, dict) and isinstance(dims, dict) and tree.keys() == dims.keys():
        return _joined(_placed(each, dims[key]) for key, each in tree.items())
    if isinstance(tree, (list, tuple)) and type(tree) is type(dims) and len(tree) == len(dims):
        return _joined(_placed(each, dim) for each, dim in zip(tree, dims, strict=True))
    return None


def _joined(parts: Iterator[list[tuple[Any, Any]] | None]) -> list[tuple[Any, Any]] | None:
    found: list[tuple[Any, Any]] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return found


def _size(said: str, each: Any, dim: Any) -> int:
    """How many samples an argument holds. Raises ValueError in PyTorch's words."""
    if not isinstance(each, Tensor):
        raise ValueError(
            f"{said}Got in_dim={dim} for an input but the input is of type {type(each)}. We cannot vmap over non-Tensor arguments, "
            "please use None as the respective in_dim"
        )
    if not isinstance(dim, int):
        raise ValueError(f"{said}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
    rank = each.dim()
    if not -rank <= dim < rank:
        raise ValueError(
            f"{said}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {rank} so expected in_dim to satisfy "
            f"-{rank} <= in_dim < {rank}."
        )
    return int(each.shape[dim])


def _sample(args: Any, dims: list[Any], sample: int) -> Any:
    waiting = iter(dims)
    return mapped(args, lambda each: _taken(each, next(waiting), sample))


def _taken(each: Any, dim: Any, sample: int) -> Any:
    if dim is None:
        return each
    if not each.shape[dim]:  # of no samples the function sees zeros, and what it makes of them is cut to nothing
        return METHODS["sum"](each, dim, dtype=each.dtype)
    found = METHODS["select"](each, dim, sample)
    # PyTorch brings the batch to the front, by a view, where it is not there.
    first = dim % each.dim() == 0
    if first and each._view is not None and found._view is not None:
        found._view.whole = each
    entering = each.is_leaf and found.requires_grad and each._base is None
    return views.entered(found, first) if entering else found


def _stacked(name: str, row: list[Any], dim: Any, count: int) -> Any:
    if dim is None:
        return row[0]
    if not isinstance(row[0], Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(row[0])}. Did you mean to set out_dims= to None for output?"
        )
    found = FUNCTIONS["stack"](row, dim)
    return found if count else METHODS["narrow"](found, dim, 0, 0)


TORCH: dict[str, Any] = {"vmap": vmap, "func.vmap": vmap}
