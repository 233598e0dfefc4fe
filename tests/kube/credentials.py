"""The files by which a control plane's servers and users know each other: certificates, tokens, kubeconfigs.

Made before the first process starts. Users of tests come later, with a client certificate each (`kubeconfig_for`);
bearer tokens of users are read by the API server only when it starts, so they are given beforehand.
"""

from __future__ import annotations

import base64
import re
import secrets
import ssl
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import yaml
from tests.kube.certificates import LIFE, Authority, signing_key, write_secret

ADMINS = "system:masters"
COMPONENT_USERS = ("kube-controller-manager", "kube-scheduler")


class Credentials:
    """One folder of them, for one server."""

    def __init__(self, folder: Path, url: str, users: Mapping[str, Sequence[str]]) -> None:
        self._folder = folder
        self._authority = Authority()
        self.url = url
        self.tokens = {user: secrets.token_urlsafe(24) for user in users}
        self.ca_file, _ = self._authority.pair.write(folder, "ca")
        self._authority.server().write(folder, "server")
        private, public = signing_key()
        write_secret(folder / "accounts.key", private)
        write_secret(folder / "accounts.pub", public)
        rows = [f'{self.tokens[user]},{user},{user},"{",".join(groups)}"\n' for user, groups in users.items()]
        write_secret(folder / "tokens.csv", "".join(rows).encode())
        self.admin = self.kubeconfig_for("admin", [ADMINS])
        for name in COMPONENT_USERS:
            self.kubeconfig_for(f"system:{name}", [], name=name)

    def kubeconfig_for(
        self, user: str, groups: Sequence[str] = (), *, name: str | None = None, life: timedelta = LIFE
    ) -> Path:
        """A kubeconfig with a client certificate of its own, all in one file of mode 0600."""
        pair = self._authority.client(user, groups, life)
        secret = {"client-certificate-data": _text(pair.certificate), "client-key-data": _text(pair.key)}
        return self._write(name or _file_name(user), user, secret)

    def kubeconfig_with_token(self, name: str, token: str) -> Path:
        """A kubeconfig that shows a bearer token, whatever it is worth."""
        return self._write(_file_name(name), name, {"token": token})

    def tls(self) -> ssl.SSLContext:
        """Trusts this server, and shows the administrator's certificate."""
        if not (self._folder / "admin.crt").exists():
            self._authority.client("admin", [ADMINS]).write(self._folder, "admin")
        context = self.anonymous_tls()
        context.load_cert_chain(self._folder / "admin.crt", self._folder / "admin.key")
        return context

    def anonymous_tls(self) -> ssl.SSLContext:
        """Trusts this server and shows nothing."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def _write(self, name: str, user: str, secret: Mapping[str, str]) -> Path:
        cluster = {"server": self.url, "certificate-authority-data": _text(self.ca_file.read_bytes())}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": user, "user": dict(secret)}],
            "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": user}}],
            "current-context": "cluster",
        }
        return write_secret(self._folder / f"{name}.kubeconfig", yaml.safe_dump(config).encode())


def _file_name(user: str) -> str:
    return re.sub(r"[^\w.-]", "-", user)


def _text(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
