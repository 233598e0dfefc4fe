"""Credential programs: what they are told, how long their answer is kept, and what a bad one leads to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from myriarch.base.clock import real_now, rfc3339
from myriarch.base.errors import MyriarchError, UserFault
from myriarch.client.credentials import Credential
from myriarch.client.errors import Unreachable
from myriarch.client.exec_plugin import API_VERSIONS, ProgramCredentials, read_program

SECRET = "pr0gram-token"
HOUR = 3600.0


def program(folder: Path, body: str) -> ProgramCredentials:
    """A script that counts its runs in ``runs`` and then does ``body``."""
    script = folder / "credential"
    script.write_text(f"#!/bin/sh\necho x >> {folder}/runs\n{body}\n")
    script.chmod(0o700)
    spec = {
        "apiVersion": API_VERSIONS[0],
        "command": "./credential",
        "args": ["for me"],
        "env": [{"name": "PLACE", "value": "here"}],
        "provideClusterInfo": True,
    }
    return ProgramCredentials(read_program(spec, folder, {"server": "https://host"}))


def answer(**status: str) -> str:
    told = {"apiVersion": API_VERSIONS[0], "kind": "ExecCredential", "status": status}
    return f"echo '{json.dumps(told)}'"


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().split())


async def twice(credentials: ProgramCredentials, between: Callable[[], None] = lambda: None) -> Credential:
    await credentials.credential()
    between()
    return await credentials.credential()


def test_its_answer_is_kept_until_it_ends_or_is_refused(tmp_path: Path) -> None:
    until = rfc3339(real_now() + HOUR)
    credentials = program(tmp_path, answer(token=SECRET, expirationTimestamp=until))
    assert asyncio.run(twice(credentials)).token == SECRET
    assert runs(tmp_path) == 1
    asyncio.run(twice(credentials, credentials.refused))
    assert runs(tmp_path) == 2


def test_what_has_ended_is_fetched_anew(tmp_path: Path) -> None:
    ended = rfc3339(real_now() - 1)
    asyncio.run(twice(program(tmp_path, answer(token=SECRET, expirationTimestamp=ended))))
    assert runs(tmp_path) == 2


def test_it_is_told_who_asks(tmp_path: Path) -> None:
    told = f'printf "%s" "$KUBERNETES_EXEC_INFO" > {tmp_path}/info; echo "$1 $PLACE" > {tmp_path}/args'
    asyncio.run(program(tmp_path, f"{told}\n{answer(token=SECRET)}").credential())
    info = json.loads((tmp_path / "info").read_text())
    assert info["spec"] == {"interactive": False, "cluster": {"server": "https://host", "config": None}}
    assert (tmp_path / "args").read_text() == "for me here\n"


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("exit 3", Unreachable, "code 3"),
        (f"echo {SECRET}", UserFault, "no ExecCredential"),
        (answer(token=""), UserFault, "no credential"),
        (answer(clientCertificateData=SECRET), UserFault, "go together"),
        (answer(token=SECRET, expirationTimestamp="soon"), UserFault, "answered wrongly"),
    ],
)
def test_a_bad_answer_shows_nothing_of_it(body: str, kind: type[MyriarchError], text: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=text) as caught:
        asyncio.run(program(tmp_path, body).credential())
    assert SECRET not in str(caught.value)


def test_a_program_that_is_not_there() -> None:
    spec = {"apiVersion": API_VERSIONS[0], "command": "no-such-program-anywhere"}
    with pytest.raises(UserFault, match="can't be run"):
        asyncio.run(ProgramCredentials(read_program(spec, None, {})).credential())
