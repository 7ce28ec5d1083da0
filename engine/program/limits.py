"""How much one run may use, and how it ends when it wants more."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.nn import budget
from engine.program import prices


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one run; every figure is checked before the work is done."""

    source_bytes: int = 20_480
    nodes: int = 8_000
    depth: int = 80
    name: int = 60
    integer_bits: int = 256
    string: int = 2_000
    items: int = 10_000
    fuel: int = 200_000
    calls: int = 200
    elements: int = 100_000
    alive: int = 5_000_000
    events: int = 100_000
    trace_bytes: int = 16 * 1024 * 1024
    printed: int = 20_480


LIMITS = Limits()
WORK = 20_000
"""The multiply-adds that one unit of fuel pays for: about ten microseconds."""
LONG = 800 * WORK
"""So much work takes about eight milliseconds: what was recorded before it does not wait for it."""

WORDS = {
    "source": (
        "The program is {wanted} bytes long; at most {limit:,} fit.",
        "Run a shorter part of it.",
    ),
    "nodes": (
        "The program has more than {limit:,} parts.",
        "Run a shorter part of it, or put what repeats into a loop.",
    ),
    "integer": (
        "This whole number would need more than {limit:,} bits.",
        "Use a float (write 2.0 instead of 2), or smaller numbers.",
    ),
    "string": (
        "This text would be {wanted} characters long; at most {limit:,} fit.",
        "Build a shorter text.",
    ),
    "items": (
        "This would hold {wanted} items; at most {limit:,} fit.",
        "Use fewer items, or a tensor.",
    ),
    "fuel": (
        "The program took more than {limit:,} steps.",
        "Does the loop end? Fewer repetitions, or one tensor operation instead of a loop, will fit.",
    ),
    "work": (
        "The calculation is larger than what {limit:,} steps allow.",
        "Use smaller shapes or fewer repetitions: the picture is the same.",
    ),
    "calls": (
        "More than {limit:,} calls are open inside one another.",
        "Does the function stop calling itself? A loop instead of recursion will fit.",
    ),
    "modules": (
        "More than {limit:,} modules lie inside one another.",
        "Put them side by side into one nn.Sequential.",
    ),
    "elements": (
        "The result would have {wanted} elements; at most {limit:,} fit.",
        "Use smaller shapes: the picture is the same.",
    ),
    "alive": (
        "More than {limit:,} elements would be alive together.",
        "Use smaller tensors, or keep fewer of them.",
    ),
    "memory": (
        "The run needed more memory than there is.",
        "Use smaller tensors, or keep fewer of them.",
    ),
    "events": (
        "The run made more than {limit:,} events.",
        "Does the loop end? Fewer repetitions show the same.",
    ),
    "trace": (
        "The recorded trace is longer than {limit:,} bytes.",
        "Fewer repetitions or smaller tensors show the same.",
    ),
    "printed": (
        "The program printed more than {limit:,} characters.",
        "Print less often.",
    ),
}


class Limited(BaseException):
    """A run that came to a limit; no `except` of a program can take it."""

    def __init__(self, limit: str, allowed: int, wanted: int = 0) -> None:
        message, hint = WORDS[limit]
        # The digits of a number take the square of their count to write.
        vast = wanted.bit_length() > LIMITS.integer_bits
        told = f"10^{wanted.bit_length() * 3 // 10}" if vast else f"{wanted:,}"
        self.code = "limit-" + limit
        self.message = message.format(limit=allowed, wanted=told)
        self.hint = hint
        self.arguments = {"limit": allowed, "wanted": told.replace(",", "")} if wanted else {"limit": allowed}
        super().__init__(self.message)


def too_deep(error: RecursionError, limits: Limits) -> Limited:
    """How a run ends in which one thing lies in another too often."""
    if isinstance(error, budget.TooDeep):
        return Limited("modules", budget.DEPTH)
    return Limited("calls", limits.calls)


def nothing() -> None:
    """Does nothing."""


class Meter:
    """What one run has used so far; every `need_` method raises `Limited` before the work it is asked about."""

    __slots__ = ("ahead", "alive", "depth", "draws", "fuel", "large", "limits", "look", "owners", "printed", "relieve")

    def __init__(self, limits: Limits, relieve: Callable[[], None], ahead: Callable[[], None] = nothing) -> None:
        """`relieve` lets go of what is only waiting to be recorded; `ahead` is called before what may take long."""
        self.relieve = relieve
        self.ahead = ahead
        self.look: Callable[[], None] = nothing
        self.limits = limits
        self.fuel = limits.fuel
        self.depth = 0
        self.draws = 0
        self.printed = 0
        self.alive = 0
        self.large = False
        self.owners: dict[int, weakref.ref[np.ndarray]] = {}

    def empty(self) -> Limited:
        """What ends a run that has no fuel left."""
        return Limited("fuel", self.limits.fuel)

    def burn(self, amount: int) -> None:
        """Takes this much fuel, one unit at least."""
        self.fuel -= amount if amount > 1 else 1
        if self.fuel < 0:
            raise self.empty()

    def need_products(self, count: int, kind: str) -> None:
        """The same for so many products of numbers of a dtype."""
        self.need_work(count * prices.KINDS.get(kind, prices.OTHER))

    def need_layer(self, name: str, elements: int) -> None:
        """The same for a layer that looks at so many elements."""
        self.need_work(elements * prices.ELEMENT * prices.LAYERS.get(name.lower(), 1))

    def need_bits(self, bits: int) -> None:
        if bits > self.limits.integer_bits:
            raise Limited("integer", self.limits.integer_bits)

    def need_text(self, length: int) -> None:
        if length > self.limits.string:
            raise Limited("string", self.limits.string, length)

    def need_items(self, count: int) -> None:
        if count > self.limits.items:
            raise Limited("items", self.limits.items, count)

    def need_elements(self, count: int) -> None:
        """Makes room for a result of so many elements, and takes its fuel."""
        limits = self.limits
        if count > limits.elements:
            raise Limited("elements", limits.elements, count)
        if count >= 1000:
            if self.alive + count > limits.alive:
                self.relieve()
            if self.alive + count > limits.alive:
                raise Limited("alive", limits.alive)
            self.large = True
            self.burn(count // 1000)

    def need_work(self, work: int) -> None:
        """Takes the fuel for so many multiply-adds, before they are made. Raises Limited where they are too many."""
        if work >= WORK:
            self.large = True
            self.fuel -= work // WORK
            if self.fuel < 0:
                raise Limited("work", self.limits.fuel)
            if work >= LONG:
                self.ahead()

    def need_printed(self, length: int, ahead: int = 0) -> None:
        """Counts printed characters; `ahead` are those being gathered and not yet printed."""
        self.printed += length
        if self.printed + ahead > self.limits.printed:
            raise Limited("printed", self.limits.printed)

    def watch(self, array: np.ndarray) -> None:
        """Counts an array's memory among the living until its last owner lets go."""
        owner = array
        while type(owner.base) is np.ndarray:
            owner = owner.base
        key = id(owner)
        if owner.size < 1000 or key in self.owners:
            return
        size = owner.size

        def release(_: object, key: int = key, size: int = size) -> None:
            if self.owners.pop(key, None) is not None:
                self.alive -= size

        self.owners[key] = weakref.ref(owner, release)
        self.alive += size
