"""The policies under test, by name."""

from __future__ import annotations

from collections.abc import Callable

from rollout.members import Members
from rollout.policies.karmada import AllAtOnce
from rollout.policies.myriarch import Myriarch
from rollout.policy import Policy
from rollout.world import World

OWN = Myriarch.name
POLICIES: dict[str, Callable[[World, Members], Policy]] = {kind.name: kind for kind in (Myriarch, AllAtOnce)}
TITLES: dict[str, str] = {kind.name: kind.title for kind in (Myriarch, AllAtOnce)}
