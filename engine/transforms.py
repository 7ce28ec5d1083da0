"""`torch.func`: what makes of a function its gradient, its products with vectors, its Jacobian.

PyTorch gives each transform a level of its own; here it is a call of `autograd.grad` that keeps its graph. What comes out goes on being tracked where
something besides the transform's own inputs is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from engine import autograd, duals, functional, grad_mode, inside, levels, saving
from engine.custom import CustomFunction
from engine.function import Function, behind, edge_to
from engine.nn import budget
from engine.ops import views
from engine.ops.table import FUNCTIONS, METHODS
from engine.tangents import LINEAR
from engine.tensor import Tensor
from engine.trees import form, leaves, mapped, rebuilt, structure

_SCALAR = "grad_and_value(f)(*args): Expected f(*args) to return a "
_VJP, _JVP = "vjp(f, *primals)", "jvp(f, primals, tangents)"

INDEPENDENT = "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
HOOKED = "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your use case."
NODE = 16
"""The fuel for a node that a transform makes out of the interpreter's sight."""


class Transformed:
    """What a transform makes of a function: it is called as the function was."""

    __slots__ = ("_call", "name")

    def __init__(self, call: Callable[..., Any], func: Callable[..., Any] | None = None) -> None:
        self._call = call
        self.name = "wrapper" if func is None else called(func)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)

    def __repr__(self) -> str:
        return "<function wrapper>"


def called(func: Callable[..., Any]) -> str:
    """The name that PyTorch's messages call a function by: what a transform makes of one has that one's."""
    if isinstance(func, Transformed):
        return func.name
    return func.__name__ if isinstance(func, FunctionType) else repr(func)


class _Level(levels.Level):
    """The inputs of one transform, perhaps of forward mode: its own leaves in the place of what nobody tracks, views of what somebody does."""

    def __init__(self, forward: bool = False) -> None:
        super().__init__()
        self.tracked = grad_mode.enabled
        self.forward = forward
        # What forward mode gave the function.
        self.duals: list[duals.Dual] = []

    def enter(self, tree: Any) -> Any:
        """The inputs in their places. Raises ValueError where one is no tensor."""
        return mapped(tree, self._entered)

    def _entered(self, tensor: Any) -> Tensor:
        if not isinstance(tensor, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(tensor)}")
        if not tensor.is_floating_point():
            if self.forward:
                raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        tensor = _normal(tensor)
        if tensor.requires_grad:
            view: Tensor = METHODS["view_as"](tensor, tensor)
            if not self.forward:
                self.entries.add(id(view._node))
                return views.entered(view)
            self.duals.append(duals.Dual(view))
            return view
        leaf: Tensor = tensor.detach()
        leaf.requires_grad = True
        self.own.add(id(leaf))
        if self.forward:
            self.open.add(id(leaf))
            self.duals.append(duals.Dual(leaf))
        return leaf

    def check_overlap(self) -> None:
        for dual in self.duals:
            duals.check_overlap(dual.entry, None)

    def written(self) -> list[tuple[int, Tensor]]:
        """The inputs that the function wrote to, with their places. Raises NotImplementedError for one that depends on what somebody else tracks
        now, though it came in untracked.
        """
        found = [(place, dual) for place, dual in enumerate(self.duals) if dual.written]
        if any(not dual.outer and self.reaches(dual.entry) for _, dual in found):
            raise NotImplementedError(duals.TRACKED)
        return [(place, dual.entry) for place, dual in found]

    def weights(self, outputs: list[Tensor]) -> list[Tensor]:
        """Zeros of this level, one for each output (`functional.weights_of`)."""
        made = functional.weights_of(outputs)
        self.own |= {id(each) for each in made}
        return made

    def leave(self, tree: Any) -> Any:
        return mapped(tree, self._left)

    def leave_aux(self, tree: Any) -> Any:
        """The same of what a function hands on. Raises RuntimeError where something in it is no tensor."""
        for each in leaves(tree):
            if not isinstance(each, Tensor):
                raise RuntimeError(f"Expected tensors, got unsupported type {type(each)}")
        return self.leave(tree)

    def leave_slopes(self, tree: Any, tracked: Iterable[bool]) -> Any:
        """The same; those that are `tracked` require grad, though no derivative of theirs is other than zero."""
        told = iter(tracked)
        return mapped(tree, lambda leaf: self._flagged(self._left(leaf), next(told)))

    @staticmethod
    def _flagged(left: Tensor, tracked: bool) -> Tensor:
        if tracked and not left.requires_grad:
            left.requires_grad = True
        return left

    def _left(self, leaf: Any) -> Any:
        return leaf.detach() if isinstance(leaf, Tensor) and not (self.tracked and self.reaches(leaf)) else leaf

    def reaches(self, tensor: Tensor) -> bool:
        """Whether some leaf that is not of this level is behind the tensor, or a view that was made untracked of one."""
        if tensor.requires_grad and edge_to(tensor) is None:
            return True
        for seen, target in enumerate(behind(tensor), 1):
            if id(target) not in self.own if isinstance(target, Tensor) else _loose(target):
                return True
            if not seen % 20:
                budget.step(1)
        return False

    def moves(self, output: Tensor) -> bool:
        """Whether an output of forward mode comes of the inputs."""
        ends = set().union(*(dual.ends() for dual in self.duals))
        return output.requires_grad and any(id(target) in ends for target in behind(output))

    def slopes_tracked(self, output: Tensor, own: list[Tensor]) -> bool:
        """Whether forward mode tracks how fast the output changes: where on the way from these inputs an op that is not linear has an operand
        that somebody else tracks, for its tangents are multiplied by its operands.
        """
        start = edge_to(output) if output.requires_grad else None
        inputs = set().union(*(dual.ends() for dual in self.duals if any(dual.entry is each for each in own)))
        # Of each target: whether it comes of these inputs, and whether of something that somebody else tracks.
        known: dict[int, tuple[bool, bool]] = {}
        found, waiting = False, [] if start is None else [start[0]]
        while waiting:
            target = waiting[-1]
            if isinstance(target, Tensor):
                known[id(target)] = id(target) in inputs, id(target) not in self.own
            elif id(target) not in known:
                before = [edge[0] for edge in target._edges if edge is not None and id(edge[0]) not in known]
                if before:
                    waiting += before
                    continue
                parts = [known[id(edge[0])] for edge in target._edges if edge is not None]
                ours, others = id(target) in inputs, _loose(target) or any(other for _, other in parts)
                if not ours:
                    ours = any(mine for mine, _ in parts)
                    told = isinstance(target, CustomFunction) and target._jvp is not None  # by what its own `jvp` gives
                    found = found or (
                        ours and others and not told and target.short_name().rstrip("0123456789") not in LINEAR
                    )
                known[id(target)] = ours, others
            waiting.pop()
        budget.step(len(known) // 20)
        return found and self.tracked


@contextmanager
def _hookless() -> Iterator[None]:
    """Inside it a function is tracked, and its saved tensors are packed by nobody. Raises RuntimeError inside of hooks that would."""
    with saving.disable_saved_tensors_hooks(HOOKED), _tracking():
        yield


def _tracking() -> AbstractContextManager[Any]:
    """Inside it a function is tracked, in inference mode too."""
    return grad_mode.inference_mode(False) if grad_mode.inference else grad_mode.enable_grad()


def _normal(tensor: Tensor) -> Tensor:
    """The tensor; of one of inference mode a copy that can be saved."""
    made: Tensor = METHODS["clone"](tensor) if tensor.is_inference() else tensor
    return made


def _loose(node: Function) -> bool:
    """Whether an edge of the node that takes a gradient leads nowhere: to a view that was made untracked of what requires grad."""
    return any(need and edge is None for need, edge in zip(node._needs, node._edges, strict=False))


def _places(argnums: Any, args: Sequence[Any]) -> tuple[int, ...]:
    """The places of the arguments asked for. Raises RuntimeError in PyTorch's words for what is none."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    wanted = argnums if isinstance(argnums, tuple) else (argnums,)
    for place in wanted:
        if not isinstance(place, int):
            raise RuntimeError(f"argnum must be int, got: {type(place)}")
        if not -len(args) <= place < len(args):
            raise RuntimeError(f"Got argnum={place}, but only {len(args)} positional inputs")
    if not wanted:
        raise RuntimeError("argnums must be non-empty")
    found = tuple(place % len(args) for place in wanted)
    if len(set(found)) < len(found):
        raise RuntimeError(f"argnums elements must be unique, got {found if isinstance(argnums, tuple) else argnums}")
    return found


def _wanted(given: Sequence[Any], argnums: Any, places: tuple[int, ...]) -> Any:
    """The arguments at these places: a tuple of them where several were asked for."""
    return tuple(given[place] for place in places) if isinstance(argnums, tuple) else given[places[0]]


def _split(output: Any, has_aux: bool, said: str) -> tuple[Any, Any]:
    if not has_aux:
        return output, None
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{said}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


def _tensors(output: Any, said: str) -> list[Tensor]:
    """The tensors that a function gave. Raises RuntimeError where there is something else among them."""
    found = leaves(output)
    if not found or (len(found) == 1 and found[0] is None):
        raise RuntimeError(f"{said}: Expected f to be a function that has non-empty output (got output = {found})")
    for each in found:
        if not isinstance(each, Tensor):
            raise RuntimeError(
                f"{said}: expected f(*primals) to return only tensors, got unsupported type {type(each)}"
            )
    return found


def _floating(outputs: list[Tensor]) -> None:
    for each in outputs:
        if not each.is_floating_point():
            raise RuntimeError(
                f"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {each.dtype}"
            )


def _gradients(level: _Level, outputs: Any, inputs: list[Tensor], ways: Any, create: bool) -> tuple[Any, ...]:
    """Zeros for an input that the outputs do not depend on."""
    pairs = [
        (each, _normal(way) if isinstance(way, Tensor) else way)
        for each, way in zip(outputs, ways or [None] * len(outputs), strict=True)
        if each.requires_grad and (level.forward or level.needs(each))
    ]
    if not pairs:
        return tuple(functional.filled(None, each) for each in inputs)
    with levels.put(level, levels.speaking):
        found = autograd.grad(
            [each for each, _ in pairs], inputs, [way for _, way in pairs], retain_graph=True, create_graph=create, allow_unused=True
        )  # fmt: skip
        found = tuple(functional.filled(gradient, each) for gradient, each in zip(found, inputs, strict=True))
    inside.spread((each for pair in pairs for each in pair), found)
    budget.step(NODE * (_newest(found) - _newest([each for each, _ in pairs])))
    return found


def _newest(tensors: Iterable[Any]) -> int:
    """The number of the node that was made last behind these tensors; 0 where there is none."""
    return max((node._sequence for each in tensors if (node := each._history()) is not None), default=0)


def grad_and_value(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Transformed:
    """A function that gives the gradient of `func` and its value; (gradient, (value, aux)) where `func` gives two things.

    It raises RuntimeError where `func` gives no single number.
    """

    def call(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        level, places, given = _Level(), _places(argnums, args), list(args)
        with _hookless():
            for place in places:
                given[place] = level.enter(args[place])
            with inside.within("grad"), levels.put(level, levels.asking):
                value, aux = _split(func(*given, **kwargs), has_aux, "grad_and_value(f)(*args)")
            if not isinstance(value, Tensor):
                raise RuntimeError(f"{_SCALAR}Tensor, got {type(value)}")
            if value.dim():
                raise RuntimeError(
                    f"{_SCALAR}scalar Tensor, got tensor with {value.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            wanted = _wanted(given, argnums, places)
            found = rebuilt(wanted, iter(_gradients(level, [value], leaves(wanted), None, True)))
            result, value = level.leave(found), level.leave(value)
        return (result, (value, level.leave_aux(aux))) if has_aux else (result, value)

    return Transformed(call, func)


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Transformed:
    """A function that gives the gradient of `func`; (gradient, aux) where `func` gives two things. It raises as `grad_and_value`."""
    both = grad_and_value(func, argnums, has_aux)

    def call(*args: Any, **kwargs: Any) -> Any:
        found, rest = both(*args, **kwargs)
        return (found, rest[1]) if has_aux else found

    return Transformed(call, func)


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """What `func` gives, and a function from gradients of that to the gradients of the primals. Raises RuntimeError as PyTorch does."""
    level = _Level()
    with _hookless():
        own = level.enter(primals)
        with inside.within("grad"), levels.put(level, levels.asking):
            output, aux = _split(func(*own), has_aux, _VJP)
        outputs = _tensors(output, _VJP)
        _floating(outputs)
        shown = level.leave(output)

    def back(*cotangents: Any) -> Any:
        ways = cotangents[0] if len(cotangents) == 1 else cotangents
        if form(ways) != form(output):
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {form(ways)}, primal output: {form(output)}"
            )
        level.tracked = grad_mode.enabled
        found = _gradients(level, outputs, leaves(own), leaves(ways), grad_mode.enabled)
        return level.leave(rebuilt(own, iter(found)))

    return (shown, Transformed(back), level.leave_aux(aux)) if has_aux else (shown, Transformed(back))


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """What `func` gives, and how fast that changes along the tangents, by two backward calls; of two things the second is handed on.

    Raises RuntimeError where primals are no tuple of tensors, or the tangents are not like them.
    """
    _along(primals, tangents)
    ways = duals.apart(leaves(primals), leaves(tangents))
    output, aux, push = _pushing(func, primals, has_aux, strict=strict)
    rate = push(ways, leaves(tangents))
    return (output, rate, aux) if has_aux else (output, rate)


def along_duals(
    func: Callable[..., Any], primals: tuple[Tensor, ...], tangents: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """How fast the tuple of tensors that `func` gives changes along the tangents: as `jvp`, but a custom Function needs no `setup_context`."""
    _, _, push = _pushing(func, primals, False, "dual")
    found: tuple[Tensor, ...] = push(tangents, tangents)
    return found


def _pushing(
    func: Callable[..., Any], primals: Any, has_aux: bool, kind: str = "jvp", strict: bool = False
) -> tuple[Any, Any, Callable[..., Any]]:
    """What `func` gives, what it hands on, and a function from tangents of the primals to how fast that changes along them."""
    level = _Level(forward=True)
    with _tracking():
        own = level.enter(primals)
        with inside.within(kind), levels.put(level, levels.asking):
            output, aux = _split(func(*own), has_aux, _JVP)
        outputs, written = _tensors(output, _JVP), level.written()
        if strict and not all(map(level.moves, outputs)):
            raise RuntimeError(INDEPENDENT)
        every = [*outputs, *(entry for _, entry in written)]
        weights = level.weights(every)
        with duals.followed(level.duals, every), levels.put(level, levels.pushing):
            slopes = duals.asked(level.duals, lambda starts: _gradients(level, every, starts, weights, True))
            tracked = [level.slopes_tracked(each, leaves(own)) for each in outputs]
        shown = level.leave(output), level.leave_aux(aux) if has_aux else None

    def push(ways: Sequence[Any], given: Sequence[Any]) -> Any:
        with _tracking():
            pairs = [pair for pair in zip(slopes, ways, strict=True) if pair[0].requires_grad]
            found = _gradients(level, [each for each, _ in pairs], weights, [way for _, way in pairs], True)
            rate = level.leave_slopes(rebuilt(output, iter(found)), tracked)
            for (place, _), change in zip(written, found[len(outputs) :], strict=True):
                duals.write_tangent(leaves(primals)[place], given[place], level.leave(change))
        return rate

    return *shown, push


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Transformed]:
    """What `func` gives, and a function from tangents of the primals to how fast that changes along them. `func` runs twice, as in PyTorch.

    Raises ValueError for a primal that is not floating-point; the function RuntimeError for tangents that are not like the primals.
    """
    output = func(*primals)
    for each in leaves(primals):
        if not isinstance(each, Tensor):
            raise AttributeError(f"'{type(each).__name__}' object has no attribute 'new_empty'")
        if not each.is_floating_point():
            raise ValueError(f"Expected primal to be floating point or complex, but got: {each.dtype}")
    _, _, push = _pushing(func, primals, False)

    def along(*tangents: Any) -> Any:
        if form(tangents) != form(primals):
            raise RuntimeError(
                f"Expected the tangents {structure(tangents)} to have the same argspec as the primals {structure(primals)}"
            )
        ways = leaves(tangents)
        for place, (way, primal) in enumerate(zip(ways, leaves(primals), strict=True)):
            for what, own, wanted in (("shape", way.shape, primal.shape), ("dtype", way.dtype, primal.dtype)):
                if own != wanted:
                    raise RuntimeError(
                        f"tangent:{place} with {what} {own} in flattened pytree doesn't match the {what} {wanted} of the corresponding primal."
                    )
        return push(ways, ways)

    return output, Transformed(along)


def _along(primals: Any, tangents: Any) -> None:
    """Raises RuntimeError or ValueError where these are no primals, or no tangents for them."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{_JVP}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    if form(primals) != form(tangents):
        raise RuntimeError(
            f"{_JVP}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, "
            f"tangents also must be. Got primals with structure {structure(primals)} and tangents with structure {structure(tangents)}"
        )
    if not leaves(primals):
        raise RuntimeError(f"{_JVP}: Expected primals to contain at least one Tensor.")
    for what, tree in (("primals", primals), ("tangents", tangents)):
        for each in leaves(tree):
            if not isinstance(each, Tensor):
                raise RuntimeError(f"{_JVP}: Expected {what} to only contain Tensors, got {type(each)}")
    for own, way in zip(leaves(primals), leaves(tangents), strict=True):
        if not own.is_floating_point():
            raise ValueError(f"Expected primal to be floating point or complex, but got: {own.dtype}")
        if own.shape != way.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
                f"Tensor is of size {list(own.shape)} while the given forward gradient is of size {list(way.shape)}."
            )
        duals.check_overlap(own, way)


def _parts_of_one(every: list[tuple[Tensor, ...]], outputs: list[Tensor]) -> list[tuple[Tensor, ...]]:
    """The Jacobians of several outputs, those by one input made the parts of one tensor, where any of them is tracked."""
    sizes = [output._data.size for output in outputs]
    columns = []
    for column in zip(*every, strict=True):
        if any(each.requires_grad for each in column):
            shape = column[0]._data.shape[outputs[0].dim() :]
            rows = [METHODS["reshape"](each, size, *shape) for each, size in zip(column, sizes, strict=True)]
            parts = METHODS["split"](FUNCTIONS["cat"](rows), sizes)
            column = tuple(
                METHODS["view"](part, *output._data.shape, *shape) for part, output in zip(parts, outputs, strict=True)
            )
        columns.append(column)
    return list(zip(*columns, strict=True))


def _slopes(level: _Level, output: Tensor, inputs: list[Tensor]) -> tuple[Tensor, ...]:
    """The Jacobian of one output by each input: without a number where the output or the input has none."""
    if output._data.size:
        create = level.reaches(output)
        if any(dual.written for dual in level.duals):
            return duals.asked(level.duals, lambda starts: functional.jacobian_of(0, output, starts, create, False))
        return functional.jacobian_of(0, output, inputs, create, False)
    return tuple(Tensor(np.empty(output._data.shape + each._data.shape, output._data.dtype)) for each in inputs)


def _jacobian(
    func: Callable[..., Any], argnums: Any, has_aux: bool, kinds: tuple[str, ...], said: str
) -> Callable[..., Any]:
    """What gives for each output of the function, and each input of the places asked for, a tensor of shape (*output, *input), in trees of their
    forms."""

    def call(*args: Any) -> Any:
        level, places, given = _Level(forward=said is _JVP), _places(argnums, args), list(args)
        with _tracking() if level.forward else _hookless():
            for place in places:
                given[place] = level.enter(args[place])
            if level.forward:
                level.check_overlap()
            with inside.within(*kinds), levels.put(level, levels.asking):
                output, aux = _split(func(*given), has_aux, said)
            outputs, wanted = _tensors(output, said), _wanted(given, argnums, places)
            if said is _VJP:
                _floating(outputs)
            own = leaves(wanted)
            level.written()
            with levels.put(level, levels.speaking), duals.followed(level.duals, outputs):
                every = [_slopes(level, each, own) for each in outputs]
                tracked = [[level.forward and level.slopes_tracked(each, own)] * len(own) for each in outputs]
            if level.forward:
                every = [
                    tuple(duals.columns(each, entry) for each, entry in zip(row, own, strict=True)) for row in every
                ]
            elif own and len(outputs) > 1:
                every = _parts_of_one(every, outputs)
            slopes = [
                level.leave_slopes(rebuilt(wanted, iter(row)), flags) for row, flags in zip(every, tracked, strict=True)
            ]
            found = rebuilt(output, iter(slopes))
        return (found, level.leave_aux(aux)) if has_aux else found

    return call


def jacrev(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False, chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Transformed:  # fmt: skip
    """A function that gives the Jacobian of `func`, by a backward call for each number of its output."""
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")
    return Transformed(_jacobian(func, argnums, has_aux, ("grad",), _VJP), func)


def jacfwd(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Transformed:  # fmt: skip
    """A function that gives the Jacobian of `func`. The numbers are those of `jacrev`; `randomness` has nothing to say, for `func` runs once."""
    return Transformed(_jacobian(func, argnums, has_aux, ("vmap", "jvp"), _JVP), func)


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Transformed:
    """A function that gives the Hessian of `func`: the Jacobian of its Jacobian."""
    return jacfwd(jacrev(func, argnums), argnums)


TORCH: dict[str, Any] = {
    f"func.{name}": function
    for name, function in {
        "grad": grad, "grad_and_value": grad_and_value, "vjp": vjp, "jvp": jvp, "jacrev": jacrev, "jacfwd": jacfwd, "hessian": hessian, "linearize": linearize,
    }.items()
}  # fmt: skip
CALLED: dict[type, Callable[..., Any]] = {Transformed: Transformed.__call__}
