"""A formula's faces: what is shown is what runs."""

import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from engine.kernels import VOCABULARY
from engine.notation import Formula, joined
from engine.ops import OPS
from engine.typeset import Words
from engine.vocabulary import SPOKEN
from engine.written import BRIEF, WRITTEN

NAMES = ("g", "self", "other", "result", "exponent", "mat2")
ALLOWED = {"math", "mrow", "mi", "mn", "mo", "msup", "mfrac", "msqrt", "mtable", "mtr", "mtd", "mtext"}
UNDERLINED = re.compile(r"(?<!\\)_(?!\{)")
PYTORCH_NAMES = {"log_softmax", "log_sigmoid"}
FORMULAS = [
    (f"{op.name}.{name}", formula)
    for op in OPS.values()
    for name, formula in (("forward", op.forward_formula), *zip(op.vjp, op.formulas, strict=True))
]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("g * other", "g × other"),
        ("g * (1 - result ** 2)", "g × (1 − result²)"),
        ("-g", "−g"),
        ("g * -sin(self)", "g × (−sin(self))"),
        ("g / (2 * result)", "g / (2 × result)"),
        ("-g * ((self / other) / other)", "−g × (self / other / other)"),
        ("g - (self - other)", "g − (self − other)"),
        ("g * (exponent * self ** (exponent - 1))", "g × exponent × self^(exponent − 1)"),
        ("g @ t(mat2)", "g @ mat2⊤"),
        ("g * exp(-self ** 2)", "g × exp(−self²)"),
        ("where(result > 0, g, 0)", "g if result > 0 else 0"),
        ("g * sign(self)", "g × sign(self)"),
        ("sqrt(self + other)", "√(self + other)"),
        ("abs(self)", "|self|"),
        ("(self + other) ** 2", "(self + other)²"),
        ("g / self / other", "g / self / other"),
        ("g / (self / other)", "g / (self / other)"),
    ],
)
def test_a_formula_is_written_on_one_line(text, plain):
    assert Formula(text, NAMES).plain() == plain


@pytest.mark.parametrize(
    ("text", "numbers", "shown"),
    [
        ("g * (1 - result ** 2)", {"g": "−0.5872", "result": "0.7064"}, "−0.5872 × (1 − 0.7064²)"),
        ("g * other", {"g": "1", "other": "−3"}, "1 × (−3)"),
        ("-g * other", {"g": "−2", "other": "3"}, "−(−2) × 3"),
        ("self ** 2", {"self": "−2"}, "(−2)²"),
        ("g * result", {"g": "1.5e−5", "result": "2"}, "1.5e−5 × 2"),
        ("expand(g, self.shape) / size(self.shape)", {"g": "4", "n": "1"}, "4 / 1"),
    ],
)
def test_numbers_take_the_place_of_names(text, numbers, shown):
    assert Formula(text, (*NAMES, "self_shape")).substitute(numbers) == shown


def test_the_three_typeset_faces_of_one_formula():
    formula = Formula("g * (1 - result ** 2)", NAMES)
    assert formula.latex() == r"g \times \left(1 - {\mathrm{result}}^{2}\right)"
    assert formula.words("en") == "the arriving gradient times (1 minus the result squared)"
    assert formula.words("zh-CN") == "到来的梯度乘以（1 减结果的平方）"
    assert "<msup><mi>result</mi><mn>2</mn></msup>" in formula.mathml()


@pytest.mark.parametrize(("name", "formula"), FORMULAS, ids=[name for name, _ in FORMULAS])
def test_every_formula_of_the_table_can_be_typeset(name, formula):
    root = ET.fromstring(formula.mathml())
    assert {each.tag.rpartition("}")[2] for each in root.iter()} <= ALLOWED
    assert all((each.text or "").strip() or len(each) for each in root.iter())
    latex = formula.latex()
    assert latex.isascii() and not UNDERLINED.search(latex)
    assert latex and latex.count("{") == latex.count("}") and latex.count(r"\left") == latex.count(r"\right")
    for language in ("en", "zh-CN"):
        assert formula.words(language)
    for text in (formula.plain(), formula.words("en"), latex):
        assert "_shape" not in text and "restore" not in text and "lambda" not in text


def test_every_function_of_a_derivative_is_spoken(monkeypatch):
    said = set()
    monkeypatch.setattr(Words, "call", lambda self, name, arguments: said.add(name) or "")
    for op in OPS.values():
        for formula in op.formulas:
            formula.words("en")
    assert said <= SPOKEN.keys()


SQUARE = np.array([[2.0, 0.5, -1.0], [0.25, 3.0, 0.5], [-0.5, 1.0, 2.5]])
SIDE = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]])
ROW, OTHER = np.array([0.5, -1.5, 2.0, 0.75]), np.array([1.0, -0.25, 0.5, 2.0])
AT_WORK = {  # the arguments of the kernel, of which what is written out takes the first
    "inv_backward": (SQUARE.T + 1, np.linalg.inv(SQUARE)),
    "det_backward": (np.float64(0.75), SQUARE, np.linalg.det(SQUARE)),
    "slogdet_backward": ((None, np.float64(0.75)), SQUARE),  # of the sign and of the logarithm
    "solved": (SQUARE, SIDE, True, False),
    "solve_outer": (SIDE, SIDE + 1, True, False),
    "solved_triangular": (np.triu(SQUARE), SIDE, True, True, False),
    "triangle_outer": (SIDE, SIDE + 1, True, True, False),
    "cholesky_solve": (SIDE, np.tril(SQUARE), False),
    **{f"norm_backward {p}": (np.float64(0.75), ROW, p, np.linalg.norm(ROW, p), None) for p in (0.5, 1, 1.5, 2, 3.0)},
    "euclid_ratio": (ROW, OTHER),
    "cumprod_backward": (OTHER, ROW, np.cumprod(ROW), 0),
    "logcumsumexp_backward": (OTHER, ROW, np.log(np.cumsum(np.exp(ROW))), 0),
    "bce_logits_slope": (ROW, OTHER, np.abs(OTHER)),
    "bce_logits_target": (ROW, np.abs(OTHER)),
    "gate_slope": (ROW,),
    "renorm_factor": (np.abs(ROW), 1.0),
    "full_like": (ROW, 2.0),
}
BY_NAME_ALONE = {"lu_solved", "least_squares", "half", "masked_scatter", "index_put", "index_filled", "mean_of", "norm_except", "sum_except"}  # fmt: skip
NUMPY = {
    "t": np.transpose, "inv": np.linalg.inv, "solve": np.linalg.solve, "triangle": np.triu, "flip": np.flip, "cumsum": np.cumsum, "where": np.where,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "log_sigmoid": lambda x: -np.log1p(np.exp(-x)), "abs": np.abs, "exp": np.exp,
}  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), AT_WORK.items(), ids=AT_WORK)
def test_what_is_written_out_is_what_the_kernel_computes(name, arguments):
    kernel = name.partition(" ")[0]
    names, text = WRITTEN[kernel]
    given = [each[-1] if isinstance(each, tuple) else each for each in arguments]
    shown = Formula(text, names).bind(NUMPY)(*given[: len(names)])
    np.testing.assert_allclose(np.broadcast_to(shown, np.shape(VOCABULARY[kernel](*arguments))), VOCABULARY[kernel](*arguments), rtol=1e-6)  # fmt: skip


def test_everything_that_is_written_out_is_compared_or_only_named():
    assert {name.partition(" ")[0] for name in AT_WORK} | BY_NAME_ALONE == WRITTEN.keys()
    assert WRITTEN.keys() | BRIEF.keys() <= VOCABULARY.keys()


def test_no_derivative_shows_the_name_of_a_kernel():
    for op in OPS.values():
        own = {*op.inputs, *op.settings, *op.results, *(f"{name}_shape" for name in op.inputs)} | PYTORCH_NAMES
        for formula in op.formulas:
            assert set(re.findall(r"[A-Za-z]\w*_\w*", formula.plain())) <= own, (op.name, formula.plain())


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("linalg_inv", "−result⊤ @ g @ result⊤"),
        ("linalg_solve", "−solve(A⊤, g) @ result⊤"),
        ("norm", "g × self × |self|^(p − 2) / result^(p − 1)"),
        ("linalg_svd", "svd ′(g)"),
        ("linalg_qr", "qr ′(g)"),
    ],
)
def test_a_kernel_is_written_in_symbols(name, plain):
    formula = OPS[name].formulas[0]
    assert formula.plain() == plain
    assert "backward" not in formula.latex() + formula.mathml()


@pytest.mark.parametrize(
    ("values", "shown"), [({"exponent": 3}, "g × exponent × self^(exponent − 1)"), ({"exponent": 0}, "0")]
)
def test_a_formula_with_a_condition_is_written_as_its_case(values, shown):
    assert OPS["pow"].formulas[0].case(values).plain() == shown


def test_the_faces_of_bounds():
    formula = OPS["clamp"].formulas[0]
    assert formula.plain() == "g if min ≤ self ≤ max else 0"
    assert formula.words("en") == "the arriving gradient where self lies between min and max, else 0"
    assert formula.words("zh-CN") == "self 在 min 与 max 之间时取到来的梯度，否则取 0"


def test_a_formula_may_call_what_imports_a_module_when_it_is_called():
    parameters = ("year", "form")
    read = {"read": time.strptime}  # written in C; it imports its Python half at the first call
    assert Formula("read(year, form)", parameters).bind(read)("2020", "%Y").tm_year == 2020
    assert joined([Formula("read(year, form)", parameters)], parameters, dict(read))("2020", "%Y").tm_year == 2020


def test_what_a_formula_uses_is_told_by_its_names():
    assert Formula("g * other", NAMES).uses == {"g", "other"}
    assert Formula("expand(g, self.shape)", (*NAMES, "self_shape")).uses == {"g", "self_shape"}


def test_a_formula_needs_the_names_that_each_of_its_cases_uses():
    """A step whose gradient is an array is not put into numbers; a case that leaves the gradient out may be."""
    formula = Formula("g * x if x > 0 else zeros_like(x)", ("g", "x", "y"))
    assert (formula.needs("x"), formula.needs("g"), formula.needs("y")) == (True, False, False)
    assert Formula("g * x if x > 0 else g if x < -1 else -g", ("g", "x")).needs("g")
    assert Formula("g * (x + 1)", ("g", "x")).needs("g")
