"""What the gates of a policy must obey beyond their schema: refused with the field, the value and the cure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from myriarch.api.gates import AlertsGate, CelGate, Gate, MatchOperator, Server, Verdict
from myriarch.api.policy import Stage
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.base.urls import base_problem, token_in_the_clear
from myriarch.engine.promql import PLACEHOLDER, PromqlProblem, check_promql, placeholder_problem

SHORTEST_INTERVAL_SECONDS = 1.0
LONGEST_TIMEOUT_SECONDS = 86_400.0
PROBLEM_MAX_CHARS = 200


def gate_faults(gates: Sequence[Gate], stages: Sequence[Stage], root: str) -> Iterator[UserFault]:
    """Every fault, in the order of the fields."""
    known: set[str] = set()
    for index, gate in enumerate(gates):
        field = f"{root}[{index}]"
        if gate.name in known:
            yield UserFault(f"{field}.name", gate.name, "is the name of another gate too", "Name every gate apart.")
        known.add(gate.name)
        yield from _place_faults(gate, stages, field)
        yield from _time_faults(gate, field)
        yield from _source_faults(gate, field)


def _place_faults(gate: Gate, stages: Sequence[Stage], field: str) -> Iterator[UserFault]:
    names = [stage.name for stage in stages]
    for index, name in enumerate(gate.stages):
        if name not in names:
            cure = f"Name one of {', '.join(names) or '(none)'}."
            yield UserFault(f"{field}.stages[{index}]", name, "is no stage of the policy", cure)
    chosen = [stage for stage in stages if not gate.stages or stage.name in gate.stages]
    if not chosen or any(stage.exponential is not None for stage in chosen):
        return  # how many waves there are depends on the fleet
    most = max(max(len(stage.waves), 1) for stage in chosen)
    for index, wave in enumerate(gate.waves):
        if wave > most:
            cure = f"Give waves from 1 to {most}."
            yield UserFault(f"{field}.waves[{index}]", wave, "is a wave that no such stage has", cure)


def _time_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    bounds = {
        "interval": (gate.interval, SHORTEST_INTERVAL_SECONDS, math.inf),
        "timeout": (gate.timeout, 0.001, LONGEST_TIMEOUT_SECONDS),
    }
    for name, (text, least, most) in bounds.items():
        if text is None:
            continue
        try:
            seconds = parse_duration(text)
        except ValueError:
            yield UserFault(f"{field}.{name}", text, "is not a length of time", "Write one such as 30s or 10m.")
            continue
        if not least <= seconds <= most:
            cure = "Write one such as 30s, 1m or 10m."
            yield UserFault(f"{field}.{name}", text, "is too short or too long", cure)
    if gate.otherwise is Verdict.PASS:
        cure = "Write Fail or Hold."
        yield UserFault(f"{field}.otherwise", gate.otherwise.value, "would let everything pass", cure)


def _source_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    if len(gate.sources) != 1:
        shown = ", ".join(gate.sources) or "nothing"
        cure = "Give exactly one of cel, promql, alerts, webhook, job, approval, diff and metric."
        yield UserFault(field, shown, "is not exactly one source", cure)
        return
    checks: dict[str, Callable[[Gate, str], Iterator[UserFault]]] = {
        "cel": _cel_faults,
        "promql": _promql_faults,
        "alerts": _alerts_faults,
        "webhook": _webhook_faults,
        "inspection": _inspection_faults,
    }
    source = gate.sources[0]
    if source in checks:
        yield from checks[source](gate, f"{field}.{source}")


def _cel_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    assert gate.cel is not None
    cel: CelGate = gate.cel
    if cel.resource == "secrets":
        cure = "Choose another kind: what a gate reads is shown to everybody."
        yield UserFault(f"{field}.resource", cel.resource, "is never read by a gate", cure)
    if cel.name and cel.label_selector:
        cure = "Keep either name or labelSelector."
        yield UserFault(f"{field}.labelSelector", cel.label_selector, "stands beside name", cure)
    from myriarch.base.cel import CelProgram  # costs a fifth of a second: only for who uses it

    try:
        program = CelProgram(cel.expression)
    except ValueError as error:
        why = str(error).rpartition("can't be compiled: ")[2][:PROBLEM_MAX_CHARS]
        yield UserFault(f"{field}.expression", cel.expression, f"can't be compiled: {why}", "Mend the expression.")
        return
    variable = "object" if cel.name else "objects"
    if not program.uses(variable):
        cure = f"Say something of {variable}."
        yield UserFault(f"{field}.expression", cel.expression, f"does not look at {variable}", cure)


def _promql_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    assert gate.promql is not None
    yield from server_faults(gate.promql.server, f"{field}.server")
    if not math.isfinite(gate.promql.threshold):
        yield UserFault(f"{field}.threshold", gate.promql.threshold, "is no number", "Give a number.")
    try:
        check_promql(gate.promql.query)
    except PromqlProblem as problem:
        yield UserFault(f"{field}.query", gate.promql.query, f"is no PromQL: {problem}", "Mend the query there.")


def _alerts_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    assert gate.alerts is not None
    alerts: AlertsGate = gate.alerts
    yield from server_faults(alerts.server, f"{field}.server")
    for index, matcher in enumerate(alerts.matchers):
        here = f"{field}.matchers[{index}].value"
        expression = matcher.operator in (MatchOperator.MATCHES, MatchOperator.MATCHES_NOT)
        for found in PLACEHOLDER.finditer(matcher.value):
            problem = placeholder_problem(found[1]) or ("" if expression else "a placeholder needs =~ or !~")
            if problem:
                yield UserFault(here, matcher.value, problem, "Mend the placeholder.")
        if expression:
            try:
                re.compile(PLACEHOLDER.sub("x", matcher.value))
            except re.error as error:
                yield UserFault(here, matcher.value, f"is no expression: {error}", "Mend the expression.")


def _webhook_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    assert gate.webhook is not None
    yield from server_faults(gate.webhook.server, f"{field}.server")


def _inspection_faults(gate: Gate, field: str) -> Iterator[UserFault]:
    assert gate.inspection is not None
    cure = "Leave the gate out, or ask a program of yours with job or webhook."
    yield UserFault(field, gate.inspection.name, "inspections are not offered yet", cure)


def server_faults(server: Server, field: str) -> Iterator[UserFault]:
    """What is wrong with how a server is named."""
    if bool(server.url) == (server.service is not None):
        shown = "both" if server.url else "neither"
        yield UserFault(field, shown, "is not exactly one of url and service", "Give url or service.")
        return
    url = server.url or f"{server.service.scheme if server.service else ''}://service"
    problem = base_problem(url)
    if problem:
        cure = "Write one such as https://prometheus.example:9090; what is secret goes into a Secret."
        yield UserFault(f"{field}.url", server.url, problem, cure)
    elif server.token is not None and token_in_the_clear(url):
        yield UserFault(f"{field}.token", url, "the token would go unencrypted", "Use https.")
