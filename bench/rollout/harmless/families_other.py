"""More families of harmless releases: other releases in flight, noisy metrics, slow updates, trouble by the clock.

See ``families.py`` for the first half and for what times count from.
"""

from __future__ import annotations

from rollout.harmless.variant import DAY, HOUR, MINUTE, Document, Draw, Variant, Where, minutes
from rollout.vocabulary import CNIS, CONTAINER_RUNTIMES, KERNELS, KUBERNETES_MINORS, PROVIDERS, REGIONS

DAYS = 6
"""How many days in a row a daily trouble comes back."""
COMPONENTS = ("cni", "log-agent", "service-mesh", "node-exporter", "storage-driver", "kubelet-configuration")
SYMPTOMS: tuple[Document, ...] = (
    {"kind": "Down"},
    {"kind": "Flapping"},
    {"kind": "Slow", "factor": 3.0},
    {"kind": "Silent"},
)
SUBSETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cni", tuple(CNIS)),
    ("provider", tuple(PROVIDERS)),
    ("kubernetesMinor", tuple(KUBERNETES_MINORS)),
    ("containerRuntime", tuple(name for name in CONTAINER_RUNTIMES if name.startswith("containerd"))),
    ("os", ("Ubuntu 22.04 LTS", "Ubuntu 24.04 LTS", "Amazon Linux 2023")),
)


def guilty_other(draw: Draw) -> Variant:
    component = draw.turn(COMPONENTS)
    attribute, values = draw.turn(SUBSETS)
    value, symptom = draw.one(values), draw.turn(SYMPTOMS)
    effect: Document = {
        "where": {attribute: [value]},
        "environments": ["production"],
        "probability": draw.ladder(0.3, 1.0),
        "trigger": "Update",
        "delay": {"median": draw.span(MINUTE, 2 * HOUR), "spread": 0.5},
        "symptom": symptom,
    }
    return Variant(
        title=f"Another release, of {component}, is the guilty one",
        summary=f"A release of {component} at the same time harms nodes with {attribute} {value}; ours harms none.",
        other_releases=(_release(draw, component) | {"guilty": True, "effects": [effect]},),
        attributes={attribute: value},
    )


def innocent_other(draw: Draw) -> Variant:
    components = [draw.turn(COMPONENTS), *([draw.turn(COMPONENTS[1:])] if draw.number % 2 else [])]
    deaths = draw.ladder(0.0005, 0.003, 5)
    return Variant(
        title="Other releases are in flight, and all are well",
        summary=f"Releases of {' and '.join(components)} go out at the same time; nodes die at {deaths:g} a day.",
        deaths_per_node_day=deaths,
        other_releases=tuple(_release(draw, component) for component in components),
    )


def noisy_metric(draw: Draw) -> Variant:
    metric, factor = draw.turn(("latency", "errors")), draw.ladder(1.3, 6.0)
    times = 1 + draw.number % 3
    noise = [_noise(metric, factor, draw.span(10 * MINUTE, 2 * DAY), draw.span(30 * MINUTE, 8 * HOUR))]
    noise += [_noise(metric, factor, draw.span(HOUR, 2 * DAY), draw.span(10 * MINUTE, HOUR)) for _ in range(times - 1)]
    return Variant(
        title=f"A noisy metric: {metric}",
        summary=f"{times} times {metric} reads {factor:g} times as high everywhere, in old and new alike.",
        noise=tuple(noise),
    )


def slow_update(draw: Draw) -> Variant:
    median, spread = minutes(draw.ladder(6 * MINUTE, 30 * MINUTE)), draw.between(0.2, 0.7)
    return Variant(
        title="A slow but harmless update",
        summary=f"A node takes {median} to update, some of them far longer; it is well before and after.",
        update={"median": median, "spread": spread},
        deaths_per_node_day=0.0005,
    )


def daily_peak(draw: Draw) -> Variant:
    factor, share = draw.ladder(1.3, 3.0), draw.between(0.005, 0.04, 3)
    begin, lasting = draw.between(HOUR, 20 * HOUR), draw.span(2 * HOUR, 4 * HOUR)
    days = [minutes(begin + DAY * number) for number in range(DAYS)]
    flapping: Document = {"share": share, "symptom": "Flapping"}
    return Variant(
        title="A daily peak that hurts everybody alike",
        summary=f"Each day for {lasting} latency is {factor:g} times as high and a share of {share:g} of nodes flaps.",
        noise=tuple(_noise("latency", factor, at, lasting) for at in days),
        outages=tuple({"at": at, "for": lasting} | flapping for at in days),
    )


def by_the_clock(draw: Draw) -> Variant:
    system, share = draw.turn(tuple(KERNELS)), draw.ladder(0.03, 0.3)
    begin, lasting = draw.between(HOUR, 23 * HOUR), draw.span(5 * MINUTE, 30 * MINUTE)
    days = [minutes(begin + DAY * number) for number in range(DAYS)]
    struck: Document = {"where": {"os": [system]}, "share": share, "symptom": "Down"}
    return Variant(
        title="A timer strikes at the same hour each day",
        summary=f"Each day a share of {share:g} of the nodes with {system} is down for {lasting}, updated or not.",
        outages=tuple({"at": at, "for": lasting} | struck for at in days),
    )


def several_at_once(draw: Draw) -> Variant:
    where: Where = {"region": [draw.one(tuple(REGIONS))], "zone": [draw.one(("z1", "z2", "z3"))]}
    zone: Document = {"at": draw.span(30 * MINUTE, DAY), "for": draw.span(20 * MINUTE, 2 * HOUR), "where": where}
    lost: Document = {"at": draw.span(30 * MINUTE, DAY), "for": draw.span(HOUR, DAY), "clusters": 1}
    factor = draw.ladder(1.3, 3.0)
    return Variant(
        title="Everything on the same day",
        summary=f"A zone is out, a cluster is lost and latency reads {factor:g} times as high, all within a day.",
        deaths_per_node_day=draw.between(0.0005, 0.003, 5),
        outages=(zone, lost),
        noise=(_noise("latency", factor, draw.span(30 * MINUTE, DAY), draw.span(HOUR, 6 * HOUR)),),
    )


def _release(draw: Draw, component: str) -> Document:
    return {
        "component": component,
        "at": draw.span(5 * MINUTE, 12 * HOUR),
        "over": draw.span(2 * HOUR, 10 * HOUR),
        "for": draw.span(4 * HOUR, 16 * HOUR),
    }


def _noise(metric: str, factor: float, at: str, lasting: str) -> Document:
    return {"metric": metric, "factor": factor, "at": at, "for": lasting}
