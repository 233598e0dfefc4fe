"""Servers on sockets, and clients that reach them, for tests of what only a socket shows."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.apiserver.access.people import Town

from myriarch.apiserver.access.credentials import ClientCertificates
from myriarch.apiserver.access.tls import ServerTls
from myriarch.apiserver.access.user import User
from myriarch.apiserver.auth import FirstOf, TokenAuth
from myriarch.apiserver.serve import LoopServer

ROOT = "root-token"
BEARER = {"authorization": f"Bearer {ROOT}"}


@asynccontextmanager
async def served(town: Town, people: dict[str, User] | None = None, **options: Any) -> AsyncIterator[LoopServer]:
    """``people`` are known by tokens of theirs; ``root-token`` is a master's."""
    known = (TokenAuth({ROOT: "root", **(people or {})}), town.server.desk.authenticator, ClientCertificates())
    server = LoopServer(town.server.handle, FirstOf(known), **options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def trusting(tls: ServerTls, folder: Path, pair: str = "") -> ssl.SSLContext:
    """A client's view: it believes the server's authority, and shows ``pair`` of the folder."""
    context = ssl.create_default_context(cadata=tls.authority_pem.decode())
    if pair:
        context.load_cert_chain(folder / f"{pair}.crt", folder / f"{pair}.key")
    return context


async def got(http: aiohttp.ClientSession, path: str, **options: Any) -> tuple[int, Any]:
    async with http.get(path, **options) as answer:
        body = await answer.read()
        return answer.status, json.loads(body) if body.startswith(b"{") else body.decode()


async def raw(server: LoopServer, sent: bytes, *, wait_seconds: float = 5.0) -> bytes:
    """All that comes back for these bytes until the server closes."""
    host, _, port = server.url.partition("://")[2].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), wait_seconds)
    except (TimeoutError, ConnectionResetError) as gone:
        return b"" if isinstance(gone, ConnectionResetError) else b"open"
    finally:
        writer.close()
