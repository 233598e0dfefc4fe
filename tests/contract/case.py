"""What a case of the contract suite is: a name and the requests that it makes, read from a YAML file by area.

A step is written as short as it can be said: ``GET {cm}/a``, or a mapping with one request and what goes with it::

    - POST {cm}: {metadata: {name: a}}          # a body, sent as JSON
    - do: PATCH {cm}/a
      as: merge                                 # the kind of patch
      body: {data: {x: $1.data.y}}              # from the first step's answer

``{ns}`` is the case's own namespace; the other short forms are in ``PATHS``. Steps that only prepare say
``quiet: true`` and aren't compared. ``FORGET /configmaps`` is no request: the servers drop the old versions of that
resource, each in its own way. ``<9 times x>`` stands for nine x. What a step means over a socket is ``exchange.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
FORGET = "FORGET"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", FORGET)
MEDIA = {
    "json": "application/json",
    "yaml": "application/yaml",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "jsonpatch": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
    "protobuf": "application/vnd.kubernetes.protobuf",
    "text": "text/plain",
}
FORMS = {
    "table": "application/json;as=Table;v=v1;g=meta.k8s.io",
    "partial": "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    "partial-list": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
    "aggregated": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    "protobuf": "application/vnd.kubernetes.protobuf",
}
_NAMESPACED = "namespaces/{ns}"
PATHS = {
    "cm": f"/api/v1/{_NAMESPACED}/configmaps",
    "pods": f"/api/v1/{_NAMESPACED}/pods",
    "secrets": f"/api/v1/{_NAMESPACED}/secrets",
    "services": f"/api/v1/{_NAMESPACED}/services",
    "accounts": f"/api/v1/{_NAMESPACED}/serviceaccounts",
    "events": f"/api/v1/{_NAMESPACED}/events",
    "deployments": f"/apis/apps/v1/{_NAMESPACED}/deployments",
    "replicasets": f"/apis/apps/v1/{_NAMESPACED}/replicasets",
    "daemonsets": f"/apis/apps/v1/{_NAMESPACED}/daemonsets",
    "jobs": f"/apis/batch/v1/{_NAMESPACED}/jobs",
    "pdbs": f"/apis/policy/v1/{_NAMESPACED}/poddisruptionbudgets",
    "leases": f"/apis/coordination.k8s.io/v1/{_NAMESPACED}/leases",
    "roles": f"/apis/rbac.authorization.k8s.io/v1/{_NAMESPACED}/roles",
    "rolebindings": f"/apis/rbac.authorization.k8s.io/v1/{_NAMESPACED}/rolebindings",
    "widgets": f"/apis/contract.myriarch.io/v1/{_NAMESPACED}/widgets",
    "gadgets": "/apis/contract.myriarch.io/v1/gadgets",
    "releases": f"/apis/myriarch.io/v1alpha1/{_NAMESPACED}/releases",
    "clusters": "/apis/myriarch.io/v1alpha1/clusters",
    "revisions": "/apis/myriarch.io/v1alpha1/revisions",
    "crds": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
}
REPEATED = re.compile(r"<(\d+) times ([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Watch:
    """Read until ``events`` came or ``seconds`` passed, whichever is first; 0 events reads to the stream's end."""

    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """``body`` is a value to send as JSON, or the text itself. ``until`` maps a path in the answer to the value that
    is waited for. ``pick`` keeps only these places of the answer's body, each a list of keys."""

    method: str
    path: str
    query: str = ""
    body: Any = None
    media: str = ""
    accept: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    watch: Watch | None = None
    until: dict[str, Any] | None = None
    pick: tuple[tuple[Any, ...], ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    area: str
    name: str
    namespace: str
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        return f"{self.area}/{self.name}"


class CaseFault(ValueError):
    """A case file says something that isn't understood."""


def read_areas() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def read_area(area: str, run: str = "") -> list[Case]:
    """The cases of one file, in its order; ``run`` tells the namespaces of several runs on one server apart.

    Raises CaseFault.
    """
    documents = yaml.safe_load((CASES / f"{area}.yaml").read_text())
    cases = [_case(area, f"{area}{run}-{index}", entry) for index, entry in enumerate(documents)]
    names = [case.name for case in cases]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise CaseFault(f"{area}: names used twice: {sorted(doubled)}")
    return cases


def _case(area: str, namespace: str, entry: dict[str, Any]) -> Case:
    if unknown := set(entry) - {"name", "steps"}:
        raise CaseFault(f"{namespace}: unknown fields {sorted(unknown)}")
    steps = tuple(_step(filled(step, namespace)) for step in entry["steps"])
    return Case(area, entry["name"], namespace, steps)


def filled(value: Any, namespace: str) -> Any:
    """``value`` with ``{ns}``, the names of ``PATHS`` and repetitions replaced in every string, keys included."""
    if isinstance(value, str):
        for name, path in PATHS.items():
            value = value.replace(f"{{{name}}}", path)
        return REPEATED.sub(lambda found: int(found[1]) * found[2], value.replace("{ns}", namespace))
    if isinstance(value, dict):
        return {filled(key, namespace): filled(each, namespace) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, namespace) for each in value]
    return value


def _step(given: Any) -> Step:
    if isinstance(given, str):
        return Step(*_request(given))
    if len(given) == 1 and "do" not in given:
        ((request, body),) = given.items()
        return Step(*_request(request), body=body)
    known = {"do", "body", "as", "accept", "headers", "watch", "seconds", "until", "pick", "quiet"}
    if unknown := set(given) - known:
        raise CaseFault(f"step {given.get('do')}: unknown fields {sorted(unknown)}")
    watch = Watch(int(given["watch"]), float(given.get("seconds", 2.0))) if "watch" in given else None
    media, accept = given.get("as", ""), given.get("accept", "")
    return Step(
        *_request(given["do"]),
        body=given.get("body"),
        media=MEDIA.get(media, media),
        accept=FORMS.get(accept, accept),
        headers=dict(given.get("headers", {})),
        watch=watch,
        until=given.get("until"),
        pick=tuple(tuple(keys) for keys in given.get("pick", ())),
        quiet=bool(given.get("quiet", False)),
    )


def _request(text: str) -> Iterator[str]:
    """Method, path and query of ``GET /path?query``."""
    method, _, target = text.partition(" ")
    path, _, query = target.partition("?")
    if method not in METHODS or not path.startswith("/"):
        raise CaseFault(f"not a request: {text!r}")
    return iter((method, path, query))
