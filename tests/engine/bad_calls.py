"""Calls that PyTorch refuses for their arguments alone, and its words for each.

`python -m tests.engine.bad_calls` with PyTorch installed writes them to `tests/fixtures/bad_calls.json.gz`; the tests compare the engine with that.
For each function: nothing given, too much given, an unknown keyword, one keyword twice, and each argument in turn of another type.
"""

import gzip
import inspect
import json
import warnings
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "bad_calls.json.gz"
# What a call is built of: the text of each value, evaluated nowhere but in `value`.
VALUES = {
    "x": lambda torch: torch.ones(2, 2),
    "i": lambda torch: torch.ones(2, 2).long(),
    "b": lambda torch: torch.ones(2, 2) > 0,
    "[x]": lambda torch: [torch.ones(2, 2)],
    "[1]": lambda torch: [1],
    "[1, 'a']": lambda torch: [1, "a"],
    "['a']": lambda torch: ["a"],
    "(1.5,)": lambda torch: (1.5,),
    "1": lambda torch: 1,
    "1.5": lambda torch: 1.5,
    "True": lambda torch: True,
    "'a'": lambda torch: "a",
    "None": lambda torch: None,
    "float32": lambda torch: torch.float32,
}
WRONG = {
    "Tensor": ("'a'", "1", "None", "[x]"), "Number": ("'a'", "[1]"), "float": ("'a'",), "int": ("'a'", "1.5", "x"), "ints": ("'a'", "1.5", "['a']", "[1, 'a']"),
    "bool": ("'a'", "1"), "dtype": ("'a'",), "Tensors": ("x", "[1]"), "str": ("1",), "Generator": ("1",), "indices": ("1",),
}  # fmt: skip
RIGHT = {
    "Tensor": "x", "Number": "1", "float": "1.5", "int": "1", "ints": "[1]", "bool": "True", "dtype": "float32", "Tensors": "[x]", "str": "'a'",
    "Generator": "None", "object": "[1]", "indices": "[x]",
}  # fmt: skip


def value(torch, text):
    return VALUES[text](torch)


def calls(signatures):
    """`(given, named)` as texts, for the signatures of one function."""
    found = [((), {})]
    for each in signatures:
        needed = [part for part in each.parameters if part.default is None and not part.keyword]
        right = [RIGHT.get(part.kind, "1") for part in needed]
        found.append((tuple(right), {"foo": "1"}))
        found.append(((*(RIGHT.get(part.kind, "1") for part in each.parameters if not part.keyword), "1"), {}))
        if needed:
            found.append((tuple(right), {needed[0].name: right[0]}))
            found.append((tuple(right[:-1]), {}))
        positional = [part for part in each.parameters if not part.keyword][:5]
        for place, part in enumerate(positional):
            before = [RIGHT.get(other.kind, "1") for other in positional[:place]]
            after = [RIGHT.get(other.kind, "1") for other in positional[place + 1 :] if other.default is None]
            for wrong in WRONG.get(part.kind, ()):
                found.append(((*before, wrong, *after), {}))
            if WRONG.get(part.kind) and place >= len(needed):
                found.append((tuple(right), {part.name: WRONG[part.kind][0]}))
        for part in each.parameters:
            if (
                part.keyword
                and part.name in ("dtype", "keepdim", "alpha", "beta", "generator")
                and WRONG.get(part.kind)
            ):
                found.append((tuple(right), {part.name: WRONG[part.kind][0]}))
    return list({json.dumps(call): call for call in found}.values())


def python_calls(function):
    """The same for a function whose arguments Python itself reads: nothing, too much, and what has no name there."""
    parameters = inspect.signature(function).parameters.values()
    needed = sum(each.default is each.empty for each in parameters)
    most = sum(each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters)
    first = next(iter(parameters)).name
    found = [
        ((), {}),
        (("x",) * (needed - 1), {}),
        (("x",) * needed, {"foo": "1"}),
        (("x",) * needed, {first: "1"}),
        (("x",) * (most + 1), {}),
    ]
    return list({json.dumps(call): call for call in found}.values())


def told(torch, name, given, named, reach):
    """What a call raises, told; None where it does not."""
    torch.manual_seed(0)
    args = [value(torch, each) for each in given]
    kwargs = {key: value(torch, each) for key, each in named.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if name.startswith("Tensor."):
                reach(torch.ones(2, 2), name.removeprefix("Tensor."))(*args, **kwargs)
            else:
                reach(torch, name)(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 -- whatever is raised is compared
            return f"{type(error).__name__}: {error}"
    return None


def main():
    import torch

    from engine import names
    from engine.signatures import signatures

    def reach(found, name):
        for part in name.split("."):
            found = getattr(found, part)
        return found

    offered = [*names.TORCH, *(f"Tensor.{name}" for name in names.METHODS)]
    made = {}
    for name in sorted(offered):
        known = signatures(name)
        rows = []
        functional = name.startswith("nn.functional.") and inspect.isfunction(reach(torch, name))
        for given, named in calls(known) if known else python_calls(reach(torch, name)) if functional else ():
            said = told(torch, name, given, named, reach)
            if said is not None and said.startswith("TypeError"):
                rows.append([list(given), named, said.removeprefix("TypeError: ")])
        if rows:
            made[name] = rows
    text = json.dumps({"torch": torch.__version__.partition("+")[0], "calls": made}, separators=(",", ":"))
    FIXTURE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
