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
from rollout.policies.myriarch_policies import DEMO, OWN, files_of, named, ready_names
from rollout.policies.node_pool import NodePool
from rollout.policies.ocm import Progressive
from rollout.policies.rancher_fleet import Partitions
from rollout.policy import Policy
from rollout.world import World

OF_DEMO = f"{OWN}:{DEMO}"
"""What the demo tells its stories under is judged like the ready policy for ordinary releases, beside it."""
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
DEFAULT = (OWN, OF_DEMO, *(name for name in POLICIES if name != OWN))
"""Those judged where nobody names any."""


def make_policy(name: str, world: World, members: Members) -> Policy:
    """The policy of a name. Raises UserFault."""
    return Myriarch(world, members, name) if is_own(name) else POLICIES[name](world, members)


def check_name(name: str) -> None:
    """Raise UserFault where there is no such policy, or its files are unsound."""
    if is_own(name):
        for whole in (False, True):
            named(name, whole)
    elif name not in POLICIES:
        raise UserFault("--policies", name, "is no policy", f"Use some of: {names_told()}.")


def is_own(name: str) -> bool:
    """Whether it is one of Myriarch's. Raises UserFault where it names a ready policy that there is not."""
    return bool(files_of(name))


def names_told() -> str:
    """What may be named, in words."""
    ready = ", ".join(f"{OWN}:{name}" for name in ready_names())
    return f"{', '.join(POLICIES)}, {ready}, or {OWN}=FILE"


def describe(name: str) -> tuple[str, str]:
    """The title of a policy, and what its file says of the rule it follows and where that is documented."""
    policy = Myriarch if is_own(name) else POLICIES[name]
    text = sys.modules[policy.__module__].__doc__ or ""
    return policy.title + (f": {name[len(OWN) + 1 :]}" if is_own(name) and name != OWN else ""), text
