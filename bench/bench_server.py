"""The embedded server in a process of its own, for ``servers.py``: prints its URL, and serves until stdin ends.

``--bare`` serves a bare ASGI application on the same uvicorn instead, which reads the body and answers with a fixed
object: the limit that any server in Python on these parts can reach. ``--tls`` shows a certificate of an authority of
its own, which is put into the directory (``server-ca.crt``).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from myriarch.api.crd import all_crds
from myriarch.apiserver.access.tls import ServerTls
from myriarch.apiserver.access.user import User
from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.serve import LOOPBACK, LoopServer
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.sqlite import SqliteJournal
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from myriarch.client.http import Request, Response

TOKEN = "bench"
BARE_BODY = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bare"},"data":{"text":"%s"}}' % (b"x" * 900)


class BareServer(LoopServer):
    """uvicorn as the embedded server runs it, around an application that does nothing."""

    def __init__(self) -> None:
        super().__init__(_never, TokenAuth({}))
        self._app = _BareApp()  # type: ignore[assignment]


class _BareApp:
    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["method"] != "GET":
            while (await receive()).get("more_body"):
                pass
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BARE_BODY))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BARE_BODY})

    def end_streams(self) -> None:
        """There are none."""


async def _never(_request: Request, _user: User) -> Response:
    raise RuntimeError("the bare application handles nothing")


async def serve(directory: Path, *, bare: bool, tls: bool = False) -> None:
    """Serve until stdin ends."""
    if bare:
        server: LoopServer = BareServer()
    else:
        store = Store(SqliteJournal(directory / "bench.db"))
        api = ApiServer(clock=RealClock(), crds=all_crds(), store=store)
        context = ServerTls(directory, [LOOPBACK]).context if tls else None
        server = LoopServer(api.handle, TokenAuth({TOKEN: "bench"}), tls=context)
    await server.start()
    print(server.url, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where the database is made")
    parser.add_argument("--bare", action="store_true", help="a bare ASGI application instead")
    parser.add_argument("--tls", action="store_true")
    given = parser.parse_args()
    asyncio.run(serve(given.directory, bare=given.bare, tls=given.tls))


if __name__ == "__main__":
    main()
