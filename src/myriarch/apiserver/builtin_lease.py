"""Built-in type Lease (coordination.k8s.io/v1): who leads, who is alive."""

from __future__ import annotations

from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.kinds import ResourceType, whole_schema
from myriarch.apiserver.objectmeta import integer, string, struct, time

LEASE = ResourceType(
    group="coordination.k8s.io",
    version="v1",
    kind="Lease",
    plural="leases",
    singular="lease",
    namespaced=True,
    strategic_merge=True,
    columns=(NAME, Column("Holder", description="Who holds it.", path=".spec.holderIdentity"), AGE),
    schema=whole_schema(
        "Lease",
        "A claim that must be renewed: for leader election and signs of life.",
        {
            "spec": struct(
                "The claim.",
                {
                    "holderIdentity": string("Who holds the lease."),
                    "leaseDurationSeconds": integer("How long others wait past renewTime.", minimum=1),
                    "acquireTime": time("When the present holder took it."),
                    "renewTime": time("When the present holder last renewed it."),
                    "leaseTransitions": integer("How often the holder changed.", minimum=0),
                    "preferredHolder": string("Who should hold it next."),
                    "strategy": string("How the holder is chosen."),
                },
            )
        },
    ),
)
