"""Gates over metrics: an instant query of a Prometheus, every series of which must keep a threshold.

``query_values`` gives the labelled values by themselves, as samples for whoever compares them otherwise. The API:
https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from myriarch.api.gates import Operator, PromqlGate, Server, Verdict
from myriarch.base.urls import host_of
from myriarch.gates.fetch import NoAnswer
from myriarch.gates.placeholders import fill_promql
from myriarch.gates.question import Answer, Question, silence
from myriarch.gates.server import Reach, url_of

SERIES_MAX: Final = 10_000
SHOWN_LABELS: Final = 6
_PATH: Final = "/api/v1/query"

KEEPS: Final[Mapping[Operator, Callable[[float, float], bool]]] = {
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float

    def __str__(self) -> str:
        named = sorted(self.labels.items())
        more = ", …" if len(named) > SHOWN_LABELS else ""
        return "{" + ", ".join(f"{key}={value}" for key, value in named[:SHOWN_LABELS]) + more + "}"


async def query_values(gate: PromqlGate, question: Question, reach: Reach) -> tuple[Labelled, ...]:
    """What the gate's query gives now. Raises NoAnswer for all that is no vector or scalar."""
    return await values_of(gate.server, gate.query, question, reach)


async def values_of(
    server: Server, query: str, question: Question, reach: Reach, at: float | None = None
) -> tuple[Labelled, ...]:
    """What a query gives ``at`` (Unix seconds; now without), in the order of the server. Raises NoAnswer."""
    asked = {"query": fill_promql(query, question), "timeout": f"{reach.timeout_seconds:g}s"}
    if at is not None:
        asked["time"] = f"{at:.3f}"
    body = urlencode(asked).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    found = await reach.ask_json(server, "POST", _PATH, headers, body)
    host = host_of(url_of(server))
    try:
        return _read(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoAnswer(f"{host} answers with what is no vector of numbers") from None


def _read(found: Any) -> tuple[Labelled, ...]:
    if found["status"] != "success":
        raise ValueError("no success")
    data = found["data"]
    if data["resultType"] == "scalar":
        return (Labelled({}, float(data["result"][1])),)
    if data["resultType"] != "vector" or len(data["result"]) > SERIES_MAX:
        raise ValueError("no vector that can be judged")
    return tuple(Labelled(_labels(each["metric"]), float(each["value"][1])) for each in data["result"])


def _labels(metric: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in metric.items()}


async def ask_metrics(gate: PromqlGate, otherwise: Verdict, question: Question, reach: Reach) -> Answer:
    """Pass where every series keeps the threshold, ``otherwise`` where one does not; none, or no number, holds."""
    series = await query_values(gate, question, reach)
    host = host_of(url_of(gate.server))
    threshold = f"{gate.operator.value} {gate.threshold:g}"
    if not series:
        return silence(f"{host}: the query gives no series: is the metric known, and is it of these clusters?")
    odd = [each for each in series if math.isnan(each.value)]
    if odd:
        return silence(f"{host}: {len(odd)} of {len(series)} series are no numbers, such as {odd[0]}")
    broken = [each for each in series if not KEEPS[gate.operator](each.value, gate.threshold)]
    worst = max(broken or series, key=lambda each: _distance(each.value, gate))
    shown = worst.value if math.isfinite(worst.value) else None
    if not broken:
        many = f"all of {len(series)} series" if len(series) > 1 else f"{worst.value:g}"
        nearest = f", the nearest {worst.value:g} {worst}" if len(series) > 1 else ""
        return Answer(Verdict.PASS, f"{host}: {many} {threshold}{nearest}", shown, threshold)
    message = f"{host}: {len(broken)} of {len(series)} series are not {threshold}: {worst.value:g} {worst}"
    return Answer(otherwise, message, shown, threshold)


def _distance(value: float, gate: PromqlGate) -> float:
    """How far on the wrong side of the threshold, or how near to it on the good side."""
    if gate.operator in (Operator.LESS, Operator.LESS_OR_EQUAL):
        return value
    if gate.operator in (Operator.GREATER, Operator.GREATER_OR_EQUAL):
        return -value
    away = abs(value - gate.threshold)
    return away if gate.operator is Operator.EQUAL else -away
