"""Reads a kubeconfig: where a cluster's API is and how to prove who we are.

Supported: a server with its CA, a token (also from a file), a client certificate, an HTTP proxy. Programs that
fetch credentials are read only where the caller allows it, because a kubeconfig may come from anywhere and running
what it names is running code of others (``exec_plugin.py`` runs them); auth providers, passwords and other proxies
are refused. Relative paths count from the kubeconfig's folder; a kubeconfig that came over the network, from a
Secret, has no folder, and no path in it is followed: it could name any file of this machine.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from myriarch.base.errors import UserFault
from myriarch.client.exec_plugin import Program, read_program

KUBECONFIG_BYTES_MAX: Final = 8 * 1024 * 1024
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one API server. Secrets don't show in its ``repr``; PEM data is whole."""

    server: str
    ca_pem: bytes = b""
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    certificate_pem: bytes = field(default=b"", repr=False)
    key_pem: bytes = field(default=b"", repr=False)
    tls_server_name: str = ""
    insecure: bool = False
    namespace: str = "default"
    proxy_url: str = field(default="", repr=False)
    program: Program | None = None


def load_kubeconfig(path: Path, context: str = "", *, allow_exec: bool = False) -> Access:
    """The access that ``context`` (or the current one) of the file describes.

    Raises UserFault naming the field for whatever is missing, malformed or not supported.
    """
    return access_of(read_config(path), path.parent, context, allow_exec=allow_exec)


def access_of_bytes(text: bytes, context: str = "", *, allow_exec: bool = False) -> Access:
    """As ``load_kubeconfig``, of a kubeconfig that is no file of ours: paths in it are refused."""
    if len(text) > KUBECONFIG_BYTES_MAX:
        raise UserFault("kubeconfig", "(hidden)", "too large", "Give a kubeconfig file.")
    return access_of(_parse(text, "(hidden)"), None, context, allow_exec=allow_exec)


def flattened(path: Path, context: str = "", *, allow_exec: bool = False) -> bytes:
    """The one context of the file as a kubeconfig that needs no other file, in YAML.

    Raises UserFault as ``load_kubeconfig`` does: what isn't understood is not passed on either.
    """
    access = load_kubeconfig(path, context, allow_exec=allow_exec)
    config = read_config(path)
    name = context or str(config["current-context"])
    chosen = _named(config, "contexts", name, "context")
    cluster = dict(_named(config, "clusters", chosen.get("cluster", ""), "cluster"))
    user = dict(_named(config, "users", chosen["user"], "user")) if chosen.get("user") else {}
    _put_in(cluster, "certificate-authority", access.ca_pem)
    _put_in(user, "client-certificate", access.certificate_pem)
    _put_in(user, "client-key", access.key_pem)
    if access.token_file is not None:
        problem = "a token in a file is replaced from time to time, and the hub would not see it"
        raise UserFault("user.tokenFile", str(access.token_file), problem, _TOKEN_CURE)
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": "cluster", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": name, "context": {"cluster": "cluster", "user": "user"}}],
    }
    return yaml.safe_dump(whole, sort_keys=False).encode()


def _put_in(holder: dict[str, Any], name: str, pem: bytes) -> None:
    if holder.pop(name, None) is not None or pem:
        holder[f"{name}-data"] = base64.b64encode(pem).decode()


def contexts_of(path: Path) -> list[str]:
    """Names of the contexts in the file, in its order."""
    return contexts_in(read_config(path))


def contexts_in(config: dict[str, Any]) -> list[str]:
    """As ``contexts_of``, of a parsed file."""
    return [str(entry.get("name", "")) for entry in _entries(config, "contexts")]


def access_of(config: dict[str, Any], folder: Path | None, context: str = "", *, allow_exec: bool = False) -> Access:
    """As ``load_kubeconfig``, of a parsed file; ``folder`` is where its relative paths begin, None where it may name
    none."""
    name = context or config.get("current-context") or ""
    if not name:
        raise UserFault("current-context", "", "no context is chosen", "Name one with --context.")
    chosen = _named(config, "contexts", name, "context")
    cluster = _named(config, "clusters", chosen.get("cluster", ""), "cluster")
    user = _named(config, "users", chosen["user"], "user") if chosen.get("user") else {}
    _refuse_unsupported(user, allow_exec)
    server = cluster.get("server", "")
    if not isinstance(server, str) or not server.startswith(("https://", "http://")):
        raise UserFault("cluster.server", server, "not an http or https address", "Write https://HOST:PORT.")
    certificate = _pem(user, "client-certificate", folder)
    key = _pem(user, "client-key", folder)
    if bool(certificate) != bool(key):
        raise UserFault("user", name, "a client certificate and its key go together", "Give both.")
    return Access(
        server=server.rstrip("/"),
        ca_pem=_pem(cluster, "certificate-authority", folder),
        token=str(user.get("token") or ""),
        token_file=_path(user, "tokenFile", folder),
        certificate_pem=certificate,
        key_pem=key,
        tls_server_name=str(cluster.get("tls-server-name", "")),
        insecure=bool(cluster.get("insecure-skip-tls-verify", False)),
        namespace=str(chosen.get("namespace") or "default"),
        proxy_url=_proxy(cluster),
        program=read_program(user["exec"], folder, cluster) if "exec" in user else None,
    )


def read_config(path: Path) -> dict[str, Any]:
    """The file as it is, for ``access_of``. Raises UserFault where it is no mapping in YAML."""
    try:
        if path.stat().st_size > KUBECONFIG_BYTES_MAX:
            raise UserFault("kubeconfig", str(path), "too large", "Give a kubeconfig file.")
        text = path.read_bytes()
    except OSError as error:
        raise UserFault("kubeconfig", str(path), error.strerror or "unreadable", "Give a readable file.") from None
    return _parse(text, str(path))


def _parse(text: bytes, shown: str) -> dict[str, Any]:
    try:
        config = yaml.load(text.decode(), Loader=_LOADER)  # noqa: S506 (a safe one)
    except (yaml.YAMLError, UnicodeDecodeError):
        # The parser's own message quotes the file, secrets and all.
        raise UserFault("kubeconfig", shown, "not YAML", "Give a kubeconfig file.") from None
    if not isinstance(config, dict):
        raise UserFault("kubeconfig", shown, "not a mapping", "Give a kubeconfig file.")
    return config


def _entries(config: dict[str, Any], section: str) -> list[dict[str, Any]]:
    entries = config.get(section) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserFault(section, type(entries).__name__, "not a list of mappings", "Mend the kubeconfig.")
    return entries


def _named(config: dict[str, Any], section: str, name: str, inner: str) -> dict[str, Any]:
    entries = _entries(config, section)
    for entry in entries:
        if entry.get("name") == name and isinstance(entry.get(inner), dict):
            found: dict[str, Any] = entry[inner]
            return found
    known = ", ".join(sorted(str(entry.get("name")) for entry in entries)) or "none"
    raise UserFault(section, name, "no such entry", f"Choose one of: {known}.")


def _refuse_unsupported(user: dict[str, Any], allow_exec: bool) -> None:
    if "exec" in user and not allow_exec:
        command = user["exec"].get("command", "") if isinstance(user["exec"], dict) else ""
        raise UserFault("user.exec", command, "programs named by a kubeconfig are not run", _TOKEN_CURE)
    for name in ("auth-provider", "username", "password"):
        if name in user:
            raise UserFault(f"user.{name}", "(hidden)", "not supported", _TOKEN_CURE)


def _proxy(cluster: dict[str, Any]) -> str:
    """An address may hold a password: it is never shown."""
    found = cluster.get("proxy-url") or ""
    if found and not str(found).startswith(("http://", "https://")):
        raise UserFault("cluster.proxy-url", "(hidden)", "not an http or https proxy", "Use an HTTP proxy, or none.")
    return str(found)


_TOKEN_CURE: Final = "Use a token or a client certificate of a service account."  # noqa: S105


def _pem(holder: dict[str, Any], name: str, folder: Path | None) -> bytes:
    """PEM given inline in base64 (which wins, as in kubectl) or by path; empty when neither is there."""
    inline = holder.get(f"{name}-data")
    if inline:
        try:
            return base64.b64decode(inline, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise UserFault(f"{name}-data", "(hidden)", "not base64", "Encode the PEM in base64.") from None
    path = _path(holder, name, folder)
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserFault(name, str(path), error.strerror or "unreadable", "Give a readable PEM file.") from None


def _path(holder: dict[str, Any], name: str, folder: Path | None) -> Path | None:
    given = holder.get(name)
    if not given:
        return None
    if folder is None:
        problem = "a kubeconfig that is no file may not name files"
        raise UserFault(
            name, "(hidden)", problem, "Put the data itself into it: 'kubectl config view --flatten --raw'."
        )
    return Path(folder, str(given))
