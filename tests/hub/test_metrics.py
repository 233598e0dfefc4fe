"""Metrics of an analysis end to end: asked of a stranger in its place, weighed, remembered, told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec
import numpy as np
from tests.gates.people import Stranger
from tests.hub.house import TWO_WAVES, House, play, small_spec

from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release
from myriarch.base.hashing import stable_hash
from myriarch.gates.fetch import Call, Reply

CLUSTERS = 15
FLEET = small_spec(CLUSTERS, 4)
NOISE = 0.03


def policy(soak: str = "1h", until: Sequence[str] = (), **metric: Any) -> ReleasePolicySpec:
    given = {
        "name": "latency", "kind": "Mean", "ceiling": 5, "every": "1m", "toleratedRatio": 1.1,
        "server": {"url": "https://prometheus.example"}, "query": "latency",
    }  # fmt: skip
    analysis = {"metrics": [{**given, **metric}], "soakUntilSafe": until, "maxSoak": "6h"}
    stage = Stage(name="prod", environment="prod", soak=soak, waves=[Wave(clusters=5), Wave()])
    spec = msgspec.structs.replace(TWO_WAVES, stages=[stage])
    return msgspec.convert({**msgspec.to_builtins(spec), "analysis": analysis}, ReleasePolicySpec)


class Source:
    """A Prometheus of one number a cluster: its own level, noise that is forgotten, and what ``worse`` makes of it."""

    def __init__(self, worse: Callable[[str], float] = lambda _name: 1.0) -> None:
        self.worse = worse
        self.house: House | None = None
        self.queries: list[str] = []
        self.says: Any = None

    def __call__(self, call: Call) -> Any:
        asked = parse_qs(call.body.decode())
        self.queries.append(asked["query"][0])
        if self.says is not None:
            return self.says
        assert self.house is not None
        past = "_over_time" in self.queries[-1]
        result = [
            {"metric": {"cluster": name}, "value": [0, repr(self._value(name, past))]} for name in self.house.names()
        ]
        return {"status": "success", "data": {"resultType": "vector", "result": result}}

    def _value(self, name: str, past: bool) -> float:
        assert self.house is not None
        level = 1.0 + stable_hash(1, name) % 100 / 20  # some are five times as slow as others, and always were
        if past:
            return level
        dice = np.random.default_rng(stable_hash(2, name, int(self.house.clock.now())))
        updated = self.house.at(name).get("v2", 0) > 0
        return float(level * (1.0 + NOISE * dice.standard_normal()) * (self.worse(name) if updated else 1.0))


def _play(source: Source, story: Callable[[House], Any], given: ReleasePolicySpec) -> None:
    async def with_source(house: House) -> None:
        source.house = house
        await story(house)

    play(with_source, policy=given, spec=FLEET, fetch=Stranger(source))


def _metric(release: Release) -> Any:
    assert release.status.evidence is not None
    return release.status.evidence.metrics[0]


def test_units_that_get_worse_are_harm() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        done = await house.ended("r")
        assert done.status.phase is Phase.ROLLED_BACK, done.status
        arms = r"metric latency: (\S+) times its own level in 5 updated units, (\S+) in"
        found = re.search(arms, done.status.message)
        assert found, done.status.message
        assert 1.4 < float(found[1]) < 1.6
        assert 0.9 < float(found[2]) < 1.1
        assert "times likelier with harm than without it (harm at 100)" in done.status.message

    _play(Source(lambda _name: 1.5), story, policy())


def test_a_harmless_release_goes_out_and_tells_what_it_saw() -> None:
    source = Source()

    async def story(house: House) -> None:
        await house.release("r", "v2")
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED, done.status
        seen = _metric(done)
        assert seen.looks > 50
        assert seen.rests.startswith("no cluster of the stage is left")
        assert seen.times < 10
        assert seen.updated.units == 5
        assert any("avg_over_time" in query for query in source.queries)

    _play(source, story, policy())


def test_one_bad_unit_alone_is_no_harm() -> None:
    """Any unit may get sick on its own."""
    source = Source()

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        sick = next(name for name in house.names() if house.at(name).get("v2"))
        source.worse = lambda name: 3.0 if name == sick else 1.0
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    _play(source, story, policy())


def test_a_source_that_is_away_holds_and_is_no_harm() -> None:
    source = Source()

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        source.says = Reply(503, b"<html>")
        held = await house.phase("r", Phase.GATED)
        await house.wait(3600)
        held = await house.get("r")
        assert held.status.phase is Phase.GATED
        assert any("metric latency holds" in hold and "answers 503" in hold for hold in held.status.holds)
        assert _metric(held).times < 10
        source.says = None
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    _play(source, story, policy())


def test_a_crash_counts_no_look_twice() -> None:
    source = Source()

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.wait(1200)
        before = _metric(await house.get("r"))
        await house.hub.crash("controllers")
        await house.hub.restart("controllers")
        await house.wait(30)
        after = _metric(await house.get("r"))
        assert before.looks <= after.looks <= before.looks + 1
        assert after.looked_at >= before.looked_at
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    _play(source, story, policy())


def test_a_wave_soaks_until_harm_is_excluded_where_the_policy_says_so() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.wait(650)
        soaking = await house.get("r")
        assert soaking.status.phase is Phase.SOAKING
        assert any("harm is not excluded yet by metric latency" in hold for hold in soaking.status.holds)
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED, done.status
        soaked = [entry for entry in done.status.timeline if entry.reason == "SoakPassed"]
        seconds = [float(re.findall(r"soaked (\S+) s", entry.message)[0]) for entry in soaked]
        assert seconds[1] == 600.0  # nobody is left to compare with: the last wave soaks its own time

    _play(Source(), story, policy("10m", ["latency"], toleratedRatio=1.5))


def test_undecided_for_too_long_waits_for_a_person() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        paused = await house.phase("r", Phase.PAUSED)
        assert paused.status.reason == "Undecided"
        assert "harm is not excluded yet by metric latency" in paused.status.message

    _play(Source(lambda _name: 1.1), story, policy("10m", ["latency"]))


def test_one_that_is_silent_is_never_undecided() -> None:
    source = Source()

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        source.says = Reply(503, b"")
        await house.phase("r", Phase.GATED)
        await house.wait(8 * 3600)
        held = await house.get("r")
        assert held.status.phase is Phase.GATED
        assert any("waits for approval 'metric/latency/prod/1'" in hold for hold in held.status.holds)
        await house.approve("r", "metric/latency/prod/1")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    _play(source, story, policy("10m", ["latency"], toleratedRatio=1.5))
