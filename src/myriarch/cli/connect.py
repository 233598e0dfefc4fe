"""Speaking to the hub that a command is pointed at.

``ask`` opens a connection, runs one coroutine with it and closes it. The hub is any API server that serves
Myriarch's kinds; the embedded one writes its token into the server's address for kubectl's sake, which is
taken out here so that no message shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from myriarch.api.kinds import KINDS
from myriarch.base.errors import UserFault
from myriarch.cli.target import ENVIRONMENT, Target
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.kubeconfig import Access, contexts_of, load_kubeconfig
from myriarch.client.objects import Raw
from myriarch.client.refs import RELEASES
from myriarch.client.remote import RemoteTransport
from myriarch.client.resource import ResourceRef

T = TypeVar("T")

_NOUNS = {info.plural: info.singular for info in KINDS.values()}
START_CURE = f"Start a hub with 'myriarch hub' and set {ENVIRONMENT} to the file that it prints."


@dataclass(frozen=True, slots=True)
class Session:
    """A hub to ask, and the namespace that releases are in."""

    client: Client
    namespace: str

    async def find(self, ref: ResourceRef, kind: type[T], name: str, field: str) -> T:
        """The object. Raises UserFault naming ``field`` and what there is where there is none of that name."""
        namespace = self.namespace if ref.namespaced else ""
        try:
            return await self.client.get(ref, kind, name, namespace)
        except NotFound:
            known = await self.names(ref)
        where = f" in namespace {namespace}" if namespace else ""
        cure = f"Give one of: {known}." if known else f"Create one, for example with 'kubectl apply'{_of(ref)}."
        raise UserFault(field, name, f"the hub has no such {_NOUNS[ref.plural]}{where}", cure)

    async def names(self, ref: ResourceRef, at_most: int = 10) -> str:
        """Names of the objects there are, for messages; empty where there are none."""
        found = await self.client.list(ref, Raw, self.namespace if ref.namespaced else "")
        names = [str(item["metadata"]["name"]) for item in found.items]
        return ", ".join(names[:at_most]) + (", …" if len(names) > at_most else "")


def _of(ref: ResourceRef) -> str:
    return " or 'myriarch release start'" if ref == RELEASES else ""


def ask(target: Target, work: Callable[[Session], Awaitable[T]]) -> T:
    """The result of ``work``. Raises Unreachable where nobody answers, UserFault for a useless kubeconfig."""
    access = access_of(target)

    async def session() -> T:
        async with RemoteTransport(access) as transport:
            return await work(Session(Client(transport), target.namespace or access.namespace))

    return asyncio.run(_explained(session(), access))


async def _explained(session: Awaitable[T], access: Access) -> T:
    """An API server without Myriarch's kinds answers 404 on every path: say so."""
    try:
        return await session
    except NotFound as error:
        if error.status.details is not None and error.status.details.name:
            raise
        cure = "Point to a hub with --kubeconfig or --context, or apply 'myriarch crds' to it."
        raise UserFault("server", access.server, "doesn't serve Myriarch's kinds", cure) from None


def access_of(target: Target) -> Access:
    """How to reach the hub. Raises UserFault for a useless kubeconfig."""
    access = load_kubeconfig(kubeconfig_of(target), target.context)
    parts = urlsplit(access.server)
    host = parts.netloc.rpartition("@")[2]
    return replace(access, server=urlunsplit(parts._replace(netloc=host)))


def kubeconfig_of(target: Target) -> Path:
    """The first file that has the context; without a context, the first that is there. Raises UserFault."""
    there = [path for path in target.paths() if path.is_file()]
    if not there:
        shown = ", ".join(str(path) for path in target.paths())
        raise UserFault("kubeconfig", shown, "there is no such file", START_CURE)
    if target.context:
        return next((path for path in there if target.context in contexts_of(path)), there[0])
    return there[0]
