"""What every fault is: a part of the scenario that says when, and a thing that strikes and heals.

``FaultPart`` is read from the scenario and built once into a ``Fault``, which holds nothing of it.
``Timing`` says when it strikes; the runner does the waiting. All dice are in ``Ground.dice``: a generator of
the fault's own, so that one fault's throws don't change another's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
from msgspec import Meta, field

from myriarch.base.clock import Clock
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.http import Request
from myriarch.fleet.fleet import Fleet
from myriarch.sim.line import AGENTS, CONTROLLERS, PARTICIPANTS, Lines
from myriarch.sim.metrics import MetricSource
from myriarch.sim.part import Duration, Part, seconds
from myriarch.sim.skewed_clock import SkewedClock

MAX_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Strikes at ``at``, for ``lasting``, ``times`` times, ``every`` so often. In seconds from the start."""

    at: float
    lasting: float
    every: float
    times: int

    @property
    def ends(self) -> float:
        return self.at + (self.times - 1) * self.every + self.lasting


class Crashable(Protocol):
    """The hub, as far as faults touch it."""

    async def crash(self, participant: str) -> None: ...

    async def restart(self, participant: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What some faults touch besides: the controllers' clock, the metric source, and the server as people do."""

    hub_clock: SkewedClock
    metrics: MetricSource
    client: Client


@dataclass(slots=True)
class Ground:
    """What a fault may touch. ``crashed`` counts, by participant, the faults that keep it down; ``restarts``
    are the restarts under way."""

    hub: Crashable
    fleet: Fleet
    lines: Lines
    clock: Clock
    dice: np.random.Generator
    crashed: dict[str, int]
    restarts: dict[str, asyncio.Task[None]]
    means: Means


class Fault(Protocol):
    """A built fault. ``name`` is its class's."""

    @property
    def name(self) -> str: ...

    async def strike(self, ground: Ground) -> None: ...

    async def heal(self, ground: Ground) -> None: ...


class FaultPart(Part, kw_only=True, tag_field="fault"):
    """When a fault strikes: common to all classes."""

    at: Annotated[Duration, Meta(description="First strike, from the start of the run.")] = "0s"
    for_: Annotated[Duration, Meta(description="How long each strike lasts.")] = field(default="10m", name="for")
    every: Annotated[Duration, Meta(description="Strikes again so long after each strike's begin.")] | None = None
    times: Annotated[int, Meta(ge=1, le=MAX_TIMES, description="How many strikes; more than 1 needs 'every'.")] = 1

    @property
    def timing(self) -> Timing:
        every = seconds(self.every) if self.every else 0.0
        return Timing(seconds(self.at), seconds(self.for_), every, self.times)

    def check(self, path: str) -> None:
        """Raises UserFault where the strikes would overlap."""
        if self.times > 1 and self.every is None:
            raise UserFault(f"{path}.every", None, f"is absent, but times is {self.times}", "Say how often it strikes.")
        if self.times > 1 and seconds(self.every or "0s") <= seconds(self.for_):
            cure = "Let 'every' be longer than 'for'."
            raise UserFault(f"{path}.every", self.every, f"is no longer than 'for' ({self.for_})", cure)

    def build(self) -> Fault:
        """The fault itself."""
        raise NotImplementedError


class LinePart(FaultPart, kw_only=True):
    """A fault of the transport between participants and the server."""

    participants: Annotated[
        list[str],
        Meta(description="'controllers', 'agents'; absent: both.", max_length=2),
    ] = field(default_factory=list)

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name in PARTICIPANTS if not self.participants or name in self.participants)

    def check(self, path: str) -> None:
        super().check(path)
        for index, name in enumerate(self.participants):
            if name not in PARTICIPANTS:
                cure = f"Use '{CONTROLLERS}' or '{AGENTS}'."
                raise UserFault(f"{path}.participants[{index}]", name, "takes no part", cure)


def is_write(request: Request) -> bool:
    return request.method in ("POST", "PUT", "PATCH", "DELETE")


def is_watch(request: Request) -> bool:
    return request.query.get("watch") in ("true", "1")
