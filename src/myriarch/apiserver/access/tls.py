"""TLS of the server: which certificate it shows, whose client certificates it believes, and their renewal.

Without a certificate of the user's own the hub's authority signs one for the names and addresses that the hub is
reached by. ``renew`` is called now and then: a certificate that has used two thirds of its time, or that the user
replaced on disk, is taken up for new connections without a restart.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509

from myriarch.apiserver.access.authority import SERVER_DAYS, Pair, authority, read_pair, server_pair, write_pair
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault

SERVER_AUTHORITY: Final = "server-ca"
CLIENT_AUTHORITY: Final = "client-ca"
SERVER: Final = "server"
RENEW_AT_SECONDS: Final = SERVER_DAYS * 86_400 / 3
RENEWAL_CHECK_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Files of the user's: a chain as PEM, and its key."""

    chain: Path
    key: Path


@dataclass(slots=True)
class ServerTls:
    """``folder`` keeps the authorities. Raises UserFault where files can't be read, or are no certificate."""

    folder: Path
    hosts: Sequence[str]
    own: OwnCertificate | None = None
    now: Callable[[], float] = real_now
    context: ssl.SSLContext = field(init=False)
    authority_pem: bytes = field(init=False, default=b"")
    server_name: str = field(init=False, default="")
    _shown: object = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.verify_mode = ssl.CERT_OPTIONAL
        self.context.set_alpn_protocols(["http/1.1"])
        clients = authority(self.folder, CLIENT_AUTHORITY, self.now())
        self.context.load_verify_locations(cadata=clients.certificate_pem.decode())
        self.renew()

    def renew(self) -> None:
        """Show the newest certificate there is, making one where it is time."""
        if self.own is None:
            self._show_ours()
        else:
            self._show_theirs(self.own)

    def _show_ours(self) -> None:
        signer = authority(self.folder, SERVER_AUTHORITY, self.now())
        self.authority_pem = signer.certificate_pem
        held = read_pair(self.folder, SERVER)
        if held is None or self._stale(held, signer):
            held = server_pair(signer, self.hosts, self.now())
            write_pair(self.folder, SERVER, held)
        if self._shown != held.certificate:
            self.context.load_cert_chain(self.folder / f"{SERVER}.crt", self.folder / f"{SERVER}.key")
            self._shown = held.certificate

    def _stale(self, held: Pair, signer: Pair) -> bool:
        if held.certificate.issuer != signer.certificate.subject or held.expires() - self.now() < RENEW_AT_SECONDS:
            return True
        try:
            held.certificate.verify_directly_issued_by(signer.certificate)
        except Exception:
            return True
        names = held.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {str(each.value) for each in names}
        return not known.issuperset(self.hosts)

    def _show_theirs(self, own: OwnCertificate) -> None:
        try:
            stamp = (own.chain.stat().st_mtime_ns, own.key.stat().st_mtime_ns)
        except OSError as error:
            path = error.filename or own.chain
            raise UserFault("--tls-cert", str(path), error.strerror or "unreadable", "Give a readable file.") from None
        if self._shown == stamp:
            return
        try:
            self.context.load_cert_chain(own.chain, own.key, password=_no_password)
        except (ssl.SSLError, OSError, ValueError):
            problem = "is not a certificate with the key of --tls-key, as PEM without a password"
            raise UserFault("--tls-cert", str(own.chain), problem, "Give a chain and its key.") from None
        self._shown = stamp
        self.authority_pem = own.chain.read_bytes()
        self.server_name = first_name(self.authority_pem)


def first_name(chain_pem: bytes) -> str:
    """The first DNS name of the certificate; empty where it has none."""
    certificate = x509.load_pem_x509_certificates(chain_pem)[0]
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next(iter(names.get_values_for_type(x509.DNSName)), "").replace("*.", "hub.", 1)


def _no_password() -> str:
    raise ValueError("keys with a password are not read")
