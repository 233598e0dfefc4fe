"""Tokens of service accounts: JSON Web Tokens signed by the hub's own key (ES256), bound to one account.

A token names its logical cluster in its issuer, the account with its uid, its audiences and its end. Signature,
times and audience are checked here; whether the account is still the same is checked at each request, so deleting
the account revokes its tokens at once. Tokens always live on real time, whatever clock the hub runs on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from myriarch.apiserver.access.chance import new_id
from myriarch.apiserver.access.user import ISSUER_PREFIX, User, account_groups, account_name, issuer_of
from myriarch.base.clock import real_now

CREDENTIAL_ID: Final = "authentication.kubernetes.io/credential-id"
MAX_TOKEN_BYTES: Final = 8 * 1024
MAX_VERIFIED: Final = 20_000
CLOCK_SKEW_SECONDS: Final = 60.0
_NUMBER_BYTES: Final = 32
_ALGORITHM: Final = "ES256"


class _Named(msgspec.Struct):
    name: str
    uid: str


class _Bound(msgspec.Struct):
    namespace: str
    serviceaccount: _Named


class _Claims(msgspec.Struct):
    iss: str
    sub: str
    aud: list[str]
    exp: int
    nbf: int
    jti: str
    kubernetes: _Bound = msgspec.field(name="kubernetes.io")


class _Header(msgspec.Struct):
    alg: str


_HEADER = msgspec.json.Decoder(_Header)
_CLAIMS = msgspec.json.Decoder(_Claims)


@dataclass(frozen=True, slots=True)
class Verified:
    """A token that is good until ``expires`` (Unix seconds)."""

    user: User
    audiences: tuple[str, ...]
    begins: float
    expires: float


class TokenIssuer:
    """``now`` is real time in Unix seconds."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None, now: Callable[[], float] = real_now) -> None:
        self._key = key
        self._now = now
        self._verified: dict[bytes, Verified] = {}

    def issue(
        self, cluster: str, namespace: str, name: str, uid: str, *, audiences: Sequence[str], seconds: int
    ) -> tuple[str, float]:
        """(token, when it ends in Unix seconds) for a service account."""
        now = int(self._now())
        claims = {
            "aud": list(audiences) or [issuer_of(cluster)],
            "exp": now + seconds,
            "iat": now,
            "iss": issuer_of(cluster),
            "jti": new_id(),
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
            "nbf": now,
            "sub": account_name(namespace, name),
        }
        signed = f"{_packed({'alg': _ALGORITHM, 'typ': 'JWT'})}.{_packed(claims)}"
        r, s = decode_dss_signature(self._signer().sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(_NUMBER_BYTES, "big") + s.to_bytes(_NUMBER_BYTES, "big")
        return f"{signed}.{_base64(signature)}", float(now + seconds)

    def verify(self, token: str) -> Verified | None:
        """Whose token it is; None where it is none of ours, or not good now. Audiences are the caller's to judge."""
        if len(token) > MAX_TOKEN_BYTES:
            return None
        mark = hashlib.sha256(token.encode()).digest()
        found = self._verified.get(mark)
        if found is None:
            found = self._read(token)
            if found is None:
                return None
            if len(self._verified) >= MAX_VERIFIED:
                self._verified.clear()
            self._verified[mark] = found
        now = self._now()
        return found if found.begins - CLOCK_SKEW_SECONDS <= now < found.expires else None

    def _read(self, token: str) -> Verified | None:
        header, payload, signature = token.split(".")
        try:
            numbers = _bytes(signature)
            if _HEADER.decode(_bytes(header)).alg != _ALGORITHM or len(numbers) != 2 * _NUMBER_BYTES:
                return None
            r, s = (int.from_bytes(part, "big") for part in (numbers[:_NUMBER_BYTES], numbers[_NUMBER_BYTES:]))
            public = self._signer().public_key()
            public.verify(encode_dss_signature(r, s), f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
            claims = _CLAIMS.decode(_bytes(payload))
        except (InvalidSignature, msgspec.DecodeError, binascii.Error, ValueError):
            return None
        return _verified(claims)

    def _signer(self) -> ec.EllipticCurvePrivateKey:
        """Made when first needed where none was given: such tokens end with the process."""
        if self._key is None:
            self._key = ec.generate_private_key(ec.SECP256R1())
        return self._key


def _verified(claims: _Claims) -> Verified | None:
    bound = claims.kubernetes
    cluster = claims.iss.removeprefix(ISSUER_PREFIX)
    if cluster == claims.iss or claims.sub != account_name(bound.namespace, bound.serviceaccount.name):
        return None
    uid = bound.serviceaccount.uid
    extra = ((CREDENTIAL_ID, (f"JTI={claims.jti}",)),)
    user = User(claims.sub, account_groups(bound.namespace), uid, extra, realm=cluster, account_uid=uid)
    return Verified(user, tuple(claims.aud), float(claims.nbf), float(claims.exp))


def _packed(value: dict[str, Any]) -> str:
    return _base64(msgspec.json.encode(value))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
