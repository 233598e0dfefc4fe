"""A kubeconfig of one cluster and one user that needs no other file: what a hub keeps of a cluster."""

from __future__ import annotations

import base64
from typing import Any

import yaml

from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import Access


def minimal_kubeconfig(access: Access) -> bytes:
    """YAML, the same for the same access. A token in a file is put in as it is now.

    Raises UserFault for a token file that can't be read.
    """
    cluster: dict[str, Any] = {"server": access.server}
    _put_pem(cluster, "certificate-authority", access.ca_pem)
    if access.tls_server_name:
        cluster["tls-server-name"] = access.tls_server_name
    if access.insecure:
        cluster["insecure-skip-tls-verify"] = True
    if access.proxy_url:
        cluster["proxy-url"] = access.proxy_url
    user: dict[str, Any] = {}
    _put_pem(user, "client-certificate", access.certificate_pem)
    _put_pem(user, "client-key", access.key_pem)
    token = access.token or _token_in_file(access)
    if token:
        user["token"] = token
    return yaml.safe_dump(one_context(cluster, user), sort_keys=False).encode()


def one_context(cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    """A kubeconfig of these entries."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "cluster",
        "clusters": [{"name": "cluster", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "user"}}],
    }


def _put_pem(holder: dict[str, Any], name: str, pem: bytes) -> None:
    if pem:
        holder[f"{name}-data"] = base64.b64encode(pem).decode()


def _token_in_file(access: Access) -> str:
    if access.token_file is None:
        return ""
    try:
        token = access.token_file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        raise UserFault("user.tokenFile", str(access.token_file), "no token can be read there", "Mend that file.")
    return token
