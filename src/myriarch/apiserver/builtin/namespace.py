"""Built-in type Namespace, and the shape of conditions that it shares with nodes.

Only the fields that make sense here are described; unknown ones are pruned as anywhere else.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.kinds import ALL_VERBS, ResourceType, whole_schema
from myriarch.apiserver.objectmeta import array, string, struct, time

NAME_LABEL = "kubernetes.io/metadata.name"

CONDITION = struct(
    "One observation of the state.",
    {
        "type": string("What is observed."),
        "status": string("True, False or Unknown."),
        "reason": string("Why, in one word."),
        "message": string("Why, for people."),
        "lastTransitionTime": time("When the status last changed.", nullable=True),
        "lastHeartbeatTime": time("When the condition was last reported.", nullable=True),
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation observed."},
    },
    ("type", "status"),
)


def _named(obj: dict[str, Any], _old: dict[str, Any] | None) -> None:
    """A namespace can be selected by its name."""
    meta = obj["metadata"]
    if meta.get("name") and isinstance(meta.get("labels") or {}, dict):
        meta["labels"] = {**(meta.get("labels") or {}), NAME_LABEL: meta["name"]}


NAMESPACE = ResourceType(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    singular="namespace",
    namespaced=False,
    short_names=("ns",),
    subresources=frozenset({"finalize", "status"}),
    selectable_fields=("status.phase",),
    strategic_merge=True,
    dns_label_name=True,
    verbs=tuple(verb for verb in ALL_VERBS if verb != "deletecollection"),
    prepare=_named,
    columns=(
        NAME,
        Column("Status", description="Active or Terminating.", path=".status.phase"),
        AGE,
    ),
    schema=whole_schema(
        "Namespace",
        "A space for names: objects in it are named apart from those in others.",
        {
            "spec": struct(
                "How the namespace behaves.",
                {"finalizers": array("Who must let go first.", {"type": "string"}, kind="atomic")},
            ),
            "status": struct(
                "What is seen of the namespace.",
                {
                    "phase": string("Active or Terminating."),
                    "conditions": array("Latest observations.", CONDITION, keys=("type",)),
                },
            ),
        },
    ),
)
