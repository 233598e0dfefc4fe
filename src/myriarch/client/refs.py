"""Where Myriarch's kinds are served."""

from __future__ import annotations

from typing import Final

from myriarch.api.kinds import KINDS, KindInfo
from myriarch.api.meta import GROUP, VERSION
from myriarch.client.resource import ResourceRef


def ref_of(info: KindInfo) -> ResourceRef:
    """The resource of a kind."""
    return ResourceRef(GROUP, VERSION, info.plural, info.namespaced)


CLUSTERS: Final = ref_of(KINDS["Cluster"])
ENVIRONMENTS: Final = ref_of(KINDS["Environment"])
COMPONENTS: Final = ref_of(KINDS["Component"])
REVISIONS: Final = ref_of(KINDS["Revision"])
POLICIES: Final = ref_of(KINDS["ReleasePolicy"])
RELEASES: Final = ref_of(KINDS["Release"])
TRAINS: Final = ref_of(KINDS["ReleaseTrain"])
FREEZE_WINDOWS: Final = ref_of(KINDS["FreezeWindow"])
OVERRIDES: Final = ref_of(KINDS["Override"])
