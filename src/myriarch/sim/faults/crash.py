"""Crashing a participant of the hub: several faults may keep the same one down at once."""

from __future__ import annotations

from myriarch.sim.faults.fault import Ground


async def bring_down(ground: Ground, participant: str) -> None:
    """Crash it, unless it is down already."""
    ground.crashed[participant] = ground.crashed.get(participant, 0) + 1
    if ground.crashed[participant] == 1:
        await ground.hub.crash(participant)


async def bring_back(ground: Ground, participant: str) -> None:
    """Restart it, once no fault keeps it down."""
    ground.crashed[participant] -= 1
    if ground.crashed[participant] == 0:
        await ground.hub.restart(participant)
