"""From what a connection shows to who it is: tokens and client certificates, each way of proof one authenticator.

They need nothing of the store, so they run wherever the socket is served; what must be looked up there (is a
service account still the same) is left to ``Access``. A credential that is shown and is wrong is refused, it
never makes one anonymous.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from myriarch.apiserver.access.user import User, as_user, issuer_of

if TYPE_CHECKING:
    from myriarch.apiserver.access.tokens import TokenIssuer


@dataclass(frozen=True, slots=True)
class Credentials:
    """``authorization`` is the header, ``certificate`` the client's own as DER, proven by the TLS handshake."""

    authorization: str = ""
    certificate: bytes = b""

    @property
    def token(self) -> str:
        """The bearer token, or the password of Basic: kubectl sends a server URL's user over plain HTTP as that."""
        scheme, _, rest = self.authorization.partition(" ")
        if scheme.lower() == "bearer":
            return rest.strip()
        if scheme.lower() == "basic":
            try:
                return base64.b64decode(rest, validate=True).partition(b":")[2].decode("ascii", "replace")
            except binascii.Error:
                return ""
        return ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A user, and the audiences that the credential is for (empty: whoever reads it)."""

    user: User
    audiences: tuple[str, ...] = ()


class Authenticator(Protocol):
    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        """Who it is; None where it proves nothing. ``audiences``: of which the credential must be for one; none
        given, it must be for the API server."""


class TokenAuth:
    """Tokens known in advance, compared in constant time. A bare name stands for a master: the hub's admin."""

    def __init__(self, users: Mapping[str, str | User]) -> None:
        self._users = {token.encode(): as_user(user) for token, user in users.items()}

    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        given = shown.token.encode()
        found = None
        for token, user in self._users.items():
            if hmac.compare_digest(token, given):
                found = user
        return None if found is None else Identity(found)


class AccountTokens:
    """Tokens of service accounts. ``issuer`` is asked for when first something looks like one."""

    def __init__(self, issuer: Callable[[], TokenIssuer]) -> None:
        self._issuer = issuer

    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        token = shown.token
        if token.count(".") != 2:
            return None
        verified = self._issuer().verify(token)
        if verified is None:
            return None
        accepted = audiences or (issuer_of(verified.user.realm),)
        if not any(each in verified.audiences for each in accepted):
            return None
        return Identity(verified.user, verified.audiences)


class FirstOf:
    """Asks one after the other."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = tuple(authenticators)

    def identify(self, shown: Credentials, audiences: Sequence[str] = ()) -> Identity | None:
        for each in self._authenticators:
            found = each.identify(shown, audiences)
            if found is not None:
                return found
        return None


def token_mark(token: str) -> str:
    """What is kept of a token: nobody can log in with it."""
    return hashlib.sha256(token.encode()).hexdigest()
