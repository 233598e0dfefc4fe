"""Programs that render: limits, nothing of our environment, and files that go with them."""

from __future__ import annotations

import asyncio
import sys

import pytest

from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.program import OUTPUT_BYTES_MAX, Rendered, find_program, folder_with, run_program


def run(script: str, seconds: float = 30.0) -> Rendered:
    async def scenario() -> Rendered:
        async with folder_with({"in/values.txt": b"given"}) as folder:
            return await run_program(sys.executable, ("-c", script), folder, seconds=seconds)

    return asyncio.run(scenario())


def test_what_it_prints_is_the_rendering() -> None:
    assert run("print(open('in/values.txt').read(), end='')") == Rendered("given", "")


def test_it_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    found = run("import os; print(sorted(os.environ)); print(os.environ['HTTPS_PROXY'], os.environ['PATH'] or 'none')")
    assert "SECRET_OF_OURS" not in found.output
    assert "http://127.0.0.1:9 none" in found.output


def test_what_it_says_when_it_fails_shows_no_path_of_ours() -> None:
    found = run("import os, sys; print(os.getcwd() + '/in/values.txt: wrong', file=sys.stderr); sys.exit(3)")
    assert found == Rendered("", "in/values.txt: wrong")
    assert run("raise SystemExit(4)").problem == "ended with code 4"


def test_it_is_ended_when_it_takes_too_long_or_says_too_much() -> None:
    assert run("import time; time.sleep(60)", seconds=0.2).problem == "took longer than 0 s"
    assert run(f"print('x' * {OUTPUT_BYTES_MAX + 1})").problem == f"more than {OUTPUT_BYTES_MAX} bytes came out"


def test_a_program_that_is_not_there_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYRIARCH_HELM", "")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserFault, match="Install helm where the agent runs"):
        find_program("helm", "MYRIARCH_HELM")


def test_a_path_can_not_be_both_a_file_and_a_folder() -> None:
    async def scenario() -> None:
        async with folder_with({"a": b"", "a/b": b""}):
            raise AssertionError("unreachable")

    with pytest.raises(UserFault, match="both a file and a folder"):
        asyncio.run(scenario())
