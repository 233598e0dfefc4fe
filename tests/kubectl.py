"""kubectl as a person runs it, and as tests ask it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TIMEOUT_SECONDS = 60.0


class Kubectl:
    """One binary, with a home of its own for its caches, in one namespace."""

    def __init__(self, binary: Path, kubeconfig: Path, namespace: str, home: Path) -> None:
        self._command = [str(binary), "--kubeconfig", str(kubeconfig), "--namespace", namespace]
        self._environment = {"HOME": str(home), "PATH": os.environ["PATH"]}

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0, **environment: str) -> str:
        """What it printed, errors last. Fails where it ends with another code."""
        done = subprocess.run(
            [*self._command, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            env={**self._environment, **environment},
            check=False,
        )
        assert done.returncode == code, f"kubectl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [*self._command, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment)
