# ruff: noqa: S307 -- the expressions are our own
"""Random draws as expressions that read alike on PyTorch and on the engine.

`python -m tests.engine.random_cases` with PyTorch installed writes what it gives to `tests/fixtures/random_calls.json`; the test compares the
engine with that. Of a long result the fixture keeps both ends and the sum.
"""

import json
import math
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "random_calls.json"
SEEDS = (0, 42, 123456789012)
SIZES = (0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 40, 1000)
FLOATS = ("float32", "float64", "float16")
WHOLE = ("int64", "int32", "int16", "int8", "uint8", "bool")
FILLS = (
    "uniform_(-0.3, 0.7)", "normal_(2, 3)", "exponential_(1.5)", "log_normal_(0.5, 0.7)", "cauchy_(1, 2)", "geometric_(0.3)", "bernoulli_(0.3)",
    "random_()", "random_(10)", "random_(-5, 7)",
)  # fmt: skip
PLACES = {
    "turned": "torch.zeros(5, 4, dtype=D).t()",
    "few turned": "torch.zeros(3, 2, dtype=D).t()",
    "permuted": "torch.zeros(2, 3, 4, dtype=D).permute(2, 0, 1)",
    "every second": "torch.zeros(40, dtype=D)[::2]",
    "a column": "torch.zeros(20, 3, dtype=D)[:, 1]",
    "a block": "torch.zeros(6, 7, dtype=D)[1:5, 2:7]",
    "a number": "torch.zeros((), dtype=D)",
    "rows": "torch.zeros(4, 20, dtype=D)[1:3]",
}
P = "torch.linspace(0, 1, 20, dtype=D)"
EXPRESSIONS = [
    *(f"torch.{name}({size}, dtype=torch.{kind})" for name in ("rand", "randn") for kind in FLOATS for size in SIZES),
    *(f"torch.zeros({size}, dtype=torch.{kind}).{fill}" for fill in FILLS for kind in ("float32", "float64") for size in (3, 17, 33)),
    *(f"torch.zeros(9, dtype=torch.{kind}).{fill}" for fill in FILLS[5:8] for kind in WHOLE if kind != "bool" or "geometric" not in fill),
    *(f"torch.zeros(9, dtype=torch.int64).random_({bounds})" for bounds in ("5, None", "-7, 2**40", "2**28", "2**28 - 1", "3")),
    *(f"{place}.{fill}" for place in PLACES.values() for fill in ("uniform_()", "normal_()", "exponential_()", "bernoulli_(0.5)", "random_()")),
    *(f"torch.{name}({place})" for place in PLACES.values() for name in ("rand_like", "randn_like")),
    *(f"torch.randint_like({place}, 100)" for place in PLACES.values()),
    *(f"torch.nn.functional.dropout({place} + 1, {p})" for place in PLACES.values() for p in (0.5, 0.2)),
    *(f"torch.randint({bounds}, ({size},))" for bounds in ("10", "-5, 5", "0, 2**28 - 1", "0, 2**28", "0, 2**32", "-2**62, 2**62") for size in (0, 5, 40)),
    "torch.randint(1, 7, (3, 4), dtype=D)", "torch.randint(high=9, size=(4,))", "torch.randint(low=2, high=9, size=[4])",
    *(f"torch.randperm({size})" for size in SIZES), "torch.randperm(9, dtype=torch.float64)",
    "torch.normal(0.0, 1.0, (3,))", "torch.normal(2, 3.0, size=(4, 5))", "torch.normal(mean=torch.arange(5.0), std=0.1)",
    "torch.normal(torch.arange(20.0), 2.0)", "torch.normal(1.5, torch.arange(20.0))", "torch.normal(torch.zeros(3, 1), torch.ones(7))",
    "torch.normal(torch.arange(4.0), torch.arange(4.0))", "torch.normal(torch.zeros(5, 4, dtype=D).t(), 1.0)", "torch.normal(torch.zeros(18), torch.ones(18))",
    "torch.normal(torch.tensor(1.0), torch.tensor(2.0))", "torch.normal(torch.zeros(18, dtype=D))",
    f"torch.bernoulli({P})", f"torch.bernoulli({P}.reshape(4, 5).t())", f"{P}.bernoulli()", "torch.bernoulli(torch.zeros(9, dtype=D), 0.4)",
    f"torch.zeros(20, dtype=D).bernoulli_({P})", "torch.zeros(4, 5, dtype=D).bernoulli_(torch.tensor([0.1, 0.9, 0.5, 0.3, 0.7]))",
    "torch.zeros(20).bernoulli_(torch.full((20,), 0.4, dtype=torch.float64))",
    "torch.multinomial(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=D), 1)", "torch.multinomial(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=D), 3)",
    "torch.multinomial(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=D), 12, replacement=True)", "torch.multinomial(torch.tensor([0.0, 10.0, 3.0, 0.0]), 2)",
    "torch.multinomial(torch.arange(1.0, 25.0, dtype=D).reshape(4, 6), 2)", "torch.multinomial(torch.arange(1.0, 25.0, dtype=D).reshape(4, 6), 5, True)",
    "torch.multinomial(torch.arange(1.0, 25.0, dtype=D).reshape(6, 4).t(), 1)", "torch.ones(1000, dtype=D).multinomial(5)",
    "torch.poisson(torch.tensor([0.0, 0.5, 3.0, 9.9, 10.0, 50.0, 1000.0], dtype=D))", "torch.poisson(torch.full((300,), 4.0))",
    "torch.nn.functional.alpha_dropout(torch.ones(20, dtype=D), 0.3, training=True)", "torch.nn.functional.dropout(torch.ones(20, dtype=D), 1.0)",
    "torch.nn.functional.dropout1d(torch.ones(2, 5, 3, dtype=D), 0.4)", "torch.nn.functional.dropout1d(torch.ones(5, 3, dtype=D), 0.4)",
    "torch.nn.functional.dropout2d(torch.ones(3, 5, 2, 2, dtype=D), 0.4)", "torch.nn.functional.dropout3d(torch.ones(3, 5, 1, 2, 2, dtype=D), 0.4)",
    "torch.nn.functional.feature_alpha_dropout(torch.ones(3, 5, 2, dtype=D), 0.4, training=True)",
    "torch.nn.functional.gumbel_softmax(torch.arange(6.0, dtype=D))", "torch.nn.functional.gumbel_softmax(torch.ones(2, 3, dtype=D), 0.5, hard=True)",
    "torch.dropout(torch.ones(20, dtype=D), 0.3, True)",
    "torch.rand(5, generator=torch.Generator())", "torch.randn(20, generator=torch.Generator().manual_seed(5))",
    "torch.zeros(20, dtype=D).normal_(generator=torch.Generator().manual_seed(5))", "torch.randperm(7, generator=torch.Generator().manual_seed(5))",
    "torch.cat([torch.randn(3), torch.rand(1), torch.randn(2), torch.randn(16), torch.randn(1)])",
    "torch.get_rng_state()", "(torch.rand(700), torch.randn(1), torch.get_rng_state())[2]",
    "(torch.get_rng_state(), torch.rand(5))[1]", "torch.tensor([torch.initial_seed(), torch.Generator().initial_seed()])",
    "(torch.rand(2), torch.set_rng_state(STATE), torch.randn(5))[2]",
]  # fmt: skip
INITIALS = [
    f"I.{call.replace('W', f'torch.zeros({shape}, dtype=D)')}"
    for shape in ("3, 4", "5, 20", "20, 3", "2, 3, 4", "6, 4, 3, 3")
    for call in (
        "uniform_(W)", "uniform_(W, -2, 3)", "normal_(W)", "normal_(W, 1.0, 0.2)", "trunc_normal_(W)", "trunc_normal_(W, 0.5, 2.0, -1.0, 1.5)", "trunc_normal_(W, std=0.02)",
        "trunc_normal_(W, -4.0, 1.0, -3.0, 5.0)", "xavier_uniform_(W)", "xavier_uniform_(W, gain=2)", "xavier_normal_(W)", "kaiming_uniform_(W)", "kaiming_uniform_(W, a=5 ** 0.5)",
        "kaiming_uniform_(W, mode='fan_out', nonlinearity='relu')", "kaiming_normal_(W)", "kaiming_normal_(W, nonlinearity='tanh')", "orthogonal_(W)", "orthogonal_(W, gain=2)",
        "constant_(W, 0.5)", "ones_(W)", "zeros_(W)", "uniform_(W.transpose(0, 1))", "normal_(W.transpose(0, 1))",
    )
] + [
    "I.sparse_(torch.zeros(10, 6, dtype=D), 0.35)", "I.sparse_(torch.zeros(3, 4, dtype=D), sparsity=0.1, std=1.0)", "I.eye_(torch.zeros(3, 5, dtype=D))",
    "I.dirac_(torch.zeros(4, 3, 3, dtype=D))", "I.dirac_(torch.zeros(6, 2, 3, 3, dtype=D), 2)", "I.dirac_(torch.zeros(4, 4, 1, 2, 3, dtype=D))",
    "I.uniform_(torch.zeros(4, dtype=D), generator=torch.Generator().manual_seed(5))", "I.kaiming_normal_(torch.zeros(4, 5, dtype=D), generator=torch.Generator().manual_seed(5))",
]  # fmt: skip
CASES = EXPRESSIONS + INITIALS
MISTAKES = [
    "torch.randint(2.5, (2,))", "torch.randint(3, 3, (2,))", "torch.randint(5, 2, (2,))", "torch.randint(300, (2,), dtype=torch.uint8)", "torch.rand(2, dtype=torch.int64)",
    "torch.randn(2, dtype=torch.int64)", "torch.zeros(2, dtype=torch.int64).normal_()", "torch.zeros(2, dtype=torch.int64).uniform_()", "torch.zeros(2).uniform_(2, 1)",
    "torch.zeros(2).normal_(0, -1)", "torch.normal(0.0, -1.0, (2,))", "torch.normal(torch.zeros(2), torch.tensor([1.0, -1.0]))", "torch.normal(torch.arange(2), 1.0)",
    "torch.normal(torch.zeros(2), torch.zeros(3))", "torch.zeros(2).exponential_(-1)", "torch.zeros(2).exponential_(0)", "torch.zeros(2, dtype=torch.int64).exponential_()",
    "torch.zeros(2).log_normal_(0, -1)", "torch.zeros(2).cauchy_(0, -1)", "torch.zeros(2).geometric_(2)", "torch.zeros(2).geometric_(0)", "torch.zeros(2).bernoulli_(2)",
    "torch.bernoulli(torch.tensor([2.0]))", "torch.bernoulli(torch.tensor([1]))", "torch.multinomial(torch.tensor([-1.0, 2.0]), 1)", "torch.multinomial(torch.tensor([0.0, 0.0]), 1)",
    "torch.multinomial(torch.tensor([1.0, 0.0]), 3)", "torch.multinomial(torch.tensor([1.0, 1.0]), 0)", "torch.multinomial(torch.tensor([1.0, float('nan')]), 1)",
    "torch.multinomial(torch.tensor([1.0, float('inf')]), 5, True)", "torch.multinomial(torch.tensor([1, 2]), 1)", "torch.multinomial(torch.ones(1, 1, 1), 1)",
    "torch.multinomial(torch.tensor([0.0, 0.0]), 2, True)", "torch.multinomial(torch.tensor([-1.0, 2.0]), 2, True)", "torch.randperm(-1)", "torch.randperm(300, dtype=torch.uint8)",
    "torch.rand(-1)", "torch.poisson(torch.tensor([-1.0]))", "torch.poisson(torch.tensor([1]))", "torch.manual_seed(2**70)", "torch.manual_seed('a')", "torch.set_rng_state(torch.zeros(3))",
    "torch.set_rng_state(torch.zeros(3, dtype=torch.uint8))", "torch.set_rng_state(torch.zeros(5056, dtype=torch.uint8))", "torch.zeros(3).expand(2, 3).uniform_()",
    "torch.zeros(2).random_(5, 2)", "torch.zeros(2, dtype=torch.uint8).random_(300)", "torch.zeros(2, dtype=torch.int8).random_(-300, 5)", "torch.zeros(2, dtype=torch.bool).random_(3)",
    "torch.zeros(2, dtype=torch.float16).random_(2**30)", "torch.rand(2, device='cuda')", "torch.zeros(2, device='nowhere')", "torch.ones(2, requires_grad=True).uniform_()",
    "torch.rand(2.0)", "torch.normal(0.0, 1.0)", "torch.nn.functional.dropout(torch.ones(2), 1.5)", "I.xavier_uniform_(torch.zeros(3))", "I.orthogonal_(torch.zeros(3))", "I.eye_(torch.zeros(3))",
    "I.dirac_(torch.zeros(3))", "I.dirac_(torch.zeros(3, 2, 2), 2)", "I.sparse_(torch.zeros(3), 0.1)", "I.kaiming_uniform_(torch.zeros(3, 3), mode='fan')", "I.calculate_gain('step')",
    "torch.nn.functional.dropout1d(torch.ones(2))",
]  # fmt: skip


def told(tensor):
    """Numbers of a tensor as JSON: all, or both ends and the sum."""
    numbers = tensor.detach().double().reshape(-1).tolist()
    if len(numbers) > 24:
        numbers = [*numbers[:8], *numbers[-8:], math.fsum(number for number in numbers if math.isfinite(number))]
    return [number if math.isfinite(number) else str(number) for number in numbers]


def drawn(torch, expression, seed, dtype):
    """What an expression gives after a seed, its dtype, and the draw that follows it."""
    torch.manual_seed(99)
    torch.randn(5)
    names = {"torch": torch, "I": torch.nn.init, "D": getattr(torch, dtype), "STATE": torch.get_rng_state()}
    torch.manual_seed(seed)
    result = eval(expression, names)
    return {"of": str(result.dtype), "shape": list(result.shape), "numbers": told(result), "next": told(torch.randn(2))}


def kinds(expression):
    """The dtypes under which an expression says something new."""
    return ("float32", "float64") if "dtype=D" in expression else ("float32",)


def mistaken(torch, expression):
    """The class and words of the error that an expression raises."""
    torch.manual_seed(0)
    try:
        eval(expression, {"torch": torch, "I": torch.nn.init})
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return "no error"


if __name__ == "__main__":
    import torch

    found = {
        "torch": torch.__version__.partition("+")[0],
        "draws": [
            {"expression": text, "seed": seed, "dtype": kind, **drawn(torch, text, seed, kind)}
            for text in CASES
            for kind in kinds(text)
            for seed in (SEEDS if text in EXPRESSIONS else SEEDS[:1])
        ],
        "mistakes": {text: mistaken(torch, text) for text in MISTAKES},
    }
    FIXTURE.write_text("{" + ",\n".join(
        f"{json.dumps(key)}: " + ("[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]" if isinstance(value, list) else json.dumps(value, indent=0))
        for key, value in found.items()
    ) + "}\n")  # fmt: skip
