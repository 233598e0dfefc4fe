"""Sockets: loopback, the token, watches over HTTP, and a stop that waits for nobody."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import threading
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.apiserver.embedded import CONFIG_MAPS, Api, run
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver.access.chance import new_token
from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.kubeconfig import add_contexts, write_kubeconfig
from myriarch.apiserver.serve import LoopServer, ThreadedServer, bind
from myriarch.base.errors import UserFault
from myriarch.client.http import Request
from myriarch.client.kubeconfig import contexts_of, load_kubeconfig
from myriarch.client.remote import RemoteTransport

AUTH = TokenAuth({"secret": "ann"})
BEARER = {"Authorization": "Bearer secret"}


def test_the_token_is_asked_for_except_for_health() -> None:
    async def main() -> None:
        server = LoopServer(Api().server.handle, AUTH)
        await server.start()
        async with aiohttp.ClientSession(server.url) as http:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic !"}):
                assert (await http.get(CONFIG_MAPS, headers=headers)).status == 401
            assert (await http.get(CONFIG_MAPS, headers=BEARER)).status == 200
            basic = {"Authorization": "Basic " + b64encode(b"any:secret").decode()}
            assert (await http.get(CONFIG_MAPS, headers=basic)).status == 200
            assert (await http.get("/readyz")).status == 200
        await server.stop()

    run(main)


async def watched_over(url: str) -> None:
    """Write and watch over HTTP, and leave the watch open."""
    session = aiohttp.ClientSession(url, headers=BEARER)
    watch = await session.get(CONFIG_MAPS, params={"watch": "true"})
    made = await session.post(CONFIG_MAPS, json={"metadata": {"name": "a"}, "data": {"x": "é" * 100_000}})
    assert made.status == 201
    event = json.loads(await _line(watch))
    assert (event["type"], event["object"]["data"]["x"]) == ("ADDED", "é" * 100_000)
    await session.close()


async def _line(watch: aiohttp.ClientResponse) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += await watch.content.readany()
    return line


def test_a_watch_over_http_and_a_stop_with_it_open() -> None:
    async def main() -> None:
        api = Api()
        server = LoopServer(api.server.handle, AUTH)
        await server.start()
        await watched_over(server.url)
        async with aiohttp.ClientSession(server.url, headers=BEARER) as http:
            watch = await http.get(CONFIG_MAPS, params={"watch": "true"})
            await _line(watch)
            await asyncio.wait_for(server.stop(), 20)
            assert await watch.content.read() == b""
        assert len(api.server.watches) == 0

    run(main)


def test_a_thread_serves_a_hub_on_another_loop() -> None:
    async def main() -> None:
        api = Api()
        server = ThreadedServer(api.server.handle, AUTH, asyncio.get_running_loop())
        server.start()
        await watched_over(server.url)
        async with aiohttp.ClientSession(server.url, headers=BEARER) as http:
            watch = await http.get(CONFIG_MAPS, params={"watch": "true"})
            await _line(watch)
            server.stop()  # blocks this loop: the thread must not need it
        assert not [thread for thread in threading.enumerate() if thread.name == "myriarch-http"]
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(api.server.watches) == 0

    run(main)


def test_a_body_too_large_is_refused() -> None:
    async def main() -> None:
        server = LoopServer(Api().server.handle, AUTH)
        await server.start()
        async with aiohttp.ClientSession(server.url, headers=BEARER) as http:
            assert (await http.post(CONFIG_MAPS, data=b"x" * (4 * 1024 * 1024))).status == 413
            body = {"metadata": {"name": "a"}, "data": {"x": "y" * (2 * 1024 * 1024)}}
            assert (await http.post(CONFIG_MAPS, json=body)).status == 422
        await server.stop()

    run(main)


def test_only_loopback_and_only_a_free_port() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "example.org", "::"):
        with pytest.raises(UserFault, match="loopback only"):
            bind(host, 0)
    held = bind("127.0.0.1", 0)
    assert held.proto == socket.IPPROTO_TCP  # or answers wait for Nagle's delay
    with pytest.raises(UserFault, match="another port"):
        bind("127.0.0.1", held.getsockname()[1])
    held.close()


def test_the_kubeconfig_is_private_whole_and_lets_our_own_client_in(tmp_path: Path) -> None:
    async def main() -> None:
        token, path = new_token(), tmp_path / "deep" / "kubeconfig"
        api = Api(nodes=FakeNodes({"c1": {"n": True}}))
        server = LoopServer(api.server.handle, TokenAuth({token: "ann"}))
        await server.start()
        os.umask(0o022)
        write_kubeconfig(path, url=server.url, token=token)
        add_contexts(path, ["c1", "c1"])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert contexts_of(path) == ["hub", "c1"]
        assert [each.name for each in path.parent.iterdir()] == ["kubeconfig"]
        answers: list[Any] = []
        for context, where in (("hub", CONFIG_MAPS), ("c1", "/api/v1/nodes")):
            access = load_kubeconfig(path, context)
            assert f":{token}@" in access.server  # kubectl sends no token over plain HTTP, but this
            bare = replace(access, server=access.server.replace(f"myriarch:{token}@", ""))
            async with RemoteTransport(bare) as transport:
                response = await transport.send(Request("GET", where))
                answers.append((response.status, json.loads(await _body(response))["kind"]))
        assert answers == [(200, "ConfigMapList"), (200, "NodeList")]
        await server.stop()

    run(main)


async def _body(response: Any) -> bytes:
    return response.body if response.stream is None else b"".join([chunk async for chunk in response.stream])
