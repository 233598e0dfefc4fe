"""Gates asked of a real Prometheus: metrics, alerts, what it refuses; and that our parser agrees with its own."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from tests.engine.test_promql import BAD, GOOD
from tests.gates.people import ask, asked
from tests.kube.gates.prometheus import ALERT, Prometheus

from myriarch.api.gates import PromqlGate, Verdict
from myriarch.engine.promql import PLACEHOLDER
from myriarch.gates.fetch import nobody
from myriarch.gates.promql import query_values
from myriarch.gates.question import Answer
from myriarch.gates.server import Reach
from myriarch.gates.sockets import fetch

pytestmark = pytest.mark.kube


def metric(prometheus: Prometheus, query: str, operator: str = "<", threshold: float = 0.5) -> dict[str, Any]:
    given = {"server": {"url": prometheus.url}, "query": query, "operator": operator, "threshold": threshold}
    return {"promql": given}


def alerts(prometheus: Prometheus, name: str = ALERT) -> dict[str, Any]:
    matchers = [{"name": "alertname", "value": name}, {"name": "cluster", "operator": "=~", "value": "${clusters}"}]
    return {"alerts": {"server": {"url": prometheus.url}, "matchers": matchers}}


def asking(gate: dict[str, Any], *clusters: str) -> Answer:
    return ask(gate, fetch, asked(clusters=clusters))


def test_metrics_of_the_waves_clusters_are_judged(prometheus: Prometheus) -> None:
    prometheus.say("errors", a1=0.1, a2=0.2, **{"b.1": 0.9, "bx1": 0.0})
    gate = metric(prometheus, 'errors{cluster=~"${clusters}"}')
    prometheus.wait(lambda: asking(gate, "b.1").value == 0.9)
    good = asking(gate, "a1", "a2")
    assert (good.verdict, good.value) == (Verdict.PASS, 0.2)
    bad = asking(gate, "a1", "b.1")
    assert (bad.verdict, bad.value) == (Verdict.FAIL, 0.9)
    assert "cluster=b.1" in bad.message
    assert asking(gate, "b.").verdict is Verdict.HOLD  # names are literal: no series is called so


def test_what_it_does_not_know_or_refuses_holds(prometheus: Prometheus) -> None:
    unknown = asking(metric(prometheus, "no_such_metric"), "a1")
    assert (unknown.verdict, "gives no series" in unknown.message) == (Verdict.HOLD, True)
    refused = asking(metric(prometheus, "no_such_function(up)"), "a1")
    assert (refused.verdict, "answers 400" in refused.message) == (Verdict.HOLD, True)
    assert "no_such_function" in refused.message
    assert asking(metric(prometheus, "up[5m]"), "a1").verdict is Verdict.HOLD


def test_labelled_values_are_samples(prometheus: Prometheus) -> None:
    prometheus.say("latency", c1=1.0, c2=2.0)
    gate = msgspec.convert(metric(prometheus, "latency")["promql"], PromqlGate)
    reach = Reach(None, fetch, 5.0)  # type: ignore[arg-type]

    def seen() -> dict[str, float]:
        try:
            found = asyncio.run(query_values(gate, asked(), reach))
        except Exception:
            return {}
        return {each.labels["cluster"]: each.value for each in found}

    prometheus.wait(lambda: seen() == {"c1": 1.0, "c2": 2.0})


def test_alerts_that_fire(prometheus: Prometheus) -> None:
    prometheus.say("errors", d1=0.9, d2=0.1)
    gate = alerts(prometheus)
    prometheus.wait(lambda: asking(gate, "d1").verdict is Verdict.FAIL)
    assert "HighErrors (cluster=d1" in asking(gate, "d1").message
    assert asking(gate, "d2").verdict is Verdict.PASS
    other = asking(alerts(prometheus, "NoSuchAlert"), "d1")
    assert (other.verdict, "no alerting rule" in other.message) == (Verdict.HOLD, True)
    prometheus.say("errors", d1=0.1)
    prometheus.wait(lambda: asking(gate, "d1").verdict is Verdict.PASS)


@pytest.mark.parametrize("query", GOOD)
def test_what_we_take_it_takes(prometheus: Prometheus, query: str) -> None:
    assert prometheus.parses(PLACEHOLDER.sub("a|b", query))


@pytest.mark.parametrize("query", [query for query in BAD if "$" not in query and "((" not in query])
def test_what_we_refuse_it_refuses(prometheus: Prometheus, query: str) -> None:
    assert not prometheus.parses(query)


def test_a_server_that_is_away_holds() -> None:
    gate = {"promql": {"server": {"url": "http://127.0.0.1:9"}, "query": "up", "operator": ">", "threshold": 0}}
    assert ask(gate, fetch).verdict is Verdict.HOLD
    assert ask(gate, nobody).verdict is Verdict.HOLD
