"""Built-in type Pod, to be read only: no pods run here, so every list is empty.

Tools ask for the pods of a node when they describe or drain it, and take a server that doesn't know pods for
a broken one. Creating a pod is refused, for nothing here would run it.
"""

from __future__ import annotations

from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.kinds import READ_VERBS, ResourceType, whole_schema

_FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

POD = ResourceType(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    singular="pod",
    namespaced=True,
    short_names=("po",),
    verbs=READ_VERBS,
    selectable_fields=("spec.nodeName", "spec.schedulerName", "status.phase", "status.podIP"),
    columns=(
        NAME,
        Column("Status", description="Phase of the pod.", path=".status.phase"),
        AGE,
        Column("Node", description="Node that the pod runs on.", priority=1, path=".spec.nodeName"),
    ),
    schema=whole_schema(
        "Pod",
        "Containers that run together. None run here: pods can be listed, and there are none.",
        {
            "spec": {**_FREE, "description": "What should run."},
            "status": {**_FREE, "description": "What runs."},
        },
    ),
)
