"""The keys and certificates of one control plane: an authority, what its servers show, and what its users show.

All are elliptic-curve keys, because making RSA keys takes longer than starting etcd. Files are readable by their
owner only. They are valid from an hour ago, so that a clock a little behind still accepts them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
SERVER_ADDRESSES = ("127.0.0.1", "10.0.0.1")
PAST = timedelta(hours=1)
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """``name.crt`` and ``name.key``."""
        return write_secret(folder / f"{name}.crt", self.certificate), write_secret(folder / f"{name}.key", self.key)


class Authority:
    """A certificate authority of its own for one control plane."""

    def __init__(self, name: str = "tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(name)
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)  # sign, and sign certificates
        builder = _builder(self._name, self._name, self._key.public_key(), LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        certificate = builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        self.pair = Pair(certificate.public_bytes(serialization.Encoding.PEM), _pem(self._key))

    def server(self, life: timedelta = LIFE) -> Pair:
        """For servers on the loopback interface; a negative ``life`` makes one that has expired."""
        names = [x509.DNSName(name) for name in SERVER_NAMES]
        addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in SERVER_ADDRESSES]
        alternatives = x509.SubjectAlternativeName([*names, *addresses])
        return self._issue(_subject("server"), ExtendedKeyUsageOID.SERVER_AUTH, life, alternatives)

    def client(self, user: str, groups: Sequence[str] = (), life: timedelta = LIFE) -> Pair:
        """For a user of the API; a negative ``life`` makes one that has expired."""
        return self._issue(_subject(user, groups), ExtendedKeyUsageOID.CLIENT_AUTH, life, None)

    def _issue(
        self, subject: x509.Name, usage: x509.ObjectIdentifier, life: timedelta, names: x509.ExtensionType | None
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._name, key.public_key(), life)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Pair(certificate.public_bytes(serialization.Encoding.PEM), _pem(key))


def signing_key() -> tuple[bytes, bytes]:
    """Private and public key, in PEM, by which the API server signs tokens of service accounts."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _pem(key), public


def write_secret(path: Path, content: bytes) -> Path:
    """Written anew, readable by its owner only."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def _subject(user: str, groups: Sequence[str] = ()) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    end = datetime.now(UTC) + life
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(min(datetime.now(UTC), end) - PAST).not_valid_after(end)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
