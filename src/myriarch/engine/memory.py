"""What a release remembers between two decisions. It is stored in the release's status, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from myriarch.api.cause import Cause
from myriarch.api.release import Phase
from myriarch.engine.evidence import NO_EVIDENCE, Evidence
from myriarch.engine.population import Value


@dataclass(frozen=True, slots=True)
class Memory:
    """``since`` is when the phase began (Unix seconds); ``wave_only`` marks the revert of a single wave. ``held`` are
    the strata that get no forward step, the last of them ``held_since`` (Unix seconds). ``tried``: how often it has
    been taken back and begun anew. ``watched_until`` (Unix seconds) is 0 until the release was everywhere for the first
    time."""

    phase: Phase = Phase.PENDING
    stage: int = 0
    wave: int = 0
    since: float = 0.0
    wave_only: bool = False
    reason: str = ""
    message: str = ""
    blame: Mapping[str, str] = field(default_factory=dict)
    evidence: Evidence = NO_EVIDENCE
    held: tuple[Value, ...] = ()
    held_since: float = 0.0
    cause: Cause | None = None
    tried: int = 0
    watched_until: float = 0.0
