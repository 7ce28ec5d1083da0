"""PyTorch's own sample inputs of every op that the engine offers, and what PyTorch gives for them.

`python -m tests.engine.samples` with PyTorch 2.13, expecttest and scipy installed writes `tests/fixtures/samples.npz`; the tests compare the
engine with that. With names of ops it makes those anew and keeps the others. Large samples are left out, of samples that are built alike two are kept, and numbers are taken to whole steps of 1/4096.
"""

import json
import sys
import warnings
from itertools import islice

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db

from engine import names
from tests.engine.sample_calls import Again, Array, Dtype, Seen, seen
from tests.engine.sample_store import FIXTURE, GRID, Reader, Writer

SIZE = 1200
ALIKE = 2
SAMPLES = 100
REFERENCES = 30
ERRORS = 30
TYPED = 4
KINDS = ("float16", "uint8", "int32", "int64", "bool")
REFUSED = ("float16", "int64", "bool")
SHUFFLED = {
    "where": (1, 0, 2),
    "nn.functional.embedding": (1, 0),
    "nn.functional.embedding_bag": (1, 0),
    "einsum": (1, 0),
}
ATTRIBUTES = {"T", "mT", "H", "mH"}
METHODS_ONLY = {
    "item", "contiguous", "sum_to_size", "expand", "expand_as", "to", "reshape_as", "view", "view_as", "new_zeros", "new_ones", "new_empty",
    "new_full", "repeat", "zero_", "bool", "byte", "char", "double", "float", "half", "int", "long", "short", "unfold",
}  # fmt: skip
REFLECTED = {
    "__radd__": "add", "__rmul__": "mul", "__rsub__": "sub", "__rdiv__": "truediv", "__rpow__": "pow", "__rmod__": "mod", "__rmatmul__": "matmul",
    "__rand__": "and_", "__ror__": "or_", "__rxor__": "xor",
}  # fmt: skip
UNSEEN = {"empty", "empty_like", "new_empty", "empty_strided", "empty_permuted", "new_empty_strided"}


class Outside(Exception):
    """An argument that the engine does not know of: a complex number, a layout, a device."""


def reach(kind: str, name: str):
    found = torch.Tensor if kind == "method" else torch
    if kind == "attribute":
        return lambda tensor: getattr(tensor, name)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def data_of(tensor) -> np.ndarray:
    data = np.array(tensor.detach().resolve_conj().resolve_neg().numpy())
    if str(data.dtype) not in ("float64", "float32"):
        return data
    size = np.abs(data)
    steps = (size >= 0.01) & (size < 4096)
    return np.where(steps, np.rint(np.where(steps, data, 0) * GRID) / GRID, data).astype(data.dtype)


def layout_of(tensor):
    if tensor.is_contiguous() or not tensor.dim():
        return None
    order = sorted(range(tensor.dim()), key=lambda dim: (-tensor.stride(dim), dim))
    return tuple(order) if tensor.permute(order).is_contiguous() else "spread"


def tree(value, before: list):
    if isinstance(value, torch.Tensor):
        for place, other in enumerate(before):
            if other is value:
                return Again(place)
        if value.layout is not torch.strided or value.is_quantized or value.device.type != "cpu":
            raise Outside("layout")
        if str(value.dtype).removeprefix("torch.") not in names.DTYPES:
            raise Outside(str(value.dtype))
        before.append(value)
        return Array(data_of(value), value.requires_grad, layout_of(value))
    if isinstance(value, torch.dtype):
        name = str(value).removeprefix("torch.")
        if name not in names.DTYPES:
            raise Outside(name)
        return Dtype(name)
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, (tuple, list)):
        parts = [tree(each, before) for each in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if isinstance(value, dict):
        return {name: tree(each, before) for name, each in value.items()}
    if isinstance(value, slice):
        return slice(*(tree(each, before) for each in (value.start, value.stop, value.step)))
    if isinstance(value, np.generic):
        return tree(value.item(), before)
    if value is None or value is Ellipsis or isinstance(value, (bool, int, float, str)):
        return value
    raise Outside(type(value).__name__)


def arrays(value) -> list[Array]:
    if isinstance(value, Array):
        return [value]
    if isinstance(value, dict):
        return [each for held in value.values() for each in arrays(held)]
    return [each for held in value for each in arrays(held)] if isinstance(value, (list, tuple)) else []


def build(value) -> str:
    """How a tree is built: all of it but the numbers in its arrays."""
    if isinstance(value, Array):
        return f"{value.data.shape}{value.data.dtype}{value.requires_grad}{value.layout}"
    if isinstance(value, dict):
        return str({name: build(each) for name, each in value.items()})
    if isinstance(value, (list, tuple)):
        return str([build(each) for each in value])
    return type(value).__name__ if isinstance(value, float) else repr(value)


def inputs(op, sample) -> tuple[tuple, dict]:
    before: list = []
    args = tuple(tree(each, before) for each in (sample.input, *sample.args))
    kwargs = {name: tree(each, before) for name, each in sample.kwargs.items()}
    order = SHUFFLED.get(op.name)
    if order:
        whole = args
        args = tuple(whole[place] for place in order if place < len(whole)) + whole[len(order) :]
    return args, kwargs


def drawn(generator, most: int = 4000):
    """The samples of a generator, each from the same seed."""
    source = iter(generator)
    for _ in range(most):
        torch.manual_seed(1)
        try:
            yield next(source)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 -- a generator that needs what is not installed ends here
            print(f"  samples end early: {error}", file=sys.stderr)
            return


class Thin:
    """Keeps samples that differ, counts the rest."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.left = {"large": 0, "alike": 0, "outside": 0, "beyond": 0}

    def kept(self, op, samples, most: int) -> list[tuple[tuple, dict]]:
        found = []
        for sample in drawn(samples):
            try:
                args, kwargs = inputs(op, sample)
            except (Outside, ValueError):
                self.left["outside"] += 1
                continue
            if sum(each.data.size for each in arrays((args, kwargs))) > SIZE:
                self.left["large"] += 1
                continue
            key = build((args, kwargs))
            self.counts[key] = self.counts.get(key, 0) + 1
            if self.counts[key] > ALIKE:
                self.left["alike"] += 1
                continue
            found.append((args, kwargs))
        if len(found) <= most:
            return found
        self.left["beyond"] += len(found) - most
        places = sorted({int(place) for place in np.linspace(0, len(found) - 1, most)})
        return [found[place] for place in places]


def close(first, second, near: float) -> bool:
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        if first.shape != second.shape:
            return False
        wide = first.astype(np.float64)
        finite = np.abs(wide[np.isfinite(wide)])
        scale = max(1.0, float(finite.max()) if finite.size else 0)
        return np.allclose(second.astype(np.float64), wide, near, near / 10 * scale, equal_nan=True)
    return type(first) is type(second) and (first == second or (first != first and second != second))


def same(first: Seen, second: Seen, near: float, parts=("values", "first", "second")) -> bool:
    for part in parts:
        one, other = getattr(first, part), getattr(second, part)
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other) or not all(close(a, b, near) for a, b in zip(one, other, strict=True)):
                return False
        elif one != other:
            return False
    return True


def main_call(op) -> tuple[str, str]:
    if op.name in ATTRIBUTES:
        return "attribute", op.name
    if op.name in METHODS_ONLY:
        return "method", op.name
    if op.name in REFLECTED:
        return "reflected", REFLECTED[op.name]
    if op.name == "__getitem__":
        return "operator", "getitem"
    return "torch", op.name


def other_calls(op, args, kwargs) -> list[tuple[str, str]]:
    """The other spellings of a call: aliases, method, operators, in place."""
    found = []
    if main_call(op)[0] not in ("torch", "method"):
        return found
    for alias in op.aliases:
        found.append(("torch", alias.name))
    if not args or not isinstance(args[0], (Array, Again)):
        return found
    for name in (op.name, *(alias.name for alias in op.aliases)):
        last = name.rpartition(".")[2]
        if op.name not in SHUFFLED and main_call(op)[0] == "torch" and hasattr(torch.Tensor, last):
            found.append(("method", last))
        if op.inplace_variant is not None and hasattr(torch.Tensor, f"{last}_"):
            found.append(("inplace", f"{last}_"))
    if not kwargs and len(args) <= 2:
        for variant, prefix in ((op.operator_variant, ""), (op.inplace_operator_variant, "i")):
            if variant is not None:
                found.append(
                    ("operator", f"__{prefix}{variant.__name__.strip('_').removeprefix('i' if prefix else '')}__")
                )
    return found


def offered(op) -> bool:
    every = {op.name, *(alias.name for alias in op.aliases)}
    reachable = names.TORCH.keys() | names.METHODS.keys() | names.ATTRIBUTES.keys() | REFLECTED.keys() | {"__getitem__"}
    return bool(every & reachable) and not op.name.startswith(("nn.Module", "sparse."))


def described(op, writer: Writer) -> dict:
    how = main_call(op)
    thin = Thin()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grads = torch.float64 in op.dtypes and op.supports_autograd
        chosen = torch.float64 if torch.float64 in op.dtypes else torch.int64
        calls = thin.kept(op, op.sample_inputs("cpu", chosen, requires_grad=grads), SAMPLES)
        if op.reference_inputs_func is not None:
            calls += thin.kept(op, op.reference_inputs("cpu", chosen, requires_grad=grads), REFERENCES)
        made = {"samples": [], "typed": [], "refused": [], "errors": []}
        for args, kwargs in calls:
            look = seen(torch, how, reach, args, kwargs)
            if isinstance(look.values, str) or "torch.complex" in " ".join(look.dtypes):
                thin.left["outside"] += 1
                continue
            told = {"args": writer.tree(args), "kwargs": writer.tree(kwargs)}
            told["seen"] = writer.seen(look)
            narrow = seen(torch, how, reach, args, kwargs, kind="float32") if chosen is torch.float64 else None
            if narrow is not None:
                told["float32"] = {"dtypes": narrow.dtypes} if same(look, narrow, 4e-6) else writer.seen(narrow)
            others, refusing = [], []
            for other in other_calls(op, args, kwargs):
                found = seen(torch, other, reach, args, kwargs, orders=1)
                if isinstance(found.values, str):
                    refusing.append([*other, found.values])
                elif same(look, found, 1e-12, ("values", "first")) and found.dtypes == look.dtypes:
                    others.append(list(other))
            told["also"], told["refusing"] = others, refusing
            made["samples"].append(told)
        for kind in KINDS:
            if getattr(torch, kind) in op.dtypes and getattr(torch, kind) is not chosen:
                few = Thin()
                for args, kwargs in few.kept(op, op.sample_inputs("cpu", getattr(torch, kind)), TYPED):
                    look = seen(torch, how, reach, args, kwargs, orders=0)
                    if isinstance(look.values, str) or "complex" in " ".join(look.dtypes):
                        continue
                    told = {"args": writer.tree(args), "kwargs": writer.tree(kwargs), "seen": writer.seen(look)}
                    made["typed"].append(told)
        if chosen is torch.float64:
            for kind in REFUSED:
                if getattr(torch, kind) not in op.dtypes:
                    for place in range(min(1, len(made["samples"]))):
                        args, kwargs = calls[place]
                        look = seen(torch, how, reach, args, kwargs, orders=0, cast=kind)
                        if "complex" not in " ".join(look.dtypes):
                            made["refused"].append({"sample": place, "cast": kind, "seen": writer.seen(look)})
        if op.error_inputs_func is not None:
            for error in islice(drawn(op.error_inputs("cpu")), ERRORS):
                try:
                    args, kwargs = inputs(op, error.sample_input)
                except (Outside, ValueError):
                    thin.left["outside"] += 1
                    continue
                if sum(each.data.size for each in arrays((args, kwargs))) > SIZE:
                    thin.left["large"] += 1
                    continue
                look = seen(torch, how, reach, args, kwargs, orders=0)
                if isinstance(look.values, str):
                    told = {"args": writer.tree(args), "kwargs": writer.tree(kwargs), "seen": {"values": look.values}}
                    made["errors"].append(told)
    names_of = [op.name, *(alias.name for alias in op.aliases)]
    return {"how": how, "names": names_of, "unseen": op.name in UNSEEN, "left": thin.left, **made}


def counted(ops: dict[str, dict]) -> dict[str, int]:
    samples = [sample for op in ops.values() for sample in op["samples"]]
    return {
        "values": len(samples),
        "first": sum("first" in sample["seen"] for sample in samples),
        "second": sum("second" in sample["seen"] for sample in samples),
        "float32": sum("float32" in sample for sample in samples),
        "spellings": sum(len(sample["also"]) for sample in samples),
        **{aspect: sum(len(op[aspect]) for op in ops.values()) for aspect in ("typed", "refused", "errors")},
    }


def main() -> None:
    wanted = set(sys.argv[1:])
    kept = Reader() if wanted else None
    writer = Writer(kept)
    ops = {} if kept is None else kept.text["ops"]
    for op in sorted(op_db, key=lambda op: op.full_name):
        if not offered(op) or (wanted and op.full_name not in wanted):
            continue
        try:
            ops[op.full_name] = described(op, writer)
        except Exception as error:  # noqa: BLE001
            print(f"{op.full_name}: {type(error).__name__}: {error}", file=sys.stderr)
    known = sorted({name for op in op_db for name in (op.name, *(alias.name for alias in op.aliases))})
    left = {key: sum(op["left"][key] for op in ops.values()) for key in ("large", "alike", "outside", "beyond")}
    totals = counted(ops)
    writer.save(
        {"torch": torch.__version__, "known": known, "totals": totals, "left": left, "ops": dict(sorted(ops.items()))}
    )
    print(json.dumps({"ops": len(ops), **totals, **left, "bytes": FIXTURE.stat().st_size}), file=sys.stderr)


if __name__ == "__main__":
    main()
