"""Commands of ``myriarch`` as processes of their own, which tests kill, stop and resume."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 120.0
STOPPING_SECONDS = 30.0


def eventually(holds: Callable[[], bool], what: str, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``holds``."""
    deadline = time.monotonic() + within_seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_seconds:.0f} s: {what}"
        time.sleep(0.1)


class Command:
    """One running command. Use as a context; it is ended at the end, however it stands."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "myriarch", *arguments], stdout=out, stderr=subprocess.STDOUT
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(STOPPING_SECONDS)

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def says(self, text: str, within_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it has said ``text``."""
        eventually(
            lambda: text in self.said or self.code is not None, f"{text!r} in: {self.said[-2000:]}", within_seconds
        )
        assert text in self.said, f"ended with {self.code}: {self.said[-2000:]}"

    def kill(self) -> None:
        """SIGKILL: it lets go of nothing."""
        self._process.kill()
        self._process.wait(STOPPING_SECONDS)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self._process.wait(STOPPING_SECONDS)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)
