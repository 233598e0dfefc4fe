"""Gates over alerts, as a Prometheus and as an Alertmanager tell of them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gates.people import Stranger, ask, asked

from myriarch.api.gates import Verdict


def gate(*matchers: tuple[str, str, str], api: str = "Prometheus") -> dict[str, Any]:
    given = [{"name": name, "operator": operator, "value": value} for name, operator, value in matchers]
    return {"alerts": {"server": {"url": "https://alerts.example"}, "api": api, "matchers": given}}


def rules(*firing: dict[str, str], health: str = "ok", state: str = "firing") -> dict[str, Any]:
    alerts = [{"labels": {"alertname": "HighErrors", **labels}, "state": state} for labels in firing]
    rule = {"type": "alerting", "name": "HighErrors", "labels": {"severity": "page"}, "health": health}
    return {"status": "success", "data": {"groups": [{"rules": [{**rule, "alerts": alerts}]}]}}


MINE = (("alertname", "=", "HighErrors"), ("cluster", "=~", "${clusters}"))


@pytest.mark.parametrize(
    ("found", "verdict", "told"),
    [
        (rules(), Verdict.PASS, "no such alert fires"),
        (rules({"cluster": "c1"}), Verdict.FAIL, "1 alerts fire: HighErrors (cluster=c1, severity=page)"),
        (rules({"cluster": "c3"}), Verdict.PASS, "no such alert"),
        (rules({"cluster": "c11"}), Verdict.PASS, "no such alert"),
        (rules({"cluster": "c1"}, state="pending"), Verdict.PASS, "no such alert"),
        (rules(health="err"), Verdict.HOLD, "is not evaluated"),
        ({"status": "success", "data": {"groups": []}}, Verdict.HOLD, "no alerting rule could ever fire"),
        ({"data": None}, Verdict.HOLD, "are no alerts"),
    ],
)
def test_prometheus(found: Any, verdict: Verdict, told: str) -> None:
    stranger = Stranger(lambda _: found)
    answer = ask(gate(*MINE), stranger)
    assert (answer.verdict, told in answer.message) == (verdict, True), answer.message
    assert stranger.calls[0].url == "https://alerts.example/api/v1/rules?type=alert"


def test_a_rule_whose_own_label_differs_could_never_match() -> None:
    answer = ask(gate(("severity", "=", "ticket")), Stranger(lambda _: rules()))
    assert "no alerting rule could ever fire" in answer.message


def test_alertmanager() -> None:
    found = [
        {"labels": {"alertname": "A", "cluster": "c2"}, "status": {"state": "suppressed"}},
        {"labels": {"alertname": "B", "cluster": "c2"}, "status": {"state": "active"}},
    ]
    stranger = Stranger(lambda _: found)
    bad = ask(gate(("cluster", "=~", "${clusters}"), api="Alertmanager"), stranger)
    assert (bad.verdict, "1 alerts fire: B" in bad.message) == (Verdict.FAIL, True)
    good = ask(gate(("alertname", "!~", "B|C"), api="Alertmanager"), stranger)
    assert good.verdict is Verdict.PASS
    assert stranger.calls[0].url.startswith("https://alerts.example/api/v2/alerts?active=true&silenced=false")


def test_names_are_literal_in_expressions() -> None:
    found = [{"labels": {"cluster": "axb"}, "status": {"state": "active"}}]
    matchers = gate(("cluster", "=~", "${clusters}"), api="Alertmanager")
    assert ask(matchers, Stranger(lambda _: found), asked(clusters=("a.b",))).verdict is Verdict.PASS
