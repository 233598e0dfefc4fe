"""Gates that a program elsewhere answers: signed, retried, and never taken at more than their word."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.gates.people import Stranger, ask, asked

from myriarch.api.gates import EVIDENCE_MAX_CHARS, Verdict
from myriarch.gates.fetch import Call, NoAnswer, Reply
from myriarch.gates.question import clean
from myriarch.gates.webhook import sign

GATE = {"webhook": {"server": {"url": "https://gate.example/ask"}, "key": {"name": "s", "key": "hmac"}}}
KEY = b"k3y"


@pytest.mark.parametrize("verdict", ["Pass", "Fail", "Hold"])
def test_its_verdict_is_the_gates(verdict: str) -> None:
    answer = ask(GATE, Stranger(lambda _: {"verdict": verdict, "message": "because"}), hmac=KEY)
    assert (answer.verdict.value, answer.message) == (verdict, "gate.example: because")


def test_each_request_is_signed_over_time_and_body() -> None:
    stranger = Stranger(lambda _: {"verdict": "Pass"})
    ask(GATE, stranger, hmac=KEY)
    call = stranger.calls[0]
    at = int(call.headers["x-myriarch-timestamp"])
    assert call.headers["x-myriarch-signature"] == sign(KEY, at, call.body)
    assert sign(KEY, at, call.body) != sign(KEY, at + 1, call.body)
    assert sign(KEY, at, call.body) != sign(b"other", at, call.body)
    assert sign(b"key", 7, b"{}") == "sha256=77bc83bd1f40422311e47918b203449aecf84b02c1568bb1b570ac2a474cc2d8"
    body = msgspec.json.decode(call.body)
    assert (body["clusters"], body["wave"], body["revision"]) == (["c1", "c2"], 1, "v2")
    assert KEY.decode() not in call.body.decode()


def test_it_is_tried_again_where_no_answer_came() -> None:
    def serve(call: Call) -> Any:
        if len(stranger.calls) == 1:
            raise NoAnswer("gate.example: timed out")
        return Reply(503, b"") if len(stranger.calls) == 2 else {"verdict": "Pass"}

    stranger = Stranger(serve)
    assert ask(GATE, stranger, hmac=KEY).verdict is Verdict.PASS
    assert len({call.headers["x-myriarch-question"] for call in stranger.calls}) == 1
    assert len({call.headers["x-myriarch-timestamp"] for call in stranger.calls}) > 1


def test_it_is_given_up_after_its_tries() -> None:
    stranger = Stranger(lambda _: Reply(500, b""))
    answer = ask({"webhook": {**GATE["webhook"], "retries": 1}}, stranger, hmac=KEY)
    assert (answer.verdict, len(stranger.calls)) == (Verdict.HOLD, 2)
    assert "answers 500, at each of 2 tries" in answer.message


@pytest.mark.parametrize(
    "reply",
    [{"verdict": "pass"}, {"verdict": True}, {}, ["Pass"], Reply(200, b""), Reply(404, b""), Reply(307, b"")],
)
def test_what_is_no_verdict_holds(reply: Any) -> None:
    assert ask(GATE, Stranger(lambda _: reply), hmac=KEY).verdict is Verdict.HOLD


def test_no_key_no_question() -> None:
    stranger = Stranger(lambda _: {"verdict": "Pass"})
    assert ask(GATE, stranger).verdict is Verdict.HOLD
    assert stranger.calls == []


def test_the_same_question_has_the_same_identity() -> None:
    assert asked().identity == asked(clusters=("c9",)).identity
    different = [asked(answered=1), asked(place="prod/2"), asked(uid="w"), asked(gate="h"), asked(attempt=2)]
    assert len({each.identity for each in [asked(), *different]}) == 6


def test_others_words_are_kept_short_and_plain() -> None:
    assert clean("a\x1b[31m\nb\t c") == "a [31m b c"
    assert len(clean("x" * 10_000)) == EVIDENCE_MAX_CHARS
