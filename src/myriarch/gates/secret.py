"""Reading the Secrets of gates: one key, from the one namespace that gates may read."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from myriarch.api.gates import GATES_NAMESPACE, GateSecret
from myriarch.base.errors import Retryable, Terminal
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import SECRETS

SECRET_BYTES_MAX: Final = 65_536


class NoSecret(Terminal):
    """The Secret, or the key in it, is not there or can't be read. It never tells what a Secret holds."""


async def read_secret(client: Client, wanted: GateSecret) -> bytes:
    """The value of one key. Raises NoSecret, or Retryable where the API server doesn't answer."""
    where = f"Secret {GATES_NAMESPACE}/{wanted.name}"
    try:
        found = await client.get(SECRETS, Raw, wanted.name, GATES_NAMESPACE)
    except NotFound:
        raise NoSecret(f"{where} does not exist: create it") from None
    except ApiError as error:
        if isinstance(error, Retryable):
            raise
        raise NoSecret(f"{where} can't be read") from None
    try:
        value = base64.b64decode((found.get("data") or {})[wanted.key], validate=True)
    except (KeyError, TypeError, binascii.Error, ValueError):
        raise NoSecret(f"{where} has no key {wanted.key}") from None
    if not value or len(value) > SECRET_BYTES_MAX:
        raise NoSecret(f"{where}: key {wanted.key} is empty or too large")
    return value
