"""The API server of the cluster that we run in, as a pod of it finds it.

Environment and files are those that Kubernetes gives every pod: the token is replaced while we run, so its file is
read at each request.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import Access

FOLDER: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def in_cluster_access(folder: Path = FOLDER) -> Access:
    """Raises UserFault where this is no pod of a cluster."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    token = folder / "token"
    try:
        ca_pem = (folder / "ca.crt").read_bytes()
        found = bool(host) and token.is_file()
    except OSError:
        found = False
    if not found:
        problem = "this process does not run in a pod of a cluster"
        raise UserFault("--kubeconfig", "", problem, "Name the cluster's kubeconfig.")
    shown = f"[{host}]" if ":" in host else host
    return Access(f"https://{shown}:{port}", ca_pem, token_file=token)
