"""The embedded Kubernetes-compatible API server: one method from request to response.

``handle`` never raises: every refusal is a ``Status``. Handlers run to their end without awaiting, so each
request is one step; only then does the server wait for the store to sync, and answer. Who listens on a
socket is ``serve.py``; who calls from this process is ``inprocess.py``; both come through here and are
treated alike.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from myriarch.apiserver.access.access import Access
from myriarch.apiserver.access.desk import Desk
from myriarch.apiserver.access.guard import Guard
from myriarch.apiserver.access.user import User, as_user
from myriarch.apiserver.call import Call, Reply, truth
from myriarch.apiserver.core import AdmissionCheck, Core, StoredBackend
from myriarch.apiserver.definitions import Definitions
from myriarch.apiserver.discovery import is_known_group
from myriarch.apiserver.dispatch import handler_of
from myriarch.apiserver.documents import Documents
from myriarch.apiserver.handlers_watch import watch
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.namespaces import Namespaces
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.nodes import NodeSource, SimulatedNodes
from myriarch.apiserver.record import encode
from myriarch.apiserver.registry import Registry, is_custom
from myriarch.apiserver.routes import HUB, DocumentRoute, ResourceRoute, parse
from myriarch.apiserver.status import (
    ApiError,
    NoSuchPath,
    internal,
    no_such_path,
    not_found,
    unavailable,
)
from myriarch.apiserver.store import JournalFailed, Store
from myriarch.apiserver.uids import Uids
from myriarch.apiserver.watch import Watches
from myriarch.base.clock import Clock
from myriarch.client.http import Request, Response

BOOKMARK_SECONDS = 60.0

_LOG = logging.getLogger(__name__)


class ApiServer:
    """``bookmark_seconds`` None sends bookmarks only where a watch begins or times out."""

    def __init__(
        self,
        *,
        clock: Clock,
        crds: Sequence[dict[str, Any]],
        store: Store,
        nodes: NodeSource | None = None,
        seed: int = 0,
        bookmark_seconds: float | None = BOOKMARK_SECONDS,
        admission: Mapping[str, AdmissionCheck] | None = None,
    ) -> None:
        self.store = store
        self._clock = clock
        self._nodes = nodes
        self._bookmark_seconds = bookmark_seconds
        self._bookmarks: asyncio.Task[None] | None = None
        self._closed = False
        registry = Registry(crds)
        self.watches = Watches(lambda: store.version)
        store.subscribe(self.watches.publish)
        stored = StoredBackend(store)
        self._core = Core(clock, store, registry, self.watches, Uids(seed), stored)
        self._core.admission = admission or {}
        if nodes is not None:
            self._core.nodes = SimulatedNodes(nodes, store, self.watches)
        self._access = Access(self._core)
        self._core.guard = Guard(self._access)
        self.desk = Desk(self._core, self._access)
        self._documents = Documents(registry)
        self._namespaces = Namespaces(self._core)
        self._namespaces.prepare(HUB)
        Definitions(self._core, crds)

    def types(self, cluster: str) -> list[ResourceType]:
        """What is served in a logical cluster."""
        return self._core.registry.types(cluster)

    async def handle(self, request: Request, user: User | str) -> Response:
        """Answer the request of ``user``, who is already known to be who they say; a bare name is trusted."""
        try:
            if self._closed:
                raise unavailable("the server is shutting down")
            route = parse(request.path)
            asks = as_user(user)
            if self._access.needs_roles(asks, route):
                self._access.prepare(route.cluster)
                await self.store.committed()
            reply = self._dispatch(request, route, asks)
            if reply.wait:
                await self.store.committed()
        except NoSuchPath as refusal:
            return refused(refusal) if is_known_group(request.path) else NO_PAGE
        except ApiError as refusal:
            return refused(refusal)
        except JournalFailed as failure:
            return refused(unavailable(str(failure)))
        except Exception as problem:
            _LOG.exception("%s %s failed", request.method, request.path)
            return refused(internal(f"{type(problem).__name__}: {problem}"))
        return reply.response

    def _dispatch(self, request: Request, route: ResourceRoute | DocumentRoute, user: User) -> Reply:
        if not user.privileged:
            user = self._access.admit(user, route, request)
        self._require_cluster(route.cluster)
        if isinstance(route, DocumentRoute):
            if request.method not in ("GET", "HEAD"):
                raise no_such_path()
            return Reply(self._documents.get(route, request))
        call = self._call(route, request, user)
        self._namespaces.prepare(call.cluster)
        if request.method == "POST":
            answered = self.desk.answer(call)
            if answered is not None:
                return answered
        return handler_of(call)(self._core, call) if not _is_watch(call) else self._watch(call)

    def _require_cluster(self, cluster: str) -> None:
        if cluster != HUB and (self._nodes is None or not self._nodes.has_cluster(cluster)):
            raise not_found("clusters", "myriarch.io", cluster)

    def _call(self, route: ResourceRoute, request: Request, user: User) -> Call:
        rtype = self._core.registry.find(route.cluster, route.group, route.version, route.plural)
        if rtype is None or (route.namespace and not rtype.namespaced):
            raise no_such_path()
        if route.subresource and route.subresource not in rtype.subresources:
            if is_custom(rtype) and route.subresource in ("status", "scale"):
                raise not_found(rtype.plural, rtype.group, route.name)
            raise no_such_path()
        if rtype.namespaced and route.name and not route.namespace:
            raise no_such_path()
        return Call(request, user, route.cluster, rtype, route.namespace, route.name, route.subresource)

    def _watch(self, call: Call) -> Reply:
        reply = watch(self._core, call)
        if self._bookmarks is None and self._bookmark_seconds is not None:
            self._bookmarks = asyncio.get_running_loop().create_task(self._send_bookmarks(self._bookmark_seconds))
        return reply

    async def _send_bookmarks(self, seconds: float) -> None:
        """Runs while anyone wants bookmarks; the next watch starts it again."""
        while self.watches.wants_bookmarks():
            await self._clock.sleep(seconds)
            self.watches.send_bookmarks()
        self._bookmarks = None

    async def close(self) -> None:
        """End every watch, refuse what still comes, and let the store go."""
        self._closed = True
        self.watches.end_all()
        if self._bookmarks is not None:
            self._bookmarks.cancel()
        await self.store.close()


def _is_watch(call: Call) -> bool:
    return call.request.method == "GET" and not call.name and truth(call, "watch")


NO_PAGE = Response(404, b"404 page not found\n", {"content-type": "text/plain; charset=utf-8"})
"""What Kubernetes says of paths that belong to none of its own API groups."""


def refused(refusal: ApiError) -> Response:
    headers = dict(JSON_HEADERS)
    if refusal.details and "retryAfterSeconds" in refusal.details:
        headers["retry-after"] = str(refusal.details["retryAfterSeconds"])
    return Response(refusal.code, encode(refusal.body()), headers)
