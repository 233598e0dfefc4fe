"""What the embedded hub refuses at the door beyond schemas: policies and windows that can't be meant, components that
name others which aren't there or come after themselves, and revisions that require what can't be read.

What an object says of others is checked where it changes: an object that was sound when it came in can be written on,
also when what it names is gone by now. A release then says so when it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from myriarch.api.component import ComponentSpec
from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.revision import RevisionSpec
from myriarch.apiserver.record import Bucket
from myriarch.apiserver.routes import HUB
from myriarch.apiserver.store import Store
from myriarch.base.errors import UserFault
from myriarch.client.refs import COMPONENTS, REVISIONS
from myriarch.engine.ordering_check import after_faults
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.requirement_check import requirement_faults
from myriarch.engine.windows import window_faults

Object = dict[str, Any]
Check = Callable[[Object], list[UserFault]]


def admission(store: Store) -> Mapping[str, Check]:
    """By kind; called with an object that its schema has admitted. ``store`` holds what objects may name."""
    return {
        "ReleasePolicy": _policy,
        "FreezeWindow": _window,
        "Component": _Components(store),
        "Revision": _Revisions(store),
    }


def _policy(obj: Object) -> list[UserFault]:
    return policy_faults(msgspec.convert(obj.get("spec", {}), ReleasePolicySpec))


def _window(obj: Object) -> list[UserFault]:
    return window_faults(msgspec.convert(obj.get("spec", {}), FreezeWindowSpec))


@dataclass(frozen=True, slots=True)
class _Components:
    store: Store

    def __call__(self, obj: Object) -> list[UserFault]:
        """Faults of what the component comes after."""
        name, after = obj["metadata"].get("name", ""), _spec(obj).after
        if not after:
            return []
        known = _heads(self.store, COMPONENTS.plural)
        if name in known and _spec(known[name]).after == after:
            return []
        others = {other: _spec(each).after for other, each in known.items() if other != name}
        return after_faults(name, after, others)


@dataclass(frozen=True, slots=True)
class _Revisions:
    store: Store

    def __call__(self, obj: Object) -> list[UserFault]:
        """Faults of what a new revision requires: its spec never changes."""
        spec = msgspec.convert(obj.get("spec", {}), RevisionSpec)
        if not spec.requires or obj["metadata"].get("name", "") in _heads(self.store, REVISIONS.plural):
            return []
        return requirement_faults(spec.component, spec.requires, _heads(self.store, COMPONENTS.plural))


def _spec(obj: Object) -> ComponentSpec:
    return msgspec.convert(obj.get("spec", {}), ComponentSpec)


def _heads(store: Store, plural: str) -> dict[str, Object]:
    """Objects of one of Myriarch's kinds, by name, as the last writers left them."""
    bucket = Bucket(HUB, f"{plural}.{COMPONENTS.group}")
    return {record.key.name: record.decode() for record in store.all_heads(bucket)}
