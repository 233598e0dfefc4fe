"""Plays a case against one server, over HTTP, and keeps what it answered.

Both servers are spoken to by the same code, so a difference is the servers'. A step whose reference can't be followed
is recorded as such, and so shows as a difference. What a case made at the level of the cluster, it takes away again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from tests.contract.case import FORGET, Case, Step, Watch, filled
from tests.contract.reference import Missing, at, resolved
from yarl import URL

STEP_SECONDS = 20.0
UNTIL_SECONDS = 15.0
UNTIL_PAUSE_SECONDS = 0.02
COMPARED_HEADERS = ("content-type", "warning", "retry-after", "allow", "location")
USER_AGENT = "contract/1.0"
ACCOUNT = "{accounts}/default"  # pods wait for it


Forget = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Answer:
    """``body`` is decoded JSON, or text where it is none; a watch's is ``{"events": [...]}``."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


class Endpoint:
    """One server: where it is, and a session that proves who we are. ``forget`` makes it drop the old versions of a
    resource."""

    def __init__(self, url: str, session: aiohttp.ClientSession, forget: Forget) -> None:
        self._forget = forget
        self._url = URL(url)
        self._session = session

    async def play(self, case: Case) -> list[Answer]:
        """The answers of every step, quiet ones included."""
        await self.send(Step("POST", "/api/v1/namespaces", body=_namespace(case.namespace)), [])
        await self._until(Step("GET", filled(ACCOUNT, case.namespace)), [], {"status": 200})
        answers: list[Answer] = []
        bodies: list[Any] = []
        for step in case.steps:
            answer = await self._step(step, bodies)
            answers.append(answer)
            bodies.append(answer.body)
        await self._clean(case, bodies)
        return answers

    async def _step(self, step: Step, bodies: Sequence[Any]) -> Answer:
        try:
            if step.method == FORGET:
                await self._forget(step.path.strip("/"))
                return Answer(200)
            if step.until is None:
                return await self.send(step, bodies)
            return await self._until(step, bodies, step.until)
        except Missing as problem:
            return Answer(0, {}, f"reference: {problem}")
        except (aiohttp.ClientError, TimeoutError) as problem:
            return Answer(0, {}, f"no answer: {type(problem).__name__}")

    async def _until(self, step: Step, bodies: Sequence[Any], wanted: dict[str, Any]) -> Answer:
        loop = asyncio.get_running_loop()
        end = loop.time() + UNTIL_SECONDS
        while True:
            answer = await self.send(step, bodies)
            if all(_found(answer, path) == value for path, value in wanted.items()):
                return answer
            if loop.time() > end:
                return Answer(0, {}, f"never became {wanted}")
            await asyncio.sleep(UNTIL_PAUSE_SECONDS)

    async def send(self, step: Step, bodies: Sequence[Any]) -> Answer:
        """One request. Raises Missing, or aiohttp's errors."""
        path, query = resolved(step.path, bodies), resolved(step.query, bodies)
        url = URL(f"{self._url}".rstrip("/") + path + (f"?{query}" if query else ""), encoded=True)
        timeout = aiohttp.ClientTimeout(total=STEP_SECONDS)
        data = _data(resolved(step.body, bodies))
        async with self._session.request(
            step.method, url, data=data, headers=_headers(step, data), timeout=timeout, allow_redirects=False
        ) as reply:
            headers = {
                name: ", ".join(reply.headers.getall(name)) for name in COMPARED_HEADERS if name in reply.headers
            }
            if step.watch is not None and reply.status == 200:
                return Answer(reply.status, headers, {"events": await _events(reply, step.watch)})
            return Answer(reply.status, headers, _body(await reply.read()))

    async def _clean(self, case: Case, bodies: Sequence[Any]) -> None:
        """Take away what the case made outside of its namespace, which no other case looks into."""
        for step, body in zip(case.steps, bodies, strict=True):
            name = body.get("metadata", {}).get("name") if isinstance(body, dict) and "kind" in body else None
            if step.method in ("POST", "PATCH", "PUT") and name and "/namespaces/" not in step.path:
                path = step.path if step.method == "POST" else step.path.split(f"/{name}")[0]
                await self._remove(f"{path}/{name}")

    async def _remove(self, path: str) -> None:
        """An object goes, finalizers or not."""
        free = Step("PATCH", path, body={"metadata": {"finalizers": None}}, media="application/merge-patch+json")
        for step in (Step("DELETE", path), free):
            answer = await self._step(step, [])
            if answer.status == 404:
                return


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _found(answer: Answer, path: str) -> Any:
    if path == "status":
        return answer.status
    try:
        return at(answer.body, path)
    except Missing:
        return None


def _data(body: Any) -> bytes | None:
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _headers(step: Step, data: bytes | None) -> dict[str, str]:
    headers = {"user-agent": USER_AGENT, "accept": step.accept or "application/json"}
    if data is not None:
        headers["content-type"] = step.media or "application/json"
    return headers | step.headers


def _body(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


async def _events(reply: aiohttp.ClientResponse, watch: Watch) -> list[Any]:
    """Events until there are enough of them, the time is over or the server ends the stream."""
    events: list[Any] = []
    try:
        async with asyncio.timeout(watch.seconds):
            async for line in _lines(reply):
                events.append(json.loads(line))
                if len(events) == watch.events:
                    break
    except TimeoutError:
        pass
    reply.close()
    return events


async def _lines(reply: aiohttp.ClientResponse) -> Any:
    rest = b""
    async for chunk in reply.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
