"""Errors of the Kubernetes API, as a tree by meaning and by who acts on them.

::

    ApiError                 an answer that is no success, or none at all
    ├── Unreachable          Retryable: no answer came (connection, time-out, cut stream)
    ├── Conflict             Retryable: written in between; read again
    ├── Gone                 Retryable: the resourceVersion is too old; list again
    ├── TooManyRequests      Retryable: after ``retry_after_seconds``
    ├── ServerFault          Retryable: 5xx
    ├── NotFound             Terminal
    ├── AlreadyExists        Terminal
    ├── ApplyConflict        Terminal: another field manager owns what was applied
    ├── Unauthorized         Terminal
    ├── Forbidden            Terminal
    ├── Refused              Terminal: any other 4xx
    ├── Undecodable          Terminal: the answer isn't what the type says
    └── Invalid              UserFault: the object breaks its schema or rules

``error_of`` makes them from a response. None of them holds a header or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from myriarch.base.errors import MyriarchError, Retryable, Terminal, UserFault

MESSAGE_CHARACTERS_MAX: Final = 2000
"""Longer bodies (proxies send whole pages) are cut."""


class Cause(msgspec.Struct, frozen=True):
    """One entry of ``Status.details.causes``."""

    reason: str = ""
    message: str = ""
    field: str = ""


class Details(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: float = 0


class Status(msgspec.Struct, frozen=True):
    """``metav1.Status``, as far as errors need it."""

    code: int = 0
    reason: str = ""
    message: str = ""
    details: Details | None = None


class ApiError(MyriarchError):
    """``status`` is what the server said; its code is 0 when it said nothing."""

    def __init__(self, status: Status) -> None:
        self.status = status
        super().__init__(status.message or status.reason or f"HTTP {status.code}")

    @property
    def retry_after_seconds(self) -> float:
        return self.status.details.retry_after_seconds if self.status.details else 0.0


UNREACHABLE: Final = "Unreachable"
CERTIFICATE_NOT_TRUSTED: Final = "CertificateNotTrusted"
CERTIFICATE_EXPIRED: Final = "CertificateExpired"


class Unreachable(ApiError, Retryable):
    """No answer came, or not a whole one. What was asked may have been done all the same.

    ``status.reason`` tells a server that isn't there from one whose certificate is not what it should be.
    """

    def __init__(self, message: str, reason: str = UNREACHABLE) -> None:
        super().__init__(Status(message=message, reason=reason))


class Conflict(ApiError, Retryable): ...


class Gone(ApiError, Retryable): ...


class TooManyRequests(ApiError, Retryable): ...


class ServerFault(ApiError, Retryable): ...


class NotFound(ApiError, Terminal): ...


class AlreadyExists(ApiError, Terminal): ...


class ApplyConflict(ApiError, Terminal): ...


class Unauthorized(ApiError, Terminal): ...


class Forbidden(ApiError, Terminal): ...


class Refused(ApiError, Terminal): ...


class Undecodable(ApiError, Terminal):
    """Mostly an object of another version of its type."""

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(Status(message=f"{what}: {problem}"))


class Invalid(ApiError, UserFault):
    """422. ``field`` and ``problem`` are those of the first cause."""

    def __init__(self, status: Status) -> None:
        first = status.details.causes[0] if status.details and status.details.causes else Cause()
        self.status = status
        self.field = first.field or "object"
        self.value = status.details.name if status.details else ""
        self.problem = first.message or status.message
        self.cure = "Correct it and try again."
        MyriarchError.__init__(self, status.message or self.message)


_BY_REASON: Final[dict[str, type[ApiError]]] = {
    "NotFound": NotFound,
    "AlreadyExists": AlreadyExists,
    "Conflict": Conflict,
    "Gone": Gone,
    "Expired": Gone,
    "Invalid": Invalid,
    "Forbidden": Forbidden,
    "Unauthorized": Unauthorized,
    "TooManyRequests": TooManyRequests,
}
_BY_CODE: Final[dict[int, type[ApiError]]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    422: Invalid,
    429: TooManyRequests,
}
_FIELD_MANAGER_CONFLICT: Final = "FieldManagerConflict"


def error_of(code: int, body: bytes, headers: Mapping[str, str] | None = None) -> ApiError:
    """The error that a response of status ``code`` (300 or more) means; ``body`` need be no Status."""
    try:
        status = msgspec.json.decode(body, type=Status)
    except msgspec.DecodeError:
        text = body.decode(errors="replace").strip()
        status = Status(message=text[:MESSAGE_CHARACTERS_MAX])
    details = status.details or Details()
    retry_after = (headers or {}).get("retry-after", "")
    if not details.retry_after_seconds and retry_after.isdecimal():
        details = msgspec.structs.replace(details, retry_after_seconds=float(retry_after))
    return error_of_status(msgspec.structs.replace(status, code=code, details=details))


def error_of_status(status: Status) -> ApiError:
    """The error that a Status means, as an answer or as the object of an ERROR event."""
    return _class_of(status)(status)


def _class_of(status: Status) -> type[ApiError]:
    causes = status.details.causes if status.details else ()
    if any(cause.reason == _FIELD_MANAGER_CONFLICT for cause in causes):
        return ApplyConflict
    if status.code >= 500:
        return ServerFault
    return _BY_REASON.get(status.reason) or _BY_CODE.get(status.code) or Refused
