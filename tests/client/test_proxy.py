"""Proxies: whose word counts, what goes around them, and that passwords stay out of sight."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from myriarch.base.errors import UserFault
from myriarch.client.http import Request
from myriarch.client.kubeconfig import Access
from myriarch.client.proxy import proxy_of
from myriarch.client.remote import RemoteTransport

SECRET = "pr0xy-password"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_the_kubeconfig_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of("https://far:6443", "") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://env:3128")
    found, own = proxy_of("https://far:6443", ""), proxy_of("https://far:6443", "http://own:3128")
    assert found is not None
    assert own is not None
    assert (str(found.url), str(own.url)) == ("http://env:3128", "http://own:3128")


def test_this_machine_and_exceptions_are_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://env:3128")
    monkeypatch.setenv("NO_PROXY", ".inside,other")
    assert proxy_of("https://127.0.0.1:6443", "") is None
    assert proxy_of("https://a.inside:6443", "") is None
    assert proxy_of("https://far:6443", "") is not None


def test_others_are_refused() -> None:
    with pytest.raises(UserFault, match="not an http or https proxy") as caught:
        proxy_of("https://far:6443", f"socks5://u:{SECRET}@p:1080")
    assert SECRET not in str(caught.value)
    found = proxy_of("https://far:6443", f"http://u:{SECRET}@p:3128")
    assert found is not None
    assert SECRET not in repr(found)


def test_requests_pass_through_it() -> None:
    seen = []

    async def serve(request: web.Request) -> web.Response:
        seen.append((request.raw_path, request.headers.get("proxy-authorization", "")[:6]))
        return web.Response(text="through")

    async def main() -> None:
        runner = web.ServerRunner(web.Server(serve))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        proxy = f"http://u:{SECRET}@127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with RemoteTransport(Access("http://far.example:80", proxy_url=proxy)) as transport:
                answer = await transport.send(Request("GET", "/version"))
                assert answer.body == b"through"
        finally:
            await runner.cleanup()

    asyncio.run(main())
    assert seen == [("http://far.example/version", "Basic ")]
