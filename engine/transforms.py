"""`torch.func`: what makes of a function its gradient, its products with vectors, its Jacobian; a module called with other parameters.

PyTorch gives each transform a level of its own; here it is a call of `autograd.grad` that keeps its graph. What comes out goes on being tracked where
something besides the transform's own inputs is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from engine import autograd, functional, grad_mode
from engine.function import edge_to
from engine.nn import budget
from engine.nn.module import Module
from engine.ops.table import METHODS
from engine.tensor import Tensor

_SCALAR = "grad_and_value(f)(*args): Expected f(*args) to return a "


NODE = 16
"""The fuel for a node that a transform makes out of the interpreter's sight."""


class Transformed:
    """What a transform makes of a function: it is called as the function was."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)

    def __repr__(self) -> str:
        return "<function wrapper>"


# Trees of tensors: dicts, lists and tuples of such


def _mapped(tree: Any, make: Callable[[Tensor], Any]) -> Any:
    if isinstance(tree, Tensor):
        return make(tree)
    if isinstance(tree, dict):
        return type(tree)((key, _mapped(each, make)) for key, each in tree.items())
    return type(tree)([_mapped(each, make) for each in tree]) if isinstance(tree, (list, tuple)) else tree


def _leaves(tree: Any) -> list[Tensor]:
    found: list[Tensor] = []
    _mapped(tree, found.append)
    return found


def _rebuilt(tree: Any, leaves: Iterator[Any]) -> Any:
    return _mapped(tree, lambda _: next(leaves))


class _Level:
    """The inputs of one transform: its own leaves in the place of what nobody tracks, views of what somebody does."""

    def __init__(self) -> None:
        self.tracked = grad_mode.enabled
        self.own: set[int] = set()

    def enter(self, tree: Any) -> Any:
        return _mapped(tree, self._entered)

    def _entered(self, tensor: Tensor) -> Tensor:
        if tensor.requires_grad:
            view: Tensor = METHODS["view_as"](tensor, tensor)
            return view
        leaf = tensor.detach().requires_grad_()
        self.own.add(id(leaf))
        return leaf

    def leave(self, tree: Any) -> Any:
        return _mapped(tree, self._left)

    def _left(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.requires_grad and self.tracked and self._reaches(tensor) else tensor.detach()

    def _reaches(self, tensor: Tensor) -> bool:
        """Whether some leaf that is not of this level is behind the tensor."""
        edge = edge_to(tensor)
        waiting, seen = [] if edge is None else [edge[0]], set()
        while waiting:
            target = waiting.pop()
            if id(target) in seen:
                continue
            seen.add(id(target))
            if isinstance(target, Tensor):
                if id(target) not in self.own:
                    return True
                continue
            waiting += [each[0] for each in target._edges if each is not None]
        budget.step(len(seen) // 20)
        return False


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
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return found


def _split(output: Any, has_aux: bool, said: str) -> tuple[Any, Any]:
    if not has_aux:
        return output, None
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{said}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


def _gradients(outputs: Any, inputs: list[Tensor], ways: Any, create: bool) -> tuple[Any, ...]:
    """Zeros for an input that the outputs do not depend on."""
    pairs = [
        (each, way) for each, way in zip(outputs, ways or [None] * len(outputs), strict=True) if each.requires_grad
    ]
    if not pairs:
        return tuple(functional.filled(None, each) for each in inputs)
    found = autograd.grad(
        [each for each, _ in pairs], inputs, [way for _, way in pairs], retain_graph=True, create_graph=create, materialize_grads=True
    )  # fmt: skip
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
        with grad_mode.enable_grad():
            for place in places:
                given[place] = level.enter(args[place])
            value, aux = _split(func(*given, **kwargs), has_aux, "grad_and_value(f)(*args)")
            if not isinstance(value, Tensor):
                raise RuntimeError(f"{_SCALAR}Tensor, got {type(value)}")
            if value.dim():
                raise RuntimeError(
                    f"{_SCALAR}scalar Tensor, got tensor with {value.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            wanted = tuple(given[place] for place in places) if isinstance(argnums, tuple) else given[places[0]]
            found = _rebuilt(wanted, iter(_gradients([value], _leaves(wanted), None, True)))
            result, value = level.leave(found), level.leave(value)
        return (result, (value, level.leave(aux))) if has_aux else (result, value)

    return Transformed(call)


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Transformed:
    """A function that gives the gradient of `func`; (gradient, aux) where `func` gives two things. It raises as `grad_and_value`."""
    both = grad_and_value(func, argnums, has_aux)

    def call(*args: Any, **kwargs: Any) -> Any:
        found, rest = both(*args, **kwargs)
        return (found, rest[1]) if has_aux else found

    return Transformed(call)


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """What `func` gives, and a function from gradients of that to the gradients of the primals. Raises RuntimeError as PyTorch does."""
    level = _Level()
    with grad_mode.enable_grad():
        own = level.enter(primals)
        output, aux = _split(func(*own), has_aux, "vjp(f, *primals)")
        outputs = _leaves(output)
        for each in outputs:
            if not each.is_floating_point():
                raise RuntimeError(
                    f"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {each.dtype}"
                )
        shown = level.leave(output)

    def back(cotangents: Any) -> Any:
        level.tracked = grad_mode.enabled
        found = _gradients(outputs, _leaves(own), _leaves(cotangents), grad_mode.enabled)
        return level.leave(_rebuilt(own, iter(found)))

    return (shown, Transformed(back), level.leave(aux)) if has_aux else (shown, Transformed(back))


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """What `func` gives, and how fast that changes along the tangents; of two things the second is handed on. Raises RuntimeError where primals are
    no tuple."""
    said = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{said}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    beside: list[Any] = []

    def of(*given: Any) -> Any:
        output, aux = _split(func(*given), has_aux, said)
        beside[:] = [_mapped(aux, lambda each: each.detach())]
        return output

    found = functional.jvp(of, primals, tangents)
    return (*found, beside[0]) if has_aux else found


def _whole(make: Callable[..., Any]) -> Callable[..., Transformed]:
    def transform(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Transformed:
        def call(*args: Any) -> Any:
            places, given = _places(argnums, args), list(args)

            def of(*wanted: Any) -> Any:
                for place, each in zip(places, wanted, strict=True):
                    given[place] = each
                return func(*given)

            wanted = tuple(args[place] for place in places)
            create = any(each.requires_grad for each in wanted) and grad_mode.enabled
            return make(of, wanted if isinstance(argnums, tuple) else wanted[0], create_graph=create)

        return Transformed(call)

    return transform


jacrev, jacfwd, hessian = _whole(functional.jacobian), _whole(functional.jacobian), _whole(functional.hessian)


def functional_call(module: Module, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None) -> Any:
    """What the module gives with the tensors of a dict in the place of its own of those names. Raises ValueError for what is no dict."""
    several = parameter_and_buffer_dicts
    if not isinstance(several, dict):
        if not isinstance(several, (list, tuple)):
            raise ValueError(
                f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(several)}"
            )
        several = {name: tensor for each in several for name, tensor in each.items()}
    own: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for path, tensor in several.items():
            holder, _, name = path.rpartition(".")
            part = module.get_submodule(holder)
            for table in (part._parameters, part._buffers):
                if name in table:
                    own.append((table, name, table[name]))
                    table[name] = tensor
        given = () if args is None else args if isinstance(args, tuple) else (args,)
        return module(*given, **(kwargs or {}))
    finally:
        for table, name, tensor in reversed(own):
            table[name] = tensor


TORCH: dict[str, Any] = {
    f"func.{name}": function
    for name, function in {
        "grad": grad, "grad_and_value": grad_and_value, "vjp": vjp, "jvp": jvp, "jacrev": jacrev, "jacfwd": jacfwd, "hessian": hessian,
        "functional_call": functional_call,
    }.items()
}  # fmt: skip
CALLED: dict[type, Callable[..., Any]] = {Transformed: Transformed.__call__}
