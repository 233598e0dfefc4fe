"""Names with a type of their own, so that a node's name can't be passed where a cluster's is meant.

They are plain strings at run time and cost nothing. Only names that cross module borders are here.
"""

from __future__ import annotations

from typing import Final, NewType

ClusterName = NewType("ClusterName", str)
NodeName = NewType("NodeName", str)
EnvironmentName = NewType("EnvironmentName", str)
ComponentName = NewType("ComponentName", str)
RevisionName = NewType("RevisionName", str)
RevisionHash = NewType("RevisionHash", str)
"""Hex digest of a revision's content."""
ReleaseName = NewType("ReleaseName", str)

HUB: Final = ClusterName("hub")
"""The logical cluster in which the hub's own objects live."""
