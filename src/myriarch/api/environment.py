"""Environment: an ordered class of clusters."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from myriarch.api.meta import Conditions, CountOrPercent, Resource, Struct


class EnvironmentClass(StrEnum):
    """What kind of clusters an environment holds."""

    SIMULATED = "simulated"
    PRODUCTION = "production"


class EnvironmentSpec(Struct, kw_only=True):
    """What an environment is."""

    class_: Annotated[EnvironmentClass, Meta(description="simulated or production.")] = field(name="class")
    order: Annotated[int, Meta(ge=0, description="Lower environments come first in a release.")] = 0
    mirror_of: Annotated[str, Meta(max_length=253, description="Environment that it mirrors.")] | None = None
    max_concurrent_clusters: (
        Annotated[CountOrPercent, Meta(description="Clusters that all releases together may have in flight.")] | None
    ) = None


class EnvironmentStatus(Struct, kw_only=True):
    """What is known of an environment."""

    clusters: Annotated[int, Meta(description="Clusters in it.", ge=0)] = 0
    nodes: Annotated[int, Meta(description="Nodes in it.", ge=0)] = 0
    conditions: Annotated[Conditions, Meta(description="Conditions of the environment.")] = []


class Environment(Resource, kw_only=True):
    """An ordered class of clusters, simulated or production."""

    kind: str = "Environment"
    spec: EnvironmentSpec
    status: EnvironmentStatus = field(default_factory=EnvironmentStatus)
