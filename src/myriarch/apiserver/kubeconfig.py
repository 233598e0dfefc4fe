"""Kubeconfigs that let clients in: a context for the hub, and one for each simulated cluster asked for.

Written in one step and readable by their owner only. Over plain HTTP, which is spoken on loopback only, a token
stands twice: as the user's token, for clients that send it, and in the server's URL, for kubectl, which sends no
tokens over plain HTTP. With TLS it stands once, beside the authority that vouches for the server.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from myriarch.apiserver.access.private_files import write_private
from myriarch.apiserver.routes import CLUSTERS_PREFIX, HUB
from myriarch.base.errors import UserFault

USER = "myriarch"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is, without user. ``authority_pem`` is empty where TLS needs none of its own;
    ``server_name`` is what its certificate says where that isn't the URL's host."""

    url: str
    authority_pem: bytes = b""
    server_name: str = ""

    @property
    def tls(self) -> bool:
        return self.url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a client shows: a token, or a certificate and its key as PEM. ``name`` is the kubeconfig's."""

    name: str = USER
    token: str = field(default="", repr=False)
    certificate_pem: bytes = field(default=b"", repr=False)
    key_pem: bytes = field(default=b"", repr=False)


def write_kubeconfig(
    path: Path,
    *,
    url: str,
    token: str,
    clusters: Sequence[str] = (),
    current: str = HUB,
    endpoint: Endpoint | None = None,
) -> None:
    """``url`` is the server's, without user; contexts are named as the clusters, the hub's ``hub``."""
    names = list(dict.fromkeys((HUB, *clusters)))
    write_config(path, kubeconfig(names, endpoint or Endpoint(url), Proof(token=token), current))


def add_contexts(path: Path, clusters: Sequence[str]) -> None:
    """Add contexts for logical clusters to a file written by ``write_kubeconfig``."""
    config = yaml.safe_load(path.read_text())
    held = config["clusters"][0]["cluster"]
    server = urlsplit(held["server"])
    known = [context["name"] for context in config["contexts"]]
    names = list(dict.fromkeys((*known, *clusters)))
    url = f"{server.scheme}://{server.netloc.rpartition('@')[2]}"
    authority = base64.b64decode(held.get("certificate-authority-data", ""))
    endpoint = Endpoint(url, authority, held.get("tls-server-name", ""))
    proof = Proof(token=config["users"][0]["user"]["token"])
    write_config(path, kubeconfig(names, endpoint, proof, config["current-context"]))


def kubeconfig(names: Sequence[str], endpoint: Endpoint, proof: Proof, current: str) -> dict[str, Any]:
    """The whole config: a context for each logical cluster of ``names``."""
    user: dict[str, Any] = {"token": proof.token} if proof.token else {}
    if proof.certificate_pem:
        user |= {"client-certificate-data": _base64(proof.certificate_pem), "client-key-data": _base64(proof.key_pem)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _cluster(endpoint, proof, name)} for name in names],
        "users": [{"name": proof.name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": proof.name}} for name in names],
        "current-context": current,
    }


def _cluster(endpoint: Endpoint, proof: Proof, cluster: str) -> dict[str, str]:
    scheme, _, host = endpoint.url.partition("://")
    path = "" if cluster == HUB else f"/{CLUSTERS_PREFIX}/{cluster}"
    user = "" if endpoint.tls else f"{USER}:{proof.token}@"
    out = {"server": f"{scheme}://{user}{host}{path}"}
    if endpoint.authority_pem:
        out["certificate-authority-data"] = _base64(endpoint.authority_pem)
    if endpoint.server_name:
        out["tls-server-name"] = endpoint.server_name
    return out


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write_config(path: Path, config: dict[str, Any]) -> None:
    """Raises UserFault where the file can't be written."""
    try:
        write_private(path, yaml.safe_dump(config, sort_keys=False).encode())
    except OSError as problem:
        raise UserFault(
            "kubeconfig", str(path), f"can't be written ({problem.strerror})", "Give a path you may write to."
        ) from None
