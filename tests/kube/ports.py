"""Ports that stay ours: several control planes start at once, and a killed server comes back on its port.

A port that the system picks (port 0) can be taken by anyone between its closing and its use, and an outgoing
connection can take it while its server is down. So ports come from below the range of outgoing connections, and
each is reserved by a lock on a file that all test processes of this user see; a lock ends with its process.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from io import TextIOWrapper
from pathlib import Path

LOWEST, HIGHEST = 20_000, 32_767
OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
STEP = 61  # prime: processes that begin at different places seldom meet


class Ports:
    """Loopback ports reserved for one owner until it releases them."""

    def __init__(self) -> None:
        self._locks: list[TextIOWrapper] = []
        self._folder = Path(tempfile.gettempdir()) / f"myriarch-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def take(self) -> int:
        """A port that nobody listens on and no other owner holds. Raises RuntimeError when all are taken."""
        count = _highest() - LOWEST
        start = os.getpid() * STEP
        for offset in range(count):
            port = LOWEST + (start + offset) % count
            if self._reserve(port):
                return port
        raise RuntimeError(f"no free port between {LOWEST} and {_highest()}")

    def release(self) -> None:
        """Gives all of them back. Does nothing the second time."""
        while self._locks:
            self._locks.pop().close()

    def _reserve(self, port: int) -> bool:
        lock = (self._folder / str(port)).open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            return False
        self._locks.append(lock)
        return True


def _highest() -> int:
    """Just below the ports of outgoing connections, where the system says which those are."""
    try:
        first = int(OUTGOING.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return HIGHEST
    return first - 1 if first > LOWEST + 1000 else HIGHEST
