"""The hub's own certificate authorities: one vouches for the server, one for clients.

A client's certificate names the user (CN), the groups (O) and the logical cluster that it counts in (OU). Keys are
P-256. Nothing here reads a clock: ``now`` is Unix seconds of real time.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from myriarch.apiserver.access.private_files import write_private
from myriarch.apiserver.access.user import AUTHENTICATED, User
from myriarch.apiserver.routes import HUB
from myriarch.base.errors import UserFault

AUTHORITY_DAYS: Final = 3_650
SERVER_DAYS: Final = 365
BACKDATED_SECONDS: Final = 300
REALM_PREFIX: Final = "cluster:"
MAX_COMMON_NAME_CHARS: Final = 64
_CA_USAGE: Final = (False, False, False, False, False, True, True, False, False)
_LEAF_USAGE: Final = (True, False, False, False, False, False, False, False, False)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return key_pem(self.key)

    def expires(self) -> float:
        """Unix seconds."""
        return self.certificate.not_valid_after_utc.timestamp()


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def authority(folder: Path, name: str, now: float) -> Pair:
    """The authority kept in ``folder`` as ``NAME.crt`` and ``NAME.key``; made where there is none, or it has ended."""
    held = read_pair(folder, name)
    if held is not None and held.expires() > now:
        return held
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"myriarch {name}")])
    builder = _builder(subject, subject, key, now, AUTHORITY_DAYS * 86_400)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.KeyUsage(*_CA_USAGE), critical=True)
    made = Pair(builder.sign(key, hashes.SHA256()), key)
    write_pair(folder, name, made)
    return made


def server_pair(issuer: Pair, hosts: Sequence[str], now: float) -> Pair:
    """A server's certificate for names and addresses."""
    alternatives = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "myriarch hub")])
    return _leaf(issuer, subject, now, SERVER_DAYS * 86_400, ExtendedKeyUsageOID.SERVER_AUTH, alternatives)


def client_pair(issuer: Pair, user: User, now: float, seconds: float) -> Pair:
    """A client's certificate for ``user``, good in its realm. Raises UserFault for a name that doesn't fit."""
    if not 0 < len(user.name) <= MAX_COMMON_NAME_CHARS:
        problem = f"a certificate holds names of 1 to {MAX_COMMON_NAME_CHARS} characters"
        raise UserFault("name", user.name, problem, "Give a shorter name, or make a token.")
    names = [x509.NameAttribute(NameOID.COMMON_NAME, user.name)]
    names += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in user.groups]
    names.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, REALM_PREFIX + user.realm))
    try:
        subject = x509.Name(names)
    except ValueError as problem:
        raise UserFault("--group", ", ".join(user.groups), str(problem), "Give shorter groups.") from None
    return _leaf(issuer, subject, now, seconds, ExtendedKeyUsageOID.CLIENT_AUTH, None)


def user_of(certificate: x509.Certificate) -> User | None:
    """Whom a client's certificate names; None where it names nobody."""
    names = _values(certificate, NameOID.COMMON_NAME)
    groups = _values(certificate, NameOID.ORGANIZATION_NAME)
    realms = [
        unit.removeprefix(REALM_PREFIX)
        for unit in _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
        if unit.startswith(REALM_PREFIX)
    ]
    if len(names) != 1 or not names[0] or len(realms) > 1:
        return None
    return User(names[0], (*groups, AUTHENTICATED), realm=realms[0] if realms else HUB)


def read_pair(folder: Path, name: str) -> Pair | None:
    """What ``write_pair`` wrote; None where there is nothing. Raises UserFault for files that are something else."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    if not certificate.exists() or not key.exists():
        return None
    try:
        held = serialization.load_pem_private_key(key.read_bytes(), None)
        pair = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError, TypeError):
        raise _unreadable(key) from None
    if not isinstance(held, ec.EllipticCurvePrivateKey):
        raise _unreadable(key)
    return Pair(pair, held)


def _unreadable(path: Path) -> UserFault:
    return UserFault("--data", str(path), "is not a key that the hub made", "Delete it and its certificate.")


def write_pair(folder: Path, name: str, pair: Pair) -> None:
    """The key first: a certificate without its key would be taken for a whole pair."""
    write_private(folder / f"{name}.key", pair.key_pem)
    write_private(folder / f"{name}.crt", pair.certificate_pem)


def signing_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key of service accounts' tokens, made where it is missing."""
    if path.exists():
        try:
            held = serialization.load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise _unreadable(path) from None
        if isinstance(held, ec.EllipticCurvePrivateKey):
            return held
        raise _unreadable(path)
    key = ec.generate_private_key(ec.SECP256R1())
    write_private(path, key_pem(key))
    return key


def _leaf(
    issuer: Pair,
    subject: x509.Name,
    now: float,
    seconds: float,
    usage: x509.ObjectIdentifier,
    alternatives: x509.SubjectAlternativeName | None,
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    seconds = min(seconds, issuer.expires() - now)
    builder = _builder(subject, issuer.certificate.subject, key, now, seconds)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(*_LEAF_USAGE), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if alternatives is not None:
        builder = builder.add_extension(alternatives, critical=False)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = builder.add_extension(known, critical=False)
    return Pair(builder.sign(issuer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: float, seconds: float
) -> x509.CertificateBuilder:
    begins = datetime.fromtimestamp(now - BACKDATED_SECONDS, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(seconds=seconds + BACKDATED_SECONDS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _values(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(oid)]
