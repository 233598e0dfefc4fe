"""What a release waits for, as its status tells it: one entry a hold, for commands and consoles to act on.

``status.holds`` says the same in sentences. An entry adds what a sentence can't be asked for: of which kind the hold
is, since when and until when it stands, how many units it concerns, and which approval would lift it. The engine
finds holds (``engine/holds.py``); what a person can do about each is worded by ``release explain``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Struct, Timestamp

HOLDS_MAX = 32
HOLD_MESSAGE_LIMIT = 512


class HoldKind(StrEnum):
    """What kind of thing is waited for."""

    FREEZE = "Freeze"
    AGENTS = "Agents"
    BUDGET = "Budget"
    UNSETTLED = "Unsettled"
    SILENCE = "Silence"
    SOAK = "Soak"
    SUSPICION = "Suspicion"
    GATE = "Gate"
    APPROVAL = "Approval"
    PAUSE = "Pause"
    HARM = "Harm"
    RELEASE = "Release"
    BACK = "Back"
    STUCK = "Stuck"
    WATCH = "Watch"
    OTHER = "Other"


class HoldEntry(Struct, kw_only=True):
    """One thing that is waited for."""

    kind: Annotated[HoldKind, Meta(description="What kind of thing it is.")]
    message: Annotated[str, Meta(description="What is waited for, in a sentence.", max_length=HOLD_MESSAGE_LIMIT)]
    since: Annotated[Timestamp | None, Meta(description="Since when it holds, where that is known.")] = None
    until: Annotated[Timestamp | None, Meta(description="When time alone ends it; absent: never.")] = None
    units: Annotated[int, Meta(description="Clusters that it concerns; 0: not told.", ge=0)] = 0
    approval: Annotated[str, Meta(description="The approval that lifts it; empty: none does.", max_length=256)] = ""
