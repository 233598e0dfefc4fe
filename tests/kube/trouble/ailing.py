"""Clusters with something wrong in each: how each is reached, and what is to be told of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml
from tests.kube.certificates import Authority, write_secret
from tests.kube.control_plane import ControlPlane
from tests.kube.ports import Ports
from tests.kube.trouble.played import api_server
from tests.kube.trouble.tokens import expired_token

VERSION = "v1.34.4"
TOO_OLD, TOO_NEW = "v1.27.16", "v1.40.0"
EXPIRED = timedelta(days=-1)


@dataclass(frozen=True, slots=True)
class Ailment:
    """``kind`` and ``reason`` of the condition that says what is wrong, and a part of its ``cure``."""

    name: str
    kind: str
    reason: str
    cure: str


AILMENTS = (
    Ailment("nobody", "Connected", "Unreachable", "Look whether that API server runs"),
    Ailment("stranger", "Connected", "CertificateNotTrusted", "must hold the cluster's own certificate authority"),
    Ailment("outdated", "Connected", "CertificateExpired", "Renew the certificate of that API server"),
    Ailment("late", "Connected", "Unauthorized", "clusters add late --kubeconfig FILE"),
    Ailment("old", "Compatible", "ApiServerTooOld", "1.29 is the oldest supported. Upgrade the cluster."),
    Ailment("new", "Compatible", "ApiServerTooNew", "1.37 is the newest supported. Use a newer Myriarch."),
    Ailment("poor", "Permitted", "MissingRights", "myriarch agent --export --user poor | kubectl apply -f -"),
)


@contextmanager
def ailing(folder: Path, plane: ControlPlane) -> Iterator[dict[str, Path]]:
    """The kubeconfig of each; those that are no more than a wrong way to a cluster lead to ``plane``."""
    authority, ports = Authority("played"), Ports()
    write = _Writer(folder, authority)
    with ExitStack() as stack:
        stack.callback(ports.release)

        def played(name: str, version: str, life: timedelta | None = None) -> Path:
            pair = authority.server() if life is None else authority.server(life)
            return write(name, stack.enter_context(api_server(folder / name, pair, version)))

        yield {
            "nobody": write("nobody", f"https://127.0.0.1:{ports.take()}"),
            "stranger": write("stranger", plane.url),
            "outdated": played("outdated", VERSION, EXPIRED),
            "late": plane.kubeconfig_with_token("late", expired_token(plane, "default", "late")),
            "old": played("old", TOO_OLD),
            "new": played("new", TOO_NEW),
            "poor": plane.kubeconfig_for("poor"),
        }


class _Writer:
    """Writes kubeconfigs that trust ``authority``."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self._folder = folder
        self._trusted = base64.b64encode(authority.pair.certificate).decode()

    def __call__(self, name: str, url: str) -> Path:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": url, "certificate-authority-data": self._trusted}}],
            "users": [{"name": "u", "user": {"token": "of-no-worth"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "c",
        }
        return write_secret(self._folder / f"{name}.kubeconfig", yaml.safe_dump(config).encode())
