"""The audit log: who asked for what, and what came of it, one JSON line a request.

Lines have the shape of audit.k8s.io/v1 ``Event`` at level Metadata: never a body, a header other than the user
agent, or a token. The file is its owner's only, and is rotated by size. Lines are gathered for a moment and written
together; a disk that refuses costs lines, which is said once in the program's log, and never a request.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.chance import new_id
from myriarch.apiserver.access.user import User
from myriarch.apiserver.record import encode
from myriarch.base.clock import real_now, rfc3339
from myriarch.base.errors import UserFault

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
KEPT_FILES: Final = 4
GATHER_SECONDS: Final = 0.5
MAX_GATHERED: Final = 4_096
MAX_TEXT_CHARS: Final = 1_024
_PRIVATE: Final = 0o600
_LOG = logging.getLogger(__name__)


class AuditLog:
    """``now`` is real time in Unix seconds. Raises UserFault where the file can't be opened."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_FILE_BYTES, now: Callable[[], float] = real_now) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self.now = now
        self._lines: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._failed = False
        try:
            self._file, self._size = _opened(path)
        except OSError as error:
            problem = f"the audit log can't be written ({error.strerror})"
            raise UserFault("--data", str(path), problem, "Give a folder you may write to.") from None

    def add(self, event: dict[str, Any]) -> None:
        """On the loop that serves."""
        self._lines.append(encode(event) + b"\n")
        if len(self._lines) >= MAX_GATHERED:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines = self._lines, []
        try:
            self._write(b"".join(lines))
        except OSError as problem:
            if not self._failed:
                _LOG.error("the audit log %s can't be written: %s", self._path, problem.strerror)
            self._failed = True

    def close(self) -> None:
        self.flush()
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        if self._size and self._size + len(data) > self._max_bytes:
            self._rotate()
        while data:
            written = os.write(self._file, data)
            self._size += written
            data = data[written:]

    def _rotate(self) -> None:
        """``audit.log`` becomes ``audit.log.1``, and so on; the oldest goes."""
        os.close(self._file)
        for number in range(KEPT_FILES, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        self._file, self._size = _opened(self._path)

    def _numbered(self, number: int) -> Path:
        return self._path if number == 0 else self._path.with_name(f"{self._path.name}.{number}")


def _opened(path: Path) -> tuple[int, int]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
    return file, os.fstat(file).st_size


def event(
    asked: Attributes, user: User, uri: str, *, address: str, agent: str, begun: float, ended: float, code: int
) -> dict[str, Any]:
    """The ``Event`` of one request. Times are Unix seconds."""
    out: dict[str, Any] = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": new_id(),
        "stage": "ResponseComplete",
        "requestURI": uri[:MAX_TEXT_CHARS],
        "verb": asked.verb,
        "user": _info(replace(user, wants=None) if user.wants is not None else user),
        "sourceIPs": [address],
        "userAgent": agent[:MAX_TEXT_CHARS],
        "responseStatus": {"metadata": {}, "code": code},
        "requestReceivedTimestamp": _micro(begun),
        "stageTimestamp": _micro(ended),
        "annotations": {"myriarch.io/cluster": asked.cluster},
    }
    if user.wants is not None:
        wants = user.wants
        out["impersonatedUser"] = User(wants.name, wants.groups, wants.uid, wants.extra).info()
    if not asked.path:
        named = {"resource": asked.resource, "namespace": asked.namespace, "name": asked.name}
        named |= {"apiGroup": asked.group, "apiVersion": asked.version, "subresource": asked.subresource}
        out["objectRef"] = {key: value for key, value in named.items() if value}
    return out


@lru_cache(maxsize=1024)
def _info(user: User) -> dict[str, object]:
    return user.info()


def _micro(unix_seconds: float) -> str:
    """As ``metav1.MicroTime``; the whole second is remembered, which is most of the work."""
    return f"{rfc3339(unix_seconds)[:-1]}.{int(unix_seconds % 1 * 1_000_000):06d}Z"
