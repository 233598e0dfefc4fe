"""Which hub a command speaks to: ``--kubeconfig``, ``--context`` and ``--namespace``, as kubectl has them.

Only the options are here, so that ``--help`` and completion import nothing heavy; ``connect.py`` acts on
them. Without ``--kubeconfig`` the files of ``$KUBECONFIG`` count, then ``~/.kube/config``.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

ENVIRONMENT: Final = "KUBECONFIG"


@dataclass(frozen=True, slots=True)
class Target:
    """What the user said of the hub; empty where nothing."""

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""

    def over(self, other: Target) -> Target:
        """This, with what it leaves out taken from ``other``."""
        return Target(
            self.kubeconfig or other.kubeconfig, self.context or other.context, self.namespace or other.namespace
        )

    def paths(self) -> list[Path]:
        """Kubeconfigs to look in, the first that knows the context wins."""
        if self.kubeconfig:
            return [Path(self.kubeconfig)]
        named = [Path(path) for path in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if path]
        return named or [Path.home() / ".kube" / "config"]


def hub_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets them as ``target``."""

    @click.option("--kubeconfig", metavar="FILE", default="", help="Kubeconfig of the hub.")
    @click.option("--context", metavar="NAME", default="", help="Context of the kubeconfig.")
    @click.option("-n", "--namespace", metavar="NAME", default="", help="Namespace of releases.")
    @functools.wraps(function)
    def with_target(*args: Any, kubeconfig: str, context: str, namespace: str, **options: Any) -> Any:
        return function(*args, target=Target(kubeconfig, context, namespace), **options)

    return with_target
