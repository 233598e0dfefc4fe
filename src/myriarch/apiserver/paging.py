"""``continue`` tokens: where a paged list goes on, and of which version it is.

Opaque to clients: base64 of JSON. Every page shows the objects as they were at the first page's version,
undone from the history; when that no longer reaches back, the client is told 410, and is given a token for the rest
as it is now, for where the gap doesn't matter.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from myriarch.apiserver.shelf import Place
from myriarch.apiserver.status import bad_request

AS_IT_IS = 0  # a position's version: the newest, whenever it is read


class Position(msgspec.Struct, frozen=True):
    """``version`` of the list; the last object's ``namespace`` and ``name``."""

    version: int
    namespace: str
    name: str

    @property
    def place(self) -> Place:
        return self.namespace, self.name


def to_token(position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def from_token(token: str) -> Position:
    """Raises ApiError 400."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return msgspec.json.decode(text, type=Position)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise bad_request("continue key is not valid") from None
