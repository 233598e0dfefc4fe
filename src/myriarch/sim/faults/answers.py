"""What faults answer in the server's stead: Status bodies, as the server words them."""

from __future__ import annotations

import msgspec

from myriarch.client.http import Response

HEADERS = {"content-type": "application/json"}


def refusal(code: int, reason: str, message: str) -> Response:
    """An answer of status ``code``."""
    return Response(code, _body(code, reason, message), HEADERS)


def error_event(code: int, reason: str, message: str) -> bytes:
    """One line of a watch that carries an error."""
    return b'{"type":"ERROR","object":' + _body(code, reason, message) + b"}\n"


def _body(code: int, reason: str, message: str) -> bytes:
    return msgspec.json.encode(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }
    )
