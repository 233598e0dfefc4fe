"""The HTTP transport against a real socket: bodies, streams, cuts, and silence about secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from myriarch.base.errors import UserFault
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request
from myriarch.client.kubeconfig import Access
from myriarch.client.remote import RemoteTransport

TOKEN = "t0p-s3cret"
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def talk(serve: Serve, story: Callable[[RemoteTransport], Awaitable[None]], **access: Any) -> None:
    async def main() -> None:
        runner = web.ServerRunner(web.Server(serve))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with RemoteTransport(Access(f"http://127.0.0.1:{port}/base", token=TOKEN, **access)) as transport:
                await story(transport)
        finally:
            await runner.cleanup()

    asyncio.run(main())


def test_sends_all_of_a_request() -> None:
    async def serve(request: web.Request) -> web.Response:
        body = await request.read()
        seen = (request.method, request.raw_path, request.headers["authorization"], request.headers["x"], body)
        return web.Response(status=201, text=repr(seen), headers={"Retry-After": "3"})

    async def story(transport: RemoteTransport) -> None:
        answer = await transport.send(Request("PUT", "/a%2Fb", {"q": "x=y,z"}, {"x": "1"}, b"body"))
        assert answer.status == 201
        assert answer.body.decode() == repr(("PUT", "/base/a%2Fb?q=x%3Dy,z", f"Bearer {TOKEN}", "1", b"body"))
        assert answer.headers["retry-after"] == "3"

    talk(serve, story)


def test_watches_stream_and_close() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        assert request.query["timeoutSeconds"] == "290"
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"one\n")
        await answer.write(b"two\n")
        await answer.write_eof()
        return answer

    async def story(transport: RemoteTransport) -> None:
        answer = await transport.send(Request("GET", "/w", {"watch": "true"}))
        assert answer.stream is not None
        assert b"".join([chunk async for chunk in answer.stream]) == b"one\ntwo\n"

    talk(serve, story)


def test_a_refused_watch_has_a_body() -> None:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(status=410, text="gone")

    async def story(transport: RemoteTransport) -> None:
        answer = await transport.send(Request("GET", "/w", {"watch": "true"}))
        assert (answer.status, answer.body, answer.stream) == (410, b"gone", None)

    talk(serve, story)


def test_a_cut_stream_is_unreachable() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return answer

    async def story(transport: RemoteTransport) -> None:
        answer = await transport.send(Request("GET", "/w", {"watch": "true"}))
        assert answer.stream is not None
        with pytest.raises(Unreachable):
            [chunk async for chunk in answer.stream]

    talk(serve, story)


def test_redirects_are_not_followed() -> None:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})

    async def story(transport: RemoteTransport) -> None:
        assert (await transport.send(Request("GET", "/x"))).status == 302

    talk(serve, story)


def test_token_files_are_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "token"

    async def serve(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["authorization"])

    async def story(transport: RemoteTransport) -> None:
        for token in ("first", "second"):
            path.write_text(f"{token}\n")
            assert (await transport.send(Request("GET", "/x"))).body == f"Bearer {token}".encode()

    talk(serve, story, token_file=path)


def test_nobody_there() -> None:
    async def main() -> None:
        async with RemoteTransport(Access("http://127.0.0.1:1", token=TOKEN)) as transport:
            for query in ({}, {"watch": "true"}):
                with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1") as caught:
                    await transport.send(Request("GET", "/x", query))
                assert TOKEN not in str(caught.value)

    asyncio.run(main())


def test_tokens_do_not_go_in_the_clear() -> None:
    with pytest.raises(UserFault, match="unencrypted"):
        RemoteTransport(Access("http://example.org", token=TOKEN))


def test_damaged_certificates_are_a_users_fault() -> None:
    with pytest.raises(UserFault, match="not valid PEM"):
        RemoteTransport(Access("https://127.0.0.1", ca_pem=b"nonsense"))
    with pytest.raises(UserFault, match="not valid PEM"):
        RemoteTransport(Access("https://127.0.0.1", certificate_pem=b"x", key_pem=b"y"))
