"""Numbers of one process, as Prometheus reads them (text format 0.0.4). They hold no text of a user."""

from collections import Counter
from collections.abc import Iterable, Mapping

NAMES: Mapping[str, tuple[str, str]] = {
    "runs": ("outcome", "Programs that were run here to their end, by how they ended."),
    "posts": ("outcome", "Runs that were asked for: accepted, or why not."),
    "kills": ("reason", "Worker processes that were ended."),
    "streams": ("end", "Streams that were served, by how they ended."),
}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Counts by name and label, and how long jobs waited and the loop was late."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
        self.lags: list[int] = [0] * (len(BUCKETS) + 1)
        self.lag_sum = 0.0

    def count(self, name: str, label: str) -> None:
        """One more of this name and label."""
        self.counts[name][label] += 1

    def late(self, seconds: float) -> None:
        """The loop did something so late."""
        self.lag_sum += seconds
        self.lags[next((place for place, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))] += 1

    def text(self, gauges: Mapping[str, tuple[str, float]]) -> str:
        """Everything that was counted, and `gauges` (name to what it means and its value)."""
        return "\n".join([*self.lines(), *gauge_lines(gauges), ""])

    def lines(self) -> Iterable[str]:
        for name, counter in self.counts.items():
            label, meaning = NAMES[name]
            yield f"# HELP gradlight_{name}_total {meaning}"
            yield f"# TYPE gradlight_{name}_total counter"
            for value, count in sorted(counter.items()):
                yield f'gradlight_{name}_total{{{label}="{value}"}} {count}'
        yield "# HELP gradlight_loop_lag_seconds How late the event loop was."
        yield "# TYPE gradlight_loop_lag_seconds histogram"
        total = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self.lags, strict=True):
            total += count
            yield f'gradlight_loop_lag_seconds_bucket{{le="{bound}"}} {total}'
        yield f"gradlight_loop_lag_seconds_sum {self.lag_sum:.6f}"
        yield f"gradlight_loop_lag_seconds_count {total}"


def gauge_lines(gauges: Mapping[str, tuple[str, float]]) -> Iterable[str]:
    for name, (meaning, value) in gauges.items():
        yield f"# HELP gradlight_{name} {meaning}"
        yield f"# TYPE gradlight_{name} gauge"
        yield f"gradlight_{name} {value:g}"
