"""Credentials that people were given: the client certificates' authority, and a file of tokens that can be revoked.

The file keeps a hash of each token, never the token. The hub reads it anew when it changes, so what was made or
revoked beside a running hub counts at once. Certificates can't be revoked; they are made to end soon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from myriarch.apiserver.access.private_files import write_private
from myriarch.apiserver.access.user import AUTHENTICATED, User
from myriarch.apiserver.auth import Credentials, Identity, token_mark
from myriarch.apiserver.routes import HUB
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault

MAX_CREDENTIALS: Final = 10_000
MAX_CERTIFICATES: Final = 10_000
FILE: Final = "credentials.json"


class Given(msgspec.Struct, frozen=True, omit_defaults=True):
    """A token that was given to ``name``; ``expires`` is Unix seconds."""

    name: str
    groups: tuple[str, ...]
    mark: str
    expires: float
    realm: str = HUB

    @property
    def user(self) -> User:
        return User(self.name, (*self.groups, AUTHENTICATED), realm=self.realm)


_DECODER = msgspec.json.Decoder(list[Given])


def read_given(path: Path) -> list[Given]:
    """Empty where there is no file. Raises UserFault where it is something else."""
    try:
        return _DECODER.decode(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError):
        problem = "is not a list of credentials"
        raise UserFault("--data", str(path), problem, "Delete it: every token in it ends.") from None


def write_given(path: Path, given: Sequence[Given]) -> None:
    """Raises UserFault where there are too many."""
    if len(given) > MAX_CREDENTIALS:
        raise UserFault("--data", str(path), f"holds {MAX_CREDENTIALS} credentials, the most", "Revoke some.")
    write_private(path, msgspec.json.format(msgspec.json.encode(list(given))) + b"\n")


class GivenTokens:
    """The authenticator of the file. A file that can't be read lets nobody in."""

    def __init__(self, path: Path, now: Callable[[], float] = real_now) -> None:
        self._path = path
        self._now = now
        self._stamp: tuple[int, int] | None = None
        self._by_mark: dict[str, Given] = {}

    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        token = shown.token
        if not token:
            return None
        self._refresh()
        found = self._by_mark.get(token_mark(token))
        return Identity(found.user) if found is not None and self._now() < found.expires else None

    def _refresh(self) -> None:
        try:
            seen = self._path.stat()
            stamp = (seen.st_mtime_ns, seen.st_ino)
        except OSError:
            self._stamp, self._by_mark = None, {}
            return
        if stamp != self._stamp:
            try:
                self._by_mark = {each.mark: each for each in read_given(self._path)}
            except UserFault:
                self._by_mark = {}
            self._stamp = stamp


class ClientCertificates:
    """The authenticator of certificates, which the TLS handshake has verified against the hub's client authority."""

    def __init__(self, now: Callable[[], float] = real_now) -> None:
        self._now = now
        self._known: dict[bytes, tuple[Identity, float] | None] = {}

    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        if not shown.certificate:
            return None
        if shown.certificate not in self._known:
            if len(self._known) >= MAX_CERTIFICATES:
                self._known.clear()
            self._known[shown.certificate] = _read(shown.certificate)
        found = self._known[shown.certificate]
        return found[0] if found is not None and self._now() < found[1] else None


def _read(der: bytes) -> tuple[Identity, float] | None:
    from cryptography import x509

    from myriarch.apiserver.access.authority import user_of

    certificate = x509.load_der_x509_certificate(der)
    user = user_of(certificate)
    return None if user is None else (Identity(user), certificate.not_valid_after_utc.timestamp())
