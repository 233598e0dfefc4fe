"""The kubeconfig that lets kubectl in: a context for the hub, and one for each simulated cluster asked for.

Written in one step and readable by its owner only. The token stands twice: as the user's token, for clients
that send it over loopback, and in the server's URL, for kubectl, which sends no tokens over plain HTTP.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from myriarch.apiserver.routes import CLUSTERS_PREFIX, HUB
from myriarch.base.errors import UserFault

USER = "myriarch"
FILE_MODE = 0o600


def write_kubeconfig(path: Path, *, url: str, token: str, clusters: Sequence[str] = (), current: str = HUB) -> None:
    """``url`` is the server's, without user; contexts are named as the clusters, the hub's ``hub``."""
    names = list(dict.fromkeys((HUB, *clusters)))
    _write(path, _config(names, url, token, current))


def add_contexts(path: Path, clusters: Sequence[str]) -> None:
    """Add contexts for logical clusters to a file written by ``write_kubeconfig``."""
    config = yaml.safe_load(path.read_text())
    server = urlsplit(config["clusters"][0]["cluster"]["server"])
    known = [context["name"] for context in config["contexts"]]
    names = list(dict.fromkeys((*known, *clusters)))
    url = f"{server.scheme}://{server.netloc.rpartition('@')[2]}"
    _write(path, _config(names, url, config["users"][0]["user"]["token"], config["current-context"]))


def _config(names: Sequence[str], url: str, token: str, current: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": _server(url, token, name)}} for name in names],
        "users": [{"name": USER, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": USER}} for name in names],
        "current-context": current,
    }


def _server(url: str, token: str, cluster: str) -> str:
    scheme, _, host = url.partition("://")
    path = "" if cluster == HUB else f"/{CLUSTERS_PREFIX}/{cluster}"
    return f"{scheme}://{USER}:{token}@{host}{path}"


def _write(path: Path, config: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "w") as file:
            yaml.safe_dump(config, file, sort_keys=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        raise UserFault(
            "kubeconfig", str(path), f"can't be written ({problem.strerror})", "Give a path you may write to."
        ) from None
