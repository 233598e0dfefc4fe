"""HTTP to strangers over real sockets: no redirects, bounded answers, bounded time, trusted certificates only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from myriarch.gates.fetch import REPLY_BYTES_MAX, Call, NoAnswer, Refused, Reply
from myriarch.gates.sockets import fetch

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def send(serve: Serve, *, scheme: str = "http", seconds: float = 5.0) -> Reply:
    async def main() -> Reply:
        runner = web.ServerRunner(web.Server(serve))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        try:
            return await fetch(Call("POST", f"{scheme}://127.0.0.1:{port}/ask", {"x-a": "b"}, b"{}", "", seconds))
        finally:
            await runner.cleanup()

    return asyncio.run(main())


def test_a_request_and_its_answer_are_whole() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        assert (request.method, request.headers["x-a"], await request.read()) == ("POST", "b", b"{}")
        return web.Response(status=418, body=b"tea")

    assert send(serve) == Reply(418, b"tea")


def test_redirects_are_not_followed() -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=307, headers={"location": "/elsewhere"})

    assert send(serve).status == 307
    assert asked == ["/ask"]


def test_an_answer_has_a_largest_size() -> None:
    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * (REPLY_BYTES_MAX + 1))

    with pytest.raises(NoAnswer, match="larger than"):
        send(serve)


def test_an_answer_has_a_longest_time() -> None:
    async def serve(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    with pytest.raises(NoAnswer, match="timed out"):
        send(serve, seconds=0.1)


def test_nobody_there_is_no_answer_and_names_no_path() -> None:
    with pytest.raises(NoAnswer) as caught:
        asyncio.run(fetch(Call("GET", "http://127.0.0.1:1/secret-path?token=abc")))
    assert "secret-path" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_plain_http_is_no_https() -> None:
    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response()

    with pytest.raises(NoAnswer):
        send(serve, scheme="https")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example",
        "http://",
        "http://169.254.169.254/x",
        "http://[::ffff:169.254.169.254]/x",
        "http://u:p@a.example",
    ],
)
def test_what_is_never_asked(url: str) -> None:
    with pytest.raises(Refused):
        asyncio.run(fetch(Call("GET", url)))


def test_an_authority_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="not valid PEM"):
        asyncio.run(fetch(Call("GET", "https://127.0.0.1:1", ca_pem="nothing")))


def test_no_name_leads_to_what_is_never_asked() -> None:
    with pytest.raises(NoAnswer, match="never asked"):
        asyncio.run(fetch(Call("GET", "http://0xa9fea9fe/latest")))
