"""A scenario: what a release does to a fleet, what befalls the fleet meanwhile, and what a good judge would find.

Scenarios are YAML files; README.md describes the fields. This file is their shape, ``scenario_check.py`` what the
shape can't say, ``loading.py`` reads folders. Durations are texts such as ``6h``; at is counted from the begin of the
release.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from myriarch.base.durations import parse_duration
from rollout.vocabulary import PRODUCTION, SIMULATED


class Kind(StrEnum):
    INCIDENT = "incident"
    HARMLESS = "harmless"


class Level(StrEnum):
    """What moves as one, and what effects strike."""

    NODE = "node"
    CLUSTER = "cluster"


class Trigger(StrEnum):
    """What the delay of an effect counts from: the end of the update, the node's next restart after it, the next daily
    peak after it, or the begin of the release."""

    UPDATE = "Update"
    RESTART = "Restart"
    DAILY_PEAK = "DailyPeak"
    TIME = "Time"


class SymptomKind(StrEnum):
    """How harm shows.

    Down: not ready. Flapping: ready and not ready within a minute or so. Slow: ready, but ``factor`` times slower.
    Overload: the whole cluster is down once more of it is updated than it bears. Oscillating: down for half of each
    ``period``. Silent: nothing is heard of the node any more.
    """

    DOWN = "Down"
    FLAPPING = "Flapping"
    SLOW = "Slow"
    OVERLOAD = "Overload"
    OSCILLATING = "Oscillating"
    SILENT = "Silent"


class Guilty(StrEnum):
    SELF = "self"
    OTHER = "other"
    NONE = "none"


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Part of a scenario file: fields are written in camelCase, and unknown ones are refused."""


class Source(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Where the incident was published, and when."""

    title: str
    url: str
    date: str


class Delay(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Log-normal: ``median``, and ``spread`` as the standard deviation of the logarithm; 0 is exact."""

    median: str = "0s"
    spread: float = 0.0

    @property
    def seconds(self) -> float:
        return parse_duration(self.median)


class Symptom(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """``factor`` belongs to Slow, ``grows_with`` to Overload, ``period`` to Oscillating."""

    kind: SymptomKind
    factor: float = 2.0
    grows_with: str = "nodes"
    period: str = "20m"

    @property
    def period_seconds(self) -> float:
        return parse_duration(self.period)


class Effect(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Strikes a share ``probability`` of what matches all of ``where`` and is larger than ``where_larger_than``."""

    symptom: Symptom
    where: dict[str, tuple[str, ...]] = {}
    where_larger_than: dict[str, int] = {}
    environments: tuple[str, ...] = (SIMULATED, PRODUCTION)
    probability: float = 1.0
    trigger: Trigger = Trigger.UPDATE
    delay: Delay = Delay()


class Outage(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Befalls ``share`` of what matches, updated or not; where ``clusters`` is above 0, only in so many clusters
    drawn by chance."""

    at: str
    for_: str = msgspec.field(name="for")
    where: dict[str, tuple[str, ...]] = {}
    share: float = 1.0
    clusters: int = 0
    environments: tuple[str, ...] = (PRODUCTION,)
    symptom: SymptomKind = SymptomKind.DOWN

    @property
    def span(self) -> tuple[float, float]:
        """Begin and end in seconds after the release begins."""
        begin = parse_duration(self.at)
        return begin, begin + parse_duration(self.for_)


class Noise(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A metric that everybody shows ``factor`` times as high for a while: ``latency`` or ``errors``."""

    metric: str
    factor: float
    at: str
    for_: str = msgspec.field(name="for")

    @property
    def span(self) -> tuple[float, float]:
        begin = parse_duration(self.at)
        return begin, begin + parse_duration(self.for_)


class OtherRelease(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Another release, which reaches the production clusters one after another ``over`` a while; where it is guilty,
    its harm lasts until its own people take it back, ``for`` so long."""

    component: str
    at: str
    guilty: bool = False
    effects: tuple[Effect, ...] = ()
    over: str = "8h"
    for_: str = msgspec.field(name="for", default="12h")


class Background(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What befalls the fleet beyond the ordinary."""

    deaths_per_node_day: float = 0.0
    outages: tuple[Outage, ...] = ()
    noise: tuple[Noise, ...] = ()
    other_releases: tuple[OtherRelease, ...] = ()


class Expected(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a perfect judge would say: whether the harm can be seen at all, who did it, and what the struck share."""

    observable: bool = True
    guilty: Guilty = Guilty.SELF
    attributes: dict[str, str] = {}


class Scenario(Part, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One scenario. ``update`` is how long a node (or, at level cluster, a cluster) takes; the usual where absent."""

    name: str
    title: str
    kind: Kind
    summary: str
    source: tuple[Source, ...] = ()
    level: Level = Level.NODE
    effects: tuple[Effect, ...] = ()
    background: Background = Background()
    expected: Expected = Expected()
    update: Delay | None = None

    @property
    def harmless(self) -> bool:
        return self.kind is Kind.HARMLESS
