"""`re`: the matcher of the language finds what Python's finds, in every pattern that it takes, and asks for each step before it takes it."""

from __future__ import annotations

import random
import re

import pytest

from engine.program.failures import ProgramError
from engine.program.library import automaton
from engine.program.limits import LIMITS, Limited, Meter, nothing
from tests.agreement import in_gradlight

LETTERS = "abAB c1_\n."
SAFE = ("a", "b", "A", "c", "1", r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", ".", r"\.", " ", "_", r"\n", "[ab]", "[^a]", "[a-c1]", r"[\w.]", r"[^\s\d]", "[]a]", "[a-]", r"[\]b-]")  # fmt: skip
PLACES = ("^", "$", r"\b", r"\B", r"\A", r"\Z")
COUNTS = ("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{,2}", "{2,}", "{0}", "{1,}?")
FLAGS = (0, 0, 0, re.I, re.M, re.S, re.I | re.M | re.S, re.A)


def grown(chance: random.Random, room: int) -> str:
    """A pattern in the grammar that the language takes."""
    kind = chance.random()
    if room <= 0 or kind < 0.3:
        return chance.choice(SAFE)
    if kind < 0.4:
        return chance.choice(PLACES)
    if kind < 0.55:
        return grown(chance, room - 1) + grown(chance, room - 1)
    if kind < 0.65:
        ways = "|".join(grown(chance, room - 1) if chance.random() < 0.85 else "" for _ in range(chance.randint(2, 3)))
        return f"({chance.choice(('', '?:'))}{ways})"
    if kind < 0.7:
        return f"(?{chance.choice(('=', '!'))}{chance.choice(SAFE)}{chance.choice(('', chance.choice(SAFE), '|b'))})"
    if kind < 0.74:
        return f"(?<{chance.choice(('=', '!'))}{chance.choice(SAFE)})"
    inner = grown(chance, room - 1)
    if kind < 0.82:
        return f"({inner})"
    return f"(?:{inner}){chance.choice(COUNTS)}" if kind < 0.9 else f"({inner}){chance.choice(COUNTS)}"


def meter() -> Meter:
    return Meter(LIMITS, nothing)


def ours(pattern: str, flags: int, text: str, *, fixed: bool, whole: bool) -> object:
    matcher = automaton.Matcher(meter(), automaton.compiled(meter(), pattern, flags), text, len(text))
    marks = matcher.find(0, fixed=fixed, whole=whole)
    if marks is None:
        return None
    spans = [tuple(marks[at : at + 2]) if marks[at + 1] >= 0 else (-1, -1) for at in range(0, len(marks) - 1, 2)]
    return spans, marks[-1] if marks[-1] > 0 else None


def theirs(found: re.Match[str] | None) -> object:
    return found and ([found.span(at) for at in range(found.re.groups + 1)], found.lastindex)


def check_against_python(pattern: str, flags: int, text: str) -> None:
    one = re.compile(pattern, flags)
    for name, fixed, whole in (("search", False, False), ("match", True, False), ("fullmatch", True, True)):
        found = ours(pattern, flags, text, fixed=fixed, whole=whole)
        assert found == theirs(getattr(one, name)(text)), (name, pattern, flags, text)


@pytest.mark.parametrize("seed", range(12))
def test_random_patterns_find_what_python_finds(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        pattern, flags = grown(chance, 4), chance.choice(FLAGS)
        for _ in range(4):
            check_against_python(pattern, int(flags), "".join(chance.choices(LETTERS, k=chance.randint(0, 9))))


PAIRS = (
    (r"(a+)+$", "aaaaaab"), (r"(a|aa)+$", "aaaab"), (r"((a*)*)*b", "aaa"), (r"(|a)*", "aa"), (r"(|a)+?b", "aab"), (r"(|a){0,2}b", "aab"),
    (r"(?:(a)|b)*", "ab"), (r"(a)|b", "b"), (r"(?:a|ab)(?:c|bcd)(d*)", "abcd"), (r"\b\w+\b", " un mot "), (r"^\s*#.*$", "x\n # y\nz"),
    (r"(\d{1,3})(?=(?:\d{3}){1,4}$)", "1234567"), (r"[A-Z][a-z]+|[A-Z]+(?![a-z])", "HTMLParser"), (r"(?i)straße|ärger", "ÄRGER"), (r"[α-ω]+", "abc δελτα"),
    (r"[\u4e00-\u9fff]+", "see 你好 here"), (r"\w+", "naïve 你好_1"), (r"(?x) a b \ c # all\n d", "ab cd"), (r"(?P<y>\d{4})-(?P<m>\d\d)", "on 2024-05-01"),
    (r"(?s).+", "a\nb"), (r"(?m)^b$", "a\nb\nc"), (r"\Aa\Z", "a\n"), (r"a$", "a\n"), (r"\B", ""), (r"\b", ""), (r"[^]]", "]a"), (r"[]-a]+", "]^_a"),
    (r"(?<=[.!?]) +", "One. Two"), (r"(?<!\d)\d\d(?!\d)", "123 45"), (r"a{2,3}?", "aaaa"), (r"x{,2}y", "xxxy"), (r"a{,}", "aa"), (r"a{1", "a{1"), (r"{", "{"),
    (r"(?i:A)b", "ab"), (r"(?i:a(?-i:b))", "Ab"), (r"(?a)\w+", "é1"), (r"'s|'t| ?\w+| ?[^\s\w]+|\s+(?!\S)|\s+", "  it's"), (r"\x41\u0042\103\0", "ABC\0"),
    (r"(((a)|b)|c)+", "cab"), (r"(?:a?){3}a{3}", "aaa"), (r"(a(?#of all)b)", "ab"), (r"\t\r\f\v\a", "\t\r\f\v\a"), (r"[\b]", "\b"), (r"(?u)é|(?:)", "é"),
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), PAIRS)
def test_a_pattern_finds_what_it_finds_in_python(pattern: str, text: str) -> None:
    for flags in (0, re.I, re.S | re.M):
        check_against_python(pattern, int(flags), text)


WRONG = (
    "[a", "[", "[^", "[]", "(a", "a)", "*a", "a**", "a+*", "(?:a|*)", "(?P<1>a)", "(?P<a>b)(?P<a>c)", "(?P<a", "(?P<>a)", "a\\", r"\q", r"[\q]", "[z-a]", r"[\w-a]",
    r"[a-\d]", "a{3,2}", "(?y)", "(?", "(?P", "(?Pa)", "a(?i)b", "(?i", "(?iz)", "(?-)", "(?i-:a)", "(?#a", r"\x1", r"\u12", "(?<=a*)b", "^*", r"\b+", "a\n(b", "(?<a)", "\n\n *)",
    r"\U00110000", r"(?m-", "x{2}{3}", r"[a-", r"\8", r"[\8]", r"\477", "(?=a", "(?P<a b>c)",
)  # fmt: skip


@pytest.mark.parametrize("pattern", WRONG)
def test_a_pattern_that_is_none_is_told_in_the_words_of_python(pattern: str) -> None:
    with pytest.raises(re.error) as theirs:
        re.compile(pattern)
    with pytest.raises(ProgramError) as ours:
        automaton.compiled(meter(), pattern, 0)
    assert (ours.value.kind, ours.value.text) == ("error", str(theirs.value))


REFUSED = {
    r"(a)\1": "A back-reference",
    "(?P<a>b)(?P=a)": "A back-reference",
    "(a)?(?(1)b|c)": "A condition",
    "(?>a+)b": "A group that gives nothing back",
    "a++b": "A repeat that gives nothing back",
    "(?=(a))": "A group inside a look ahead or behind",
    "(?=a*b)": "A look ahead or behind over more than 50 signs",
    "(?<=a{51})": "A look ahead or behind over more than 50 signs",
    r"\N{BULLET}": "The name of a sign",
    "(a)" * 51: "More than 50 groups",
    "(?:" * 31 + ")" * 31: "More than 30 groups inside one another",
    "a{1001}": "More than 1,000 steps",
    "((a{10}){10}){10}": "More than 1,000 steps",
    "a{99999999999999999999}": "More than 1,000 steps",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_cannot_be_had_in_linear_time_is_refused_with_a_remedy(pattern: str) -> None:
    with pytest.raises(ProgramError) as refused:
        automaton.compiled(meter(), pattern, 0)
    assert refused.value.kind == "NotImplementedError"
    assert str(refused.value.code).startswith("pattern-")
    assert refused.value.text == f"{REFUSED[pattern]} in a pattern is not part of the language here"
    assert refused.value.hint


def spent(pattern: str, text: str) -> int:
    used = meter()
    automaton.Matcher(used, automaton.compiled(used, pattern, 0), text, len(text)).find(0)
    return LIMITS.fuel - used.fuel


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|aa)+$", "((((a*)*)*)*)*b", "(a*)*(a*)*b", "(?:a?){40}a{40}$", "(.*)(.*)(.*)=x", "(?=a{0,9}b)a*c"],
)
def test_a_pattern_costs_as_much_as_its_text_is_long(pattern: str) -> None:
    short, long = spent(pattern, "a" * 300), spent(pattern, "a" * 1200)
    assert 3 < long / short < 5


def test_each_step_is_paid_for_before_it_is_taken() -> None:
    used = meter()
    program = automaton.compiled(used, "(a|b|ab)*c", 0)
    used.fuel = 20
    with pytest.raises(Limited):
        automaton.Matcher(used, program, "ab" * 1000, 2000).find(0)
    assert used.fuel == -1
    assert len(program.steps[3][1]) <= 2  # of the text only the beginning was looked at


def test_a_tutorial_that_parses_with_patterns_prints_what_python_prints() -> None:
    text = "import re\ndef words(s):\n    return re.findall(r'\\w+', re.sub(r'[^a-z ]+', '', s.lower()))\nprint(words('The Time Machine, by H. G. Wells'))"
    assert in_gradlight(text) == {"printed": "['the', 'time', 'machine', 'by', 'h', 'g', 'wells']\n", "error": None}
