"""Numbers of one process, for Prometheus. They hold no text of a user."""

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

COUNTS: Mapping[str, tuple[str, str]] = {
    "runs": ("outcome", "Programs that were run here to their end, by how they ended."),
    "posts": ("outcome", "Runs that were asked for: accepted, or why not."),
    "kills": ("reason", "Worker processes that were ended."),
    "streams": ("end", "Streams that were served, by how they ended."),
}
GAUGES: Mapping[str, str] = {
    "waiting": "Programs that wait.",
    "running": "Programs that run.",
    "streams_open": "Streams that are open.",
    "tasks": "Tasks of the event loop.",
    "workers": "Warm worker processes.",
    "store_fails": "1 while the store fails.",
}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Counts by name and label, how long programs waited and the loop was late, and what is read off when someone asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.counts = {
            name: Counter(f"gradlight_{name}", meaning, [label], registry=self.registry)
            for name, (label, meaning) in COUNTS.items()
        }
        self.gauges = {
            name: Gauge(f"gradlight_{name}", meaning, registry=self.registry) for name, meaning in GAUGES.items()
        }
        self.lag = Histogram(
            "gradlight_loop_lag_seconds", "How late the event loop was.", buckets=BUCKETS, registry=self.registry
        )
        self.wait = Histogram(
            "gradlight_wait_seconds",
            "How long programs waited for their turn.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def count(self, name: str, label: str) -> None:
        """One more of this name and label."""
        self.counts[name].labels(label).inc()

    def late(self, seconds: float) -> None:
        """The loop did something so late."""
        self.lag.observe(seconds)

    def waited(self, seconds: float) -> None:
        """A program's turn has come after so long."""
        self.wait.observe(seconds)

    def text(self, gauges: Mapping[str, float]) -> bytes:
        """Everything that was counted, and `gauges`, in Prometheus' text format 0.0.4."""
        for name, value in gauges.items():
            self.gauges[name].set(value)
        return generate_latest(self.registry)
