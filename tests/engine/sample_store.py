"""Samples and what PyTorch gave for them, as one small file: a JSON text beside two pools of numbers."""

import io
import json
import math
from pathlib import Path

import numpy as np

from tests.engine.sample_calls import Again, Array, Dtype, Seen

FIXTURE = Path(__file__).parents[1] / "fixtures" / "samples.npz"
WHOLE = 12
PICKED = 6
GRID = 4096
EXACT = 1e-9


def shuffled(pool: np.ndarray) -> np.ndarray:
    """The bytes of a pool, those of equal weight together, which packs better."""
    return np.ascontiguousarray(pool.view(np.uint8).reshape(len(pool), -1).T)


def ordered(planes: np.ndarray, kind: str) -> np.ndarray:
    return np.ascontiguousarray(planes.T).view(kind).reshape(-1)


def projections(numbers: np.ndarray) -> list[float]:
    """Two weighted sums and the sum of magnitudes of a flat array: they change when any element does."""
    places = np.arange(numbers.size)
    return [
        float((numbers * np.cos(places * 1.37 + 0.5)).sum()),
        float((numbers * np.sin(places * 2.71 + places % 7)).sum()),
        float(np.abs(numbers).sum()),
    ]


def picked(size: int) -> np.ndarray:
    return np.unique(np.linspace(0, size - 1, PICKED).astype(int))


class Writer:
    """Puts arrays into pools, equal ones once; after those that were `kept`."""

    def __init__(self, kept: "Reader | None" = None) -> None:
        self.integers: list[np.ndarray] = [np.zeros(0, np.int64) if kept is None else kept.pools["i"]]
        self.floats: list[np.ndarray] = [np.zeros(0) if kept is None else kept.pools["f"]]
        self.places: dict[tuple[str, bytes], int] = {}
        self.counts = {"integers": self.integers[0].size, "floats": self.floats[0].size}

    def pooled(self, pool: str, numbers: np.ndarray) -> int:
        numbers = np.ascontiguousarray(numbers.reshape(-1), np.int64 if pool == "integers" else np.float64)
        key = (pool, numbers.tobytes())
        if key not in self.places:
            self.places[key] = self.counts[pool]
            getattr(self, pool).append(numbers)
            self.counts[pool] += numbers.size
        return self.places[key]

    def array(self, data: np.ndarray) -> list:
        """`[shape, dtype, pool, place]`; pool is `g` for whole steps of the grid."""
        head = [list(data.shape), str(data.dtype)]
        if data.dtype.kind != "f":
            return [*head, "i", self.pooled("integers", data)]
        wide = data.astype(np.float64)
        if np.all(np.isfinite(wide)) and np.all(np.abs(wide) < 1e9):
            steps = wide * GRID
            if np.all(steps == np.rint(steps)):
                return [*head, "g", self.pooled("integers", steps)]
        return [*head, "f", self.pooled("floats", wide)]

    def tree(self, value):
        if isinstance(value, Array):
            return {"array": self.array(value.data), "grad": value.requires_grad, "layout": value.layout}
        if isinstance(value, Again):
            return {"again": value.place}
        if isinstance(value, Dtype):
            return {"dtype": value.name}
        if isinstance(value, tuple):
            return {"tuple": [self.tree(each) for each in value]}
        if isinstance(value, list):
            return [self.tree(each) for each in value]
        if isinstance(value, dict):
            return {"dict": {name: self.tree(each) for name, each in value.items()}}
        if isinstance(value, slice):
            return {"slice": [self.tree(each) for each in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"ellipsis": True}
        if isinstance(value, float) and not math.isfinite(value):
            return {"float": str(value)}
        return value

    def result(self, value):
        """A result: small arrays whole, of large ones some elements and projections."""
        if not isinstance(value, np.ndarray):
            return self.tree(value)
        if value.size <= WHOLE or value.dtype.kind != "f":
            return {"array": self.array(value)}
        flat = value.astype(np.float64).reshape(-1)
        odd = ~np.isfinite(flat)
        made = {"shape": list(value.shape), "dtype": str(value.dtype)}
        if odd.any():
            made["odd"] = self.pooled("integers", np.where(np.isnan(flat), 1, np.sign(flat) * 2) * odd)
            flat = np.where(odd, 0, flat)
        return {**made, "few": self.pooled("floats", np.array([*flat[picked(flat.size)], *projections(flat)]))}

    def seen(self, look: Seen) -> dict:
        made = {}
        for part in ("values", "first", "second"):
            found = getattr(look, part)
            if found is not None:
                made[part] = found if isinstance(found, str) else [self.result(each) for each in found]
        return {**made, "dtypes": look.dtypes}

    def save(self, text: dict) -> None:
        integers, floats = np.concatenate(self.integers), np.concatenate(self.floats)
        held = io.BytesIO()
        np.savez_compressed(
            held,
            text=np.frombuffer(json.dumps(text, separators=(",", ":")).encode(), np.uint8),
            integers=shuffled(integers),
            floats=shuffled(floats),
        )
        FIXTURE.write_bytes(held.getvalue())


class Reader:
    """What was stored: `text` and the trees and results in it."""

    def __init__(self) -> None:
        with np.load(FIXTURE) as held:
            self.text = json.loads(held["text"].tobytes())
            self.pools = {
                "i": ordered(held["integers"], "<i8"),
                "f": ordered(held["floats"], "<f8"),
            }

    def array(self, told: list) -> np.ndarray:
        shape, kind, pool, place = told
        size = math.prod(shape)
        numbers = self.pools["f" if pool == "f" else "i"][place : place + size]
        if pool == "g":
            numbers = numbers / GRID
        return numbers.astype(kind).reshape(shape)

    def tree(self, value):
        if isinstance(value, list):
            return [self.tree(each) for each in value]
        if not isinstance(value, dict):
            return value
        ((name, held),) = [(name, held) for name, held in value.items() if name not in ("grad", "layout")]
        if name == "array":
            layout = value.get("layout")
            return Array(
                self.array(held), value.get("grad", False), tuple(layout) if isinstance(layout, list) else layout
            )
        if name == "again":
            return Again(held)
        if name == "dtype":
            return Dtype(held)
        if name == "tuple":
            return tuple(self.tree(each) for each in held)
        if name == "dict":
            return {key: self.tree(each) for key, each in held.items()}
        if name == "slice":
            return slice(*(self.tree(each) for each in held))
        return Ellipsis if name == "ellipsis" else float(held)

    def differs(self, found, wanted, near: tuple[float, float]) -> str | None:
        """How a result differs from what is stored; None where it agrees."""
        if not isinstance(wanted, dict) or not ({"array", "few"} & wanted.keys()):
            expected = self.tree(wanted)
            if isinstance(found, np.ndarray):
                return f"an array of shape {list(found.shape)} for {expected!r}"
            if isinstance(expected, float) and isinstance(found, float):
                return None if np.isclose(found, expected, *near, equal_nan=True) else f"{found} for {expected}"
            same = type(found) is type(expected) and found == expected
            return None if same or found == expected == () else f"{found!r} for {expected!r}"
        if not isinstance(found, np.ndarray):
            return f"{found!r} for an array"
        shape = wanted["shape"] if "few" in wanted else wanted["array"][0]
        if list(found.shape) != shape:
            return f"shape {list(found.shape)} for {shape}"
        if "array" in wanted:
            return apart(found, self.array(wanted["array"]), near)
        flat = found.astype(np.float64).reshape(-1)
        odd = ~np.isfinite(flat)
        codes = (np.where(np.isnan(flat), 1, np.sign(flat) * 2) * odd).astype(int)
        place = wanted.get("odd")
        kept = self.pools["i"][place : place + flat.size] if place is not None else np.zeros(flat.size, int)
        if not np.array_equal(codes, kept):
            return "nan or inf elsewhere"
        flat = np.where(odd, 0, flat)
        places = picked(flat.size)
        stored = self.pools["f"][wanted["few"] : wanted["few"] + len(places) + 3]
        scale = stored[-1]
        known = apart(flat[places], stored[: len(places)], near, scale / flat.size)
        if known:
            return known
        for one, other in zip(projections(flat), stored[len(places) :], strict=True):
            if abs(one - other) > near[0] * scale + near[1] * flat.size:
                return f"a weighted sum of it is {one} for {other}"
        return None


def apart(found: np.ndarray, wanted: np.ndarray, near: tuple[float, float], scale: float = 1) -> str | None:
    """How two arrays differ: by more than a share of each element and a little; in narrow dtypes, which round sums, a share of the greatest element."""
    if wanted.dtype.kind != "f":
        return None if np.array_equal(found, wanted) else f"{found.tolist()} for {wanted.tolist()}"
    found, wanted = found.astype(np.float64), wanted.astype(np.float64)
    finite = np.abs(wanted[np.isfinite(wanted)])
    scale = max(1.0, scale, *finite) if near[0] > EXACT else 1.0
    if np.allclose(found, wanted, near[0], near[1] * scale, equal_nan=True):
        return None
    return f"{found.tolist()} for {wanted.tolist()}"
