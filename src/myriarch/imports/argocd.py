"""Clusters of Argo CD: Secrets with its label, which hold a name, a server and a JSON of credentials.

What Argo CD gets by running a program or a cloud's own way is refused: the hub would have to do as much.
Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from myriarch.api.cluster import Access
from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import access_of
from myriarch.client.objects import Raw
from myriarch.client.resource import SECRETS
from myriarch.imports.found import Findings, Found, Skipped, host_of, reason_of, sorted_findings
from myriarch.imports.labels import carried
from myriarch.imports.minimal import minimal_kubeconfig, one_context
from myriarch.imports.place import Place, Scope, data_of, namespace_of

LABEL: Final = "argocd.argoproj.io/secret-type"
VERSION_LABEL: Final = "argocd.argoproj.io/kubernetes-version"
IN_CLUSTER: Final = "kubernetes.default.svc"
_REFUSED: Final = {
    "execProviderConfig": "its credentials come from a program",
    "awsAuthConfig": "its credentials come from AWS",
    "username": "it has a user name and password",
    "password": "it has a user name and password",
}
_CURE: Final = "Add it with 'clusters add' and a token of a service account, or let its agent join by pull"


async def read_argocd(place: Place, scope: Scope) -> Findings:
    """All Secrets of the kind, of one namespace or of all."""
    source = f"argocd:{place.host}"
    secrets = await place.list((SECRETS,), "Argo CD", scope, f"{LABEL}=cluster")
    return sorted_findings(source, scope.whole, [_cluster(source, each) for each in secrets])


def _cluster(source: str, secret: Raw) -> Found | Skipped:
    metadata, data = secret["metadata"], data_of(secret)
    origin = f"{source}/{namespace_of(secret)}/{metadata['name']}"
    server = data.get("server", b"").decode(errors="replace").strip()
    title = data.get("name", b"").decode(errors="replace").strip() or host_of(server) or str(metadata["name"])
    host = host_of(server)
    if host.partition(":")[0].rstrip(".").startswith(IN_CLUSTER):
        return Skipped(title, origin, "it is the cluster that Argo CD runs in; import it from a kubeconfig", host)
    try:
        config = _config(data)
        for key, why in _REFUSED.items():
            if config.get(key):
                return Skipped(title, origin, f"{why}. {_CURE}", host)
        access = access_of(_as_kubeconfig(server, config), None)
        kubeconfig = minimal_kubeconfig(access)
    except UserFault as fault:
        return Skipped(title, origin, reason_of(fault), host)
    labels = metadata.get("labels") or {}
    return Found(
        title,
        origin,
        Access.PUSH,
        server=host,
        version=str(labels.get(VERSION_LABEL, "")),
        labels=carried(labels, without=(LABEL, VERSION_LABEL)),
        kubeconfig=kubeconfig,
        note=_note(data, access.insecure),
    )


def _config(data: dict[str, bytes]) -> dict[str, Any]:
    try:
        config = msgspec.json.decode(data.get("config", b"{}"))
    except msgspec.DecodeError:
        config = None
    if not isinstance(config, dict) or not isinstance(config.get("tlsClientConfig") or {}, dict):
        raise UserFault("config", "(hidden)", "is no JSON of credentials", "Mend the Secret.")
    return config


def _as_kubeconfig(server: str, config: dict[str, Any]) -> dict[str, Any]:
    tls = config.get("tlsClientConfig") or {}
    cluster = {
        "server": server,
        "certificate-authority-data": tls.get("caData"),
        "insecure-skip-tls-verify": tls.get("insecure"),
        "tls-server-name": tls.get("serverName") or "",
        "proxy-url": config.get("proxyUrl"),
    }
    user = {
        "token": config.get("bearerToken"),
        "client-certificate-data": tls.get("certData"),
        "client-key-data": tls.get("keyData"),
    }
    return one_context(cluster, user)


def _note(data: dict[str, bytes], insecure: bool) -> str:
    if data.get("namespaces", b"").strip() and data.get("clusterResources", b"") != b"true":
        return "Argo CD uses it for some namespaces only: its account may lack rights on the others"
    return "its server's certificate is not checked" if insecure else ""
