"""How the fields of protobuf messages are described, and those that messages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SERVERS: Final = "servers"


@dataclass(frozen=True, slots=True)
class Field:
    """``form``: string, bool, int, flag and count (a bool and an int whose zero means absent), bytes, strings
    (repeated), map, byte-map, quantities (a map), int-or-string, message or messages by their fields, or ``SERVERS``:
    what the server itself keeps, and takes from nobody."""

    name: str
    form: str = "string"
    message: dict[int, Field] | None = None


Fields = dict[int, Field]

_OWNER = {
    1: Field("kind"),
    3: Field("name"),
    4: Field("uid"),
    5: Field("apiVersion"),
    6: Field("controller", "bool"),
    7: Field("blockOwnerDeletion", "bool"),
}
META = Field(
    "metadata",
    "message",
    {
        1: Field("name"),
        2: Field("generateName"),
        3: Field("namespace"),
        4: Field("selfLink", SERVERS),
        5: Field("uid"),
        6: Field("resourceVersion"),
        7: Field("generation", SERVERS),
        8: Field("creationTimestamp", SERVERS),
        9: Field("deletionTimestamp", SERVERS),
        10: Field("deletionGracePeriodSeconds", SERVERS),
        11: Field("labels", "map"),
        12: Field("annotations", "map"),
        13: Field("ownerReferences", "messages", _OWNER),
        14: Field("finalizers", "strings"),
        17: Field("managedFields", SERVERS),
    },
)
_EXPRESSION = {1: Field("key"), 2: Field("operator"), 3: Field("values", "strings")}
SELECTOR: Final = {1: Field("matchLabels", "map"), 2: Field("matchExpressions", "messages", _EXPRESSION)}
