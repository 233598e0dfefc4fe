"""The questions and requests about access that a POST can bring: which function answers which.

Tokens are made and read with the hub's own key (``issuer``) and authenticators; a server that was given none makes
its own when first asked, so that a server without users doesn't pay for cryptography.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from myriarch.apiserver.access import reviews
from myriarch.apiserver.access.access import AUTHORIZATION_GROUP, Access
from myriarch.apiserver.auth import AccountTokens, Authenticator
from myriarch.apiserver.call import Call, Reply
from myriarch.apiserver.core import Core

if TYPE_CHECKING:
    from myriarch.apiserver.access.tokens import TokenIssuer

AUTHENTICATION_GROUP = "authentication.k8s.io"
_REVIEWS: dict[str, Callable[[Access, Core, Call], Reply]] = {
    "selfsubjectaccessreviews": reviews.may_i,
    "subjectaccessreviews": reviews.may_they,
    "localsubjectaccessreviews": reviews.may_they,
    "selfsubjectrulesreviews": reviews.what_may_i,
    "selfsubjectreviews": reviews.who_am_i,
}


class Desk:
    """``trust`` is called before the first request, where the hub has keys of its own."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access
        self._issuer: TokenIssuer | None = None
        self._authenticator: Authenticator = AccountTokens(self._tokens)

    def trust(self, issuer: TokenIssuer, authenticator: Authenticator) -> None:
        """Make tokens by ``issuer``, and know those that ``authenticator`` knows."""
        self._issuer = issuer
        self._authenticator = authenticator

    @property
    def authenticator(self) -> Authenticator:
        """Knows, where nothing else was said, the tokens that this server makes."""
        return self._authenticator

    def answer(self, call: Call) -> Reply | None:
        """None where the POST is none of these. Raises ApiError."""
        resource, group = call.type.plural, call.type.group
        if group in (AUTHORIZATION_GROUP, AUTHENTICATION_GROUP):
            if resource == "tokenreviews":
                return self._whose_token(call)
            return _REVIEWS[resource](self._access, self._core, call)
        if (group, resource, call.subresource) == ("", "serviceaccounts", "token"):
            return self._make_token(call)
        return None

    def _make_token(self, call: Call) -> Reply:
        from myriarch.apiserver.access.token_requests import make_token

        return make_token(self._access, self._tokens(), self._core, call)

    def _whose_token(self, call: Call) -> Reply:
        from myriarch.apiserver.access.token_requests import whose_token

        return whose_token(self._access, self._authenticator, self._core, call)

    def _tokens(self) -> TokenIssuer:
        if self._issuer is None:
            from myriarch.apiserver.access.tokens import TokenIssuer

            self._issuer = TokenIssuer()
        return self._issuer
