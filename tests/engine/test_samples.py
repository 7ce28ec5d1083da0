"""PyTorch's own sample inputs: what the engine gives for each is what PyTorch 2.13 gave, first and second derivatives, dtypes and errors included."""

import numpy as np
import pytest

import engine as torch
from engine import names
from tests.engine.sample_calls import seen
from tests.engine.sample_store import Reader
from tests.engine.waiting import WAITING

STORED = Reader()
OPS = STORED.text["ops"]
ASPECTS = ("values", "first", "second", "float32", "spellings", "typed", "refused", "errors")
NEAR = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-6), "float16": (4e-3, 1e-3)}


def reach(kind, name):
    return {"torch": names.TORCH, "method": names.METHODS, "attribute": names.ATTRIBUTES}[kind][name]


def reachable(how) -> bool:
    table = {"torch": names.TORCH, "method": names.METHODS, "attribute": names.ATTRIBUTES}.get(how[0])
    return how[1] in table if table is not None else how[0] != "inplace" or how[1] in names.METHODS


def near(kinds: str) -> tuple[float, float]:
    return next((NEAR[kind] for kind in ("float16", "float32") if kind in kinds), NEAR["float64"])


def parts_differ(found, wanted, tolerance, *, unseen=False) -> str | None:
    if isinstance(wanted, str) or isinstance(found, str):
        return None if found == wanted else f"{said(found)} for {said(wanted)}"
    if found is None or wanted is None or len(found) != len(wanted):
        return None if found == wanted else f"{said(found)} for {said(wanted)}"
    for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
        single = isinstance(one, np.ndarray) and one.dtype == np.float32
        differs = (
            None if unseen else STORED.differs(one, other, max(tolerance, NEAR["float32"]) if single else tolerance)
        )
        if differs:
            return f"[{place}] {differs}"
    return None


def said(part) -> str:
    return part if isinstance(part, str) else "nothing" if part is None else f"{len(part)} parts"


def told(how, sample) -> str:
    return f"{how[1]}({', '.join(map(str, sample['args']['tuple']))}, {sample['kwargs']['dict']})"


def value_faults(look, wanted, *, unseen=False) -> str | None:
    fault = parts_differ(look.values, wanted["values"], near(str(wanted.get("dtypes"))), unseen=unseen)
    if fault is None and look.dtypes != wanted.get("dtypes", []):
        fault = f"{look.dtypes} for {wanted['dtypes']}"
    return fault


class Faults:
    """What one op gets wrong, by aspect, and how much was compared."""

    def __init__(self, name: str) -> None:
        self.found: dict[str, list[str]] = {aspect: [] for aspect in ASPECTS}
        self.counts = dict.fromkeys(ASPECTS, 0)
        op = OPS[name]
        self.how, self.unseen = tuple(op["how"]), op["unseen"]
        for sample in op["samples"]:
            self.sample(sample)
        for aspect in ("typed", "errors"):
            for sample in op[aspect]:
                look = seen(torch, self.how, reach, *self.given(sample), orders=0)
                self.note(aspect, sample, value_faults(look, sample["seen"], unseen=self.unseen))
        for case in op["refused"]:
            sample = op["samples"][case["sample"]]
            look = seen(torch, self.how, reach, *self.given(sample), orders=0, cast=case["cast"])
            fault = value_faults(look, case["seen"], unseen=self.unseen)
            self.note("refused", sample, fault and f"as {case['cast']}: {fault}")

    def note(self, aspect: str, sample, fault: str | None, how=None) -> None:
        self.counts[aspect] += 1
        if fault:
            self.found[aspect].append(f"{told(how or self.how, sample)}: {fault}"[:600])

    def given(self, sample):
        return STORED.tree(sample["args"]), STORED.tree(sample["kwargs"])

    def sample(self, sample) -> None:
        wanted = sample["seen"]
        given = self.given(sample)
        look = seen(torch, self.how, reach, *given)
        self.note("values", sample, value_faults(look, wanted, unseen=self.unseen))
        tolerance = near(str(wanted["dtypes"]))
        for part in ("first", "second"):
            if part in wanted or (getattr(look, part) is not None and not isinstance(look.values, str)):
                self.note(part, sample, parts_differ(getattr(look, part), wanted.get(part), tolerance))
        if "float32" in sample:
            self.narrow(sample, given)
        for how in sample["also"]:
            if reachable(how):
                again = seen(torch, tuple(how), reach, *given, orders=1)
                fault = value_faults(again, wanted, unseen=self.unseen) or parts_differ(
                    again.first, wanted.get("first"), tolerance
                )
                self.note("spellings", sample, fault, how)
        for *how, text in sample["refusing"]:
            if reachable(how):
                again = seen(torch, tuple(how), reach, *given, orders=0)
                self.note("spellings", sample, parts_differ(again.values, text, tolerance), how)

    def narrow(self, sample, given) -> None:
        """As PyTorch in float32; or, where its float32 strays from its own float64, as that."""
        stored = "values" in sample["float32"]
        wanted = sample["float32"] if stored else {**sample["seen"], **sample["float32"]}
        look = seen(torch, self.how, reach, *given, kind="float32")
        fault = self.narrow_fault(look, wanted)
        if fault and stored and self.narrow_fault(look, sample["seen"]) is None:
            fault = None
        if fault is None and look.dtypes != wanted["dtypes"]:
            fault = f"{look.dtypes} for {wanted['dtypes']}"
        self.note("float32", sample, fault)

    def narrow_fault(self, look, wanted) -> str | None:
        for part in ("values", "first", "second"):
            unseen = self.unseen and part == "values"
            fault = parts_differ(getattr(look, part), wanted.get(part), NEAR["float32"], unseen=unseen)
            if fault:
                return fault
        return None


@pytest.mark.parametrize("name", sorted(OPS))
def test_an_op_agrees_with_pytorch_on_its_samples(name):
    faults = Faults(name)
    wrong = {aspect for aspect, found in faults.found.items() if found}
    waiting = set(WAITING.get(name, {}))
    lines = [line for aspect in sorted(wrong - waiting) for line in (f"{aspect}:", *faults.found[aspect][:5])]
    assert wrong <= waiting, "\n".join(lines)
    assert waiting <= wrong, f"take {name} {sorted(waiting - wrong)} off the list of what waits"


def test_every_offered_op_that_pytorch_samples_is_compared():
    sampled = {name for op in OPS.values() for name in op["names"]}
    offered = {name for name in (*names.TORCH, *names.METHODS) if name in STORED.text["known"]}
    assert offered - sampled == set()
