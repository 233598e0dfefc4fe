"""Why a bundle can't be moved, said so that a person can mend it: one CamelCase word, what is wrong, and the cure."""

from __future__ import annotations

from typing import Final

from myriarch.base.errors import Terminal, UserFault
from myriarch.client.errors import (
    ApplyConflict,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    ServerFault,
    Unauthorized,
)
from myriarch.drivers.bundle.objects import ObjectId
from myriarch.drivers.bundle.render import NotRendered
from myriarch.drivers.driver import Trouble

FIELDS_SHOWN_MAX: Final = 5

_UNTYPED: Final = ("field not declared in schema", "failed to create typed patch object")
"""How API servers refuse an unknown field of an apply: with status 500, as if it were their fault."""

RIGHTS_LABEL: Final = "myriarch.io/aggregate-to-bundles"
"""Where it is "true", a ClusterRole of the cluster's own adds to what bundles may hold."""

_OWN_RIGHTS: Final = (
    "Give the account that the agent uses the right to do it: 'myriarch agent --export --allow bundle | kubectl apply "
    f"-f -' for common kinds, a ClusterRole labelled {RIGHTS_LABEL}=true for others."
)


class Troubled(Terminal):
    """The bundle can't be moved until somebody acts."""

    def __init__(self, reason: str, message: str) -> None:
        self.trouble = Trouble(reason, message)
        super().__init__(message)


def troubled_by(error: Exception, what: ObjectId | str) -> Troubled | None:
    """What the error means for a person; None where trying again may help."""
    if isinstance(error, NotRendered):
        return Troubled("ChartNotRendered", error.message)
    if isinstance(error, ApplyConflict):
        return Troubled("FieldsOwnedByOthers", _conflict(error, what))
    if isinstance(error, Forbidden | Unauthorized):
        return Troubled("Forbidden", f"{what}: {error}. {_OWN_RIGHTS}")
    untyped = isinstance(error, ServerFault) and any(part in str(error) for part in _UNTYPED)
    if isinstance(error, Invalid | Refused) or untyped:
        return Troubled("ApplyRefused", f"{what}: the API server refuses it: {error} {_refusal_cure(str(error))}")
    if isinstance(error, UserFault):
        return Troubled("PayloadInvalid", error.message)
    if isinstance(error, NotFound):
        return Troubled("ApplyRefused", f"{what}: {error}. Make what it needs a part of the bundle.")
    return None


def owners_of(error: ApplyConflict) -> tuple[tuple[str, ...], str]:
    """The fields in conflict, and who keeps the first of them."""
    causes = error.status.details.causes if error.status.details else ()
    fields = tuple(cause.field for cause in causes if cause.field)
    said = causes[0].message if causes else ""
    return fields, said.partition('"')[2].partition('"')[0] or "another manager"


def shown(fields: tuple[str, ...]) -> str:
    """A few of the fields, and how many more there are."""
    more = len(fields) - FIELDS_SHOWN_MAX
    return ", ".join(fields[:FIELDS_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")


def _conflict(error: ApplyConflict, what: ObjectId | str) -> str:
    fields, manager = owners_of(error)
    cure = "Take the fields out of the bundle, make that manager let go of them, or set adopt: Force."
    return f"{what}: {shown(fields) or 'its fields'}: kept by {manager!r}. {cure}"


def _refusal_cure(message: str) -> str:
    if "immutable" in message or "may not be changed" in message:
        return "The field can't be changed: give the object another name in the new revision."
    if "admission webhook" in message:
        return "Mend the object, or the webhook that refuses it."
    return "Correct the object in a new revision."
