"""Metrics asked of a Prometheus in its place: which queries are sent, and which unit is of which arm."""

from __future__ import annotations

import asyncio
import math
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from tests.gates.people import Stranger, asked

from myriarch.api.metrics import AnalysisMetric
from myriarch.gates.fetch import Call, NoAnswer
from myriarch.gates.metrics import Membership, Readings, read_metric
from myriarch.gates.server import Reach

MEMBERS = Membership(
    updated=frozenset({"c1", "c2"}), whole=frozenset({"c1"}), controls=frozenset({"c3"}),
    strata={"c1": "eu", "c3": "us"}, began=10_000.0, last=12_000.0, now=12_500.0,
)  # fmt: skip


def metric(**given: Any) -> AnalysisMetric:
    known = {"name": "m", "kind": "Mean", "ceiling": 5, "query": "now", "server": {"url": "https://p.example"}}
    return msgspec.convert({**known, **given}, AnalysisMetric)


class Server:
    """Answers each query by what it begins with; the past by what it contains."""

    def __init__(self, **answers: dict[tuple[str, ...], float]) -> None:
        self.answers = answers
        self.asked: list[dict[str, str]] = []

    def __call__(self, call: Call) -> Any:
        sent = {key: values[0] for key, values in parse_qs(call.body.decode()).items()}
        self.asked.append(sent)
        query = sent["query"]
        name = "past" if "_over_time" in query else query.split("{")[0]
        result = [
            {"metric": dict(zip(("cluster", "node", "region"), labels, strict=False)), "value": [0, repr(value)]}
            for labels, value in self.answers[name].items()
        ]
        return {"status": "success", "data": {"resultType": "vector", "result": result}}


def read(given: AnalysisMetric, server: Server, members: Membership = MEMBERS) -> Readings:
    reach = Reach(None, Stranger(server), 5.0)  # type: ignore[arg-type]
    return asyncio.run(read_metric(given, asked(), members, reach))


def test_clusters_say_which_arm_a_unit_is_of() -> None:
    server = Server(now={("c1",): 2.0, ("c2",): 3.0, ("c3",): 4.0, ("c9",): 5.0}, past={("c1",): 1.0, ("c3",): 4.0})
    updated, controls = read(metric(stratum="region"), server)
    assert [(each.unit, each.value, each.whole, each.stratum) for each in updated] == [
        ("c1", 2.0, True, "eu"),
        ("c2", 3.0, False, ""),
    ]
    assert updated[0].level == 1.0
    assert math.isnan(updated[1].level)
    assert [(each.unit, each.value, each.level, each.stratum) for each in controls] == [("c3", 4.0, 4.0, "us")]


def test_the_level_is_asked_of_the_moment_when_the_release_began() -> None:
    server = Server(now={("c1",): 2.0}, past={("c1",): 1.0})
    read(metric(level="1h", every="5m"), server)
    assert server.asked[0]["time"] == "12500.000"
    assert server.asked[1]["query"] == "avg_over_time((\nnow\n)[3600s:300s])"
    assert server.asked[1]["time"] == "10000.000"


def test_of_a_share_the_whole_past_is_asked_until_the_last_look() -> None:
    server = Server(now={("c1",): 1.0}, past={("c1",): 0.0})
    updated, _ = read(metric(kind="Share", ceiling=None, level="1h"), server)
    assert updated[0].level == 1.0  # at the last look itself, which the steps of the past may miss
    assert server.asked[1]["query"] == "max_over_time((\nnow\n)[5600s:300s])"
    assert [sent["time"] for sent in server.asked] == ["12500.000", "12000.000", "12000.000"]
    server = Server(now={("c1",): 1.0}, past={("c1",): 1.0})
    read(metric(kind="Share", ceiling=None, worse="Lower"), server)
    assert server.asked[1]["query"].startswith("min_over_time")


def test_what_is_compared_as_it_is_has_no_past() -> None:
    server = Server(now={("c1",): 2.0})
    read(metric(change="None"), server)
    read(metric(kind="Rate", ceiling=None), server)
    assert len(server.asked) == 2


def test_two_queries_say_it_where_labels_tell() -> None:
    given = metric(query='new{v=~"${revision}"}', controls='old{v=~"${previous}"}', unit=["cluster", "node"])
    server = Server(
        new={("c1", "a"): 2.0, ("c1", "b"): 3.0}, old={("c1", "b"): 1.0, ("c1", "d"): 4.0}, past={("c1", "a"): 1.0}
    )
    updated, controls = read(given, server)
    assert [(each.unit, each.value, each.level) for each in updated] == [("c1/a", 2.0, 1.0)]
    assert [each.unit for each in controls] == ["c1/d"]  # c1/b is just updated: its old series is not forgotten yet
    assert {sent["query"] for sent in server.asked if sent["time"] == "12500.000"} == {'new{v=~"v2"}', 'old{v=~"v1"}'}


def test_two_series_of_one_unit_are_no_answer() -> None:
    with pytest.raises(NoAnswer, match="more than one series of unit c1: name what tells them in unit"):
        read(metric(), Server(now={("c1", "a"): 1.0, ("c1", "b"): 1.0}, past={}))
