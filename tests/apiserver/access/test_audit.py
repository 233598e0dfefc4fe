"""The audit log: every request with who and what, and nothing that must stay secret."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.apiserver.access.doors import BEARER, got, served
from tests.apiserver.access.people import DEFAULT, Town, person
from tests.apiserver.embedded import CONFIG_MAPS, run

from myriarch.apiserver.access.audit import KEPT_FILES, AuditLog
from myriarch.base.errors import UserFault


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_request_leaves_a_line_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"

    async def main() -> None:
        log = AuditLog(path)
        ann = {"ann-token": person("ann")}
        async with served(Town(), ann, audit=log) as server, aiohttp.ClientSession(server.url) as http:
            secret = {"metadata": {"name": "s"}, "stringData": {"k": "hidden-value"}}
            headers = {**BEARER, "User-Agent": "tests/1", "X-Other": "hidden-header"}
            async with http.post(f"{DEFAULT}/secrets", json=secret, headers=headers) as answer:
                assert answer.status == 201
            as_bob = {**BEARER, "Impersonate-User": "bob"}
            assert (await got(http, f"{CONFIG_MAPS}?limit=5", headers=as_bob))[0] == 403
            assert (await got(http, CONFIG_MAPS, headers={"authorization": "Bearer hidden-guess"}))[0] == 401
            assert (await got(http, "/readyz"))[0] == 200
            async with http.get(CONFIG_MAPS, params={"watch": "1"}, headers=BEARER) as watch:
                assert watch.status == 200
            await asyncio.sleep(0.05)
        log.close()

    run(main)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made, refused, unknown, watched = lines(path)
    assert (made["kind"], made["apiVersion"], made["level"], made["stage"]) == (
        "Event",
        "audit.k8s.io/v1",
        "Metadata",
        "ResponseComplete",
    )
    assert (made["verb"], made["user"]["username"], made["userAgent"], made["sourceIPs"]) == (
        "create",
        "root",
        "tests/1",
        ["127.0.0.1"],
    )
    assert made["objectRef"] == {"resource": "secrets", "namespace": "default", "apiVersion": "v1"}
    assert made["responseStatus"]["code"] == 201
    assert (refused["impersonatedUser"]["username"], refused["responseStatus"]["code"]) == ("bob", 403)
    assert refused["requestURI"] == f"{CONFIG_MAPS}?limit=5"
    assert (unknown["user"]["username"], unknown["responseStatus"]["code"]) == ("system:anonymous", 401)
    assert (watched["verb"], watched["responseStatus"]["code"]) == ("watch", 200)
    whole = path.read_text()
    assert "hidden" not in whole
    assert "root-token" not in whole


def test_the_log_is_rotated_by_size_and_bounded(tmp_path: Path) -> None:
    async def main() -> None:
        log = AuditLog(tmp_path / "audit.log", max_bytes=200)
        for number in range(40):
            log.add({"n": number, "pad": "x" * 60})
            log.flush()
        log.close()

    run(main)
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["audit.log", *(f"audit.log.{n}" for n in range(1, KEPT_FILES + 1))]
    assert all(path.stat().st_size <= 200 for path in files)
    kept = [line["n"] for path in (*reversed(files[1:]), files[0]) for line in lines(path)]
    assert kept == list(range(kept[0], 40))


def test_a_log_goes_on_where_it_was_and_needs_a_place(tmp_path: Path) -> None:
    async def main() -> None:
        for number in range(2):
            log = AuditLog(tmp_path / "audit.log")
            log.add({"n": number})
            log.close()

    run(main)
    assert [line["n"] for line in lines(tmp_path / "audit.log")] == [0, 1]
    with pytest.raises(UserFault, match="--data"):
        AuditLog(tmp_path / "no" / "audit.log")
