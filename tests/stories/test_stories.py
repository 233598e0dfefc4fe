"""The engine's behaviour, told. ``MYRIARCH_REWRITE_STORIES=1 pytest tests/stories`` writes the outcomes anew."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest
from tests.stories.interpreter import Interpreter
from tests.stories.story import commands_of, story_files

from myriarch.engine.phases import TRANSITIONS, Event

REWRITE = "MYRIARCH_REWRITE_STORIES"


@functools.cache
def replay(path: Path) -> tuple[str, Interpreter]:
    """The story as it comes out now, and who told it."""
    interpreter = Interpreter()
    lines: list[str] = []
    for kept, command in commands_of(path.read_text(encoding="utf-8")):
        lines += kept
        if command is not None:
            lines += interpreter.do(command)
    return "\n".join(lines).rstrip("\n") + "\n", interpreter


@pytest.mark.parametrize("path", story_files(), ids=lambda path: path.stem)
def test_story(path: Path) -> None:
    told, _ = replay(path)
    if os.environ.get(REWRITE):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8"), f"{path.name} comes out otherwise: see the diff of {REWRITE}=1"


def test_every_transition_is_told() -> None:
    told = {(t.source, t.event) for path in story_files() for t in replay(path)[1].transitions}
    missing = [f"{phase} on {event}" for phase, event in TRANSITIONS if (phase, event) not in told]
    assert not missing, f"no story reaches {missing}"
    assert {event for _, event in told} == set(Event)
