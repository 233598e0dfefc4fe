"""What a socket lets through: proven users, within their limits, on paths that can be read in one way."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from tests.apiserver.access.doors import BEARER, got, raw, served
from tests.apiserver.access.people import AUTHENTICATION, DEFAULT, Town, person
from tests.apiserver.embedded import CONFIG_MAPS, run
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver import protocol
from myriarch.apiserver.access.limits import Limiter, Limits
from myriarch.apiserver.status import ApiError

ANN = {"ann-token": person("ann"), "c1-token": person("ann", "system:masters", realm="c1")}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_only_health_and_version_are_open() -> None:
    async def main() -> None:
        async with served(Town()) as server, aiohttp.ClientSession(server.url) as http:
            for path in ("/healthz", "/livez", "/readyz", "/version"):
                assert (await got(http, path))[0] == 200
                assert (await got(http, path, headers=bearer("wrong")))[0] == 401
            for path in ("/", "/api", "/apis", "/openapi/v3", "/clusters/hub/healthz", CONFIG_MAPS, "/version/"):
                status, body = await got(http, path)
                assert (status, body["reason"]) == (401, "Unauthorized")
            async with http.post("/healthz") as answer:
                assert answer.status == 404

    run(main)


def test_a_credential_of_one_logical_cluster_never_reaches_another() -> None:
    async def main() -> None:
        town = Town(nodes=FakeNodes({"c1": {"n": True}, "c2": {"n": True}}))
        secret = {"metadata": {"name": "s"}, "stringData": {"k": "v"}}
        for prefix in ("", "/clusters/c1", "/clusters/c2"):
            assert (await town.call("POST", f"{prefix}{DEFAULT}/secrets", secret))[0] == 201
        async with served(town, ANN) as server, aiohttp.ClientSession(server.url) as http:
            mine = bearer("c1-token")
            assert (await got(http, f"/clusters/c1{DEFAULT}/secrets/s", headers=mine))[0] == 200
            for there in ("", "/clusters/hub", "/clusters/c2", "/clusters/nowhere", "/clusters/C1"):
                path = f"{there}{DEFAULT}/secrets/s"
                assert (await got(http, path, headers=mine))[0] in (401, 404), path
                async with http.delete(path, headers=mine) as answer:
                    assert answer.status in (401, 404)
        for prefix in ("", "/clusters/c1", "/clusters/c2"):
            assert (await town.call("GET", f"{prefix}{DEFAULT}/secrets/s"))[0] == 200

    run(main)


TRICKS = [
    f"/clusters/c1/../c2{DEFAULT}/secrets/s",
    f"/clusters/c1/%2e%2e/c2{DEFAULT}/secrets/s",
    f"/clusters/c1/..%2fc2{DEFAULT}/secrets/s",
    f"/clusters/c1/.%2E/..{DEFAULT}/secrets/s",
    f"/clusters//c2{DEFAULT}/secrets/s",
    f"//clusters/c2{DEFAULT}/secrets/s",
    f"/clusters/c1/./..{DEFAULT}/secrets/s",
    f"/clusters%2fc2{DEFAULT}/secrets/s",
    f"/clusters/c1%5c..%5cc2{DEFAULT}/secrets/s",
    "/clusters/c1/api/v1/namespaces/default%2Fsecrets%2Fs",
    "/clusters/c1/..",
    "/clusters/c1%00",
]


@pytest.mark.parametrize("path", TRICKS)
def test_tricks_with_paths_are_refused(path: str) -> None:
    async def main() -> None:
        town = Town(nodes=FakeNodes({"c1": {}, "c2": {}}))
        async with served(town, ANN) as server:
            for token in ("c1-token", "root-token"):
                head = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
                answer = await raw(server, head.encode())
                assert answer.startswith(b"HTTP/1.1 400 ")

    run(main)


def test_impersonation_over_http_keeps_every_group() -> None:
    async def main() -> None:
        town = Town()
        await town.bind("view", "Group:b")
        async with served(town, ANN) as server, aiohttp.ClientSession(server.url) as http:
            groups = [("Impersonate-Group", "a"), ("Impersonate-Group", "b")]
            headers = [*BEARER.items(), ("Impersonate-User", "bob"), *groups]
            async with http.post(f"{AUTHENTICATION}/selfsubjectreviews", json={}, headers=headers) as answer:
                info = (await answer.json())["status"]["userInfo"]
            assert info["groups"] == ["a", "b", "system:authenticated"]
            assert (await got(http, CONFIG_MAPS, headers=headers))[0] == 200
            assert (await got(http, CONFIG_MAPS, headers=headers[:-1]))[0] == 403
            as_root = {**bearer("ann-token"), "Impersonate-User": "root", "Impersonate-Group": "system:masters"}
            assert (await got(http, CONFIG_MAPS, headers=as_root))[0] == 403
            assert (await got(http, CONFIG_MAPS, headers={**BEARER, "Impersonate-Group": "a"}))[0] == 400

    run(main)


def test_who_asks_too_much_waits_and_masters_dont() -> None:
    async def main() -> None:
        now = [0.0]
        limits = Limits(requests_per_second=1, burst=3, failures_per_second=1, failures_burst=2)
        options: dict[str, Any] = {"limiter": Limiter(limits, lambda: now[0])}
        async with served(Town(), ANN, **options) as server, aiohttp.ClientSession(server.url) as http:
            ann = bearer("ann-token")
            assert [(await got(http, "/api", headers=ann))[0] for _ in range(4)] == [200, 200, 200, 429]
            async with http.get("/api", headers=ann) as answer:
                body = await answer.json()
                assert (answer.headers["retry-after"], body["reason"]) == ("1", "TooManyRequests")
                assert body["details"]["retryAfterSeconds"] == 1
            assert [(await got(http, "/api", headers=BEARER))[0] for _ in range(20)] == [200] * 20
            now[0] += 1
            assert [(await got(http, "/api", headers=ann))[0] for _ in range(2)] == [200, 429]
            wrong = [(await got(http, "/api", headers=bearer("guess")))[0] for _ in range(4)]
            assert wrong == [401, 401, 429, 429]

    run(main)


def test_watches_of_one_user_are_counted() -> None:
    async def main() -> None:
        town = Town()
        await town.bind("view", "User:ann")
        limiter = Limiter(Limits(watches=2))
        async with served(town, ANN, limiter=limiter) as server, aiohttp.ClientSession(server.url) as http:

            async def watch(token: str) -> aiohttp.ClientResponse:
                return await http.get(CONFIG_MAPS, params={"watch": "1"}, headers=bearer(token))

            held = [await watch("ann-token") for _ in range(2)]
            third = await watch("ann-token")
            assert [each.status for each in (*held, third)] == [200, 200, 429]
            assert len(town.server.watches) == 2
            assert (await watch("root-token")).status == 200
            held[0].close()
            for _ in range(100):
                await asyncio.sleep(0.01)
                again = await watch("ann-token")
                if again.status == 200:
                    break
            assert again.status == 200

    run(main)


def test_a_limiter_forgets_nobody_who_waits() -> None:
    limiter = Limiter(Limits(requests_per_second=0.5, burst=1), lambda: 0.0)
    limiter.request("ann")
    with pytest.raises(ApiError) as refused:
        limiter.request("ann")
    assert refused.value.details == {"retryAfterSeconds": 2}
    limiter.request("bob")


def test_who_dawdles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "FIRST_REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(protocol, "_SECONDS", {protocol._Part.HEAD: 0.2, protocol._Part.BODY: 0.2})

    async def main() -> None:
        async with served(Town()) as server:
            head = f"POST {CONFIG_MAPS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer root-token\r\n"
            for sent in ("", "GET / HT", head, head + "content-length: 10\r\n\r\n{"):
                assert await raw(server, sent.encode()) == b"", sent
            whole = await raw(server, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", wait_seconds=1.0)
            assert whole == b"open"  # answered, and kept alive

    run(main)


def test_a_head_without_end_is_refused() -> None:
    async def main() -> None:
        async with served(Town()) as server:
            host, _, port = server.url.partition("://")[2].rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nx: ")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"x" * (protocol.MAX_HEAD_BYTES - 10))
            assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 431 ")
            writer.close()

    run(main)
