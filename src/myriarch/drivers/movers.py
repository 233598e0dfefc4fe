"""Which class moves the components of which driver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from myriarch.api.component import DriverName
from myriarch.api.revision import Revision
from myriarch.drivers.bundle.mover import BundleMover
from myriarch.drivers.daemonset import DaemonSetMover
from myriarch.drivers.driver import Symptom, Trouble
from myriarch.drivers.job import JobMover
from myriarch.drivers.machine import MachineMover
from myriarch.drivers.mover import Ground, Mover, Progress, Stuck

MOVERS: Final[dict[DriverName, Callable[[Ground], Mover]]] = {
    DriverName.DAEMONSET: DaemonSetMover,
    DriverName.JOB: JobMover,
    DriverName.MACHINE: MachineMover,
    DriverName.BUNDLE: BundleMover,
}
"""By ``Component.spec.driver``; ``simulated`` moves nothing in a real cluster."""


def mover_of(ground: Ground) -> Mover:
    """What moves the component of ``ground``."""
    make = MOVERS.get(ground.component.spec.driver)
    return make(ground) if make is not None else _Immovable(ground)


class _Immovable:
    """For a driver that moves nothing in real clusters: it says so."""

    whole = False

    def __init__(self, ground: Ground) -> None:
        driver = ground.component.spec.driver
        usable = ", ".join(sorted(MOVERS))
        self._trouble = Trouble(
            "DriverUnusable",
            f"spec.driver: {driver!s}: moves nothing in a real cluster. Make the component anew with one of {usable}.",
            blocks=True,
        )

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def wait_synced(self) -> None:
        return

    def holds(self, node: str) -> bool:
        return False

    def at(self, node: str) -> str | None:
        return ""

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return Symptom.HEALTHY, 0.0

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        return Stuck(self._trouble.message)

    def trouble(self) -> Trouble | None:
        return self._trouble
