"""From what was seen in a run to its result."""

from __future__ import annotations

import numpy as np

from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339
from myriarch.sim.coverage import Coverage
from myriarch.sim.invariants import NAMES
from myriarch.sim.invariants.checker import Scene
from myriarch.sim.meter import Meter
from myriarch.sim.plot import Expectation, Plot
from myriarch.sim.result import Expected, Met, ReleaseResult, Result
from myriarch.sim.trace import Trace
from myriarch.sim.truth import Nodes
from myriarch.sim.weather import Weather


def make_result(
    name: str,
    seed: int,
    plot: Plot,
    scene: Scene,
    meter: Meter,
    coverage: Coverage,
    weather: Weather,
    trace: Trace,
    ended_at: float,
) -> Result:
    """Everything, in a deterministic order."""
    seen, fleet = scene.witness.seen, scene.witness.fleet
    releases = [
        _release(scene, meter, seen.releases[key])
        for key in (f"{planned.namespace}/{planned.name}" for planned in plot.releases)
        if key in seen.releases
    ]
    return Result(
        scenario=name,
        seed=seed,
        clusters=len(fleet.plans),
        nodes=fleet.node_count,
        virtual_seconds=round(ended_at - scene.start, 3),
        releases=releases,
        invariants_checked=list(NAMES),
        invariants_broken=dict(sorted(scene.counts.items())),
        violations=scene.violations,
        expectations=[_expected(each, releases) for each in plot.expectations],
        coverage=[
            Met(phase=phase, event=event, fault=fault, count=count)
            for (phase, event, fault), count in sorted(coverage.cells.items())
        ],
        transitions={f"{phase} {event}": count for (phase, event), count in sorted(coverage.transitions.items())},
        faults=dict(sorted(weather.strikes.items())),
        trace=trace.digest,
        trace_lines=trace.count,
    )


def _release(scene: Scene, meter: Meter, release: Release) -> ReleaseResult:
    status, spec = release.status, release.spec
    harm = meter.harm(spec.component, status.attempt)
    decided = None
    if harm.first_at is not None and harm.decided_at is not None:
        decided = round(harm.decided_at - harm.first_at, 3)
    counts = _count(scene, release)
    created = release.metadata.creation_timestamp
    taken = None
    if status.ended_at and created:
        taken = round(max(parse_rfc3339(status.ended_at) - parse_rfc3339(created), 0.0), 3)
    return ReleaseResult(
        name=release.name,
        phase=status.phase,
        reason=status.reason,
        message=status.message,
        blame=dict(sorted(status.blame.items())),
        exposure={tally.environment: tally.exposure for tally in status.environments},
        harmed_unit_seconds=round(harm.unit_seconds, 3),
        first_harm_to_decision_seconds=decided,
        nodes_reverted=counts["reverted"],
        nodes_stuck=sum(tally.stuck for tally in status.environments),
        nodes_unreachable=counts["unreachable"],
        nodes_on_revision=counts["on_revision"],
        nodes=counts["nodes"],
        virtual_seconds=taken,
        transitions=[f"{entry.phase} {entry.stage}/{entry.wave + 1} {entry.reason}" for entry in status.timeline],
    )


def _count(scene: Scene, release: Release) -> dict[str, int]:
    """The nodes of the whole fleet, as they truly are at the end."""
    component, attempt = release.spec.component, release.status.attempt
    revisions = scene.witness.fleet.world.component(component).revisions
    code = revisions.index(release.spec.revision) if release.spec.revision in revisions else -2
    total = dict.fromkeys(("nodes", "reverted", "unreachable", "on_revision"), 0)
    for plan in scene.witness.fleet.plans:
        nodes: Nodes = scene.witness.nodes(plan.name, component)
        began = scene.ledger.account(nodes).began(attempt) & nodes.present if attempt else np.zeros(nodes.size, bool)
        at_revision = nodes.present & (nodes.part["revision"] == code)
        total["nodes"] += int(nodes.present.sum())
        total["unreachable"] += int((nodes.present & ~nodes.reachable).sum())
        total["on_revision"] += int(at_revision.sum())
        total["reverted"] += int((began & ~at_revision & ~nodes.ordered).sum())
    return total


def _expected(wanted: Expectation, releases: list[ReleaseResult]) -> Expected:
    release = next((each for each in releases if each.name == wanted.release), None)
    if release is None:
        return Expected(release=wanted.release, met=False, found=["it was never created"])
    found = list(_differences(wanted, release))
    return Expected(release=wanted.release, met=not found, found=found)


def _differences(wanted: Expectation, release: ReleaseResult) -> list[str]:
    found: list[str] = []
    if wanted.phases and release.phase not in wanted.phases:
        found.append(f"phase is {release.phase}, wanted {' or '.join(wanted.phases)}: {release.message}")
    said = " ".join([release.reason, release.message, *release.transitions])
    found += [f"nothing says {text!r}" for text in wanted.message_contains if text not in said]
    for attribute, value in wanted.blame.items():
        if release.blame.get(attribute) != value:
            found.append(f"blames {release.blame or 'nothing'}, wanted {attribute}={value}")
    for environment, limit in wanted.exposure_at_most.items():
        if release.exposure.get(environment, 0.0) > limit:
            found.append(f"exposure of {environment} is {release.exposure[environment]:g}, at most {limit:g} wanted")
    for environment, limit in wanted.exposure_at_least.items():
        if release.exposure.get(environment, 0.0) < limit:
            share = release.exposure.get(environment, 0.0)
            found.append(f"exposure of {environment} is {share:g}, at least {limit:g} wanted")
    if wanted.nodes_stuck_at_most is not None and release.nodes_stuck > wanted.nodes_stuck_at_most:
        found.append(f"{release.nodes_stuck} nodes are stuck, at most {wanted.nodes_stuck_at_most} wanted")
    if wanted.within is not None and (release.virtual_seconds is None or release.virtual_seconds > wanted.within):
        taken = "never" if release.virtual_seconds is None else f"{release.virtual_seconds:g} s"
        found.append(f"ended after {taken}, wanted within {wanted.within:g} s")
    return found
