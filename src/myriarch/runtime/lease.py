"""Leases as Kubernetes keeps them (``coordination.k8s.io/v1``), and when one may be called expired.

A Lease is a claim that must be renewed. Whether it has expired is judged by one's own clock only: from when its
record was last *seen to change*, never by comparing the times that somebody else's clock wrote into it. A holder
whose clock is hours off keeps its Lease as long as it renews it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from myriarch.api.meta import ObjectMeta, Struct
from myriarch.client.resource import ResourceRef

LEASES: Final = ResourceRef("coordination.k8s.io", "v1", "leases", namespaced=True)


class LeaseSpec(Struct, kw_only=True):
    """The claim. Times are ``metav1.MicroTime``, for people to read."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: str | None = None
    renew_time: str | None = None
    lease_transitions: int | None = None


class Lease(Struct, kw_only=True, omit_defaults=False):
    """One Lease."""

    api_version: str = "coordination.k8s.io/v1"
    kind: str = "Lease"
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)
    spec: LeaseSpec = msgspec.field(default_factory=LeaseSpec)

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def holder(self) -> str:
        """Who holds it; '' where nobody does."""
        return self.spec.holder_identity or ""

    @property
    def transitions(self) -> int:
        """How often the holder changed."""
        return self.spec.lease_transitions or 0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record, and when it was first seen (seconds of our clock)."""

    record: tuple[str | None, ...]
    at: float


class Sightings:
    """When each Lease was last seen to change. Times are seconds of the observer's clock."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def look(self, leases: Iterable[Lease], now: float) -> None:
        """Note what all the Leases say at ``now``; those that are gone are forgotten."""
        before = self._seen
        self._seen = {}
        for lease in leases:
            known, record = before.get(lease.name), record_of(lease)
            self._seen[lease.name] = known if known is not None and known.record == record else _Seen(record, now)

    def unchanged_seconds(self, name: str, now: float) -> float:
        """For how long the Lease ``name`` has been seen to say the same; 0 where it is not there."""
        seen = self._seen.get(name)
        return now - seen.at if seen is not None else 0.0


def record_of(lease: Lease) -> tuple[str | None, ...]:
    """What changes with every renewal. The uid is in it: a Lease made anew is another."""
    spec = lease.spec
    return lease.metadata.uid, spec.holder_identity, spec.acquire_time, spec.renew_time, str(spec.lease_transitions)
