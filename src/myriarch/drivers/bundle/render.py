"""From a payload to objects: manifests as they are, a kustomization built by kubectl, a chart rendered by helm.

A rendering is a function of the payload and of its ``Context`` (the parameters' values and the cluster's version), so
that what stands can be rendered again to compare it with. Charts' hooks are no objects to apply: tests and those for
deletion are left out, others are refused, because leaving out a migration would be worse than saying so.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.documents import read_documents
from myriarch.drivers.bundle.objects import BundleObject, read_objects
from myriarch.drivers.bundle.parameters import fill, fill_text
from myriarch.drivers.bundle.payload import BundlePayload, Chart, Kustomize, Manifests
from myriarch.drivers.bundle.program import find_program, folder_with, run_program

HELM_SETTING: Final = "MYRIARCH_HELM"
KUBECTL_SETTING: Final = "MYRIARCH_KUBECTL"

_KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LISTS_OF_PATHS: Final = ("resources", "bases", "components", "crds", "configurations", "transformers", "generators")
_REMOTE: Final = re.compile(r"://|^git@|^git::|^[\w.-]+\.(com|org|io|net|dev)[:/]")
_HOOK: Final = "helm.sh/hook"
_HOOKS_LEFT_OUT: Final = frozenset({"test", "test-success", "test-failure", "pre-delete", "post-delete"})
_RELEASE_NAME_MAX: Final = 53


class NotRendered(UserFault):
    """A chart or a kustomization that can't be rendered; ``problem`` is what the program said."""


class Context(msgspec.Struct, frozen=True, rename="camel"):
    """What a rendering depends on besides the payload."""

    parameters: dict[str, str]
    kube_version: str


async def render(payload: BundlePayload, component: str, context: Context) -> list[BundleObject]:
    """The objects, in no order. Raises UserFault (NotRendered where a program said no)."""
    source = payload.source
    if isinstance(source, Manifests):
        return read_objects(_manifests(source, context.parameters))
    if isinstance(source, Kustomize):
        text = await _kustomize(source)
        return read_objects(read_documents(fill_text(text, context.parameters, "payload.kustomize"), "kustomize"))
    text = await _chart(source, payload.namespace, component, context)
    return read_objects(_without_hooks(read_documents(text, "chart")))


def _manifests(source: Manifests, values: Mapping[str, str]) -> list[Any]:
    where = "payload.manifests"
    if isinstance(source.source, str):
        return read_documents(fill_text(source.source, values, where), where)
    return list(fill(source.source, values, where))


async def _kustomize(source: Kustomize) -> str:
    where = "payload.kustomize.files"
    if not any(name in source.files for name in _KUSTOMIZATIONS):
        raise UserFault(where, ", ".join(list(source.files)[:5]), "no kustomization.yaml at the root", "Add it.")
    for path, text in source.files.items():
        if path.rpartition("/")[2] in _KUSTOMIZATIONS:
            _refuse_remote(text, f"{where}[{path}]")
    program = find_program("kubectl", KUBECTL_SETTING)
    async with folder_with({path: text.encode() for path, text in source.files.items()}) as folder:
        rendered = await run_program(program, ("kustomize", "."), folder)
    if rendered.problem:
        raise NotRendered("payload.kustomize", "kustomize", rendered.problem, "Mend the kustomization.")
    return rendered.output


def _refuse_remote(text: str, where: str) -> None:
    """A kustomization that names what lies elsewhere: a revision holds all that it is made of."""
    for document in read_documents(text, where):
        for name in _LISTS_OF_PATHS:
            entries = document.get(name) if isinstance(document, dict) else None
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, str) and _REMOTE.search(entry):
                    raise UserFault(f"{where}.{name}", entry, "lies elsewhere", "Put the file in the payload.")
        if isinstance(document, dict) and document.get("helmCharts"):
            raise UserFault(f"{where}.helmCharts", "(given)", "not rendered here", "Use the payload's chart.")


async def _chart(chart: Chart, namespace: str, component: str, context: Context) -> str:
    program = find_program("helm", HELM_SETTING)
    name = chart.release_name or component.replace(".", "-")[:_RELEASE_NAME_MAX].rstrip("-")
    values = fill(chart.values, context.parameters, "payload.chart.values")
    files = {"values.json": json.dumps(values).encode()}
    if chart.archive:
        files["chart.tgz"] = _decoded(chart.archive)
    files |= {f"chart/{path}": text.encode() for path, text in chart.files.items()}
    arguments = ["template", name, "./chart.tgz" if chart.archive else "./chart", "--values", "values.json"]
    arguments += ["--namespace", namespace, "--include-crds"]
    if context.kube_version:
        arguments += ["--kube-version", context.kube_version]
    async with folder_with(files) as folder:
        rendered = await run_program(program, arguments, folder)
    if rendered.problem:
        cure = f"Run 'helm template {name}' on the chart with the same values and mend what it says."
        raise NotRendered("payload.chart", name, rendered.problem, cure)
    return rendered.output


def _decoded(archive: str) -> bytes:
    try:
        return base64.b64decode(archive, validate=True)
    except (binascii.Error, ValueError):
        raise UserFault("payload.chart.archive", "(hidden)", "not base64", "Encode the .tgz in base64.") from None


def _without_hooks(documents: list[Any]) -> list[Any]:
    kept = []
    for document in documents:
        hooks = _hooks_of(document)
        refused = sorted(hooks - _HOOKS_LEFT_OUT)
        if refused:
            named = f"{document.get('kind')} {document['metadata'].get('name')}"
            cure = "Turn it off in the values, or make it an object of its own without the annotation."
            raise NotRendered(f"chart: {named}", ",".join(refused), "hooks of charts are not run", cure)
        if not hooks:
            kept.append(document)
    return kept


def _hooks_of(document: Any) -> set[str]:
    metadata = document.get("metadata") if isinstance(document, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    text = annotations.get(_HOOK, "") if isinstance(annotations, dict) else ""
    return {hook.strip() for hook in str(text).split(",") if hook.strip()}
