"""Gates over metrics: what is asked, and what each kind of answer means."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.gates.people import Stranger, ask, asked

from myriarch.api.gates import Verdict
from myriarch.gates.fetch import Call, Reply

SERVER = {"url": "https://prometheus.example/base/"}


def gate(query: str = "errors", operator: str = "<", threshold: float = 0.01, **more: Any) -> dict[str, Any]:
    given = {"server": SERVER, "query": query, "operator": operator, "threshold": threshold}
    return {"promql": {**given, **more.pop("promql", {})}, **more}


def vector(*values: tuple[dict[str, str], str]) -> dict[str, Any]:
    result = [{"metric": labels, "value": [1767571200, value]} for labels, value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_every_series_must_keep_the_threshold() -> None:
    good = ask(gate(), Stranger(lambda _: vector(({"cluster": "c1"}, "0.001"), ({"cluster": "c2"}, "0.002"))))
    assert good.verdict is Verdict.PASS
    assert (good.value, good.threshold) == (0.002, "< 0.01")
    bad = ask(gate(), Stranger(lambda _: vector(({"cluster": "c1"}, "0.001"), ({"cluster": "c2"}, "0.5"))))
    assert bad.verdict is Verdict.FAIL
    assert "1 of 2 series are not < 0.01: 0.5 {cluster=c2}" in bad.message
    assert bad.value == 0.5


@pytest.mark.parametrize(
    ("operator", "passes"),
    [("<", False), ("<=", True), (">", False), (">=", True), ("==", True), ("!=", False)],
)
def test_operators(operator: str, passes: bool) -> None:
    answer = ask(gate(operator=operator, threshold=3), Stranger(lambda _: vector(({}, "3"))))
    assert (answer.verdict is Verdict.PASS) == passes


def test_a_scalar_is_one_value() -> None:
    body = {"status": "success", "data": {"resultType": "scalar", "result": [1, "7"]}}
    assert ask(gate(operator=">", threshold=5), Stranger(lambda _: body)).value == 7.0


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (vector(), "gives no series"),
        (vector(({"a": "b"}, "NaN")), "are no numbers"),
        ({"status": "success", "data": {"resultType": "matrix", "result": []}}, "no vector of numbers"),
        ({"status": "success"}, "no vector of numbers"),
        (["odd"], "no vector of numbers"),
        (Reply(200, b"<html>"), "no JSON"),
        (Reply(400, b'{"status":"error","error":"parse error: unexpected end"}'), "400: parse error: unexpected end"),
        (Reply(302, b""), "redirects are not followed"),
        (Reply(500, b"<html>secret</html>"), "answers 500"),
    ],
)
def test_what_is_no_answer_holds(reply: Any, told: str) -> None:
    answer = ask(gate(), Stranger(lambda _: reply))
    assert answer.verdict is Verdict.HOLD
    assert told in answer.message
    assert "secret" not in answer.message


def test_what_breaks_the_threshold_before_a_wave_only_holds() -> None:
    bad = Stranger(lambda _: vector(({}, "1")))
    assert ask(gate(when="Before"), bad).verdict is Verdict.HOLD
    assert ask(gate(otherwise="Hold"), bad).verdict is Verdict.HOLD


def test_the_query_names_clusters_safely() -> None:
    stranger = Stranger(lambda _: vector(({}, "0")))
    names = ("c1", 'x"} or up{a="', "a.b|c")
    ask(gate('errors{cluster=~"${clusters}", gpu=~"${values.gpuModel}"}'), stranger, asked(clusters=names))
    call = stranger.calls[0]
    assert (call.method, call.url) == ("POST", "https://prometheus.example/base/api/v1/query")
    sent = parse_qs(call.body.decode())["query"][0]
    assert sent == (r'errors{cluster=~"c1|x\\\"\\}\\ or\\ up\\{a\\=\\\"|a\\.b\\|c", gpu=~"A10|H100"}')


def test_a_placeholder_for_nothing_is_not_sent() -> None:
    stranger = Stranger(lambda _: vector(({}, "0")))
    answer = ask(gate('errors{cluster=~"${controls}"}'), stranger, asked(controls=()))
    assert answer.verdict is Verdict.HOLD
    assert "${controls} stands for nothing" in answer.message
    assert stranger.calls == []


def test_token_and_authority_come_from_the_secret_and_are_told_to_nobody() -> None:
    def serve(call: Call) -> Any:
        return vector(({}, "0")) if call.headers.get("authorization") == "Bearer t0p" else Reply(401, b"t0p")

    given = {"server": {**SERVER, "token": {"name": "s", "key": "token"}, "ca": {"name": "s", "key": "ca"}}}
    stranger = Stranger(serve)
    answer = ask(gate(promql=given), stranger, token=b"t0p\n", ca=b"PEM")
    assert answer.verdict is Verdict.PASS
    assert stranger.calls[0].ca_pem == "PEM"
    assert "t0p" not in answer.message


def test_a_secret_that_is_not_there_holds() -> None:
    given = {"server": {**SERVER, "token": {"name": "other", "key": "token"}}}
    answer = ask(gate(promql=given), Stranger(lambda _: vector(({}, "0"))))
    assert (answer.verdict, "Secret myriarch-gates/other does not exist" in answer.message) == (Verdict.HOLD, True)
    key = {"server": {**SERVER, "token": {"name": "s", "key": "other"}}}
    assert "has no key other" in ask(gate(promql=key), Stranger(lambda _: vector()), token=b"t").message


def test_a_token_never_goes_in_the_clear() -> None:
    given = {"server": {"url": "http://prometheus.example", "token": {"name": "s", "key": "token"}}}
    stranger = Stranger(lambda _: vector(({}, "0")))
    answer = ask(gate(promql=given), stranger, token=b"t0p")
    assert (answer.verdict, stranger.calls) == (Verdict.HOLD, [])
    assert "unencrypted" in answer.message


def test_a_service_is_named_as_dns_knows_it() -> None:
    service = {"namespace": "monitoring", "name": "prometheus", "port": 9090, "path": "/p/"}
    stranger = Stranger(lambda _: vector(({}, "0")))
    ask(gate(promql={"server": {"service": service}}), stranger)
    assert stranger.calls[0].url == "https://prometheus.monitoring.svc:9090/p/api/v1/query"
