"""Every built-in type, in the order in which Kubernetes tells of them."""

from __future__ import annotations

from myriarch.apiserver.access.review_types import REVIEW_TYPES
from myriarch.apiserver.builtin import (
    apps,
    config_map,
    core,
    crd,
    event,
    job,
    lease,
    namespace,
    node,
    pod,
    policy,
    rbac,
    service,
)
from myriarch.apiserver.kinds import ResourceType


def builtin_types() -> list[ResourceType]:
    """The types that are always served, in order of group and plural."""
    return [
        config_map.CONFIG_MAP,
        event.CORE_EVENT,
        namespace.NAMESPACE,
        node.NODE,
        pod.POD,
        core.SECRET,
        core.SERVICE_ACCOUNT,
        service.SERVICE,
        crd.CRD,
        *apps.APPS,
        *REVIEW_TYPES,
        job.JOB,
        lease.LEASE,
        event.EVENT,
        policy.POD_DISRUPTION_BUDGET,
        *rbac.RBAC,
        policy.PRIORITY_CLASS,
    ]
