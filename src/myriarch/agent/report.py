"""What an agent tells the hub: counts, and where something failed, who and what they share."""

from __future__ import annotations

import numpy as np

from myriarch.agent.node_level import Turn
from myriarch.agent.nodes import strata_counts
from myriarch.api.cluster import ComponentStatus, Direction, FailureGroup, Grant, ValueTally
from myriarch.drivers.driver import SYMPTOM_NAMES, Bools, Driver, Symptom

NAMED_NODES = 10
MOST_GROUPS = 20
GROUPED_BY = ("gpuModel", "shape", "os", "kernel", "zone", "pool")


def report(grant: Grant, turn: Turn, before: ComponentStatus | None, driver: Driver) -> ComponentStatus:
    """The status of one component after a turn. What failed stays told while the nodes go back."""
    states, health = turn.states, turn.health
    going_back = grant.direction is Direction.REVERT or turn.reverted_by_itself
    off = health.begun & ~health.back & (states.ready != -1)
    same_attempt = before is not None and before.attempt == grant.attempt
    status = ComponentStatus(
        component=grant.component,
        attempt=grant.attempt,
        revision=grant.revision,
        direction=grant.direction,
        observed_ceiling=grant.ceiling,
        settled=_settled(grant, turn, before, going_back),
        reverted_attempt=grant.attempt if turn.reverted_by_itself else (before.reverted_attempt if before else 0),
        nodes=int(states.present.sum()),
        begun=int(health.begun.sum()),
        updating=int((states.moving & states.present).sum()),
        updated=int(health.updated.sum()),
        failed=int(health.failed.sum()),
        unreachable=int((states.present & (states.ready == -1)).sum()),
        off_target=int(off.sum()) if going_back else 0,
        reverted=int((health.back & ~states.moving).sum()),
        stuck=[driver.names[int(i)] for i in np.flatnonzero(health.stuck)[:NAMED_NODES]],
        stuck_count=int(health.stuck.sum()),
        last_known_good=grant.revision if grant.proven else grant.rollback_to,
        message=_message(grant, turn),
    )
    _tell_failures(status, turn, driver)
    if same_attempt and before is not None and (going_back or health.reverting.any()):
        _keep_failures(status, before)
    return status


def _settled(grant: Grant, turn: Turn, before: ComponentStatus | None, going_back: bool) -> bool:
    """Done, as far as it can be. Once told for a ceiling it stays so: nodes come and go all the time."""
    states, health = turn.states, turn.health
    if going_back:
        return not bool((health.begun & ~health.back & ~health.stuck & (states.ready != -1)).any())
    told = before is not None and before.settled and before.attempt == grant.attempt
    if told and before is not None and before.observed_ceiling == grant.ceiling:
        return before.direction is not Direction.REVERT
    done = health.updated | health.failed | health.silent_borne | health.reverting
    excused = ~health.begun & (~health.healthy | (states.ready == -1)) | (states.ready == -1)
    waiting = turn.selected & states.present & ~done & ~excused
    if grant.all_nodes or int(turn.selected.sum()) < grant.ceiling:
        waiting |= turn.astray
    return not bool(waiting.any())


def _tell_failures(status: ComponentStatus, turn: Turn, driver: Driver) -> None:
    failed = turn.health.failed
    if not failed.any():
        return
    attributes = driver.attributes()
    groups: dict[tuple[str, ...], list[int]] = {}
    for index in np.flatnonzero(failed):
        i = int(index)
        symptom = int(turn.states.symptom[i]) or int(Symptom.UPDATE_TIMEOUT)
        key = (SYMPTOM_NAMES[symptom], *(attributes[a].values[int(attributes[a].codes[i])] for a in GROUPED_BY))
        groups.setdefault(key, []).append(i)
    largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_GROUPS]
    status.failures = [
        FailureGroup(
            symptom=key[0],
            attributes=dict(zip(GROUPED_BY, key[1:], strict=True)),
            count=len(members),
            nodes=[driver.names[i] for i in members[:NAMED_NODES]],
        )
        for key, members in largest
    ]
    status.tallies = _tallies(driver, turn.health.updated, failed)


def _tallies(driver: Driver, updated: Bools, failed: Bools) -> list[ValueTally]:
    attributes = driver.attributes()
    at_risk, struck = strata_counts(attributes, updated | failed), strata_counts(attributes, failed)
    return [
        ValueTally(attribute=name, value=value, updated=count, failed=struck[name].get(value, 0))
        for name, counts in at_risk.items()
        for value, count in counts.items()
    ]


def _keep_failures(status: ComponentStatus, before: ComponentStatus) -> None:
    if status.failed < before.failed:
        status.failed = before.failed
        status.failures = before.failures
        status.tallies = before.tallies


def _message(grant: Grant, turn: Turn) -> str:
    if turn.reverted_by_itself:
        return f"reverts attempt {grant.attempt} by its own judgement: {turn.decision.memory.message}".rstrip(": ")
    if grant.direction is Direction.FORWARD and not turn.may_go_forward:
        return "holds: the grant has expired"
    return "; ".join(turn.decision.holds)[:1024]
