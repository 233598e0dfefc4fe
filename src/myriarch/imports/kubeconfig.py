"""Clusters of a kubeconfig: every context is one, reached by push with what that context says.

Programs that fetch credentials are not taken over: the hub would run them. Data in files of this machine is put
into the kubeconfig that the hub keeps; the hub follows no path.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from myriarch.api.cluster import Access
from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import access_of, contexts_in, read_config
from myriarch.imports.found import Findings, Found, Skipped, host_of, reason_of, sorted_findings
from myriarch.imports.minimal import minimal_kubeconfig
from myriarch.imports.place import OPTION

_OLD_TOKEN = "its token was read from a file: import again when that is replaced"  # noqa: S105 (a remark)
_UNCHECKED = "its server's certificate is not checked"


def read_contexts(path: Path, chosen: Sequence[str] = ()) -> Findings:
    """The contexts of the file, or those ``chosen``. Raises UserFault for a file that is no kubeconfig."""
    config = read_config(path)
    names = contexts_in(config)
    if not names:
        raise UserFault(OPTION, str(path), "it holds no contexts", "Give a kubeconfig with contexts.")
    for name in chosen:
        if name not in names:
            raise UserFault("--from-context", name, "no such context", f"Choose of: {', '.join(names)}.")
    wanted = [name for name in dict.fromkeys(names) if name in chosen or not chosen]
    return sorted_findings(
        f"kubeconfig:{path.name}", not chosen, [_context(config, path.parent, name) for name in wanted]
    )


def _context(config: dict[str, Any], folder: Path, name: str) -> Found | Skipped:
    try:
        access = access_of(config, folder, name)
        kubeconfig = minimal_kubeconfig(access)
    except UserFault as fault:
        return Skipped(name, f"kubeconfig:{name}", reason_of(fault))
    server = host_of(access.server)
    note = _OLD_TOKEN if access.token_file is not None else _UNCHECKED if access.insecure else ""
    # The server is part of the origin: two files may well have a context of the same name.
    origin = f"kubeconfig:{name}@{server}"
    return Found(name, origin, Access.PUSH, server=server, kubeconfig=kubeconfig, note=note)
