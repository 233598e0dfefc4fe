"""``kill -9`` of a hub at random moments of a release: it ends as it would have, and nothing acknowledged is lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.kill.life import HARM, Life, Outcome

KILLS_IN_A_LIFE = 5
EARLIEST_SECONDS, LATEST_SECONDS = 0.0, 2.4
LIVES = {"good": 2, "harmful": 2}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def _moments(seed: int) -> list[float]:
    dice = random.Random(seed)
    return [dice.uniform(EARLIEST_SECONDS, LATEST_SECONDS) for _ in range(KILLS_IN_A_LIFE)]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Outcome]]:
    """By kind of release: the life that nobody disturbed first, then the killed ones. All are lived at once."""
    folder: Path = tmp_path_factory.mktemp("kill")
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


def test_it_was_killed_often_and_wrote_much(lives: dict[str, list[Outcome]]) -> None:
    every = [outcome for outcomes in lives.values() for outcome in outcomes]
    assert sum(len(outcome.kills) for outcome in every) == 20
    assert all(outcome.acknowledged > 20 for outcome in every)
    places = {place for outcome in every for place in outcome.kills}
    assert len(places) >= 5, places


def test_a_good_release_ends_as_it_would_have(lives: dict[str, list[Outcome]]) -> None:
    undisturbed, *killed = lives["good"]
    assert undisturbed.phase == "Succeeded"
    assert {revision for nodes in undisturbed.nodes.values() for revision in nodes} == {"v2"}
    for outcome in killed:
        assert (outcome.phase, outcome.reason) == (undisturbed.phase, undisturbed.reason)
        assert outcome.tallies == undisturbed.tallies
        assert outcome.nodes == undisturbed.nodes


def test_a_harmful_release_goes_back_as_it_would_have(lives: dict[str, list[Outcome]]) -> None:
    undisturbed, *killed = lives["harmful"]
    assert undisturbed.phase == "RolledBack"
    assert {revision for nodes in undisturbed.nodes.values() for revision in nodes} == {"v1"}
    for outcome in killed:
        assert (outcome.phase, outcome.reason) == (undisturbed.phase, undisturbed.reason)
        assert outcome.nodes == undisturbed.nodes
        for environment, tally in undisturbed.tallies.items():
            for count in ("clusters", "nodes", "begun", "exposure", "reverted", "offTarget", "stuck"):
                assert outcome.tallies[environment].get(count) == tally.get(count), (environment, count)
