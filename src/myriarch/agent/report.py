"""What an agent tells the hub: counts, and where something failed, who and what they share.

Where a part of the nodes has begun it tells what these are, too: canaries are no fair sample of their cluster.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.agent.covering import unmet_cover
from myriarch.agent.node_level import Turn
from myriarch.agent.nodes import joint_attributes, strata_counts
from myriarch.api.cluster import TALLIES_MAX, ComponentStatus, Direction, FailureGroup, Grant, ValueTally
from myriarch.api.strata import halves
from myriarch.drivers.driver import SYMPTOM_NAMES, Bools, Driver, Symptom
from myriarch.engine.out import units_out
from myriarch.engine.population import count, some

NAMED_NODES = 10
MOST_GROUPS = 20
MESSAGE_LIMIT = 1024
STUCK_LIMIT = 256
GROUPED_BY = ("gpuModel", "shape", "os", "kernel", "zone", "pool")


def report(
    grant: Grant, turn: Turn, before: ComponentStatus | None, driver: Driver, pairs: Sequence[Sequence[str]] = ()
) -> ComponentStatus:
    """The status of one component after a turn; failures are told by the joint values of ``pairs`` of attributes too.
    What failed stays told while the nodes go back.

    A node that was taken back one by one has failed for good: were it counted only until it stands at the old
    revision again, a harmful release could take one node after another and never be seen to harm.
    """
    states, health = turn.states, turn.health
    going_back = grant.direction is Direction.REVERT or turn.reverted_by_itself
    failed = health.failed if going_back else health.failed | (health.reverting & states.present)
    held = np.zeros(len(failed), np.bool_) if turn.held is None else turn.held
    failed = failed & ~held  # the release has answered for these
    off = health.begun & ~health.back & (states.ready != -1)
    dead = _passed_over(turn)
    same_attempt = before is not None and before.attempt == grant.attempt
    same_hold = before is not None and before.observed_hold == len(grant.hold)
    status = ComponentStatus(
        component=grant.component,
        attempt=grant.attempt,
        revision=grant.revision,
        direction=grant.direction,
        observed_ceiling=grant.ceiling,
        observed_hold=len(grant.hold),
        held=count(held & states.present),
        settled=_settled(grant, turn, before, going_back, whole=driver.whole(grant.component)),
        reverted_attempt=grant.attempt if turn.reverted_by_itself else (before.reverted_attempt if before else 0),
        nodes=count(states.present),
        begun=count(health.begun),
        updating=count(states.moving & states.present),
        updated=count(health.updated),
        failed=count(failed),
        unreachable=count(states.present & (states.ready == -1)),
        dead=[driver.names[int(i)] for i in dead.nonzero()[0][:NAMED_NODES]],
        dead_count=count(dead),
        off_target=count(off) if going_back else count(off & held),
        reverted=count(health.back & ~states.moving),
        stuck=[_with_why(driver.names[int(i)], turn) for i in health.stuck.nonzero()[0][:NAMED_NODES]],
        stuck_count=count(health.stuck),
        last_known_good=grant.revision if grant.proven else grant.rollback_to,
        reason=turn.trouble.reason if turn.trouble is not None else "",
    )
    if status.settled and not going_back:
        status.uncovered = unmet_cover(grant, health.begun, driver)
    status.begun += turn.starting
    status.updating += turn.starting
    status.message = _plain_message(grant, turn, status.settled)
    if not status.message and not status.settled and same_attempt and before is not None:
        status.message = before.message  # until ``explain``
    _tell_failures(status, failed, turn, before if same_attempt else None, driver)
    partly = not going_back and 0 < status.begun < status.nodes
    if status.failures or partly:
        status.tallies = _tallies(driver, health.updated & ~held, failed, pairs)
    if same_attempt and same_hold and before is not None and (going_back or some(health.reverting & ~held)):
        _keep_failures(status, before)
        if before.failed and not status.reason:  # what is wrong with the revision is told when it has gone, too
            status.reason, status.message = before.reason, before.message or status.message
    return status


def _passed_over(turn: Turn) -> Bools:
    """Nodes that are down, and no longer use up budgets."""
    observed = turn.decision.observed
    down = observed.present & (observed.unavailable > 0) & ~observed.busy
    if not some(down):
        return down
    return down & ~units_out(turn.decision.plan.population, observed, turn.decision.rules).units


def _settled(grant: Grant, turn: Turn, before: ComponentStatus | None, going_back: bool, *, whole: bool) -> bool:
    """Done, as far as it can be. Once told for a ceiling it stays so: nodes come and go all the time.

    Who is down before it began is no concern of the release. Of a cluster that moves as one (``whole``) that does not
    hold while it is on its way to the revision where it is to begin: nothing has been done there yet.
    """
    states, health = turn.states, turn.health
    if turn.blocked:
        return False
    if going_back:
        return not some(health.begun & ~health.back & ~health.stuck & (states.ready != -1))
    told = before is not None and before.settled and before.attempt == grant.attempt
    told = told and before is not None and before.observed_hold == len(grant.hold)
    if told and before is not None and before.observed_ceiling == grant.ceiling:
        return before.direction is not Direction.REVERT
    done = health.updated | health.failed | health.borne | health.reverting
    excused = ~health.begun & (~health.healthy | (states.ready == -1)) | (states.ready == -1)
    waiting = turn.selected & states.present & ~done & ~excused
    if turn.held is not None:
        waiting |= turn.held & health.begun & ~health.back & ~health.stuck & (states.ready != -1)
    if grant.all_nodes or count(turn.selected) < grant.ceiling:
        waiting |= turn.astray
    if whole and grant.ceiling >= count(states.present):
        waiting |= ~health.begun & states.moving & states.present
    return not some(waiting)


def _tell_failures(
    status: ComponentStatus, failed: Bools, turn: Turn, before: ComponentStatus | None, driver: Driver
) -> None:
    if not some(failed):
        return
    attributes = driver.attributes()
    known = _known_symptoms(before)
    # A cluster that moves as one has failed by what troubles its mover, which says more than that it gave up.
    whole = turn.trouble is not None and not turn.blocked and driver.whole(status.component)
    refused = turn.trouble.reason if turn.trouble is not None and whole and some(turn.states.moving) else ""
    groups: dict[tuple[str, ...], list[int]] = {}
    for index in np.flatnonzero(failed):
        i = int(index)
        symptom = refused or SYMPTOM_NAMES[int(turn.states.symptom[i]) or int(Symptom.UPDATE_TIMEOUT)]
        if turn.health.reverting[i]:
            symptom = known.get(driver.names[i], symptom)
        key = (symptom, *(attributes[a].values[int(attributes[a].codes[i])] for a in GROUPED_BY))
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


def _known_symptoms(before: ComponentStatus | None) -> dict[str, str]:
    """What was last told of each named node: one that was taken back shows its symptom no more."""
    groups = before.failures if before is not None else []
    return {node: group.symptom for group in groups for node in group.nodes}


def _tallies(driver: Driver, updated: Bools, failed: Bools, pairs: Sequence[Sequence[str]]) -> list[ValueTally]:
    """Where there are too many, those of pairs without failures are left out first."""
    attributes = driver.attributes()
    attributes |= joint_attributes(attributes, pairs)
    at_risk, struck = strata_counts(attributes, updated | failed), strata_counts(attributes, failed)
    tallies = [
        ValueTally(attribute=name, value=value, updated=count, failed=struck[name].get(value, 0))
        for name, counts in at_risk.items()
        for value, count in counts.items()
    ]
    if len(tallies) > TALLIES_MAX:
        tallies.sort(key=lambda each: (halves(each.attribute) is not None, each.failed == 0))
    return tallies[:TALLIES_MAX]


def _keep_failures(status: ComponentStatus, before: ComponentStatus) -> None:
    if status.failed < before.failed:
        status.failed = before.failed
        status.failures = before.failures
        status.tallies = before.tallies


def explain(status: ComponentStatus, grant: Grant, turn: Turn) -> None:
    """Say in ``status`` what the turn waits for. Apart from ``report``, because only what is told need be said."""
    if not status.settled and not (status.reason and turn.trouble is None):
        plain = _plain_message(grant, turn, status.settled)
        told = [*turn.decision.holds, *_hindrances(turn)]
        status.message = plain or "; ".join(told)[:MESSAGE_LIMIT]


def _hindrances(turn: Turn) -> list[str]:
    """Why orders can't go on, the nodes of like reason together."""
    nodes: dict[str, list[str]] = {}
    for node, why in sorted(turn.waits.items()):
        nodes.setdefault(why, []).append(node)
    return [f"{_some_of(members)}: {why}" if any(members) else why for why, members in nodes.items()]


def _some_of(names: list[str]) -> str:
    named = ", ".join(names[:NAMED_NODES])
    return named if len(names) <= NAMED_NODES else f"{named} and {len(names) - NAMED_NODES} more"


def _with_why(name: str, turn: Turn) -> str:
    why = turn.waits.get(name, turn.waits.get("", ""))
    return f"{name}: {why}"[:STUCK_LIMIT] if why else name


def _plain_message(grant: Grant, turn: Turn, settled: bool) -> str:
    if turn.trouble is not None:
        return turn.trouble.message[:MESSAGE_LIMIT]
    if turn.reverted_by_itself:
        return f"reverts attempt {grant.attempt} by its own judgement: {turn.decision.memory.message}".rstrip(": ")
    if grant.direction is Direction.FORWARD and not turn.may_go_forward and not settled:
        return "holds: the grant has expired"
    return ""
