"""The policies under test, by name."""

from __future__ import annotations

import sys

from myriarch.base.errors import UserFault
from rollout.members import Members
from rollout.policies.argocd import RollingSync
from rollout.policies.flagger import Flagger
from rollout.policies.karmada import AllAtOnce
from rollout.policies.kayenta import Kayenta
from rollout.policies.kubefleet import KubeFleet
from rollout.policies.myriarch import Myriarch
from rollout.policies.myriarch_policies import named
from rollout.policies.node_pool import NodePool
from rollout.policies.ocm import Progressive
from rollout.policies.rancher_fleet import Partitions
from rollout.policy import Policy
from rollout.world import World

OWN = Myriarch.name
_KINDS: tuple[type[Policy], ...] = (
    Myriarch,
    AllAtOnce,
    KubeFleet,
    Progressive,
    Partitions,
    RollingSync,
    NodePool,
    Flagger,
    Kayenta,
)
POLICIES: dict[str, type[Policy]] = {kind.name: kind for kind in _KINDS}


def make_policy(name: str, world: World, members: Members) -> Policy:
    """The policy of a name, or of ``myriarch=FILE``. Raises UserFault."""
    kind, _, files = name.partition("=")
    if kind == OWN and files:
        policy = Myriarch(world, members, files)
        policy.name = name
        return policy
    return POLICIES[name](world, members)


def check_name(name: str) -> None:
    """Raise UserFault where there is no such policy, or its files are unsound."""
    kind, _, files = name.partition("=")
    if name not in POLICIES and not (kind == OWN and files):
        cure = f"Use some of: {', '.join(POLICIES)}, or {OWN}=FILE."
        raise UserFault("--policies", name, "is no policy", cure)
    for whole in (False, True):
        named(files, whole)


def is_own(name: str) -> bool:
    """Whether it is one of Myriarch's."""
    return name.partition("=")[0] == OWN


def describe(name: str) -> tuple[str, str]:
    """The title of a policy, and what its file says of the rule it follows and where that is documented."""
    kind, _, files = name.partition("=")
    policy = POLICIES[kind]
    text = sys.modules[policy.__module__].__doc__ or ""
    return f"{policy.title}: {files}" if files else policy.title, text
