"""Guards taken out of the engine whose golden stories must then come out otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.stories.story import FOLDER
from tests.stories.test_stories import replay

from myriarch.engine import events, out, plan
from myriarch.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Retold:
    """``owner.name`` is replaced by ``instead``; ``story`` tells what it guards, ``invariant`` says which promise."""

    name: str
    owner: Any
    attribute: str
    instead: Callable[..., object] | property
    story: str
    invariant: str

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.story}.story"


RETOLD = (
    Retold("gangs bring nobody along", plan, "with_gangs", lambda _, chosen, __: chosen, "gangs-same-wave", "I1"),
    Retold(
        "who comes back goes on at once",
        Rules,
        "lets_in_gently",
        property(lambda _self: False),
        "budgets-returning",
        "I1",
    ),
    Retold(
        "the dead use up no budget", out, "_passed_over", lambda dead, *_: dead, "budgets-dead-beyond-tolerance", "I1"
    ),
    Retold("a failed gate is no harm", events, "failed_gate", lambda *_: None, "gates-fail-pauses", "I2"),
)


def comes_out_otherwise(mutation: Retold) -> bool:
    """Whether the story is told otherwise, or can't be told at all, without the guard."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(mutation.owner, mutation.attribute, mutation.instead)
        try:
            told, _ = replay.__wrapped__(mutation.path)
        except Exception:
            return True
    return bool(told != mutation.path.read_text(encoding="utf-8"))
