"""From a server as a policy names it to calls: its URL, our token, whom we trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from myriarch.api.gates import Server
from myriarch.base.urls import host_of
from myriarch.client.client import Client
from myriarch.gates.fetch import Call, Fetch, NoAnswer, Reply
from myriarch.gates.secret import read_secret

HTTP_OK: Final = 200


def url_of(server: Server) -> str:
    """Without a slash at its end. A Service is named as the DNS of its cluster knows it."""
    if server.service is None:
        return server.url.rstrip("/")
    service = server.service
    path = f"/{service.path.strip('/')}" if service.path.strip("/") else ""
    return f"{service.scheme}://{service.name}.{service.namespace}.svc:{service.port}{path}"


@dataclass(frozen=True, slots=True)
class Reach:
    """How a server is asked: ``send`` adds the token and the authority that its Secrets hold."""

    client: Client
    fetch: Fetch
    timeout_seconds: float

    async def send(
        self, server: Server, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """The answer, whatever its status. Raises NoAnswer, Refused, NoSecret."""
        sent = {"accept": "application/json", "user-agent": "myriarch", **headers}
        ca_pem = ""
        if server.token is not None:
            token = (await read_secret(self.client, server.token)).decode("latin-1").strip()
            sent["authorization"] = f"Bearer {token}"
        if server.ca is not None:
            ca_pem = (await read_secret(self.client, server.ca)).decode("latin-1")
        call = Call(method, url_of(server) + path, sent, body, ca_pem, self.timeout_seconds)
        return await self.fetch(call)

    async def ask_json(self, server: Server, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        """The JSON of a good answer. Raises NoAnswer with what the server said of a bad one."""
        reply = await self.send(server, method, path, headers, body)
        host = host_of(url_of(server))
        if reply.status != HTTP_OK:
            raise NoAnswer(f"{host} answers {reply.status}{_told(reply)}")
        return decoded(reply, host)


def decoded(reply: Reply, host: str) -> Any:
    """Raises NoAnswer where the body is no JSON."""
    try:
        return msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NoAnswer(f"{host} answers with what is no JSON") from None


def _told(reply: Reply) -> str:
    """The error that Prometheus and Alertmanager word in JSON; pages of proxies are left out."""
    if 300 <= reply.status < 400:
        return ": redirects are not followed"
    try:
        found = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    error = found.get("error") if isinstance(found, dict) else None
    return f": {error[:200]}" if isinstance(error, str) else ""
