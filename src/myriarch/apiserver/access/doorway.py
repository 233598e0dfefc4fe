"""What a request passes on its way in from a socket: a sane path, a proven user, that user's limits.

It says who asks; what they may is decided behind it, where the objects are (``access.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from myriarch.apiserver.access.attributes import attributes_of
from myriarch.apiserver.access.audit import AuditLog, event
from myriarch.apiserver.access.impersonation import PREFIX, impersonation
from myriarch.apiserver.access.limits import Limiter
from myriarch.apiserver.access.user import ANONYMOUS, User
from myriarch.apiserver.auth import Authenticator, Credentials
from myriarch.apiserver.documents import HEALTH
from myriarch.apiserver.routes import parse
from myriarch.apiserver.status import ApiError, bad_request, unauthorized
from myriarch.client.http import Request

OPEN_PATHS = frozenset((*(f"/{name}" for name in HEALTH), "/version"))
_TRICK = re.compile(rb"//|/\.\.?(?:/|\Z)|%2f|%5c|%2e|%00|\\|\x00", re.IGNORECASE)


class Doorway:
    """``limiter`` and ``audit`` may be left out: then nothing is limited, and nothing written down."""

    def __init__(self, auth: Authenticator, limiter: Limiter | None = None, audit: AuditLog | None = None) -> None:
        self._auth = auth
        self._limiter = limiter
        self._audit = audit

    def check_path(self, raw_path: bytes) -> None:
        """Raises ApiError 400 for paths that could be read in two ways."""
        if _TRICK.search(raw_path):
            raise bad_request("the path has an empty, relative or encoded segment")

    def user(self, path: str, headers: Mapping[str, str], certificate: bytes, address: str) -> User:
        """Who asks. Raises ApiError 400, 401 or 429."""
        shown = Credentials(headers.get("authorization", ""), certificate)
        if path in OPEN_PATHS and not shown.authorization and not certificate:
            return ANONYMOUS
        found = self._auth.identify(shown)
        if found is None:
            if self._limiter is not None:
                self._limiter.failure(address)
            raise unauthorized()
        user = found.user
        if any(name.startswith(PREFIX) for name in headers):
            user = replace(user, wants=impersonation(headers))
        if self._limiter is not None and not user.master:
            self._limiter.request(user.name)
        return user

    def watching(self, user: User) -> AbstractContextManager[None]:
        """While a watch is open. Raises ApiError 429."""
        return nullcontext() if self._limiter is None or user.master else self._limiter.watching(user.name)

    def begun(self) -> float:
        """When a request came in, for the audit log; 0 where there is none."""
        return self._audit.now() if self._audit is not None else 0.0

    def note(self, request: Request, uri: str, user: User, address: str, begun: float, code: int) -> None:
        """Write down what came of a request."""
        if self._audit is None or (user is ANONYMOUS and code == 200):
            return
        try:
            asked = attributes_of(user, parse(request.path), request)
        except ApiError:  # a selector that makes no sense
            asked = attributes_of(user, parse(request.path), replace(request, query={}))
        agent = request.headers.get("user-agent", "")
        ended = self._audit.now()
        self._audit.add(event(asked, user, uri, address=address, agent=agent, begun=begun, ended=ended, code=code))
