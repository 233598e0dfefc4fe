"""Kinds of trouble that a harmless release meets: each family makes one variant from the draws it is given.

The families with trouble of the fleet are here; those with other releases, metrics and time in ``families_other.py``.
Times count from the begin of the release and fall into its first days, while it moves and is judged.
"""

from __future__ import annotations

from rollout.harmless.variant import DAY, HOUR, MINUTE, Document, Draw, Variant, Where, minutes
from rollout.vocabulary import RACKS_PER_ZONE, REGIONS, ZONES

LATEST = 2 * DAY
"""Until when trouble begins: later a release has mostly ended."""
EARLIEST = 10 * MINUTE
SPOT_PROVIDERS = ("aws", "gcp", "azure")
REBOOT_STEPS = 12


def ordinary(draw: Draw) -> Variant:
    deaths = draw.ladder(0.0001, 0.002, 5)
    return Variant(
        title="An ordinary week",
        summary=f"Nothing but nodes that die at a rate of {deaths:g} a node and day, and come back as they do.",
        deaths_per_node_day=deaths,
    )


def node_deaths(draw: Draw) -> Variant:
    deaths = draw.ladder(0.003, 0.01, 5)
    return Variant(
        title="Nodes die at many times the usual rate",
        summary=f"A bad batch of machines all over the fleet: {deaths:g} deaths a node and day, updated or not.",
        deaths_per_node_day=deaths,
    )


def zone_outage(draw: Draw) -> Variant:
    where: Where = {"region": [draw.one(tuple(REGIONS))], "zone": [draw.one(ZONES)]}
    lasting = minutes(draw.ladder(20 * MINUTE, 6 * HOUR))
    return Variant(
        title="A zone is out",
        summary=f"A whole zone of one region is gone for {lasting}, the updated nodes in it and the others alike.",
        outages=(_outage(draw.span(EARLIEST, LATEST), lasting, where, share=draw.between(0.8, 1.0)),),
    )


def rack_outage(draw: Draw) -> Variant:
    region, zone = draw.one(tuple(REGIONS)), draw.one(ZONES)
    racks = [f"{region}-{zone}-r{number}" for number in range(1, RACKS_PER_ZONE + 1)]
    chosen = sorted({draw.one(racks), draw.one(racks)})
    lasting = minutes(draw.ladder(30 * MINUTE, 2 * DAY))
    return Variant(
        title="A rack loses its power",
        summary=f"One or two racks of a zone are down for {lasting}; spatial, and no fault of the release.",
        outages=(_outage(draw.span(EARLIEST, LATEST), lasting, {"rack": chosen}),),
    )


def cluster_lost(draw: Draw) -> Variant:
    clusters, symptom = 1 + draw.number % 3, draw.turn(("Down", "Silent"))
    lasting = minutes(draw.ladder(HOUR, 5 * DAY))
    outage = _outage(draw.span(EARLIEST, LATEST), lasting, {}, symptom=symptom) | {"clusters": clusters}
    return Variant(
        title="Clusters are lost",
        summary=f"{clusters} of the production clusters, drawn by chance, are {symptom.lower()} whole for {lasting}.",
        outages=(outage,),
    )


def spot_reclaims(draw: Draw) -> Variant:
    where: Where = {"provider": [draw.turn(SPOT_PROVIDERS)]}
    share, times = draw.ladder(0.05, 0.4), 2 + draw.number % 4
    begins = [draw.span(EARLIEST, LATEST) for _ in range(times)]
    return Variant(
        title="A provider takes its spot machines back",
        summary=f"{times} times a share of {share:g} of one provider's nodes is reclaimed and replaced within minutes.",
        outages=tuple(_outage(at, draw.span(5 * MINUTE, 25 * MINUTE), where, share=share) for at in begins),
    )


def flapping_network(draw: Draw) -> Variant:
    share, lasting = draw.ladder(0.05, 0.5), draw.span(20 * MINUTE, 4 * HOUR)
    where: Where = {"region": [draw.turn(tuple(REGIONS))]}
    return Variant(
        title="A region's network flaps",
        summary=f"A share of {share:g} of one region's nodes comes and goes for {lasting}, updated or not.",
        outages=(_outage(draw.span(EARLIEST, LATEST), lasting, where, share=share, symptom="Flapping"),),
    )


def monitoring_gap(draw: Draw) -> Variant:
    where: Where = {"region": [draw.one(tuple(REGIONS))]} if draw.number % 3 else {}
    lasting = minutes(draw.ladder(5 * MINUTE, 2 * HOUR))
    place = "one region" if where else "all production"
    return Variant(
        title="Monitoring has a gap",
        summary=f"For {lasting} nothing is heard of {place}: treated and controls fall silent alike.",
        outages=(_outage(draw.span(EARLIEST, LATEST), lasting, where, symptom="Silent"),),
    )


def rolling_reboots(draw: Draw) -> Variant:
    share, step = draw.ladder(0.005, 0.04, 3), draw.between(10 * MINUTE, 40 * MINUTE)
    begin = draw.between(EARLIEST, DAY)
    begins = [minutes(begin + step * number) for number in range(REBOOT_STEPS)]
    return Variant(
        title="Somebody reboots the fleet",
        summary=f"Every {minutes(step)} a share of {share:g} of all nodes is away for some minutes and returns.",
        outages=tuple(_outage(at, draw.span(4 * MINUTE, 12 * MINUTE), {}, share=share) for at in begins),
    )


def simulated_trouble(draw: Draw) -> Variant:
    where: Where = {"zone": [draw.turn(ZONES)]} if draw.number % 2 else {}
    share, lasting = draw.ladder(0.1, 1.0), draw.span(10 * MINUTE, 3 * HOUR)
    outage = _outage(draw.span(EARLIEST, 6 * HOUR), lasting, where, share=share) | {"environments": ["simulated"]}
    return Variant(
        title="The simulated environment has trouble of its own",
        summary=f"A share of {share:g} of the simulated nodes (or of one zone of them) is down for {lasting}.",
        outages=(outage,),
    )


def _outage(at: str, lasting: str, where: Where, *, share: float = 1.0, symptom: str = "Down") -> Document:
    outage: Document = {"at": at, "for": lasting}
    if where:
        outage["where"] = where
    return outage | {"share": share, "symptom": symptom}
