"""Gates over alerts: passed while none that fires has all of the labels asked for.

A Prometheus is asked for its rules, not for its alerts alone: where no rule could ever fire such an alert, or the rule
can't be evaluated, nothing firing proves nothing, and the gate holds. An Alertmanager knows no rules, so that there an
alert that never came and one that is not firing look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from myriarch.api.gates import AlertMatcher, AlertsApi, AlertsGate, MatchOperator, Verdict
from myriarch.base.errors import ProgrammerError
from myriarch.base.urls import host_of
from myriarch.gates.fetch import NoAnswer
from myriarch.gates.placeholders import fill_expression
from myriarch.gates.question import Answer, Question, silence
from myriarch.gates.server import Reach, url_of

NAME: Final = "alertname"
SHOWN_ALERTS: Final = 3
_RULES: Final = "/api/v1/rules?type=alert"
_ALERTS: Final = "/api/v2/alerts?active=true&silenced=false&inhibited=false"
_EXPRESSIONS: Final = (MatchOperator.MATCHES, MatchOperator.MATCHES_NOT)

Labels = Mapping[str, str]


class _Told(NamedTuple):
    """``rules``: static labels and health of each alerting rule, None where the server knows none."""

    firing: list[Labels]
    rules: list[tuple[Labels, str]] | None


async def ask_alerts(gate: AlertsGate, otherwise: Verdict, question: Question, reach: Reach) -> Answer:
    """Pass where no matching alert fires, ``otherwise`` where one does."""
    matchers = [_filled(each, question) for each in gate.matchers]
    host = host_of(url_of(gate.server))
    prometheus = gate.api is AlertsApi.PROMETHEUS
    found = await reach.ask_json(gate.server, "GET", _RULES if prometheus else _ALERTS, {}, b"")
    try:
        told = _of_prometheus(found) if prometheus else _of_alertmanager(found)
    except (KeyError, TypeError, AttributeError):
        raise NoAnswer(f"{host} answers with what are no alerts") from None
    firing = [labels for labels in told.firing if all(_matches(each, labels.get(each.name, "")) for each in matchers)]
    if firing:
        shown = "; ".join(_shown(labels) for labels in firing[:SHOWN_ALERTS])
        return Answer(otherwise, f"{host}: {len(firing)} alerts fire: {shown}", float(len(firing)), "== 0")
    if told.rules is not None:
        possible = [health for labels, health in told.rules if _could_match(matchers, labels)]
        if not possible:
            return silence(f"{host}: no alerting rule could ever fire such an alert")
        if any(health != "ok" for health in possible):
            return silence(f"{host}: a rule of such an alert is not evaluated (health: {sorted(set(possible))})")
    return Answer(Verdict.PASS, f"{host}: no such alert fires", 0.0, "== 0")


def _filled(matcher: AlertMatcher, question: Question) -> AlertMatcher:
    if matcher.operator not in _EXPRESSIONS:
        return matcher
    value = fill_expression(matcher.value, question)
    return AlertMatcher(name=matcher.name, operator=matcher.operator, value=value)


def _of_prometheus(found: Any) -> _Told:
    told = _Told([], [])
    for rule in _alerting_rules(found):
        static = {**_labels(rule.get("labels") or {}), NAME: str(rule["name"])}
        assert told.rules is not None
        told.rules.append((static, str(rule.get("health", "ok"))))
        firing = [each for each in rule.get("alerts") or [] if each.get("state") == "firing"]
        told.firing.extend({**static, **_labels(each["labels"])} for each in firing)
    return told


def _alerting_rules(found: Any) -> Iterator[Any]:
    for group in found["data"]["groups"] or []:
        for rule in group["rules"] or []:
            if rule.get("type", "alerting") == "alerting":
                yield rule


def _of_alertmanager(found: Any) -> _Told:
    active = [each for each in found if (each.get("status") or {}).get("state", "active") == "active"]
    return _Told([_labels(each["labels"]) for each in active], None)


def _labels(found: Any) -> Labels:
    return {str(key): str(value) for key, value in found.items()}


def _could_match(matchers: Sequence[AlertMatcher], static: Labels) -> bool:
    """Labels that a rule does not set itself come from its series: they may have any value."""
    return all(_matches(each, static[each.name]) for each in matchers if each.name in static)


def _matches(matcher: AlertMatcher, value: str) -> bool:
    match matcher.operator:
        case MatchOperator.EQUAL:
            return value == matcher.value
        case MatchOperator.NOT_EQUAL:
            return value != matcher.value
        case MatchOperator.MATCHES:
            return _whole(matcher.value, value)
        case MatchOperator.MATCHES_NOT:
            return not _whole(matcher.value, value)
    raise ProgrammerError(f"no operator {matcher.operator}")


def _whole(expression: str, value: str) -> bool:
    try:
        return re.fullmatch(expression, value) is not None
    except re.error as error:
        raise NoAnswer(f"{expression!r} is no expression: {error}") from None


def _shown(labels: Labels) -> str:
    rest = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()) if key != NAME)
    return f"{labels.get(NAME, 'an alert')} ({rest})" if rest else labels.get(NAME, "an alert")
