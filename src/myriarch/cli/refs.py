"""Myriarch's kinds as resources to ask the hub for."""

from __future__ import annotations

from typing import Final

from myriarch.api.kinds import KINDS
from myriarch.api.meta import GROUP, VERSION
from myriarch.client.resource import ResourceRef


def _ref(kind: str) -> ResourceRef:
    info = KINDS[kind]
    return ResourceRef(GROUP, VERSION, info.plural, info.namespaced)


CLUSTERS: Final = _ref("Cluster")
COMPONENTS: Final = _ref("Component")
ENVIRONMENTS: Final = _ref("Environment")
FREEZE_WINDOWS: Final = _ref("FreezeWindow")
POLICIES: Final = _ref("ReleasePolicy")
RELEASES: Final = _ref("Release")
REVISIONS: Final = _ref("Revision")

NOUNS: Final[dict[ResourceRef, str]] = {_ref(kind): info.singular for kind, info in KINDS.items()}
"""What one object of a resource is called."""
