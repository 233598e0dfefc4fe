"""Built-in types PodDisruptionBudget (policy/v1) and PriorityClass (scheduling.k8s.io/v1)."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import at, count
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import ResourceType

Object = dict[str, Any]


def _errors(obj: Object, _old: Object | None) -> list[FieldError]:
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        return [invalid_value("spec", spec, "minAvailable and maxUnavailable cannot be both set")]
    return []


def _or_na(field: str) -> Any:
    def show(obj: Object, _now: float) -> str:
        value = at(obj, "spec", field)
        return "N/A" if value is None else str(value)

    return show


POD_DISRUPTION_BUDGET = ResourceType(
    group="policy",
    version="v1",
    kind="PodDisruptionBudget",
    plural="poddisruptionbudgets",
    singular="poddisruptionbudget",
    namespaced=True,
    short_names=("pdb",),
    strategic_merge=True,
    counts_generation=True,
    subresources=frozenset({"status"}),
    check=_errors,
    columns=(
        NAME,
        Column("Min Available", description="Pods that must stay.", render=_or_na("minAvailable")),
        Column("Max Unavailable", description="Pods that may go.", render=_or_na("maxUnavailable")),
        Column("Allowed Disruptions", "integer", "How many may go now.", render=count("status", "disruptionsAllowed")),
        AGE,
    ),
    schema=kind_schema(
        "PodDisruptionBudget",
        "How many pods of a set may be taken away at a time.",
        "PodDisruptionBudgetSpec",
        "PodDisruptionBudgetStatus",
    ),
)


def _complete(obj: Object, _old: Object | None) -> None:
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


PRIORITY_CLASS = ResourceType(
    group="scheduling.k8s.io",
    version="v1",
    kind="PriorityClass",
    plural="priorityclasses",
    singular="priorityclass",
    namespaced=False,
    short_names=("pc",),
    strategic_merge=True,
    counts_generation=True,
    prepare=_complete,
    columns=(
        NAME,
        Column("Value", "integer", "The priority.", path=".value"),
        Column(
            "Global-Default",
            "boolean",
            "Whether pods get it that name none.",
            render=lambda obj, _now: bool(obj.get("globalDefault")),
        ),
        AGE,
        Column("PreemptionPolicy", description="Whether others must make room.", path=".preemptionPolicy"),
    ),
    schema=kind_schema(
        "PriorityClass",
        "A name for a priority of pods.",
        required=("value",),
        value={"type": "integer", "format": "int32", "description": "The priority."},
        globalDefault={"type": "boolean", "description": "Whether pods get it that name none."},
        description={"type": "string", "description": "What it is for."},
        preemptionPolicy={"type": "string", "description": "Whether others make room."},
    ),
)
