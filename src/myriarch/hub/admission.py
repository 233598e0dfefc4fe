"""What the embedded hub refuses at the door beyond schemas: policies and windows that can't be meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.windows import window_faults

Check = Callable[[dict[str, Any]], list[UserFault]]


def _policy(obj: dict[str, Any]) -> list[UserFault]:
    return policy_faults(msgspec.convert(obj.get("spec", {}), ReleasePolicySpec))


def _window(obj: dict[str, Any]) -> list[UserFault]:
    return window_faults(msgspec.convert(obj.get("spec", {}), FreezeWindowSpec))


ADMISSION: Mapping[str, Check] = {"ReleasePolicy": _policy, "FreezeWindow": _window}
"""By kind; called with an object that its schema has admitted."""
