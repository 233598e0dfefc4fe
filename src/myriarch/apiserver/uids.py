"""Names that the server makes: uids, and the suffixes of ``generateName``.

Both are functions of a seed and of the version that the object is created at, which never repeats in a
store; so a run with the same seed makes the same names. A real hub takes its seed from ``access/chance.py``.
"""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

SUFFIX_CHARS = 5
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_UUID_VERSION = 4


class Uids:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uid(self, version: int) -> str:
        return str(UUID(bytes=self._digest(f"uid/{version}"), version=_UUID_VERSION))

    def suffix(self, version: int, attempt: int) -> str:
        """Five characters that make no words; ``attempt`` counts from 0 where a name was taken."""
        digest = self._digest(f"name/{version}/{attempt}")
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:SUFFIX_CHARS])

    def _digest(self, what: str) -> bytes:
        return blake2b(f"{self._seed}/{what}".encode(), digest_size=16).digest()
