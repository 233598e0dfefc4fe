"""Whether a cluster is done with its grant, by the truth: no healthy node left to begin, none still moving.

Allowed are nodes that can't be begun (not ready, or slow), that have lately joined or come back, and clusters from
which or to which news could not travel.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.budgets import GangKind
from myriarch.api.cluster import Grant
from myriarch.api.release import Release
from myriarch.base.durations import parse_duration
from myriarch.sim.invariants.checker import LAG_SECONDS, Scene
from myriarch.sim.truth import Nodes


def unsettled_reason(scene: Scene, nodes: Nodes, release: Release, at: float) -> str:
    """Why the cluster is plainly not done; empty where it is, or may be."""
    cluster = scene.witness.seen.clusters[nodes.cluster]
    grant = cluster.grant(nodes.component)
    policy = release.status.policy
    status = cluster.component(nodes.component)
    if grant is None or policy is None or scene.troubles.hindered(nodes.cluster, at - LAG_SECONDS, at):
        return ""
    if status is not None and status.reverted_attempt == grant.attempt:
        return ""
    account = scene.ledger.account(nodes)
    began = account.began(grant.attempt)
    calm = account.upset_at <= at - LAG_SECONDS
    able = nodes.present & nodes.ready & ~nodes.base["slow"]
    left = able & ~began & ~nodes.ordered & calm & (nodes.base["since"] <= at - LAG_SECONDS)
    left &= nodes.part["revision"] == _code(scene, nodes.component, grant.rollback_to)
    told = scene.witness.seen.settled_at
    told_at = told.get((nodes.cluster, nodes.component, grant.attempt, grant.ceiling), float("inf"))
    left &= account.unable_at < told_at  # who joins a settled cluster, or is well again, waits for what comes next
    begun = int((began & nodes.present).sum())
    if _in_gangs(grant) and int(left.sum()) > grant.ceiling - begun:
        left[:] = False  # gangs that are too large for the rest of the ceiling wait for a higher one
    if begun < grant.ceiling and not grant.cover and left.any() and not _newly_granted(scene, nodes, at):
        return f"{begun} of {grant.ceiling} nodes have begun and {int(left.sum())} healthy ones are left"
    soak = parse_duration(policy.nodes.soak)
    forward = began & nodes.present & (nodes.part["attempt"] == grant.attempt)
    forward &= nodes.part["target"] == _code(scene, nodes.component, grant.revision)
    steady = (account.upset_at < account.began_at - LAG_SECONDS) & (account.well_since < account.began_at - LAG_SECONDS)
    fresh = np.where(nodes.moving, at - account.began_at < LAG_SECONDS, at - nodes.part["done_at"] < soak - 1.0)
    early = forward & steady & nodes.ready & ~nodes.base["slow"] & ~nodes.moving & fresh  # slow is failed, not fresh
    early |= forward & steady & nodes.moving & (nodes.base["since"] == account.began_at) & fresh
    early &= account.began_at < told_at  # who began later took the place of a node that left
    return f"{int(early.sum())} nodes had not soaked yet" if early.any() else ""


def _in_gangs(grant: Grant) -> bool:
    return grant.budgets is not None and any(gang.kind is GangKind.SAME_WAVE for gang in grant.budgets.gangs)


def _newly_granted(scene: Scene, nodes: Nodes, at: float) -> bool:
    """Whether the ceiling rose so lately that the release may not have meant the new one."""
    written = scene.witness.seen.grants[nodes.cluster, nodes.component]
    return len(written) > 1 and written[-1].at > at - 1.0


def _code(scene: Scene, component: str, revision: str) -> int:
    codes = scene.witness.fleet.world.component(component).revisions
    return codes.index(revision) if revision in codes else -2
