"""What a user wants released, checked against what there is before anything is written.

Every fault is found at once: names that the hub doesn't have, a revision of another component, a policy that
breaks its rules, a stage that matches no cluster. ``plan`` and ``start`` check alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component, DriverName
from myriarch.api.meta import LabelSelector
from myriarch.api.pace import Urgent
from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release, ReleaseSpec
from myriarch.api.revision import Revision
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session
from myriarch.cli.exits import Faults, refuse
from myriarch.cli.manifests import read_manifest
from myriarch.client.errors import NotFound
from myriarch.client.refs import CLUSTERS, COMPONENTS, POLICIES, RELEASES, REVISIONS
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.pacing import pace_fault, pace_of
from myriarch.controllers.release.planning import empty_stage_faults, plan_table
from myriarch.controllers.release.starting import partial_faults
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.policy_check import policy_faults

T = TypeVar("T")

LONG_AGO = 0.0
"""Whether an earlier release is too old is the hub's to say, whose clock may be another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """As the options say it; ``policy`` may be empty where a file is given."""

    component: str
    revision: str
    policy: str
    policy_file: Path | None
    selector: str
    seed: int
    priority: int = 0
    urgent: str = ""
    fixes: str = ""

    def spec(self, policy: ReleasePolicy) -> ReleaseSpec:
        return ReleaseSpec(
            component=self.component,
            revision=self.revision,
            policy=policy.name,
            selector=parse_selector(self.selector),
            seed=self.seed,
            priority=self.priority,
            urgent=Urgent(reason=self.urgent) if self.urgent else None,
            fixes=self.fixes,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A wish that can be granted. ``policy``: by which it goes, quicker than ``written`` where it is urgent or fixes an
    earlier release. ``new_policy``: it comes from a file and isn't in the hub yet. ``pace``: what makes it quicker."""

    spec: ReleaseSpec
    policy: ReleasePolicy
    written: ReleasePolicy
    new_policy: bool
    clusters: list[Cluster]
    plan: ReleasePlan
    pace: tuple[str, ...] = ()


def wish_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is wanted, for ``Wish``."""
    options = (
        click.option("-c", "--component", required=True, metavar="NAME", help="What moves."),
        click.option("-r", "--revision", required=True, metavar="NAME", help="Where to."),
        click.option("-p", "--policy", default="", metavar="NAME", help="ReleasePolicy of the hub."),
        click.option("--policy-file", type=click.Path(path_type=Path), help="File with a ReleasePolicy."),
        click.option("-l", "--selector", default="", metavar="LABELS", help="Only clusters with labels KEY=VALUE,..."),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Draws who goes first."),
        click.option("--urgent", default="", metavar="REASON", help="It can't wait: shorter, as the policy allows."),
        click.option("--fixes", default="", metavar="RELEASE", help="It mends this one, whose proven waves go as one."),
    )
    for option in reversed(options):
        function = option(function)
    return function


async def check(session: Session, wish: Wish) -> Checked:
    """Raises UserFault or Faults for all that is wrong with the wish."""
    faults: list[UserFault] = []
    policy, new_policy = await _kept(_policy(session, wish), faults) or (None, False)
    component = await _kept(session.find(COMPONENTS, Component, wish.component, "--component"), faults)
    if component is not None:
        await _kept(_way_back(session, component), faults)
    revision = await _kept(session.find(REVISIONS, Revision, wish.revision, "--revision"), faults)
    if revision is not None and revision.spec.component != wish.component:
        problem = f"is a revision of component {revision.spec.component}"
        faults.append(UserFault("--revision", wish.revision, problem, f"Give a revision of {wish.component}."))
    if policy is not None and component is not None and component.spec.driver is DriverName.BUNDLE:
        faults += partial_faults(policy.spec)
    refuse(faults)
    assert policy is not None
    clusters = (await session.client.list(CLUSTERS, Cluster)).items
    earlier = await session.find(RELEASES, Release, wish.fixes, "--fixes") if wish.fixes else None
    return planned(wish, policy, new_policy, clusters, earlier)


def planned(
    wish: Wish, policy: ReleasePolicy, new_policy: bool, clusters: list[Cluster], earlier: Release | None = None
) -> Checked:
    """Plan over the clusters. Raises Faults for a policy against its rules, stages without clusters, or a pace that the
    policy doesn't allow."""
    refuse(policy_faults(policy.spec))
    spec = wish.spec(policy)
    table = FleetTable.of(clusters)
    refuse(empty_stage_faults(table, policy.spec, spec.selector))
    release = Release(spec=spec)
    fault = pace_fault(release, earlier, policy.spec, policy.name, LONG_AGO)
    refuse([fault] if fault is not None else [])
    pace = pace_of(release, earlier, policy.spec)
    quicker = msgspec.structs.replace(policy, spec=pace.policy)
    plan = plan_table(table, pace.policy, spec.selector, spec.seed)
    told = tuple(text for _, text in pace.notes(release))
    return Checked(spec, quicker, policy, new_policy, clusters, plan, told)


def policy_of_file(wish: Wish, option: str = "--policy-file") -> ReleasePolicy:
    """The policy of ``--policy-file``. Raises UserFault where ``--policy`` names another."""
    assert wish.policy_file is not None
    policy = read_manifest(wish.policy_file, ReleasePolicy, option)
    if not policy.name:
        raise UserFault("metadata.name", "", "the policy has no name", "Give it one.")
    if wish.policy not in ("", policy.name):
        problem = f"the file holds policy {policy.name}"
        raise UserFault("--policy", wish.policy, problem, "Give the same name, or leave --policy out.")
    return policy


def parse_selector(text: str) -> LabelSelector | None:
    """``a=b,c=d`` as a selector; None where empty. Raises UserFault."""
    if not text.strip():
        return None
    labels: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise UserFault("--selector", text, f"{part!r} is not KEY=VALUE", "Write labels such as tier=gold,env=x.")
        labels[key.strip()] = value.strip().removeprefix("=")
    return LabelSelector(match_labels=labels)


async def _policy(session: Session, wish: Wish) -> tuple[ReleasePolicy, bool]:
    """The policy, and whether the hub lacks it."""
    if wish.policy_file is None:
        if not wish.policy:
            raise UserFault("--policy", "", "is missing", "Name a ReleasePolicy, or give --policy-file.")
        return await session.find(POLICIES, ReleasePolicy, wish.policy, "--policy"), False
    policy = policy_of_file(wish)
    refuse(policy_faults(policy.spec))
    try:
        there = await session.client.get(POLICIES, ReleasePolicy, policy.name)
    except NotFound:
        return policy, True
    if there.spec != policy.spec:
        cure = f"Rename it, or change the hub's with 'kubectl apply -f {wish.policy_file}'."
        raise UserFault("metadata.name", policy.name, "the hub has another policy of this name", cure)
    return policy, False


async def _way_back(session: Session, component: Component) -> None:
    """Raises UserFault where real clusters could not be told what to go back to."""
    first = component.spec.initial_revision
    if component.spec.driver is DriverName.SIMULATED or not first:
        return
    try:
        await session.client.get(REVISIONS, Revision, first)
    except NotFound:
        problem = f"component {component.name} begins there, and the hub has no such revision"
        raise UserFault("spec.initialRevision", first, problem, "Create it: a rollback leads there.") from None


async def _kept(work: Awaitable[T], faults: list[UserFault]) -> T | None:
    """The result; None where the user is at fault, which is kept for later."""
    try:
        return await work
    except UserFault as fault:
        faults.append(fault)
    except Faults as several:
        faults.extend(several.faults)
    return None
