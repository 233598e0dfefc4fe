"""Who calls over a socket: a bearer token, made once and compared in constant time.

kubectl sends no bearer token over plain HTTP, but it does send the user part of a server's URL, as HTTP
Basic; so the token is accepted as a Basic password too. The server listens on loopback only, and the token
lies in files that only their owner may read. This is the one place that draws true randomness.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping

TOKEN_BYTES = 32
SEED_BITS = 63


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_seed() -> int:
    """A seed for a real hub's uids."""
    return secrets.randbits(SEED_BITS)


class TokenAuth:
    """``users`` maps tokens to the users they stand for."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = {token.encode(): user for token, user in users.items()}

    def user(self, authorization: str) -> str | None:
        """The user of an Authorization header; None where it proves nothing."""
        given = _token(authorization)
        found = None
        for token, user in self._users.items():
            if hmac.compare_digest(token, given):
                found = user
        return found


def _token(authorization: str) -> bytes:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""
