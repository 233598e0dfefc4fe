"""What is found of a real cluster, as conditions: a word, what is wrong, and how to mend it.

The reasons are named here and nowhere else; who finds what is ``examine.py``'s and ``member.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from myriarch.api.meta import Condition
from myriarch.base.clock import rfc3339
from myriarch.base.conditions import ConditionType


class Reason(StrEnum):
    """Why a condition is as it is."""

    HEARD = "Heard"
    UNREACHABLE = "Unreachable"
    CERTIFICATE_NOT_TRUSTED = "CertificateNotTrusted"
    CERTIFICATE_EXPIRED = "CertificateExpired"
    UNAUTHORIZED = "Unauthorized"
    KUBECONFIG_INVALID = "KubeconfigInvalid"
    SECRET_MISSING = "SecretMissing"  # noqa: S105 (a reason)
    VERSION_SUPPORTED = "VersionSupported"
    TOO_OLD = "ApiServerTooOld"
    TOO_NEW = "ApiServerTooNew"
    RIGHTS_SUFFICE = "RightsSuffice"
    MISSING_RIGHTS = "MissingRights"
    DRIVERS_READY = "DriversReady"
    STARTING = "Starting"
    DRIVER_FAILED = "DriverFailed"
    OBJECT_MISSING = "ObjectMissing"
    NOT_KNOWN = "NotKnown"


@dataclass(frozen=True, slots=True)
class Finding:
    """``ok`` None: not known. ``message`` says what is wrong and how to mend it."""

    about: ConditionType
    ok: bool | None
    reason: str
    message: str

    def condition(self, before: Condition | None, now: float) -> Condition:
        """As a condition that was ``before``, at ``now`` in Unix seconds. A start proves nothing: what was wrong before
        is wrong, for as long as it has been, until something is found."""
        if before is not None and before.status == "False" and self.reason == Reason.STARTING:
            return before
        status = "Unknown" if self.ok is None else str(self.ok)
        same = before is not None and before.status == status
        since = before.last_transition_time if before is not None and same else rfc3339(now)
        return Condition(
            type=self.about.type, status=status, reason=self.reason, message=self.message, last_transition_time=since
        )


def conditions_of(findings: Iterable[Finding], known: Iterable[Condition], now: float) -> list[Condition]:
    """The findings as conditions, in their order; what stays as it is in ``known`` keeps its time."""
    before = {condition.type: condition for condition in known}
    return [finding.condition(before.get(finding.about.type), now) for finding in findings]


def unknown(about: ConditionType, why: str) -> Finding:
    """Nothing can be said, because of ``why``."""
    return Finding(about, None, Reason.NOT_KNOWN, why)
