"""Built-in type Job (batch/v1)."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import CONTAINERS, IMAGES, SELECTOR, at
from myriarch.apiserver.builtin.pod_template import complete_template, pod_spec_errors
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, Column, human_duration
from myriarch.apiserver.errors import FieldError, invalid_value, required
from myriarch.apiserver.kinds import ResourceType
from myriarch.base.clock import parse_rfc3339

Object = dict[str, Any]

CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
JOB_NAME = "batch.kubernetes.io/job-name"
_RESTARTS = ("OnFailure", "Never")


def _complete(obj: Object, old: Object | None) -> None:
    """Completions and parallelism; at creation, a selector of the job's own and labels that it selects."""
    complete_template(obj, old)
    spec = obj.get("spec")
    if not isinstance(spec, dict):
        return
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
    if old is None and not spec.get("manualSelector") and isinstance(spec.get("template"), dict):
        _own_selector(obj, spec)


def _own_selector(obj: Object, spec: Object) -> None:
    uid, name = obj["metadata"].get("uid", ""), obj["metadata"].get("name", "")
    meta = spec["template"].setdefault("metadata", {})
    meta["labels"] = {
        **(meta.get("labels") or {}),
        CONTROLLER_UID: uid,
        JOB_NAME: name,
        "controller-uid": uid,
        "job-name": name,
    }
    spec["selector"] = {"matchLabels": {CONTROLLER_UID: uid}}


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    spec = obj.get("spec") or {}
    template = (spec.get("template") or {}).get("spec") or {}
    errors = pod_spec_errors(template, "spec.template.spec")
    if template.get("restartPolicy") not in _RESTARTS:
        errors.append(required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'))
    if old is not None and spec.get("template") != at(old, "spec", "template"):
        errors.append(invalid_value("spec.template", "", "field is immutable"))
    return errors


def _state(obj: Object, _now: float) -> str:
    held = {c.get("type") for c in at(obj, "status", "conditions") or () if c.get("status") == "True"}
    if "Complete" in held:
        return "Complete"
    if "Failed" in held:
        return "Failed"
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return "Suspended" if "Suspended" in held else "Running"


def _completions(obj: Object, _now: float) -> str:
    done, wanted = at(obj, "status", "succeeded") or 0, at(obj, "spec", "completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallel = at(obj, "spec", "parallelism") or 0
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def _duration(obj: Object, now: float) -> str:
    start, end = at(obj, "status", "startTime"), at(obj, "status", "completionTime")
    if not start:
        return ""
    return human_duration((parse_rfc3339(end) if end else now) - parse_rfc3339(start))


JOB = ResourceType(
    group="batch",
    version="v1",
    kind="Job",
    plural="jobs",
    singular="job",
    namespaced=True,
    strategic_merge=True,
    counts_generation=True,
    categories=("all",),
    subresources=frozenset({"status"}),
    selectable_fields=("status.successful",),
    prepare=_complete,
    check=_errors,
    columns=(
        NAME,
        Column("Status", description="What became of it.", render=_state),
        Column("Completions", description="Pods done, of those wanted.", render=_completions),
        Column("Duration", description="How long it ran.", render=_duration),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    schema=kind_schema("Job", "Runs pods until enough of them succeed.", "JobSpec", "JobStatus", ("spec",)),
)
