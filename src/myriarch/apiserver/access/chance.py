"""True randomness: tokens, identifiers of credentials, and the seed of a real hub. Nothing else draws any."""

from __future__ import annotations

import secrets

TOKEN_BYTES = 32
ID_BYTES = 16
SEED_BITS = 63


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id() -> str:
    """Names a credential; knowing it proves nothing."""
    return secrets.token_hex(ID_BYTES)


def new_seed() -> int:
    """A seed for a real hub's uids."""
    return secrets.randbits(SEED_BITS)
