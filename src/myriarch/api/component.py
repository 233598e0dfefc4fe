"""Component: something versioned on nodes or clusters."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from myriarch.api.meta import Conditions, Resource, Struct, list_map
from myriarch.api.term import Term

AFTER_MAX = 16
"""A component comes after at most so many others."""


class DriverName(StrEnum):
    """How units of the component advance."""

    SIMULATED = "simulated"
    DAEMONSET = "daemonset"
    JOB = "job"
    BUNDLE = "bundle"
    MACHINE = "machine"


class Target(Struct, kw_only=True):
    """The object in each cluster that the driver works on."""

    namespace: Annotated[str, Meta(description="Namespace of the object.", max_length=63)] = ""
    name: Annotated[str, Meta(description="Name of the object.", max_length=253)] = ""


class Parameter(Struct, kw_only=True):
    """A value that differs from cluster to cluster: payloads say ``${name}`` for it."""

    name: Annotated[str, Meta(description="What payloads call it.", pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=63)]
    label: Annotated[str, Meta(description="Label of the Cluster that holds the value.", max_length=317)] = ""
    default: Annotated[
        str | None, Meta(description="Value where the label is missing; without it that is a fault.")
    ] = None


class ComponentSpec(Struct, kw_only=True):
    """What a component is and how it is moved."""

    driver: Annotated[DriverName, Meta(description="What moves its units.")] = DriverName.SIMULATED
    target: Annotated[Target, Meta(description="What the driver works on in each cluster.")] = field(
        default_factory=Target
    )
    parameters: Annotated[
        Annotated[list[Parameter], list_map("name", max_items=64)],
        Meta(description="Values that payloads take from labels of the Cluster."),
    ] = []
    description: Annotated[str, Meta(description="What it is, for people.", max_length=1024)] = ""
    after: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=253)]],
        Meta(
            description="Components that come first: this one moves a cluster once they have settled there.",
            max_length=AFTER_MAX,
        ),
    ] = []
    reversible: Annotated[bool, Meta(description="False: a rollback waits for a person's approval.")] = True
    initial_revision: Annotated[
        str, Meta(max_length=253, description="Revision that the fleet stands at before any release.")
    ] = ""
    history_limit: Annotated[
        int, Meta(description="Recorded, not acted on yet: ended releases stay until deleted.", ge=1, le=1000)
    ] = 10


class ProvenRevision(Struct, kw_only=True):
    """Where the component stands in one environment."""

    environment: Annotated[str, Meta(description="Environment.", min_length=1, max_length=253)]
    revision: Annotated[str, Meta(description="Revision that it stands at.", max_length=253)]


class ComponentStatus(Struct, kw_only=True):
    """Where the component stands."""

    proven: Annotated[
        Annotated[list[ProvenRevision], list_map("environment", max_items=64)],
        Meta(description="Proven revision of each environment."),
    ] = []
    term: Term = 0
    last_attempt: Annotated[int, Meta(ge=0, description="Attempt given to the latest release.")] = 0
    active_release: Annotated[str, Meta(max_length=320, description="namespace/name of the active release.")] = ""
    conditions: Annotated[Conditions, Meta(description="Conditions of the component.")] = []


class Component(Resource, kw_only=True):
    """Something versioned on nodes or clusters: an agent, a kubelet configuration, an OS image, an add-on."""

    kind: str = "Component"
    spec: ComponentSpec = field(default_factory=ComponentSpec)
    status: ComponentStatus = field(default_factory=ComponentStatus)

    def proven_in(self, environment: str) -> str:
        """The proven revision in ``environment``: the initial one before any release."""
        found = (p.revision for p in self.status.proven if p.environment == environment)
        return next(found, self.spec.initial_revision)
