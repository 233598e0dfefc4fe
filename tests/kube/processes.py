"""Processes of a test: each in a session of its own, logging to a file, ended by its id and never outliving us.

Should the tests crash or be killed, nothing of theirs may run on. A parent-death signal would fire when the
*thread* that forked ends, so a small process of its own, the reaper, keeps the list instead: it reads group ids
from a pipe, and when the pipe closes, because we are gone in whatever way, it kills those still on it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

POLL_SECONDS = 0.05
TERM_SECONDS = 15.0
TAIL_LINES = 25
REAPER = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


class ProcessFailed(Exception):
    """A process ended or did not become ready; the text holds the end of its log."""

    @property
    def port_was_taken(self) -> bool:
        return "address already in use" in str(self)


class Process:
    """One program, started, signalled and started again, always with the same arguments."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._running is None:
            raise ProcessFailed(f"{self.name} is not running")
        return self._running.pid

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Raises ProcessFailed if it runs already."""
        if self.is_running:
            raise ProcessFailed(f"{self.name} runs already")
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self.log.parent,
                start_new_session=True,
            )
        _reaper.watch(self._running.pid)

    def signal(self, number: signal.Signals) -> None:
        """Sends to its whole process group; nothing when it has ended."""
        if self.is_running:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, and gone when this returns."""
        self.signal(signal.SIGKILL)
        self._wait(TERM_SECONDS)

    def terminate(self) -> None:
        """SIGTERM, and SIGKILL to one that does not heed it within 15 seconds."""
        self.signal(signal.SIGTERM)
        try:
            self._wait(TERM_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Raises ProcessFailed, with the end of the log, when it ends before it is ready or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.is_running:
                raise ProcessFailed(f"{self.name} ended before it was ready:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{self.name} is not ready after {seconds:.0f} seconds:\n{self.tail()}")
            time.sleep(POLL_SECONDS)

    def tail(self) -> str:
        """The end of its log, indented."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-TAIL_LINES:]) + f"\n  (all of it: {self.log})"

    def _wait(self, seconds: float) -> None:
        if self._running is not None:
            self._running.wait(timeout=seconds)
            _reaper.forget(self._running.pid)


class _Reaper:
    """Our end of the pipe to the process that outlives us; it is started with the first process to watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: IO[bytes] | None = None

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._pipe is None:
                reaper = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", REAPER], stdin=subprocess.PIPE, start_new_session=True
                )
                self._pipe = reaper.stdin
            assert self._pipe is not None
            self._pipe.write(line.encode())
            self._pipe.flush()


_reaper = _Reaper()
