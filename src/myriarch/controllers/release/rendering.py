"""Bundles as clusters of a wave would get them, before and after: what the diff gate looks at.

Clusters differ by parameters, version of Kubernetes and the revision that they stand at; one of each kind is rendered,
and only so many kinds: more would cost more than they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeVar

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component, DriverName
from myriarch.api.revision import Revision
from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.parameters import values_of
from myriarch.drivers.bundle.payload import BundlePayload, read_payload
from myriarch.drivers.bundle.render import Context, render
from myriarch.gates.diff import Rendered
from myriarch.gates.question import Question

KINDS_MAX: Final = 8
CLUSTER_SCOPED: Final = frozenset(
    {
        *("APIService", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "IngressClass", "Namespace"),
        *("PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    }
)
"""Kinds of Kubernetes that a bundle may hold and that are in no namespace."""

_Kind = tuple[str, str, tuple[tuple[str, str], ...]]
_Objects = tuple[BundlePayload, list[dict[str, Any]]]


T_co = TypeVar("T_co", covariant=True)


class Named(Protocol[T_co]):
    """Objects by name: a cache, or a plain dict."""

    def get(self, name: str, /) -> T_co | None: ...


class Known(Protocol):
    """What is rendered, and for whom."""

    @property
    def components(self) -> Named[Component]: ...
    @property
    def revisions(self) -> Named[Revision]: ...
    @property
    def clusters(self) -> Named[Cluster]: ...


class BundleRenderer:
    """Renders what ``known`` holds."""

    def __init__(self, known: Known) -> None:
        self._known = known

    async def __call__(self, question: Question) -> Sequence[Rendered]:
        """Raises UserFault for what is no bundle, or can't be rendered."""
        component = self._known.components.get(question.component)
        if component is None or component.spec.driver is not DriverName.BUNDLE:
            cure = "Leave the gate out of its policy, or approve it."
            raise UserFault("spec.gates.diff", question.component, "is no bundle: nothing can be compared", cure)
        return await self.render(component, question.revision, question.clusters)

    async def render(self, component: Component, revision: str, clusters: Sequence[str]) -> Sequence[Rendered]:
        """The same for these ``clusters``."""
        kinds: dict[_Kind, Cluster] = {}
        for name in clusters:
            cluster = self._known.clusters.get(name)
            if cluster is not None:
                kinds.setdefault(_kind(component, cluster), cluster)
        if len(kinds) > KINDS_MAX:
            problem = f"its clusters are of {len(kinds)} kinds, more than the {KINDS_MAX} that are compared"
            raise UserFault("spec.gates.diff", revision, problem, "Compare an earlier, smaller wave.")
        return [await self._pair(component, revision, kinds[kind]) for kind in sorted(kinds)]

    async def _pair(self, component: Component, revision: str, cluster: Cluster) -> Rendered:
        old = component.proven_in(cluster.spec.environment)
        before = await self._objects(component, old, cluster) if old and old != revision else None
        payload, after = await self._objects(component, revision, cluster)
        return Rendered(
            cluster.name,
            _minor(cluster),
            before[1] if before is not None else [],
            after,
            payload.prune,
            payload.prune_dangerous,
        )

    async def _objects(self, component: Component, name: str, cluster: Cluster) -> _Objects:
        revision = self._known.revisions.get(name)
        if revision is None:
            raise UserFault("revision", name, "doesn't exist", "Create it again, or approve the gate.")
        payload = read_payload(revision.spec.payload, component.spec.target.namespace)
        values = values_of(component.spec.parameters, cluster.metadata.labels)
        made = await render(payload, component.name, Context(values, cluster.status.kubernetes_version))
        return payload, [_placed(each.body, payload.namespace) for each in made]


def _kind(component: Component, cluster: Cluster) -> _Kind:
    values = values_of(component.spec.parameters, cluster.metadata.labels)
    proven = component.proven_in(cluster.spec.environment)
    return cluster.status.kubernetes_version, proven, tuple(sorted(values.items()))


def _placed(body: dict[str, Any], namespace: str) -> dict[str, Any]:
    """The object with its namespace said, as far as that is known without asking a cluster."""
    if body["metadata"].get("namespace") or body["kind"] in CLUSTER_SCOPED:
        return body
    return {**body, "metadata": {**body["metadata"], "namespace": namespace}}


def _minor(cluster: Cluster) -> int:
    parts = cluster.status.kubernetes_version.removeprefix("v").split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
