"""Gates that a program elsewhere answers: a signed POST, retried within the time of one question.

The request carries ``X-Myriarch-Timestamp`` (Unix seconds) and ``X-Myriarch-Signature``: ``sha256=`` and the HMAC in
hexadecimal of the timestamp, a dot and the body. A receiver compares both, refuses old timestamps, and may know a
question that it has answered by ``X-Myriarch-Question``. The answer is JSON: ``{"verdict": "Pass", "message": "..."}``.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

import msgspec

from myriarch.api.gates import Verdict, WebhookGate
from myriarch.base.clock import Clock
from myriarch.base.urls import host_of
from myriarch.client.backoff import backoff_seconds
from myriarch.gates.fetch import NoAnswer, Reply
from myriarch.gates.question import Answer, Question, silence
from myriarch.gates.secret import read_secret
from myriarch.gates.server import Reach, decoded, url_of

NAMED_CLUSTERS_MAX: Final = 1000
RETRY_SECONDS: Final = 1.0
_TOO_MANY: Final = 429


def sign(key: bytes, timestamp: int, body: bytes) -> str:
    """What the signature header says."""
    digest = hmac.new(key, b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def body_of(question: Question) -> bytes:
    """What is sent. At most ``NAMED_CLUSTERS_MAX`` clusters are named."""
    return msgspec.json.encode(
        {
            "apiVersion": "gates.myriarch.io/v1",
            "kind": "GateQuestion",
            "question": question.identity,
            "gate": question.gate,
            "release": question.release,
            "component": question.component,
            "revision": question.revision,
            "previous": list(question.previous),
            "attempt": question.attempt,
            "stage": question.stage,
            "wave": question.wave,
            "clusterCount": len(question.clusters),
            "clusters": list(question.clusters[:NAMED_CLUSTERS_MAX]),
        }
    )


async def ask_webhook(gate: WebhookGate, question: Question, reach: Reach, clock: Clock) -> Answer:
    """The receiver's verdict. Raises NoAnswer where no try got one."""
    key = await read_secret(reach.client, gate.key)
    body = body_of(question)
    for failures in range(1, gate.retries + 2):
        timestamp = int(clock.now())
        headers = {
            "content-type": "application/json",
            "x-myriarch-question": question.identity,
            "x-myriarch-timestamp": str(timestamp),
            "x-myriarch-signature": sign(key, timestamp, body),
        }
        try:
            reply = await reach.send(gate.server, "POST", "", headers, body)
            if not _again(reply):
                return _read(reply, host_of(url_of(gate.server)))
            problem = NoAnswer(f"{host_of(url_of(gate.server))} answers {reply.status}")
        except NoAnswer as error:
            problem = error
        if failures <= gate.retries:
            await clock.sleep(backoff_seconds(0, question.identity, failures, RETRY_SECONDS))
    raise NoAnswer(f"{problem}, at each of {gate.retries + 1} tries")


def _again(reply: Reply) -> bool:
    return reply.status >= 500 or reply.status == _TOO_MANY


def _read(reply: Reply, host: str) -> Answer:
    """What is no clear verdict holds."""
    if reply.status >= 300:
        why = ": redirects are not followed" if reply.status < 400 else ""
        return silence(f"{host} answers {reply.status}{why}")
    found = decoded(reply, host)
    verdict = found.get("verdict") if isinstance(found, dict) else None
    known = {each.value: each for each in Verdict}
    if not isinstance(verdict, str) or verdict not in known:
        return silence(f"{host} gives no verdict: it must be one of {', '.join(known)}")
    return Answer(known[verdict], f"{host}: {_message(found) or 'no reason given'}")


def _message(found: dict[str, Any]) -> str:
    message = found.get("message")
    return message if isinstance(message, str) else ""
