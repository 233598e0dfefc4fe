"""Which API versions of its own kinds Kubernetes has stopped serving, and in which minor.

The table is that of https://kubernetes.io/docs/reference/using-api/deprecation-guide/, as far as those versions were
served by default.
"""

from __future__ import annotations

from typing import Final

_WEBHOOKS: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_ROLES: Final = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_REVIEWS: Final = (
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
)
_FLOWS: Final = ("FlowSchema", "PriorityLevelConfiguration")

_BY_MINOR: Final[dict[int, dict[str, tuple[str, ...]]]] = {
    16: {
        "extensions/v1beta1": ("DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"),
        "apps/v1beta1": ("Deployment", "StatefulSet"),
        "apps/v1beta2": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
    },
    22: {
        "admissionregistration.k8s.io/v1beta1": _WEBHOOKS,
        "apiextensions.k8s.io/v1beta1": ("CustomResourceDefinition",),
        "apiregistration.k8s.io/v1beta1": ("APIService",),
        "authentication.k8s.io/v1beta1": ("TokenReview",),
        "authorization.k8s.io/v1beta1": _REVIEWS,
        "certificates.k8s.io/v1beta1": ("CertificateSigningRequest",),
        "coordination.k8s.io/v1beta1": ("Lease",),
        "extensions/v1beta1": ("Ingress",),
        "networking.k8s.io/v1beta1": ("Ingress", "IngressClass"),
        "rbac.authorization.k8s.io/v1beta1": _ROLES,
        "scheduling.k8s.io/v1beta1": ("PriorityClass",),
        "storage.k8s.io/v1beta1": ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"),
    },
    25: {
        "autoscaling/v2beta1": ("HorizontalPodAutoscaler",),
        "batch/v1beta1": ("CronJob",),
        "discovery.k8s.io/v1beta1": ("EndpointSlice",),
        "events.k8s.io/v1beta1": ("Event",),
        "node.k8s.io/v1beta1": ("RuntimeClass",),
        "policy/v1beta1": ("PodDisruptionBudget", "PodSecurityPolicy"),
    },
    26: {"autoscaling/v2beta2": ("HorizontalPodAutoscaler",), "flowcontrol.apiserver.k8s.io/v1beta1": _FLOWS},
    27: {"storage.k8s.io/v1beta1": ("CSIStorageCapacity",)},
    29: {"flowcontrol.apiserver.k8s.io/v1beta2": _FLOWS},
    32: {"flowcontrol.apiserver.k8s.io/v1beta3": _FLOWS},
}

_REMOVED: Final = {
    (api_version, kind): minor
    for minor, versions in _BY_MINOR.items()
    for api_version, kinds in versions.items()
    for kind in kinds
}


def removed_in(api_version: str, kind: str) -> int | None:
    """The minor (of Kubernetes 1) from which on this is not served; None where it still is, or is not Kubernetes'."""
    return _REMOVED.get((api_version, kind))
