"""What of a component stands in one cluster: whether it is at rest there, and at which revisions its nodes may be.

Read of the cluster's grant and of what its agent told of just that grant. Where it has not told yet, or is on its way,
nodes may be where the grant leads and where it would go back to: both count.
"""

from __future__ import annotations

from myriarch.api.cluster import Cluster, ComponentStatus, Direction, Grant
from myriarch.api.component import Component


def at_rest(cluster: Cluster, component: Component) -> bool:
    """Whether nothing is left to be moved in the cluster to where the component stands there."""
    grant, told = cluster.grant(component.name), cluster.component(component.name)
    proven = component.proven_in(cluster.spec.environment)
    if grant is None:
        return not proven
    if grant.proven and not grant.release and proven and grant.revision != proven:
        return False  # it was away while a release proved that, and is yet to catch up
    if told is None or not _echoes(told, grant):
        return False
    moving = told.updating > told.unreachable
    match grant.direction:
        case Direction.REVERT:
            return told.settled
        case Direction.HOLD:
            return not moving
        case Direction.FORWARD:
            # A standing grant that brings another revision under the same attempt finds it told as settled already.
            return told.settled and (grant.attempt > 0 or not moving)


def restless(component: Component, cluster: Cluster) -> bool:
    """Whether it is not at rest."""
    return not at_rest(cluster, component)


def revisions_at(cluster: Cluster, component: Component) -> tuple[str, ...]:
    """Revisions that nodes of the cluster may stand at; empty where the component is not there."""
    grant, told = cluster.grant(component.name), cluster.component(component.name)
    if grant is None:
        proven = component.proven_in(cluster.spec.environment)
        return (proven,) if proven else ()
    back = grant.rollback_to or component.proven_in(cluster.spec.environment)
    both = tuple(sorted({grant.revision, back} - {""}))
    if told is None or not _echoes(told, grant):
        return both
    taken_back = 0 < grant.attempt == told.reverted_attempt
    if grant.direction is Direction.REVERT or taken_back:
        return (back,) if told.settled and back else both
    if not told.begun and not grant.proven and grant.direction is Direction.HOLD:
        return (back,) if back else ()
    whole = grant.all_nodes or grant.ceiling >= cluster.status.nodes
    return (grant.revision,) if whole and at_rest(cluster, component) else both


def _echoes(told: ComponentStatus, grant: Grant) -> bool:
    same = told.attempt == grant.attempt and told.revision == grant.revision
    return same and (told.direction is Direction.REVERT) == (grant.direction is Direction.REVERT)
