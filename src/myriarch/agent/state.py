"""Where an agent keeps what must outlive it: a folder, or, deployed in its cluster, Secrets of its own namespace.

Two things are kept: the credential for the hub, and what the agent needs to go on while the hub is away. Both are
secret (payloads may be), so files are readable by their owner alone. An agent that runs outside its cluster keeps
them in a folder, so that a cluster which is only observed is not written to.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
from pathlib import Path
from typing import Any, Final, Protocol

from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import SECRETS

SYSTEM_NAMESPACE: Final = "myriarch-system"
"""Namespace of Myriarch's own, at the hub as in a cluster whose agent runs there."""

FIELD_MANAGER: Final = "myriarch-agent"
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
LOCK: Final = "lock"
SECRET_KEY: Final = "data"  # noqa: S105 (the name of a key)


class State(Protocol):
    """Named pieces of bytes. ``private``: no other agent of the cluster has the same."""

    private: bool

    async def read(self, name: str) -> bytes | None:
        """What was written last, or None. Raises what its place raises."""

    async def write(self, name: str, value: bytes) -> None:
        """Keep ``value``: it is kept once this returns."""


class FolderState:
    """Files in ``folder``, which is made where it is missing."""

    private = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None

    def lock(self) -> bool:
        """Whether no other process has the folder; from now on this one has, for as long as it lives."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            descriptor = os.open(self._folder / LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        except OSError as error:
            raise self._fault(error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise self._fault(error) from None
        self._lock = descriptor
        return True

    def unlock(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._fault(error) from None

    async def write(self, name: str, value: bytes) -> None:
        """Whole or not at all: a file is written aside and renamed."""
        aside = self._folder / f".{name}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, PRIVATE_FILE)
                file.write(value)
                file.flush()
                os.fsync(descriptor)
            aside.replace(self._folder / name)
        except OSError as error:
            raise self._fault(error) from None

    def _fault(self, error: OSError) -> UserFault:
        problem = error.strerror or "can't be used"
        return UserFault("--state", str(self._folder), problem, "Give a folder that only you can read and write.")


class SecretState:
    """Secrets ``myriarch-agent-<name>`` in the agent's namespace of its cluster."""

    private = False

    def __init__(self, client: Client, namespace: str = SYSTEM_NAMESPACE) -> None:
        self._client = client
        self._namespace = namespace

    async def read(self, name: str) -> bytes | None:
        try:
            found = await self._client.get(SECRETS, Raw, secret_name(name), self._namespace)
        except NotFound:
            return None
        try:
            return base64.b64decode((found.get("data") or {}).get(SECRET_KEY, ""), validate=True) or None
        except binascii.Error:
            return None

    async def write(self, name: str, value: bytes) -> None:
        secret: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": secret_name(name), "namespace": self._namespace},
            "data": {SECRET_KEY: base64.b64encode(value).decode()},
        }
        await self._client.apply(SECRETS, secret, field_manager=FIELD_MANAGER, force=True)


def secret_name(name: str) -> str:
    """Of the Secret that keeps the piece ``name``."""
    return f"{FIELD_MANAGER}-{name}"
