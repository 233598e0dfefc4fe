"""Terms: the number that fences off a controller which lost its share of the work and does not know it.

A shard's holder writes its term into everything that decides: a release's status, a component's status, a grant.
Terms only grow. The rule sits on the field itself, so that it costs nothing while the term stays the same, and API
servers correlate it through list maps (a grant is compared with the grant of the same component).
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

STALE_TERM: Final = "is of an older term: another controller has taken over"
"""What the refusal says; ``runtime/fence.py`` knows a refused stale write by it."""

Term = Annotated[
    int,
    Meta(
        ge=0,
        description="Term of the controller that wrote this: an older one is refused.",
        extra_json_schema={
            "x-kubernetes-validations": [
                {"rule": "self >= oldSelf", "message": STALE_TERM, "reason": "FieldValueInvalid"}
            ]
        },
    ),
]
