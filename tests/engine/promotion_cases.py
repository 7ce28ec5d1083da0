"""Which dtype two operands give, for every pair of dtypes, as tensors of dimensions, of none, and as Python numbers.

`python -m tests.engine.promotion_cases` with PyTorch 2.13 installed writes what PyTorch gives into `tests/fixtures/promotion.json`.
"""

import itertools
import json
import operator
import warnings
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "promotion.json"
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
NUMBERS = (True, 2, 2.5)
OPERANDS = (
    *((form, name) for form in ("dims", "none") for name in DTYPES),
    *(("number", number) for number in NUMBERS),
)
PAIRS = [pair for pair in itertools.product(OPERANDS, OPERANDS) if not pair[0][0] == pair[1][0] == "number"]
OPERATORS = (
    "add", "sub", "mul", "truediv", "pow", "floordiv", "mod", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_", "xor",
    "iadd", "isub", "imul", "itruediv",
)  # fmt: skip


def where(torch, first, second):
    return torch.where(torch.tensor([True, False]), first, second)


def cat(torch, first, second):
    return torch.cat([first, second])


def stack(torch, first, second):
    return torch.stack([first, second])


def maximum(torch, first, second):
    return torch.maximum(first, second)


def result_type(torch, first, second):
    return torch.result_type(first, second)


def operation(name):
    if name in OPERATORS:
        return lambda torch, first, second: getattr(operator, name)(first, second)
    return {each.__name__: each for each in (where, cat, stack, maximum, result_type)}[name]


OPERATIONS = (*OPERATORS, "where", "cat", "stack", "maximum", "result_type")
DEFAULTS = ("float32", "float64")


def made(torch, operand):
    form, what = operand
    if form == "number":
        return what
    kind = getattr(torch, what)
    return torch.tensor([1, 1] if form == "dims" else 1).to(kind)


def answer(torch, name, pair) -> str:
    """The dtype that comes out, or the first line of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, second = (made(torch, each) for each in pair)
        try:
            result = operation(name)(torch, first, second)
        except Exception as error:  # noqa: BLE001 -- whatever is raised is compared
            return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return str(result.dtype if isinstance(result, torch.Tensor) else result)


def table(torch, name, default) -> list[str]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, default))
    try:
        return [answer(torch, name, pair) for pair in PAIRS]
    finally:
        torch.set_default_dtype(before)


def main() -> None:
    import torch

    words: list[str] = []
    told = {}
    for default, name in itertools.product(DEFAULTS, OPERATIONS):
        answers = table(torch, name, default)
        words += sorted(set(answers) - set(words))
        told[f"{name} {default}"] = [words.index(each) for each in answers]
    held = {"torch": torch.__version__, "words": words, "answers": told}
    FIXTURE.write_text(json.dumps(held, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
