"""The rights of a release: to start, to hasten, to approve, to order, to override and to stop are separate.

To start is to create a Release, to override is to create an Override: plain RBAC says who may. The others are
changes of single fields, which RBAC can't tell apart; so each such change asks for a verb of its own on the same
object. This table is the one source: the embedded server checks it at every write, and ``admission_policies.py``
turns it into policies for a real API server.

``ROLES`` are roles to bind people to, one a right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.meta import GROUP

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ``spec`` (its name on the wire) and what it means where it is absent."""

    name: str
    default: Any

    def of(self, obj: Object | None) -> Any:
        return ((obj or {}).get("spec") or {}).get(self.name, self.default)


@dataclass(frozen=True, slots=True)
class Right:
    """Who changes ``fields`` of a ``resource``'s spec needs ``verb`` on it.

    ``flag``: the change matters only where this field is true before or after it; all of spec then counts.
    ``on_create`` and ``on_delete`` say whether the right is also asked for then.
    """

    name: str
    resource: str
    verb: str
    fields: tuple[Field, ...] = ()
    flag: str = ""
    on_create: bool = True
    on_delete: bool = False

    def asked(self, old: Object | None, new: Object | None) -> bool:
        """Whether the write from ``old`` to ``new`` (None: there is none) needs the right."""
        if (new is None and not self.on_delete) or (old is None and not self.on_create):
            return False
        if self.flag:
            flag = Field(self.flag, False)
            return bool(flag.of(old) or flag.of(new)) and (old or {}).get("spec") != (new or {}).get("spec")
        return any(each.of(old) != each.of(new) for each in self.fields)

    @property
    def problem(self) -> str:
        """What the refusal says."""
        what = f"spec.{self.flag}" if self.flag else " or ".join(f"spec.{each.name}" for each in self.fields)
        return f"changing {what} needs the verb '{self.verb}' on {self.resource}.{GROUP}"


RIGHTS: Final = (
    Right("approve", "releases", "approve", (Field("approvals", []),)),
    Right("order", "releases", "order", (Field("order", "None"), Field("paused", False))),
    Right(
        "restart",
        "releases",
        "create",
        (Field("selector", None), Field("seed", 0), Field("priority", 0)),
        on_create=False,
    ),
    Right("urgent", "releases", "urgent", (Field("urgent", None),)),
    Right("train-order", "releasetrains", "order", (Field("order", "None"), Field("paused", False))),
    Right("stop", "freezewindows", "stop", flag="stop", on_delete=True),
)

_READ = ["get", "list", "watch"]
_KINDS = ["*"]


def _rule(resources: list[str], verbs: list[str]) -> Object:
    return {"apiGroups": [GROUP], "resources": resources, "verbs": verbs}


ROLES: Final[dict[str, list[Object]]] = {
    "myriarch-viewer": [_rule(_KINDS, _READ)],
    "myriarch-starter": [_rule(_KINDS, _READ), _rule(["releases", "releasetrains"], ["create"])],
    "myriarch-hastener": [_rule(_KINDS, _READ), _rule(["releases"], ["create", "urgent"])],
    "myriarch-approver": [_rule(_KINDS, _READ), _rule(["releases"], ["patch", "approve"])],
    "myriarch-operator": [_rule(_KINDS, _READ), _rule(["releases", "releasetrains"], ["patch", "order"])],
    "myriarch-overrider": [_rule(_KINDS, _READ), _rule(["overrides"], ["create", "patch", "delete"])],
    "myriarch-stopper": [_rule(_KINDS, _READ), _rule(["freezewindows"], ["create", "patch", "delete", "stop"])],
}
"""Name of a ClusterRole to its rules."""
