"""A process of ``myriarch hub``, past its ready line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

READY = re.compile(
    r"hub ready: (?P<url>https?://127\.0\.0\.1:\d+), (?P<clusters>\d+) clusters, \d+ nodes, kubeconfig (?P<path>.+)\n"
)
STOP_SECONDS = 30


class RunningHub:
    folder: Path

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "myriarch", "hub", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = READY.fullmatch(self.line)
        assert found, (self.line, self.end())
        self.url, self.clusters, self.kubeconfig = found["url"], int(found["clusters"]), Path(found["path"])

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and what else it printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, out, err
