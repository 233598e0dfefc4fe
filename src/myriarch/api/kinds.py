"""The registry of kinds: what the server serves, the CLI names and the CRDs are made from."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.environment import Environment
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.meta import Resource
from myriarch.api.override import Override
from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release
from myriarch.api.releasetrain import ReleaseTrain
from myriarch.api.revision import Revision


@dataclass(frozen=True, slots=True)
class PrinterColumn:
    """A column of ``kubectl get``. ``type`` is string, integer, boolean, number or date."""

    name: str
    type: str
    json_path: str
    description: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class KindInfo:
    """How a kind is named, scoped, typed and shown."""

    kind: str
    plural: str
    singular: str
    short_names: tuple[str, ...]
    namespaced: bool
    struct: type[Resource]
    columns: tuple[PrinterColumn, ...]


AGE = PrinterColumn("Age", "date", ".metadata.creationTimestamp", "Since it was created.")

_ALL = (
    KindInfo(
        "Cluster", "clusters", "cluster", ("mcl",), False, Cluster,
        (
            PrinterColumn("Environment", "string", ".spec.environment"),
            PrinterColumn("Nodes", "integer", ".status.nodes"),
            PrinterColumn("Ready", "integer", ".status.readyNodes"),
            PrinterColumn("Version", "string", ".status.kubernetesVersion"),
            PrinterColumn("Connected", "string", ".status.conditions[?(@.type=='Connected')].status"),
            PrinterColumn("Access", "string", ".spec.access", priority=1),
            PrinterColumn("Mode", "string", ".spec.mode", priority=1),
            AGE,
        ),
    ),
    KindInfo(
        "Environment", "environments", "environment", ("env",), False, Environment,
        (
            PrinterColumn("Class", "string", ".spec.class"),
            PrinterColumn("Order", "integer", ".spec.order"),
            PrinterColumn("Clusters", "integer", ".status.clusters"),
            PrinterColumn("Nodes", "integer", ".status.nodes"),
            AGE,
        ),
    ),
    KindInfo(
        "Component", "components", "component", ("comp",), False, Component,
        (
            PrinterColumn("Driver", "string", ".spec.driver"),
            PrinterColumn("Release", "string", ".status.activeRelease"),
            AGE,
        ),
    ),
    KindInfo(
        "Revision", "revisions", "revision", ("rev",), False, Revision,
        (
            PrinterColumn("Component", "string", ".spec.component"),
            PrinterColumn("Version", "string", ".spec.version"),
            AGE,
        ),
    ),
    KindInfo(
        "ReleasePolicy", "releasepolicies", "releasepolicy", ("rpol",), False, ReleasePolicy,
        (
            PrinterColumn("Stages", "string", ".spec.stages[*].name"),
            PrinterColumn("OnFailure", "string", ".spec.failure.action"),
            AGE,
        ),
    ),
    KindInfo(
        "Release", "releases", "release", ("rel",), True, Release,
        (
            PrinterColumn("Component", "string", ".spec.component"),
            PrinterColumn("Revision", "string", ".spec.revision"),
            PrinterColumn("Phase", "string", ".status.phase"),
            PrinterColumn("Stage", "string", ".status.place"),
            PrinterColumn("Reason", "string", ".status.reason"),
            PrinterColumn("Message", "string", ".status.message", priority=1),
            AGE,
        ),
    ),
    KindInfo(
        "ReleaseTrain", "releasetrains", "releasetrain", ("train",), True, ReleaseTrain,
        (
            PrinterColumn("Policy", "string", ".spec.policy"),
            PrinterColumn("Phase", "string", ".status.phase"),
            PrinterColumn("Car", "string", ".status.car"),
            PrinterColumn("Reason", "string", ".status.reason"),
            PrinterColumn("Message", "string", ".status.message", priority=1),
            AGE,
        ),
    ),
    KindInfo(
        "FreezeWindow", "freezewindows", "freezewindow", ("fw",), False, FreezeWindow,
        (
            PrinterColumn("Active", "boolean", ".status.active"),
            PrinterColumn("Next", "string", ".status.next"),
            PrinterColumn("Reason", "string", ".spec.reason"),
            AGE,
        ),
    ),
    KindInfo(
        "Override", "overrides", "override", ("ovr",), False, Override,
        (
            PrinterColumn("Release", "string", ".spec.release"),
            PrinterColumn("Owner", "string", ".spec.owner"),
            PrinterColumn("Expires", "string", ".spec.expires"),
            PrinterColumn("InForce", "boolean", ".status.inForce"),
            AGE,
        ),
    ),
)  # fmt: skip

KINDS: dict[str, KindInfo] = {info.kind: info for info in _ALL}
