"""Where ClusterProfiles are: the cluster inventory API of SIG Multicluster, which we read and publish in.

Source: KEP-4322 and sigs.k8s.io/cluster-inventory-api. What we use of it is alike in both versions.
"""

from __future__ import annotations

from typing import Final

from myriarch.client.resource import ResourceRef

GROUP: Final = "multicluster.x-k8s.io"
PROFILES: Final = tuple(
    ResourceRef(GROUP, version, "clusterprofiles", namespaced=True) for version in ("v1alpha1", "v1alpha2")
)
"""By preference: the version that most servers have comes first."""

MANAGER_LABEL: Final = "x-k8s.io/cluster-manager"
"""Label of a profile that says the same as ``spec.clusterManager.name``."""

MANAGER: Final = "myriarch"
"""``spec.clusterManager.name`` of the profiles that we publish."""
