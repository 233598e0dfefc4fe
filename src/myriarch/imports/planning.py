"""What an import would do: what a source tells, held against the hub, one line a cluster.

A cluster that was imported is known by its origin, which is kept as an annotation. Nothing is ever deleted, no mode
and no environment is changed, and a cluster that came to the hub in another way is never taken over. What would
change of a known cluster is asked of the hub itself, by a dry run of the apply that ``writing.py`` would do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from myriarch.api.cluster import Access, Mode
from myriarch.api.meta import API_VERSION, GROUP
from myriarch.base.errors import UserFault
from myriarch.client.client import Client, PatchKind
from myriarch.client.errors import ApplyConflict, NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS
from myriarch.client.resource import SECRETS
from myriarch.imports.found import Findings, Found
from myriarch.imports.naming import name_of
from myriarch.imports.place import data_of
from myriarch.imports.together import together

SYSTEM_NAMESPACE: Final = "myriarch-system"
SECRET_KEY: Final = "kubeconfig"  # noqa: S105 (the name of a key)
ORIGIN: Final = f"{GROUP}/imported-from"
SOURCE: Final = f"{GROUP}/import-source"
FIELD_MANAGER: Final = "myriarch-import"


class Action(StrEnum):
    """What becomes of one cluster."""

    ADD = "add"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How clusters are named and which environment they belong to: that of their label ``environment_label``, where
    they have it, else ``environment``."""

    environment: str = ""
    environment_label: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One cluster. ``manifest`` is what would be applied, ``kubeconfig`` what its Secret would hold."""

    action: Action
    name: str
    origin: str
    access: str = ""
    environment: str = ""
    server: str = ""
    version: str = ""
    why: str = ""
    manifest: Raw = field(default_factory=dict)
    kubeconfig: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Hub:
    """What the hub has: Clusters by name, their names by origin, and names of Environments."""

    clusters: dict[str, Raw]
    by_origin: dict[str, str]
    environments: tuple[str, ...]


async def plan(client: Client, findings: Findings, wanted: Wanted) -> tuple[list[Line], list[UserFault]]:
    """Lines in the order of the source, those that are gone last; and faults that forbid to import at all."""
    hub = await _hub(client)
    if wanted.environment and wanted.environment not in hub.environments:
        problem = "the hub has no such environment"
        return [], [UserFault("--environment", wanted.environment, problem, _environments_cure(hub))]
    faults = _collisions(findings.found, hub, wanted)
    if faults:
        return [], faults
    lines = await together(lambda each: _line(client, each, findings.source, hub, wanted), findings.found)
    for skipped in findings.skipped:
        name = name_of(skipped.title, wanted.prefix) or skipped.title
        lines.append(Line(Action.SKIP, name, skipped.origin, server=skipped.server, why=skipped.why))
    return lines + list(_gone(findings, hub)), []


async def _hub(client: Client) -> Hub:
    clusters = (await client.list(CLUSTERS, Raw)).items
    environments = (await client.list(ENVIRONMENTS, Raw)).items
    return Hub(
        {each["metadata"]["name"]: each for each in clusters},
        {_origin(each): each["metadata"]["name"] for each in clusters if _origin(each)},
        tuple(sorted(each["metadata"]["name"] for each in environments)),
    )


def _environments_cure(hub: Hub) -> str:
    known = ", ".join(hub.environments)
    return f"Give one of: {known}." if known else "Create an Environment first."


def _collisions(found: Sequence[Found], hub: Hub, wanted: Wanted) -> list[UserFault]:
    """Two clusters of one name: of the source, or one of the source and another of the hub."""
    origins: dict[str, list[str]] = defaultdict(list)
    for each in found:
        origins[name_of(each.title, wanted.prefix)].append(each.origin)
    faults = []
    for name, same in origins.items():
        if not name:
            continue
        if len(same) > 1:
            problem = f"{' and '.join(same)} would both be called so"
            faults.append(UserFault("name", name, problem, "Import them one by one, with --name-prefix."))
        elif name in hub.clusters and _origin(hub.clusters[name]) != same[0]:
            other = _origin(hub.clusters[name])
            whose = f"imported from {other}" if other else "which was not imported"
            problem = f"{same[0]} would be called so, and the hub has a cluster of that name, {whose}"
            faults.append(UserFault("name", name, problem, "Give a --name-prefix, or delete that cluster first."))
    return faults


def _origin(cluster: Raw) -> str:
    return str((cluster["metadata"].get("annotations") or {}).get(ORIGIN, ""))


async def _line(client: Client, found: Found, source: str, hub: Hub, wanted: Wanted) -> Line:
    name = name_of(found.title, wanted.prefix)
    known = hub.clusters.get(name)
    environment = found.labels.get(wanted.environment_label, "") or wanted.environment
    if known is not None and not environment:
        environment = known["spec"]["environment"]
    line = Line(
        Action.ADD,
        name or found.title,
        found.origin,
        found.access,
        environment,
        found.server,
        found.version,
        found.note,
    )
    problem = _problem(line, found, known, hub, wanted)
    if problem:
        return replace(line, action=Action.SKIP, why=problem)
    line = replace(line, manifest=_manifest(line, found, source, known), kubeconfig=found.kubeconfig)
    return line if known is None else await _against(client, line, known)


def _problem(line: Line, found: Found, known: Raw | None, hub: Hub, wanted: Wanted) -> str:
    """Why the cluster can't be imported; '' where it can."""
    if not name_of(found.title):
        return "no letter or digit in its name can be used"
    other = hub.by_origin.get(line.origin, line.name)
    if other != line.name:  # twice in the fleet, it would be moved by two hands
        return f"the hub has it already, as {other}"
    if not line.environment:
        label = wanted.environment_label
        return f"it has no label {label}; give --environment too" if label else "give --environment"
    if line.environment not in hub.environments:
        return f"the hub has no environment {line.environment!r}. {_environments_cure(hub)}"
    if known is None:
        return ""
    spec = known["spec"]
    if spec["environment"] != line.environment:
        return f"it belongs to environment {spec['environment']}, which can't change"
    if spec.get("access") != line.access:
        return f"it is reached by {spec.get('access')}: delete it from the hub to have it reached by {line.access}"
    return ""


def _manifest(line: Line, found: Found, source: str, known: Raw | None) -> Raw:
    """What we answer for: its labels, its origin and how it is reached. Its mode is only repeated: a field that an
    apply no longer names is taken away, and its default would let releases in."""
    spec: dict[str, Any] = {"environment": line.environment, "access": line.access}
    spec["mode"] = known["spec"].get("mode", Mode.MANAGE) if known is not None else Mode.OBSERVE
    if found.access is Access.PUSH:
        key = {"namespace": SYSTEM_NAMESPACE, "name": f"cluster-{line.name}", "key": SECRET_KEY}
        spec["kubeconfig"] = known["spec"].get("kubeconfig", key) if known is not None else key
    annotations = {ORIGIN: found.origin, SOURCE: source}
    metadata = {"name": line.name, "labels": dict(found.labels), "annotations": annotations}
    return {"apiVersion": API_VERSION, "kind": "Cluster", "metadata": metadata, "spec": spec}


async def _against(client: Client, line: Line, known: Raw) -> Line:
    """Of a cluster that is known: whether anything would change, and what."""
    try:
        after = await client.patch(
            CLUSTERS,
            Raw,
            line.name,
            line.manifest,
            patch_kind=PatchKind.APPLY,
            field_manager=FIELD_MANAGER,
            dry_run=True,
        )
    except ApplyConflict as error:
        return replace(line, action=Action.SKIP, why=f"somebody else has changed what the source tells: {error}")
    changes = [
        part
        for part, of in (("labels", "metadata"), ("annotations", "metadata"), ("kubeconfig", "spec"))
        if (known[of].get(part) or {}) != (after[of].get(part) or {})
    ]
    if line.kubeconfig and await _stored(client, line) != line.kubeconfig:
        changes.append("credentials")
    if not changes:
        return replace(line, action=Action.UNCHANGED)
    return replace(line, action=Action.CHANGE, why="; ".join([*changes, *([line.why] if line.why else [])]))


async def _stored(client: Client, line: Line) -> bytes:
    key = line.manifest["spec"]["kubeconfig"]
    try:
        secret = await client.get(SECRETS, Raw, key["name"], key["namespace"])
    except NotFound:
        return b""
    return data_of(secret).get(key["key"], b"")


def _gone(findings: Findings, hub: Hub) -> list[Line]:
    """Clusters imported from this source that it no longer has. Of a part of it, nothing can be said."""
    if not findings.whole:
        return []
    there = {each.origin for each in findings.found}
    skipped = tuple(f"{each.origin}@" for each in findings.skipped) + tuple(each.origin for each in findings.skipped)
    lines = []
    for name, cluster in sorted(hub.clusters.items()):
        annotations = cluster["metadata"].get("annotations") or {}
        origin = str(annotations.get(ORIGIN, ""))
        if annotations.get(SOURCE) != findings.source or origin in there or origin.startswith(skipped):
            continue
        spec, status = cluster["spec"], cluster.get("status") or {}
        why = "the source no longer has it; the hub keeps it until somebody deletes it"
        version = str(status.get("kubernetesVersion", ""))
        access, environment = str(spec.get("access", "")), str(spec["environment"])
        lines.append(Line(Action.GONE, name, origin, access, environment, version=version, why=why))
    return lines
