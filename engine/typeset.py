"""A formula's tree as one line of text, MathML, LaTeX and spoken words: one walk, four styles."""

from __future__ import annotations

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape

from engine.vocabulary import (
    BIASED,
    FIRST_ONLY,
    INFIX,
    NOTHING_FOR_ONE,
    ONE,
    PRODUCTS,
    SPOKEN,
    SPOKEN_NAMES,
    UPRIGHT,
    ZERO,
)

SUM, PRODUCT, NEGATION, POWER, ATOM = 1, 2, 3, 4, 5
_COMPARE = {ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥"}
_LEADING = re.compile(r"^\(([\w.−]+)\)(?=$| )")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff（），]) (?=[\u4e00-\u9fff（），])")
_GAP = re.compile(r"\{(\d?)\}")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Style(ABC):
    """How the parts of a formula are written; every method gives text."""

    @abstractmethod
    def name(self, name: str) -> str: ...
    @abstractmethod
    def number(self, text: str) -> str: ...
    @abstractmethod
    def infix(self, left: str, sign: str, right: str) -> str: ...
    @abstractmethod
    def negative(self, inner: str) -> str: ...
    @abstractmethod
    def power(self, base: str, exponent: str) -> str: ...
    @abstractmethod
    def fraction(self, above: str, below: str) -> str: ...
    @abstractmethod
    def bracket(self, inner: str) -> str: ...
    @abstractmethod
    def call(self, name: str, arguments: list[str]) -> str: ...
    @abstractmethod
    def cases(self, first: str, condition: str, second: str) -> str: ...

    def within(self, value: str, least: str, most: str) -> str:
        """That a value lies between two bounds."""
        return self.infix(self.infix(least, "≤", value), "≤", most)

    stacks = False
    """Whether a fraction stands by itself, so that its parts need no brackets."""


class Plain(Style):
    """One line of Unicode; `numbers` stand in for names."""

    def __init__(self, numbers: Mapping[str, str]) -> None:
        self.numbers = numbers

    def name(self, name: str) -> str:
        text = self.numbers.get(name, UPRIGHT.get(name, name))
        return f"({text})" if text.startswith("−") or ("e" in text and name in self.numbers) else text

    def number(self, text: str) -> str:
        return text

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def negative(self, inner: str) -> str:
        return f"−{inner}"

    def power(self, base: str, exponent: str) -> str:
        if exponent.isdigit():
            return base + exponent.translate(_SUPERSCRIPT)
        return f"{base}^{exponent}" if exponent.isalnum() or exponent.startswith("(") else f"{base}^({exponent})"

    def fraction(self, above: str, below: str) -> str:
        return f"{above} / {below}"

    def bracket(self, inner: str) -> str:
        return inner if inner.startswith("(") and inner.endswith(")") and inner.count("(") == 1 else f"({inner})"

    def call(self, name: str, arguments: list[str]) -> str:
        if self.numbers and name in NOTHING_FOR_ONE:
            return arguments[0]
        if name == "abs":
            return f"|{arguments[0]}|"
        if name in ("t", "transpose"):
            return f"{arguments[0]}⊤"
        if name == "sqrt":
            return f"√{arguments[0] if arguments[0].isalnum() else self.bracket(arguments[0])}"
        inner = ", ".join(arguments)
        return f"{UPRIGHT.get(name, name)}{self.bracket(inner)}"

    def cases(self, first: str, condition: str, second: str) -> str:
        return f"{first} if {condition} else {second}"


class MathML(Style):
    """Presentation MathML of mi, mn, mo, mrow, msup, mfrac, msqrt, mtable and mtext."""

    stacks = True

    def name(self, name: str) -> str:
        return f"<mi>{escape(UPRIGHT.get(name, name))}</mi>"

    def number(self, text: str) -> str:
        return f"<mn>{escape(text)}</mn>"

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"<mrow>{left}<mo>{escape({'@': '⋅'}.get(sign, sign))}</mo>{right}</mrow>"

    def negative(self, inner: str) -> str:
        return f"<mrow><mo>−</mo>{inner}</mrow>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def bracket(self, inner: str) -> str:
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def call(self, name: str, arguments: list[str]) -> str:
        if name == "abs":
            return f"<mrow><mo>|</mo>{arguments[0]}<mo>|</mo></mrow>"
        if name in ("t", "transpose"):
            return f"<msup>{arguments[0]}<mi>T</mi></msup>"
        if name == "sqrt":
            return f"<msqrt>{arguments[0]}</msqrt>"
        if name == "exp":
            return f"<msup><mi>e</mi>{arguments[0]}</msup>"
        return f"<mrow><mi>{escape(UPRIGHT.get(name, name))}</mi>{self.bracket('<mo>,</mo>'.join(arguments))}</mrow>"

    def cases(self, first: str, condition: str, second: str) -> str:
        rows = (
            f"<mtr><mtd>{first}</mtd><mtd><mrow><mtext>if </mtext>{condition}</mrow></mtd></mtr>"
            f"<mtr><mtd>{second}</mtd><mtd><mtext>else</mtext></mtd></mtr>"
        )
        return f"<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>"


class LaTeX(Style):
    """LaTeX for math mode; needs amsmath for cases."""

    stacks = True

    def name(self, name: str) -> str:
        shown = {"pi": r"\pi", "inf": r"\infty", "SQRTPI": r"\sqrt{\pi}", "SQRT1_2": r"\sqrt{1/2}"}.get(name)
        return shown or (name if len(name) == 1 else rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}")

    def number(self, text: str) -> str:
        text = text.replace("−", "-")
        return text if text[-1:].isdigit() else rf"\text{{{text.replace('_', chr(92) + '_')}}}"

    def infix(self, left: str, sign: str, right: str) -> str:
        signs = {
            "×": r"\times",
            "@": r"\cdot",
            "−": "-",
            "=": "=",
            "≠": r"\ne",
            "≤": r"\le",
            "≥": r"\ge",
            "∧": r"\land",
            "∨": r"\lor",
            "⊗": r"\otimes",
            "∗": r"\ast",
            "∗⊤": r"\ast^{\top}",
            "⋆": r"\star",
        }
        return f"{left} {signs.get(sign, sign)} {right}"

    def negative(self, inner: str) -> str:
        return f"-{inner}"

    def power(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def bracket(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def call(self, name: str, arguments: list[str]) -> str:
        if name == "abs":
            return rf"\left|{arguments[0]}\right|"
        if name in ("t", "transpose"):
            return f"{{{arguments[0]}}}^{{\\top}}"
        if name == "sqrt":
            return rf"\sqrt{{{arguments[0]}}}"
        if name == "exp":
            return f"e^{{{arguments[0]}}}"
        shown = {
            "sigmoid": r"\sigma",
            "sum": r"\sum",
            "sin": r"\sin",
            "cos": r"\cos",
            "tan": r"\tan",
            "tanh": r"\tanh",
            "log": r"\log",
            "ln": r"\ln",
            "log2": r"\log_{2}",
            "log10": r"\log_{10}",
            "normal_cdf": r"\Phi",
            "normal_pdf": r"\varphi",
            "ψ": r"\psi",
            "prod": r"\prod",
            "prod_but_one": r"\prod_{\text{others}}",
            "gelu_inner": "u",
            "gelu_slope": "u'",
            "not": r"\neg",
        }
        bare = name.removesuffix(" ′").replace("_", r"\_").replace(" ", r"\ ")
        label = shown.get(name) or rf"\operatorname{{{bare}}}" + ("'" if name.endswith("′") else "")
        return label + self.bracket(", ".join(arguments))

    def cases(self, first: str, condition: str, second: str) -> str:
        return rf"\begin{{cases}}{first} & \text{{if }} {condition} \\ {second} & \text{{else}}\end{{cases}}"


class Words(Style):
    """What a screen reader says, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.chinese = language == "zh-CN"

    def name(self, name: str) -> str:
        return SPOKEN_NAMES.get(name, {}).get(self.language, name)

    def number(self, text: str) -> str:
        return text

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left} {INFIX[sign][self.language]} {right}"

    def negative(self, inner: str) -> str:
        return f"负 {inner}" if self.chinese else f"minus {inner}"

    def power(self, base: str, exponent: str) -> str:
        if exponent == "2":
            return f"{base} 的平方" if self.chinese else f"{base} squared"
        return f"{base} 的 {exponent} 次方" if self.chinese else f"{base} to the power of {exponent}"

    def fraction(self, above: str, below: str) -> str:
        return f"{above} 除以 {below}" if self.chinese else f"{above} divided by {below}"

    def bracket(self, inner: str) -> str:
        return f"（{inner}）" if self.chinese else f"({inner})"

    def call(self, name: str, arguments: list[str]) -> str:
        pattern = SPOKEN.get(name, {}).get(self.language)
        if pattern is not None:
            return _GAP.sub(lambda gap: arguments[int(gap[1] or 0)], pattern)
        return f"{name} {'（' if self.chinese else '('}{', '.join(arguments)}{'）' if self.chinese else ')'}"

    def within(self, value: str, least: str, most: str) -> str:
        return f"{value} 在 {least} 与 {most} 之间" if self.chinese else f"{value} lies between {least} and {most}"

    def cases(self, first: str, condition: str, second: str) -> str:
        return (
            f"{condition} 时取 {first}，否则取 {second}"
            if self.chinese
            else f"{first} where {condition}, else {second}"
        )


def _level(tree: ast.expr) -> int:
    """How tightly the outermost part of a formula binds."""
    if isinstance(tree, ast.BinOp):
        if isinstance(tree.op, ast.Pow):
            return POWER
        return SUM if isinstance(tree.op, (ast.Add, ast.Sub, ast.BitAnd, ast.BitOr)) else PRODUCT
    if isinstance(tree, ast.UnaryOp):
        return NEGATION
    if isinstance(tree, ast.IfExp):
        return _level(tree.body)
    if isinstance(tree, ast.Compare):
        return SUM - 1
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        name = tree.func.id
        if name in PRODUCTS or name in ("ratio", "reciprocal_or_zero"):
            return PRODUCT
        if name == "within":
            return SUM - 1
        if name in FIRST_ONLY and not FIRST_ONLY[name]:
            return _level(tree.args[0])
        return SUM - 1 if name in ("where", "threshold_backward", "masked_fill") else ATOM
    return ATOM


class _Walk:
    def __init__(self, style: Style) -> None:
        self.style = style

    def inside(self, tree: ast.expr, least: int) -> str:
        """The tree, in brackets where it binds less tightly than its surroundings."""
        text = self.of(tree)
        return self.style.bracket(text) if _level(tree) < least else text

    def of(self, tree: ast.expr) -> str:
        style = self.style
        if isinstance(tree, ast.BinOp):
            return self.binary(tree)
        if isinstance(tree, ast.UnaryOp):
            if isinstance(tree.op, ast.Invert):
                return style.call("not", [self.of(tree.operand)])
            return style.negative(self.inside(tree.operand, NEGATION if _level(tree.operand) != PRODUCT else PRODUCT))
        if isinstance(tree, ast.Compare):
            sign = _COMPARE[type(tree.ops[0])]
            return style.infix(self.inside(tree.left, SUM), sign, self.inside(tree.comparators[0], SUM))
        if isinstance(tree, ast.IfExp):
            return self.of(tree.body)
        if isinstance(tree, ast.Call):
            assert isinstance(tree.func, ast.Name)
            return self.call(tree.func.id, tree.args)
        if isinstance(tree, ast.Name):
            return style.name(tree.id)
        if isinstance(tree, ast.Attribute):
            assert isinstance(tree.value, ast.Name)
            return style.call("shape", [style.name(tree.value.id)])
        if isinstance(tree, ast.Tuple):
            return ", ".join(self.of(part) for part in tree.elts)
        assert isinstance(tree, ast.Constant)
        return style.number(str(tree.value).replace("-", "−"))

    def binary(self, tree: ast.BinOp) -> str:
        style, left, right = self.style, tree.left, tree.right
        if isinstance(tree.op, ast.Pow):
            return style.power(self.inside(left, ATOM), self.of(right))
        if isinstance(tree.op, ast.Div):
            if style.stacks:
                return style.fraction(self.of(left), self.of(right))
            return style.fraction(self.inside(left, PRODUCT), self.inside(right, POWER))
        signs = {ast.Mult: "×", ast.MatMult: "@", ast.Add: "+", ast.Sub: "−", ast.BitAnd: "∧", ast.BitOr: "∨"}
        sign, level = signs[type(tree.op)], _level(tree)
        tight = level + 1 if isinstance(tree.op, ast.Sub) else level
        loose = isinstance(right, ast.UnaryOp) or (
            level == PRODUCT and isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div) and not style.stacks
        )
        after = style.bracket(self.of(right)) if loose else self.inside(right, tight)
        return style.infix(self.inside(left, level), sign, after)

    def call(self, name: str, arguments: list[ast.expr]) -> str:
        style = self.style
        if name in FIRST_ONLY:
            label = FIRST_ONLY[name]
            inner = self.of(arguments[0])
            return style.call(label, [inner]) if label else inner
        if name in PRODUCTS:
            product = style.infix(
                self.inside(arguments[0], PRODUCT), PRODUCTS[name], self.inside(arguments[1], PRODUCT)
            )
            added = name in BIASED and isinstance(arguments[2], ast.Name)
            return style.infix(product, "+", self.of(arguments[2])) if added else product
        if name == "within":
            return style.within(*(self.inside(each, SUM) for each in arguments))
        if name in ZERO:
            return style.number("0")
        if name in ONE:
            return style.number("1")
        if name == "size":
            return style.name("n")
        if name == "ratio":
            return self.of(ast.BinOp(arguments[0], ast.Div(), arguments[1]))
        if name == "reciprocal_or_zero":
            return self.of(ast.BinOp(ast.Constant(1), ast.Div(), arguments[0]))
        if name == "masked_fill":
            value, mask, fill = arguments
            return style.cases(self.of(fill), self.of(mask), self.of(value))
        if name == "where":
            condition, first, second = arguments
            return style.cases(self.of(first), self.of(condition), self.of(second))
        if name == "threshold_backward":
            gradient, result, slope = arguments
            leak = (
                style.number("0")
                if isinstance(slope, ast.Constant)
                else style.infix(self.of(gradient), "×", self.of(slope))
            )
            return style.cases(self.of(gradient), style.infix(self.of(result), ">", style.number("0")), leak)
        if name in ("t", "transpose"):
            return style.call(name, [self.inside(arguments[0], ATOM)])
        shown = [each for each in arguments if not (isinstance(each, ast.Constant) and each.value is None)]
        return style.call(name, [self.of(each) for each in shown])


def plain(tree: ast.expr, numbers: Mapping[str, str]) -> str:
    """One line of Unicode, with the texts of `numbers` in the place of names."""
    return opened(_Walk(Plain(numbers)).of(tree))


def opened(line: str) -> str:
    """A line that begins with a bracketed number, without those brackets."""
    return _LEADING.sub(r"\1", line)


def mathml(tree: ast.expr) -> str:
    """One `math` element."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{_Walk(MathML()).of(tree)}</math>'


def latex(tree: ast.expr) -> str:
    return _Walk(LaTeX()).of(tree)


def words(tree: ast.expr, language: str) -> str:
    """What is said in "en" or "zh-CN"."""
    return _BETWEEN_CHINESE.sub("", _Walk(Words(language)).of(tree))
