"""Who gets into a hub, and how it is reached: TLS, credentials, limits and audit log, from options and its folder.

The folder holds ``keys/`` (the hub's authorities, its certificate, the key of service accounts' tokens),
``credentials.json`` (tokens given to people), ``audit.log``, and ``endpoint.json``, which says where the hub was
last reached, for whoever makes credentials beside it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from myriarch.apiserver.access.authority import signing_key
from myriarch.apiserver.access.credentials import FILE, ClientCertificates, GivenTokens
from myriarch.apiserver.access.private_files import write_private
from myriarch.apiserver.access.tls import RENEWAL_CHECK_SECONDS, OwnCertificate, ServerTls
from myriarch.apiserver.access.tokens import TokenIssuer
from myriarch.apiserver.auth import AccountTokens, Authenticator, FirstOf, TokenAuth
from myriarch.apiserver.kubeconfig import Endpoint
from myriarch.apiserver.serve import LOOPBACK, is_loopback
from myriarch.base.errors import UserFault

_LOG = logging.getLogger(__name__)

KEYS: Final = "keys"
AUDIT: Final = "audit.log"
ENDPOINT: Final = "endpoint.json"
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True, slots=True)
class Listening:
    """As given: where to listen, and with which TLS."""

    address: str = LOOPBACK
    tls: bool = False
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def wants_tls(self) -> bool:
        return self.tls or self.certificate is not None or not is_loopback(self.address)


def check(listening: Listening) -> None:
    """Raises UserFault for options that don't go together, before anything is written."""
    if listening.address != "localhost" and not _is_address(listening.address):
        raise UserFault("--listen", listening.address, "is no IP address", f"Give one, such as {LOOPBACK} or 0.0.0.0.")
    for given, missing, value in (
        ("--tls-cert", "--tls-key", listening.certificate and not listening.key and listening.certificate),
        ("--tls-key", "--tls-cert", listening.key and not listening.certificate and listening.key),
    ):
        if value:
            raise UserFault(given, str(value), f"stands without {missing}", "Give both, or neither.")
    if listening.names and listening.certificate is not None:
        problem = "stands beside --tls-cert, which has its own names"
        raise UserFault("--tls-san", ", ".join(listening.names), problem, "Give one of them.")
    if listening.names and not listening.wants_tls:
        raise UserFault("--tls-san", ", ".join(listening.names), "is of no use without TLS", "Give --tls as well.")
    for name in listening.names:
        if not _is_address(name) and not _HOST.fullmatch(name):
            raise UserFault("--tls-san", name, "is neither a host name nor an address", "Give one of these.")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def server_tls(folder: Path, listening: Listening) -> ServerTls | None:
    """None where plain HTTP is spoken. Raises UserFault for certificates that are none."""
    if not listening.wants_tls:
        return None
    own = None
    if listening.certificate is not None and listening.key is not None:
        own = OwnCertificate(listening.certificate, listening.key)
    return ServerTls(folder / KEYS, _hosts(listening), own)


def _hosts(listening: Listening) -> list[str]:
    """Every name and address that the hub may be called by."""
    hosts = ["localhost", LOOPBACK, "::1"]
    if not is_loopback(listening.address):
        name = socket.gethostname()
        hosts += [name] if _HOST.fullmatch(name) else []
        hosts += [] if ipaddress.ip_address(listening.address).is_unspecified else [listening.address]
    hosts += [str(ipaddress.ip_address(name)) if _is_address(name) else name for name in listening.names]
    return list(dict.fromkeys(hosts))


@dataclass(frozen=True, slots=True)
class Keys:
    """What the server proves users with, and makes tokens of service accounts by."""

    issuer: TokenIssuer
    authenticator: Authenticator


def keys_of(folder: Path, admin_token: str, admin: str) -> Keys:
    """Raises UserFault for a key that is none."""
    issuer = TokenIssuer(signing_key(folder / KEYS / "service-accounts.key"))
    known = (TokenAuth({admin_token: admin}), AccountTokens(lambda: issuer), GivenTokens(folder / FILE))
    return Keys(issuer, FirstOf((*known, ClientCertificates())))


async def renewing(tls: ServerTls) -> None:
    """Keep the certificate fresh until cancelled. Certificates live on real time."""
    while True:
        await asyncio.sleep(RENEWAL_CHECK_SECONDS)
        try:
            tls.renew()
        except UserFault as fault:
            _LOG.error("the certificate can't be renewed, the old one stays: %s", fault)


def endpoint_of(url: str, tls: ServerTls | None) -> Endpoint:
    return Endpoint(url) if tls is None else Endpoint(url, tls.authority_pem, tls.server_name)


class _Kept(msgspec.Struct):
    url: str
    authority: str = ""
    server_name: str = ""


def keep_endpoint(folder: Path, endpoint: Endpoint) -> None:
    kept = _Kept(endpoint.url, endpoint.authority_pem.decode(), endpoint.server_name)
    write_private(folder / ENDPOINT, msgspec.json.encode(kept) + b"\n")


def kept_endpoint(folder: Path) -> Endpoint:
    """Where the hub of the folder was last reached. Raises UserFault where none ever was."""
    path = folder / ENDPOINT
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        problem = "is not the folder of a hub that has run"
        raise UserFault("--data", str(folder), problem, "Start 'myriarch hub' on it first.") from None
    return Endpoint(kept.url, kept.authority.encode(), kept.server_name)
