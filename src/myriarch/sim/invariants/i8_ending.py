"""I8: when faults have healed, every release ends within a bound.

A release that waits for a person (an approval, a resume) or for a freeze to pass is not stuck; one that waits
for anything else is. One that turned back lately, because nodes fail without any trouble too, has as long from then.
"""

from __future__ import annotations

from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339
from myriarch.engine.phases import ENDED
from myriarch.engine.windows import freeze_at
from myriarch.sim.invariants.checker import Checker


class Ending(Checker):
    name = "I8"

    def ended(self, at: float) -> None:
        if at < self.scene.deadline:
            return
        for key, release in self.seen.releases.items():
            status = release.status
            if status.phase in ENDED or self._waits_for_people(release, at) or self._turned_lately(release, at):
                continue
            waits = "; ".join(status.holds) or status.message or "nothing in particular"
            text = f"{key}: still {status.phase} {at - self.scene.calm_at:.0f} s after all trouble, waiting for {waits}"
            self.broken(at, text)

    def _turned_lately(self, release: Release, at: float) -> bool:
        status = release.status
        if status.phase is not Phase.ROLLING_BACK or not status.timeline:
            return False
        return at - parse_rfc3339(status.timeline[-1].at) < self.scene.deadline - self.scene.calm_at

    def _waits_for_people(self, release: Release, at: float) -> bool:
        status = release.status
        if status.phase in (Phase.PAUSED, Phase.ROLLBACK_HELD) or release.spec.paused:
            return True
        if status.reason.startswith("Invalid") or any("approval" in hold for hold in status.holds):
            return True
        if status.phase is Phase.PENDING and status.reason == "Waiting":
            return any(
                other is not release
                and other.spec.component == release.spec.component
                and self._waits_for_people(other, at)
                for other in self.seen.releases.values()
                if other.status.phase is not Phase.PENDING
            )
        frozen = any(freeze_at(window.spec, at).active for window in self.seen.windows.values())
        return frozen and status.phase is not Phase.ROLLING_BACK
