"""Which share of the work is this replica's: shards, held by Leases.

Keys of work hash onto a fixed number of shards. Every replica renews a Lease that says that it lives; who should
hold which shard is rendezvous hashing over the replicas that live, so that all agree without asking, and a replica
that comes or goes moves only its own shards. A shard itself is a Lease too. Its holder renews it, and gives it up
of its own accord (work in hand first) once another should have it; anybody else takes it only when it is free or
has expired, judged as ``lease.py`` says. Every change of hands raises the Lease's ``leaseTransitions``: the
shard's *term*, by which stale writers are refused (``fence.py``).

Time comes from a clock of one's own that never jumps; nothing here compares it with anybody else's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from myriarch.api.meta import ObjectMeta
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.base.errors import UserFault
from myriarch.base.hashing import stable_hash
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, ApiError, Conflict, NotFound
from myriarch.runtime.fence import Hold
from myriarch.runtime.lease import LEASES, Lease, LeaseSpec, Sightings

SHARDS: Final = 8
NAMESPACE: Final = "myriarch-system"
LABEL: Final = "myriarch.io/lease"
REPLICA, SHARD = "replica", "shard"

LEASE_SECONDS: Final = 15.0
ROUNDS_PER_LEASE: Final = 5
"""Leases are looked at and renewed so many times within their length."""

DEAD_LEASES: Final = 20
"""A replica that was silent for so many lengths of its Lease is gone for good: its Lease is deleted."""


def shard_of(key: str) -> int:
    """The shard that a key belongs to: the same in every replica, for ever."""
    return stable_hash(0, "shard", key) % SHARDS


def rendezvous(replicas: Sequence[str]) -> dict[int, str]:
    """Who of the living should hold each shard; empty where nobody lives.

    Each shard goes to whom the hash of both likes best among those who have room: nobody has more than their share, for
    with so few shards plain rendezvous hashing would now and then leave a replica with nothing.
    """
    if not replicas:
        return {}
    share = -(-SHARDS // len(replicas))
    room = dict.fromkeys(replicas, share)
    wanted: dict[int, str] = {}
    for shard in range(SHARDS):
        able = [name for name, left in room.items() if left]
        wanted[shard] = max(able, key=lambda name: (stable_hash(0, "rendezvous", name, shard), name))
        room[wanted[shard]] -= 1
    return wanted


@dataclass(frozen=True, slots=True)
class Identity:
    """``name`` is the replica's, and stays over restarts; ``process`` tells one process of that name from another."""

    name: str
    process: str

    def __str__(self) -> str:
        return f"{self.name}_{self.process}"


class Shards:
    """``run`` until cancelled, then ``leave``. ``floor(shard)`` is the highest term that the shard's objects already
    have: it makes a term higher than all, should somebody have deleted a Lease and its count with it."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        identity: Identity,
        *,
        lease_seconds: float = LEASE_SECONDS,
        floor: Callable[[int], int] = lambda _shard: 0,
    ) -> None:
        self.identity = identity
        self.floor = floor
        self.on_gain: list[Callable[[int], None]] = []
        self.on_change: Callable[[str], None] | None = None
        self._client = client
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._round_seconds = lease_seconds / ROUNDS_PER_LEASE
        self._holds: dict[int, Hold] = {}
        self._leaving: dict[int, Hold] = {}
        self._sightings = Sightings()
        self._names: dict[str, int] = {f"myriarch-shard-{shard}": shard for shard in range(SHARDS)}
        self._own = f"myriarch-replica-{identity.name}"

    def hold(self, key: str) -> Hold | None:
        """The hold in whose name to work on ``key``, or None where that is another's to do."""
        hold = self._holds.get(shard_of(key))
        return hold if hold is not None and hold.valid else None

    def held(self) -> list[int]:
        """Shards held now."""
        return sorted(shard for shard, hold in self._holds.items() if hold.valid)

    async def run(self) -> None:
        """Keep the Leases until cancelled. Raises UserFault where another live process has the replica's name."""
        await self._wait_for_name()
        while True:
            try:
                await self._round()
            except ApiError as error:
                self._say(f"leases: {error}")
            await self._clock.sleep(self._round_seconds)

    async def leave(self) -> None:
        """Give up everything, so that others need not wait: to be called once ``run`` has ended."""
        holds, self._holds = self._holds | self._leaving, {}
        try:
            leases = {lease.name: lease for lease in await self._list()}
            for hold in holds.values():
                hold.lost = True
                lease = leases.get(f"myriarch-shard-{hold.shard}")
                if lease is not None and lease.holder == str(self.identity):
                    await self._free(lease)
            own = leases.get(self._own)
            if own is not None and own.holder == str(self.identity):
                await self._client.delete(LEASES, self._own, NAMESPACE, uid=own.metadata.uid or "")
        except ApiError as error:
            self._say(f"leases could not be given up: {error}")

    # The replica's own Lease

    async def _wait_for_name(self) -> None:
        """Another process of our name may be dead, or live: only time tells."""
        began = self._clock.now()
        while True:
            try:
                leases = await self._list()
            except ApiError as error:
                self._say(f"leases: {error}")
                await self._clock.sleep(self._round_seconds)
                continue
            now = self._clock.now()
            self._sightings.look(leases, now)
            own = next((lease for lease in leases if lease.name == self._own), None)
            if own is None or not own.holder or own.holder == str(self.identity):
                return
            if self._sightings.unchanged_seconds(self._own, now) >= self._lease_seconds:
                return
            if now - began >= 2 * self._lease_seconds:
                raise self._name_taken()
            await self._clock.sleep(self._round_seconds)

    def _name_taken(self) -> UserFault:
        return UserFault("--replica", self.identity.name, "another live process has this name", "Give each its own.")

    async def _live(self, leases: Mapping[str, Lease], now: float) -> list[str]:
        """Renew our own sign of life; the names of all replicas that live, ours among them."""
        own = leases.get(self._own)
        mine = own is not None and own.holder == str(self.identity)
        renewed = self._written(own, self._own, REPLICA, 0 if own is None else own.transitions)
        if own is None:
            await self._client.create(LEASES, renewed)
        elif mine or not own.holder or self._expired(own, now):
            await self._client.replace(LEASES, renewed)
        else:
            raise self._name_taken()
        others = [lease for lease in leases.values() if _kind(lease) == REPLICA and lease.name != self._own]
        await self._bury([lease for lease in others if self._silent(lease, now) > DEAD_LEASES * self._lease_seconds])
        alive = [lease for lease in others if lease.holder and not self._expired(lease, now)]
        return sorted([self.identity.name, *(_replica(lease) for lease in alive)])

    async def _bury(self, leases: Sequence[Lease]) -> None:
        for lease in leases:
            meta = lease.metadata
            try:
                await self._client.delete(
                    LEASES, lease.name, NAMESPACE, uid=meta.uid or "", resource_version=meta.resource_version or ""
                )
            except (NotFound, Conflict):
                continue

    # Shards

    async def _round(self) -> None:
        """Look at all Leases once, and do what they call for."""
        leases = {lease.name: lease for lease in await self._list()}
        self._sightings.look(leases.values(), self._clock.now())
        wanted = rendezvous(await self._live(leases, self._clock.now()))
        work = (
            self._tend(shard, leases.get(name), wanted[shard] == self.identity.name)
            for name, shard in self._names.items()
        )
        for outcome in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(outcome, ApiError):
                self._say(f"leases: {outcome}")
            elif isinstance(outcome, BaseException):
                raise outcome

    async def _tend(self, shard: int, lease: Lease | None, ours: bool) -> None:
        """One shard: renew it, give it up, or take it."""
        mine = lease is not None and lease.holder == str(self.identity)
        hold = self._holds.get(shard)
        if hold is not None and (hold.lost or not mine):
            self._lose(hold, "is lost: another has it, or its Lease is gone")
            hold = None
        if lease is not None and mine:
            if hold is not None and ours:
                await self._renew(hold, lease)
            else:  # another's turn, or refused as stale, or taken in a write whose answer was lost
                await self._hand_over(shard, lease)
        elif ours and (lease is None or not lease.holder or self._expired(lease, self._clock.now())):
            await self._take(shard, lease)

    async def _take(self, shard: int, lease: Lease | None) -> None:
        term = max(lease.transitions if lease is not None else 0, self.floor(shard)) + 1
        name, sent = f"myriarch-shard-{shard}", self._clock.now()
        taken = self._written(lease, name, SHARD, term, new=True)
        try:
            if lease is None:
                await self._client.create(LEASES, taken)
            else:
                await self._client.replace(LEASES, taken)
        except (Conflict, AlreadyExists, NotFound):
            return  # somebody was quicker
        self._holds[shard] = Hold(shard, term, self._until(sent), self._clock)
        self._gained(self._holds[shard])

    def _gained(self, hold: Hold) -> None:
        self._say(f"shard {hold.shard}: held, term {hold.term}")
        for listener in self.on_gain:
            listener(hold.shard)

    async def _renew(self, hold: Hold, lease: Lease) -> None:
        sent = self._clock.now()
        try:
            await self._client.replace(LEASES, self._written(lease, lease.name, SHARD, hold.term))
        except (Conflict, NotFound):
            return  # the next round sees who has it
        ran_out = not hold.valid
        hold.until = self._until(sent)
        if ran_out:
            self._gained(hold)  # nobody took it, but keys were dropped meanwhile

    async def _hand_over(self, shard: int, lease: Lease) -> None:
        """No new work from now on; once the work in hand is done, or can no longer write, let go."""
        hold = self._holds.pop(shard, None)
        if hold is not None:
            self._leaving[shard] = hold
        leaving = self._leaving.get(shard)
        if leaving is not None and leaving.users and leaving.valid:
            return
        self._leaving.pop(shard, None)
        await self._free(lease)
        self._say(f"shard {shard}: handed over")

    async def _free(self, lease: Lease) -> None:
        spec = msgspec.structs.replace(lease.spec, holder_identity="", renew_time=rfc3339_micro(self._clock.now()))
        try:
            await self._client.replace(LEASES, msgspec.structs.replace(lease, spec=spec))
        except (Conflict, NotFound):
            return

    def _lose(self, hold: Hold, why: str) -> None:
        hold.lost = True
        self._holds.pop(hold.shard, None)
        self._say(f"shard {hold.shard}: {why}")

    # Leases

    async def _list(self) -> list[Lease]:
        found = await self._client.list(LEASES, Lease, NAMESPACE, label_selector=f"{LABEL} in ({REPLICA},{SHARD})")
        return found.items

    def _silent(self, lease: Lease, now: float) -> float:
        return self._sightings.unchanged_seconds(lease.name, now)

    def _expired(self, lease: Lease, now: float) -> bool:
        return self._silent(lease, now) >= (lease.spec.lease_duration_seconds or self._lease_seconds)

    def _until(self, sent: float) -> float:
        """Others wait for the whole length since they saw the renewal, which is later than ``sent``; the rest is
        margin."""
        return sent + self._lease_seconds - self._round_seconds

    def _written(self, lease: Lease | None, name: str, kind: str, transitions: int, *, new: bool = False) -> Lease:
        now = rfc3339_micro(self._clock.now())
        metadata = lease.metadata if lease else ObjectMeta(name=name, namespace=NAMESPACE, labels={LABEL: kind})
        since = None if new or lease is None or lease.holder != str(self.identity) else lease.spec.acquire_time
        spec = LeaseSpec(
            holder_identity=str(self.identity),
            lease_duration_seconds=max(1, round(self._lease_seconds)),
            acquire_time=since or now,
            renew_time=now,
            lease_transitions=transitions,
        )
        return Lease(metadata=metadata, spec=spec)

    def _say(self, line: str) -> None:
        if self.on_change is not None:
            self.on_change(line)


def _kind(lease: Lease) -> str:
    return lease.metadata.labels.get(LABEL, "")


def _replica(lease: Lease) -> str:
    return lease.name.removeprefix("myriarch-replica-")
