"""An API server that answers by rules, for the parts of an agent that ask one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from myriarch.client.client import Client
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response

Answer = Callable[[Request], Any]


def refusal(code: int, reason: str) -> Response:
    body = {"kind": "Status", "code": code, "reason": reason, "message": reason}
    return Response(code, json.dumps(body).encode())


class Scripted:
    """``answer`` gives the body of a 200, or a Response, or None for no answer at all; requests are kept."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[Request] = []

    @property
    def client(self) -> Client:
        return Client(self)

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        found = self.answer(request)
        if found is None:
            raise Unreachable("nobody is there")
        return found if isinstance(found, Response) else Response(200, json.dumps(found).encode())


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here should wait")
