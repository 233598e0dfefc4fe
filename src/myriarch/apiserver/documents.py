"""The fixed documents of a logical cluster: discovery, OpenAPI, version and health."""

from __future__ import annotations

import platform

from myriarch.apiserver import discovery, openapi
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.record import encode
from myriarch.apiserver.registry import Registry
from myriarch.apiserver.routes import DocumentRoute
from myriarch.apiserver.status import no_such_path
from myriarch.client.http import Request, Response

KUBERNETES_MAJOR = "1"
KUBERNETES_MINOR = "34"
GIT_VERSION = f"v{KUBERNETES_MAJOR}.{KUBERNETES_MINOR}.0+myriarch"
AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
HEALTH = ("healthz", "readyz", "livez")
ROOT_PATHS = ("/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version")
TEXT_HEADERS = {"content-type": "text/plain; charset=utf-8"}


class Documents:
    """Rendered once each and kept, for as long as the types stay the same."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: dict[tuple[str, ...], bytes] = {}

    def get(self, route: DocumentRoute, request: Request) -> Response:
        """Raises ApiError 404."""
        parts = route.parts
        if parts and parts[0] in HEALTH:
            return Response(200, b"ok", TEXT_HEADERS)
        aggregated = parts in (("api",), ("apis",)) and _wants_aggregated(request)
        form = "aggregated" if aggregated else "plain"
        key = (self._registry.kind_of(route.cluster), form, request.headers.get("host", ""), *parts)
        data = self._made.get(key)
        if data is None:
            document = self._aggregated(route) if aggregated else self._document(route, request)
            if document is None:
                raise no_such_path()
            data = encode(document)
            self._made[key] = data
        return Response(200, data, {"content-type": AGGREGATED_TYPE} if aggregated else JSON_HEADERS)

    def _aggregated(self, route: DocumentRoute) -> object:
        return discovery.aggregated(self._registry.types(route.cluster), core=route.parts == ("api",))

    def _document(self, route: DocumentRoute, request: Request) -> object | None:
        types = self._registry.types(route.cluster)
        match route.parts:
            case ():
                return {"paths": list(ROOT_PATHS)}
            case ("version",):
                return version_document()
            case ("api",):
                return discovery.api_versions(request.headers.get("host", ""))
            case ("apis",):
                return discovery.api_group_list(types)
            case ("api", "v1"):
                return discovery.api_resource_list(types, "", "v1")
            case ("apis", group):
                return discovery.api_group(types, group)
            case ("apis", group, version):
                return discovery.api_resource_list(types, group, version)
            case ("openapi", "v2"):
                from myriarch.apiserver.openapi_v2 import openapi_v2

                return openapi_v2(types)
            case ("openapi", "v3"):
                return openapi.openapi_v3_index(types)
            case ("openapi", "v3", "api", "v1"):
                return openapi.openapi_v3_group(types, "", "v1")
            case ("openapi", "v3", "apis", group, version):
                return openapi.openapi_v3_group(types, group, version) or None
        return None


def _wants_aggregated(request: Request) -> bool:
    """Whether the client names the aggregated form (version v2) before any other."""
    first = request.headers.get("accept", "").split(",")[0].replace(" ", "")
    return "as=APIGroupDiscoveryList" in first and "v=v2" in first.split(";")


def version_document() -> dict[str, str]:
    return {
        "major": KUBERNETES_MAJOR,
        "minor": KUBERNETES_MINOR,
        "gitVersion": GIT_VERSION,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": platform.python_implementation(),
        "platform": f"{platform.system().lower()}/{platform.machine()}",
    }
