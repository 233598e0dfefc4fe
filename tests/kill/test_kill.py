"""``kill -9`` of a hub at random moments of a release: it ends as it would have, and nothing acknowledged is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.kill.life import HARM, Life, Outcome

KILLS_IN_A_LIFE = 5
EARLIEST_SECONDS, LATEST_SECONDS = 0.0, 2.4
LIVES = {"good": 2, "harmful": 2}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def _moments(seed: int) -> list[float]:
    dice = np.random.default_rng(seed)
    return [float(dice.uniform(EARLIEST_SECONDS, LATEST_SECONDS)) for _ in range(KILLS_IN_A_LIFE)]


def _live(folder: Path) -> dict[str, list[Outcome]]:
    """By kind of release: the life that nobody disturbed first, then the killed ones. All are lived at once."""
    planned = {
        f"{kind}-{number}": Life(
            _folder(folder / f"{kind}-{number}"),
            [] if number == 0 else _moments(100 * number + len(kind)),
            HARM if kind == "harmful" else None,
        )
        for kind, count in LIVES.items()
        for number in range(count + 1)
    }
    with ThreadPoolExecutor(len(planned)) as pool:
        running = {name: pool.submit(life.run) for name, life in planned.items()}
    outcomes: dict[str, list[Outcome]] = {}
    for name, future in running.items():
        outcomes.setdefault(name.split("-")[0], []).append(future.result())
    return outcomes


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _check_that_it_was_killed_often(lives: dict[str, list[Outcome]]) -> None:
    every = [outcome for outcomes in lives.values() for outcome in outcomes]
    assert sum(len(outcome.kills) for outcome in every) == 20
    assert all(outcome.acknowledged > 20 for outcome in every)
    places = {place for outcome in every for place in outcome.kills}
    assert len(places) >= 5, places


def _check_the_good(lives: dict[str, list[Outcome]]) -> None:
    undisturbed, *killed = lives["good"]
    assert undisturbed.phase == "Succeeded"
    assert {revision for nodes in undisturbed.nodes.values() for revision in nodes} == {"v2"}
    for outcome in killed:
        assert (outcome.phase, outcome.reason) == (undisturbed.phase, undisturbed.reason)
        assert outcome.tallies == undisturbed.tallies
        assert outcome.nodes == undisturbed.nodes


def _check_the_harmful(lives: dict[str, list[Outcome]]) -> None:
    undisturbed, *killed = lives["harmful"]
    assert undisturbed.phase == "RolledBack"
    assert {revision for nodes in undisturbed.nodes.values() for revision in nodes} == {"v1"}
    for outcome in killed:
        assert (outcome.phase, outcome.reason) == (undisturbed.phase, undisturbed.reason)
        assert outcome.nodes == undisturbed.nodes
        for environment, tally in undisturbed.tallies.items():
            for count in ("clusters", "nodes", "begun", "exposure", "reverted", "offTarget", "stuck"):
                assert outcome.tallies[environment].get(count) == tally.get(count), (environment, count)


def test_a_killed_hub_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    """One test, for the lives are lived together."""
    lives = _live(tmp_path)
    _check_that_it_was_killed_often(lives)
    _check_the_good(lives)
    _check_the_harmful(lives)
