"""What a request wants, in the words of authorization: who, which verb, on what.

The path decides what, the method which verb. As in Kubernetes, a list or watch that selects one object by name
counts as a request for that name, and a namespace counts as lying in itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.apiserver.access.user import User
from myriarch.apiserver.routes import DocumentRoute, ResourceRoute
from myriarch.apiserver.selectors import exact_field
from myriarch.apiserver.status import ApiError, forbidden
from myriarch.client.http import Request

_ON_OBJECT = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_ON_COLLECTION = {**_ON_OBJECT, "GET": "list", "HEAD": "list", "DELETE": "deletecollection"}
_TRUE = ("true", "1", "t")


@dataclass(frozen=True, slots=True)
class Attributes:
    """``path`` is set for what is no resource; then only ``verb`` counts beside it."""

    user: User
    verb: str
    cluster: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined(self) -> str:
        """``pods`` or ``pods/eviction``."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    def refusal(self, reason: str = "") -> ApiError:
        """403, worded as Kubernetes words it."""
        who = f'User "{self.user.name}" cannot {self.verb}'
        tail = f": {reason}" if reason else ""
        if self.path:
            return ApiError(403, "Forbidden", f'forbidden: {who} path "{self.path}"{tail}', {})
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        problem = f'{who} resource "{self.combined}" in API group "{self.group}" {where}{tail}'
        return forbidden(self.resource, self.group, self.name, problem)


def attributes_of(user: User, route: ResourceRoute | DocumentRoute, request: Request) -> Attributes:
    """What ``request`` wants, whether or not it is served."""
    if isinstance(route, DocumentRoute):
        path = "/" + "/".join(route.parts)
        return Attributes(user, request.method.lower(), route.cluster, path=path)
    name, verb = route.name, _verb(route, request)
    if not name and verb in ("list", "watch", "deletecollection"):
        name = exact_field(request.query.get("fieldSelector", ""), "metadata.name") or ""
    namespace = route.namespace
    if route.plural == "namespaces" and not route.group and route.name:
        namespace = route.name
    return Attributes(
        user, verb, route.cluster, route.group, route.version, route.plural, route.subresource, namespace, name
    )


def _verb(route: ResourceRoute, request: Request) -> str:
    if route.name:
        return _ON_OBJECT.get(request.method, request.method.lower())
    if request.method == "GET" and request.query.get("watch", "").lower() in _TRUE:
        return "watch"
    return _ON_COLLECTION.get(request.method, request.method.lower())
