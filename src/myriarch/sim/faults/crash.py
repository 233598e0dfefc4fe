"""Crashing a participant of the hub: several faults may keep the same one down at once.

A restart returns when the new instance has heard of everything, which other faults may put off for long; so
it runs beside, and a crash in the middle of it ends it.
"""

from __future__ import annotations

import asyncio

from myriarch.sim.faults.fault import Ground


async def bring_down(ground: Ground, participant: str) -> None:
    """Crash it, unless it is down already."""
    ground.crashed[participant] = ground.crashed.get(participant, 0) + 1
    if ground.crashed[participant] > 1:
        return
    restart = ground.restarts.pop(participant, None)
    if restart is not None:
        restart.cancel()
        await asyncio.gather(restart, return_exceptions=True)
    await ground.hub.crash(participant)


async def bring_back(ground: Ground, participant: str) -> None:
    """Restart it, once no fault keeps it down."""
    ground.crashed[participant] -= 1
    if ground.crashed[participant] == 0:
        restart = asyncio.get_running_loop().create_task(ground.hub.restart(participant))
        ground.restarts[participant] = restart
