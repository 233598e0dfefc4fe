"""Every story that is played on a hub with the embedded server holds on a hub with a real one too, word for word."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest
from tests.hub.house import GROUND, play
from tests.kube.hub.blocking import BlockingServer

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("tests/hub", "tests/controllers")
ONLY_EMBEDDED = {
    "test_a_release_over_the_real_inventory": "the same as over the written one, with hundreds of times the nodes",
    "test_circles_and_unknown_names_are_refused_with_field_value_and_cure": "the embedded hub refuses; others are told",
    "test_its_releases_go_with_it_and_clusters_hold": "the garbage collector of a real server is another program",
}
"""Tests that don't ask for a server's behaviour, and why they are left out."""


def stories() -> dict[str, Callable[[], None]]:
    """Tests without parameters that play stories, by name."""
    found: dict[str, Callable[[], None]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("test_*.py")):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for name, test in inspect.getmembers(module, inspect.isfunction):
                plain = name.startswith("test_") and not inspect.signature(test).parameters
                if plain and plays(test) and name not in ONLY_EMBEDDED:
                    found[f"{path.stem}.{name}"] = test
    return found


def plays(test: FunctionType) -> bool:
    """Whether it plays a story on a house, itself or through what it calls in its module."""
    called = [test.__globals__.get(name) for name in test.__code__.co_names]
    inner = [each for each in called if isinstance(each, FunctionType) and each.__module__ == test.__module__]
    return any(each is play for each in called) or any(plays(each) for each in inner if each is not test)


STORIES = stories()
assert len(STORIES) > 60, "where are the stories?"


@pytest.mark.kube
@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_holds_on_a_real_server(name: str, ground: BlockingServer) -> None:
    token = GROUND.set(ground)
    try:
        STORIES[name]()
    finally:
        GROUND.reset(token)
    assert ground.requests > 0, "the story was not played on the real server"
