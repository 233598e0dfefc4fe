"""Ctrl-C on virtual time: the program ends in order, and no other task is struck."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0


def test_ctrl_c_while_another_task_runs_cancels_the_program_alone() -> None:
    seen: list[str] = []

    async def other() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)  # at a line of this task's
            seen.append("went on")
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            seen.append("cancelled afterwards")
            raise

    async def program() -> None:
        task = asyncio.create_task(other())
        try:
            await asyncio.sleep(7200)
        finally:
            seen.append("ended in order" if not task.done() else "too late")

    with pytest.raises(KeyboardInterrupt):
        run_virtual(program(), EPOCH)
    assert seen == ["went on", "ended in order", "cancelled afterwards"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_breaks_off_a_program_that_does_not_end() -> None:
    async def program() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("not reached")

    with pytest.raises(KeyboardInterrupt):
        run_virtual(program(), EPOCH)
