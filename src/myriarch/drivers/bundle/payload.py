"""The payload of a bundle's revision, checked and typed.

A payload comes from a person, in ``Revision.spec.payload``. Here it becomes a value or a UserFault that names the
field, what was given and the cure; nothing later in this package meets a payload of the wrong shape. What the
sources mean is left to ``render.py``, what the objects are to ``objects.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final

from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault

TIMEOUT_DEFAULT_SECONDS: Final = 600.0
FILES_MAX: Final = 2000
SOURCES: Final = ("manifests", "kustomize", "chart")


class Adopt(StrEnum):
    """What to do with an object that exists already and isn't the bundle's."""

    REFUSE = "Refuse"
    IF_UNOWNED = "IfUnowned"
    FORCE = "Force"


class OnDrift(StrEnum):
    """What to do where the cluster differs from what was applied."""

    CORRECT = "Correct"
    REPORT = "Report"


@dataclass(frozen=True, slots=True)
class Manifests:
    """Objects as they are: the text of a YAML stream, or a list."""

    source: str | tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Kustomize:
    """Files of a kustomization, by path; the one at the root is built."""

    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A Helm chart: base64 of its archive, or its files by path."""

    archive: str
    files: Mapping[str, str]
    values: Mapping[str, Any]
    release_name: str


@dataclass(frozen=True, slots=True)
class Wait:
    """An object, in the bundle or not, that must be there and, where a condition is named, have it True."""

    api_version: str
    kind: str
    namespace: str
    name: str
    condition: str


@dataclass(frozen=True, slots=True)
class BundlePayload:
    """``namespace`` is where namespaced objects go that name none. Times in seconds."""

    source: Manifests | Kustomize | Chart
    namespace: str
    adopt: Adopt
    drift: OnDrift
    prune: bool
    prune_dangerous: bool
    timeout_seconds: float
    wait_for: tuple[Wait, ...]


_KNOWN: Final = (*SOURCES, "namespace", "adopt", "drift", "prune", "pruneDangerous", "timeout", "waitFor")


def read_payload(payload: Mapping[str, Any], namespace: str = "") -> BundlePayload:
    """The payload; ``namespace`` is the component's own. Raises UserFault for what is wrong in it."""
    _refuse_unknown(payload, "payload", _KNOWN)
    given = [name for name in SOURCES if payload.get(name) is not None]
    if len(given) != 1:
        shown = ", ".join(given) or "nothing"
        raise UserFault("payload", shown, "a bundle has exactly one source", f"Give one of {', '.join(SOURCES)}.")
    source, inner = _source(given[0], payload[given[0]])
    return BundlePayload(
        source=source,
        namespace=inner or _text(payload, "payload", "namespace") or namespace or "default",
        adopt=Adopt(_choice(payload, "adopt", [a.value for a in Adopt], Adopt.REFUSE)),
        drift=OnDrift(_choice(payload, "drift", [d.value for d in OnDrift], OnDrift.CORRECT)),
        prune=_flag(payload, "prune", default=True),
        prune_dangerous=_flag(payload, "pruneDangerous", default=False),
        timeout_seconds=_timeout(payload),
        wait_for=_waits(payload.get("waitFor")),
    )


def _source(name: str, given: Any) -> tuple[Manifests | Kustomize | Chart, str]:
    """The source, and the namespace that it names itself."""
    where = f"payload.{name}"
    if name == "manifests":
        if isinstance(given, str):
            return Manifests(given), ""
        if isinstance(given, list) and all(isinstance(item, dict) for item in given):
            return Manifests(tuple(given)), ""
        raise UserFault(where, type(given).__name__, "not manifests", "Give YAML text or a list of objects.")
    if not isinstance(given, dict):
        raise UserFault(where, type(given).__name__, "not a mapping", "Give its files in a mapping.")
    if name == "kustomize":
        _refuse_unknown(given, where, ("files",))
        return Kustomize(_files(given, where)), ""
    return _chart(given, where), _text(given, where, "namespace")


def _chart(given: Mapping[str, Any], where: str) -> Chart:
    _refuse_unknown(given, where, ("archive", "files", "values", "releaseName", "namespace"))
    archive = _text(given, where, "archive")
    if bool(archive) == bool(given.get("files")):
        raise UserFault(where, "both or neither", "a chart is an archive or files", "Give archive or files.")
    values = {} if given.get("values") is None else given["values"]
    if not isinstance(values, dict):
        raise UserFault(f"{where}.values", type(values).__name__, "not a mapping", "Give the values as a mapping.")
    files = {} if archive else _files(given, where)
    return Chart(archive, files, values, _text(given, where, "releaseName"))


def _files(given: Mapping[str, Any], where: str) -> dict[str, str]:
    """Files by path. Raises UserFault for paths that lead out of their folder."""
    files = given.get("files")
    where = f"{where}.files"
    if not isinstance(files, dict) or not files or not all(isinstance(text, str) for text in files.values()):
        raise UserFault(where, type(files).__name__, "not files", "Give a mapping of paths to texts.")
    if len(files) > FILES_MAX:
        raise UserFault(where, len(files), f"more than {FILES_MAX} files", "Give a chart as an archive.")
    for path in files:
        pure = PurePosixPath(path)
        if not path or "\0" in path or pure.is_absolute() or ".." in pure.parts or str(pure) == ".":
            raise UserFault(where, path, "not a path inside the folder", "Give a relative path without '..'.")
    return dict(files)


def _waits(given: Any) -> tuple[Wait, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise UserFault("payload.waitFor", type(given).__name__, "not a list", "Give a list of objects.")
    waits = []
    for i, item in enumerate(given):
        where = f"payload.waitFor[{i}]"
        if not isinstance(item, dict):
            raise UserFault(where, type(item).__name__, "not a mapping", "Give apiVersion, kind and name.")
        names = ("apiVersion", "kind", "namespace", "name", "condition")
        _refuse_unknown(item, where, names)
        texts = [_text(item, where, name) for name in names]
        for name, text in zip(names, texts, strict=True):
            if not text and name in ("apiVersion", "kind", "name"):
                raise UserFault(f"{where}.{name}", "", "missing", f"Give the {name} of the object.")
        waits.append(Wait(*texts))
    return tuple(waits)


def _timeout(payload: Mapping[str, Any]) -> float:
    given = payload.get("timeout")
    if given is None:
        return TIMEOUT_DEFAULT_SECONDS
    try:
        seconds = parse_duration(given if isinstance(given, str) else repr(given))
    except ValueError as error:
        raise UserFault("payload.timeout", given, str(error), "Write a duration such as 10m.") from None
    if seconds <= 0:
        raise UserFault("payload.timeout", given, "not longer than nothing", "Write a duration such as 10m.")
    return seconds


def _text(given: Mapping[str, Any], where: str, name: str) -> str:
    text = given.get(name, "")
    if not isinstance(text, str):
        raise UserFault(f"{where}.{name}", text, "not a string", "Write it as a string.")
    return text


def _flag(payload: Mapping[str, Any], name: str, *, default: bool) -> bool:
    flag = payload.get(name, default)
    if not isinstance(flag, bool):
        raise UserFault(f"payload.{name}", flag, "neither true nor false", "Write true or false.")
    return flag


def _choice(payload: Mapping[str, Any], name: str, choices: list[str], default: str) -> str:
    """The choice given, whatever its capitals."""
    given = payload.get(name, default)
    found = [choice for choice in choices if isinstance(given, str) and choice.lower() == given.lower()]
    if not found:
        raise UserFault(f"payload.{name}", given, "no such choice", f"Choose one of {', '.join(choices)}.")
    return found[0]


def _refuse_unknown(given: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise UserFault(f"{where}.{name}", "(given)", "no such field", f"Use one of {', '.join(known)}.")
