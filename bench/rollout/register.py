"""The policies under test, by name."""

from __future__ import annotations

from rollout.policies.argocd import RollingSync
from rollout.policies.flagger import Flagger
from rollout.policies.karmada import AllAtOnce
from rollout.policies.kayenta import Kayenta
from rollout.policies.kubefleet import KubeFleet
from rollout.policies.myriarch import Myriarch
from rollout.policies.node_pool import NodePool
from rollout.policies.ocm import Progressive
from rollout.policies.rancher_fleet import Partitions
from rollout.policy import Policy

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
