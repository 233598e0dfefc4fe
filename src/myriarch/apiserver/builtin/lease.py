"""Built-in type Lease (coordination.k8s.io/v1): who leads, who is alive."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import ResourceType


def _errors(obj: dict[str, Any], _old: dict[str, Any] | None) -> list[FieldError]:
    spec = obj.get("spec") or {}
    seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    errors = []
    if seconds is not None and seconds <= 0:
        errors.append(invalid_value("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    if transitions is not None and transitions < 0:
        problem = "must be greater than or equal to 0"
        errors.append(invalid_value("spec.leaseTransitions", transitions, problem))
    return errors


LEASE = ResourceType(
    group="coordination.k8s.io",
    version="v1",
    kind="Lease",
    plural="leases",
    singular="lease",
    namespaced=True,
    strategic_merge=True,
    check=_errors,
    columns=(NAME, Column("Holder", description="Who holds it.", path=".spec.holderIdentity"), AGE),
    schema=kind_schema("Lease", "A claim that must be renewed: for leader election and signs of life.", "LeaseSpec"),
)
