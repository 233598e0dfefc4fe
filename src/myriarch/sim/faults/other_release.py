"""A release of another component over the same clusters, which may be the one that harms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from myriarch.api.meta import API_VERSION
from myriarch.client.objects import Raw
from myriarch.client.refs import RELEASES
from myriarch.sim.faults.fault import Fault, FaultPart, Ground

NAMESPACE = "default"


class OtherReleasePart(FaultPart, kw_only=True, tag="otherRelease"):
    """Somebody releases another component of the scenario; 'for' only says how long the fault counts as active."""

    component: Annotated[str, Meta(min_length=1, description="Which; one of the scenario's own.")]
    revision: Annotated[str, Meta(min_length=1, description="To which of its revisions.")]
    policy: Annotated[str, Meta(min_length=1, description="By which policy.")]

    def build(self) -> Fault:
        return OtherRelease(self.component, self.revision, self.policy)


@dataclass(slots=True)
class OtherRelease:
    name: ClassVar[str] = "otherRelease"
    component: str
    revision: str
    policy: str
    begun: int = 0

    async def strike(self, ground: Ground) -> None:
        self.begun += 1
        obj: Raw = {
            "apiVersion": API_VERSION,
            "kind": "Release",
            "metadata": {"name": f"other-{self.component}-{self.begun}", "namespace": NAMESPACE},
            "spec": {"component": self.component, "revision": self.revision, "policy": self.policy},
        }
        await ground.means.client.create(RELEASES, obj)

    async def heal(self, ground: Ground) -> None:
        """The release goes on."""
