"""Revision: an immutable content of a component."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, field

from myriarch.api.meta import Conditions, Resource, Struct, list_map
from myriarch.api.rule import Rule

KUBERNETES = "kubernetes"
"""What requirements call the version of a cluster's API server, as if it were a component's."""

REQUIREMENTS_MAX = 16
RANGE_MAX_LENGTH = 256


class Image(Struct, kw_only=True):
    """An image, pinned by digest."""

    name: Annotated[str, Meta(description="Name of the image.", min_length=1, max_length=255)]
    digest: Annotated[
        str, Meta(description="Digest that it is pinned to.", pattern=r"^sha256:[0-9a-f]{64}$", max_length=71)
    ]


class Requirement(Struct, kw_only=True):
    """What a revision asks of another component in the same cluster, or of Kubernetes itself."""

    component: Annotated[
        str, Meta(description="Component that it needs; 'kubernetes': the cluster.", min_length=1, max_length=253)
    ]
    version: Annotated[
        str, Meta(description="Range of versions, such as '>=1.4, <2'.", min_length=1, max_length=RANGE_MAX_LENGTH)
    ]


class RevisionSpec(Struct, kw_only=True):
    """What the revision is made of."""

    component: Annotated[str, Meta(description="Component that it is a content of.", min_length=1, max_length=253)]
    version: Annotated[str, Meta(max_length=128, description="Version as people name it.")] = ""
    requires: Annotated[
        Annotated[list[Requirement], list_map("component", max_items=REQUIREMENTS_MAX)],
        Meta(description="Clusters are held in which these are not so."),
    ] = []
    images: Annotated[list[Image], Meta(description="Images, each pinned by digest.", max_length=64)] = []
    payload: Annotated[dict[str, Any], Meta(description="What the component's driver needs.")] = {}

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule("self == oldSelf", "a revision is immutable: create another revision", ""),
    )


class Proof(Struct, kw_only=True):
    """Where the revision was released, and how it ended."""

    release: Annotated[str, Meta(description="namespace/name of the release.")]
    environment: Annotated[str, Meta(description="Environment that it was released to.")]
    verdict: Annotated[str, Meta(description="Phase in which the release ended.")]
    at: Annotated[str, Meta(description="When it ended.")] = ""


class RevisionStatus(Struct, kw_only=True):
    """What is known of the revision."""

    hash: Annotated[str, Meta(description="Hash of the content.")] = ""
    proof: Annotated[list[Proof], Meta(description="Where it was released, and how that ended.", max_length=64)] = []
    conditions: Annotated[Conditions, Meta(description="Conditions of the revision.")] = []


class Revision(Resource, kw_only=True):
    """An immutable content of a component: images by digest and its driver's payload."""

    kind: str = "Revision"
    spec: RevisionSpec
    status: RevisionStatus = field(default_factory=RevisionStatus)
