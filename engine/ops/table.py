"""The op table while it is being filled: `row` adds an op, `spelled` a function for what a program writes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from engine import dtypes, kernels
from engine.application import apply
from engine.memory import IN_ROWS, KEEPS
from engine.notation import CONSTANTS, Formula
from engine.ops.op import Op, camel
from engine.tensor import Tensor

OPS: dict[str, Op] = {}
FUNCTIONS: dict[str, Callable[..., Any]] = {}
METHODS: dict[str, Callable[..., Any]] = {}
INTERNAL: dict[str, Callable[..., Any]] = {}

_Front = TypeVar("_Front", bound=Callable[..., Any])


def row(
    name: str,
    forward: str,
    vjp: dict[str, str] | None = None,
    *,
    en: str,
    zh: str,
    inputs: str = "",
    settings: str = "",
    results: str = "result",
    node: str = "",
    twice: Any = None,
    **facts: Any,
) -> Op:
    """Add the row `name`; what is not told follows from the formulas. Raises where a formula is misspelt.

    `twice` says how a rule is put on Tensors, under `create_graph`, where PyTorch has one op for what the formula spells out.
    """
    vjp = vjp or {}
    names = tuple(inputs.split()) or tuple(vjp)
    extra, out = tuple(settings.split()), tuple(results.split())
    op = Op(
        name=name,
        forward=forward,
        vjp=vjp,
        note={"en": en, "zh-CN": zh},
        inputs=names,
        settings=extra,
        results=out,
        node=f"{node or camel(name)}Backward{'' if node and node[-1].isdigit() else '0'}"
        if not node.endswith("!")
        else node[:-1],
        **facts,
    )
    shapes = tuple(f"{name}_shape" for name in names)
    first = Formula(forward, (*names, *extra))
    formulas = tuple(Formula(text, ("g", *names, *out, *shapes, *extra)) for text in vjp.values())
    values: dict[str, Any] = {
        "forward_formula": first,
        "compute": first.bind(kernels.VOCABULARY),
        "formulas": formulas,
        "array_rules": tuple(formula.bind(kernels.VOCABULARY) for formula in formulas),
        "tensor_formulas": tuple(
            Formula((twice or {}).get(place, text), ("g", *names, *out, *shapes, *extra)) for place, text in vjp.items()
        ),
        "tensor_rules": [],
        "together_formula": Formula(op.together, ("g", *names, *out, *shapes, *extra, "wanted"))
        if op.together
        else None,
        "together_rules": [],
        "slots": tuple(names.index(name) for name in vjp),
        "plans": {},
        "several": op.many or len(out) > 1,
        "short": not (op.many or op.variadic or op.silent or op.taken > 1),
        "in_rows": name in IN_ROWS,
        "in_order": (op.promotes and len(names) == 2) or name in KEEPS,
    }
    for field, value in values.items():
        object.__setattr__(op, field, value)
    assert name not in OPS, name
    OPS[name] = op
    return op


def spelled(*names: str) -> Callable[[_Front], _Front]:
    """Let programs reach a function as `torch.name` or as the method `Tensor.name`."""

    def register(front: _Front) -> _Front:
        for name in names:
            space, _, rest = name.partition(".")
            table = {"torch": FUNCTIONS, "Tensor": METHODS, "internal": INTERNAL}[space]
            assert rest not in table, name
            table[rest] = front
        return front

    return register


NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def also_numpys(*names: str) -> None:
    """Let these functions and methods take NumPy's names of arguments too, as PyTorch's do."""
    for table in (FUNCTIONS, METHODS):
        for name in names:
            if name in table:
                table[name] = _renaming(table[name])


def _renaming(front: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(front)
    def call(*given: Any, **named: Any) -> Any:
        if "axis" in named or "keepdims" in named:
            named = {NUMPY_NAMES.get(name, name): value for name, value in named.items()}
        return front(*given, **named)

    return call


def argument(op: str, name: str, place: int, value: Any) -> TypeError:
    """PyTorch's words for an argument of the wrong type."""
    return TypeError(f"{op}(): argument '{name}' (position {place}) must be Tensor, not {type(value).__name__}")


def all_tensors(values: Sequence[Any]) -> None:
    """Raises TypeError in PyTorch's words for what is no tensor in a list of them."""
    for place, each in enumerate(values):
        if not isinstance(each, Tensor):
            kind = f"torch.{type(each).__name__}" if isinstance(each, dtypes.dtype) else type(each).__name__
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {kind}")


def unary(op: Op) -> Callable[[Tensor], Tensor]:
    """The front of a row with one input."""

    def front(input: Tensor) -> Tensor:
        if not isinstance(input, Tensor):
            raise argument(op.name, "input", 1, input)
        result: Tensor = apply(op, (input,))
        return result

    return front


def elementwise(
    name: str, forward: str, rule: str, *, method: bool = True, spell: tuple[str, ...] = (), **facts: Any
) -> Op:
    """A row with one input and its front, spelled as function and method."""
    names = spell or ((f"torch.{name}", f"Tensor.{name}") if method else (f"torch.{name}",))
    op = row(name, forward, {"self": rule}, spelled=names, **facts)
    spelled(*names)(unary(op))
    return op


def internal(name: str, op: Op, inputs: int) -> None:
    """Let formulas put a row on Tensors: the first `inputs` arguments are its operands, the others its settings."""

    def front(*given: Any) -> Any:
        return apply(op, given[:inputs], given[inputs:])

    spelled(f"internal.{name}")(front)


def seal(operators: dict[str, Callable[..., Any]]) -> None:
    """Bind every formula to the Tensor functions too, and to these `operators` by their signs. Raises NameError where a formula calls what no front offers."""
    vocabulary: dict[str, Any] = {name: front for name, front in FUNCTIONS.items() if "." not in name}
    vocabulary.update(INTERNAL)
    vocabulary.update(kernels.EITHER)
    vocabulary.update(CONSTANTS)
    vocabulary.update(operators)
    for name, (parameters, text) in kernels.DEFINITIONS.items():
        vocabulary[name] = Formula(text, parameters).bind(vocabulary)
    for op in OPS.values():
        op.tensor_rules.extend(formula.bind(vocabulary) for formula in op.tensor_formulas)
        if op.together_formula is not None:
            op.together_rules.append(op.together_formula.bind(vocabulary))
