"""What is counted, for Prometheus. Labels are words of ours only: no conversation, no text, no address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

MESSAGES = Counter("imt_messages", "Messages stored, by author and channel", ["author", "channel"], registry=REGISTRY)
STAGES = Histogram("imt_stage_seconds", "Latency by stage", ["stage"], buckets=_SECONDS, registry=REGISTRY)
TOPICS = Counter("imt_topics", "Topics answered", ["topic"], registry=REGISTRY)
DECLINED = Counter("imt_declined", "Turns declined as out of scope", registry=REGISTRY)
TURNS = Counter("imt_turns", "Turns ended, by outcome", ["outcome"], registry=REGISTRY)

Readings = Mapping[tuple[str, str], Mapping[str, int]]


class Stored(Collector):
    """Figures that stand in the database, read when somebody asks: `read` gives {(name, help): {state: number}}."""

    def __init__(self, read: Callable[[], Readings]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        for (name, text), numbers in self._read().items():
            family = GaugeMetricFamily(name, text, labels=["state"])
            for state, number in numbers.items():
                family.add_metric([state], number)
            yield family
