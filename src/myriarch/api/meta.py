"""What every object carries: metadata, conditions, label selectors, and the base of all kinds.

The shapes follow the Kubernetes API conventions; only the fields that Myriarch reads or writes are named,
the rest of the metadata passes through untouched because writes are patches or whole raw objects.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

GROUP = "myriarch.io"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
        max_length=253,
        description="Name of an object: lower case letters, digits, '-' and '.'.",
    ),
]

Duration = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$",
        max_length=32,
        description="Length of time, such as 30s, 10m, 1h30m or 2d.",
    ),
]

Timestamp = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]

CountOrPercent = Annotated[
    int | str,
    Meta(description="A count, such as 3, or a percentage, such as '10%'."),
]

LIST_MAP = "x-kubernetes-list-type"


def list_map(*keys: str, max_items: int = 1024) -> Meta:
    """Schema marks of a list whose items are merged by ``keys`` (server-side apply ``map`` lists)."""
    marks = {LIST_MAP: "map", "x-kubernetes-list-map-keys": list(keys), "maxItems": max_items}
    return Meta(extra_json_schema=marks)


class Struct(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """Base of every API struct: camelCase on the wire, defaults left out."""


class OwnerReference(Struct, kw_only=True):
    """The object that owns this one."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(Struct, kw_only=True):
    """Standard object metadata (the part that Myriarch uses). ``managedFields`` is the server's own and left out: it is
    the larger part of many an object, and would be built and kept for each of ten thousand clusters."""

    name: str = ""
    generate_name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: list[str] = []
    owner_references: list[OwnerReference] = []


class Condition(Struct, kw_only=True):
    """A Kubernetes condition (``metav1.Condition``)."""

    type: Annotated[str, Meta(max_length=316, description="What the condition is about.")]
    status: Annotated[
        str,
        Meta(description="True, False or Unknown.", extra_json_schema={"enum": ["True", "False", "Unknown"]}),
    ]
    reason: Annotated[str, Meta(max_length=1024, description="Why, in one CamelCase word.")] = ""
    message: Annotated[str, Meta(max_length=32768, description="Why, in a sentence for people.")] = ""
    last_transition_time: Annotated[Timestamp | None, Meta(description="When the status last changed.")] = None
    observed_generation: (
        Annotated[int, Meta(description="Generation of the object that it speaks of.", ge=0)] | None
    ) = None


Conditions = Annotated[list[Condition], list_map("type", max_items=32)]


class LabelRequirement(Struct, kw_only=True):
    """One clause of a selector."""

    key: Annotated[str, Meta(description="Label.", max_length=317)]
    operator: Annotated[
        str,
        Meta(
            description="How label and values relate.",
            extra_json_schema={"enum": ["In", "NotIn", "Exists", "DoesNotExist"]},
        ),
    ]
    values: Annotated[list[str], Meta(description="Values for In and NotIn.", max_length=256)] = []


class LabelSelector(Struct, kw_only=True):
    """Chooses objects by their labels; an empty selector chooses all."""

    match_labels: Annotated[dict[str, str], Meta(description="Labels that must all be equal.")] = {}
    match_expressions: Annotated[
        list[LabelRequirement], Meta(description="Clauses that must all hold.", max_length=32)
    ] = []

    def matches(self, labels: dict[str, str]) -> bool:
        """Whether an object with ``labels`` is chosen."""
        return all(labels.get(k) == v for k, v in self.match_labels.items()) and all(
            _requirement_holds(r, labels) for r in self.match_expressions
        )


def _requirement_holds(requirement: LabelRequirement, labels: dict[str, str]) -> bool:
    present = requirement.key in labels
    match requirement.operator:
        case "In":
            return labels.get(requirement.key) in requirement.values
        case "NotIn":
            return labels.get(requirement.key) not in requirement.values
        case "Exists":
            return present
        case _:
            return not present


class Resource(Struct, kw_only=True, omit_defaults=False):
    """Base of every kind."""

    api_version: str = API_VERSION
    kind: str = ""
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)

    @property
    def name(self) -> str:
        return self.metadata.name
