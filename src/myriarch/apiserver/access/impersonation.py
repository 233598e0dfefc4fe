"""Acting as somebody else: the ``Impersonate-*`` headers, and the rights that they ask for.

They are never ignored: who sends one without the right to it is refused, and so is a group or uid without a user.
Repeated headers are given here joined by line breaks, which no header can hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.user import (
    ANONYMOUS,
    AUTHENTICATED,
    UNAUTHENTICATED,
    Extra,
    Impersonation,
    User,
    account_groups,
    account_of,
)
from myriarch.apiserver.status import bad_request

PREFIX = "impersonate-"
EXTRA_PREFIX = f"{PREFIX}extra-"
SEPARATOR = "\n"


def impersonation(headers: Mapping[str, str]) -> Impersonation | None:
    """What the headers (names in lower case) ask for; None where they ask nothing. Raises ApiError 400."""
    name = headers.get(f"{PREFIX}user", "")
    groups = tuple(headers[f"{PREFIX}group"].split(SEPARATOR)) if f"{PREFIX}group" in headers else ()
    uid = headers.get(f"{PREFIX}uid", "")
    extra = _extra(headers)
    if SEPARATOR in name or SEPARATOR in uid:
        raise bad_request("Impersonate-User and Impersonate-Uid may each be given once")
    if not name:
        asked = [part for part, value in (("groups", groups), ("a uid", uid), ("extra fields", extra)) if value]
        if asked or f"{PREFIX}user" in headers:
            what = " and ".join(asked) or "nobody"
            raise bad_request(f"{what} asked for without impersonating a user: name one with Impersonate-User")
        return None
    return Impersonation(name, groups, uid, extra)


def _extra(headers: Mapping[str, str]) -> Extra:
    return tuple(
        (unquote(header.removeprefix(EXTRA_PREFIX)), tuple(value.split(SEPARATOR)))
        for header, value in sorted(headers.items())
        if header.startswith(EXTRA_PREFIX)
    )


def asked_rights(user: User, cluster: str) -> Iterator[Attributes]:
    """Each thing impersonated, as a request that must be allowed."""
    wants = user.wants
    assert wants is not None
    own = replace(user, wants=None)
    account = account_of(wants.name)
    if account is not None:
        namespace, name = account
        yield Attributes(own, "impersonate", cluster, "", "v1", "serviceaccounts", "", namespace, name)
    else:
        yield Attributes(own, "impersonate", cluster, "", "v1", "users", name=wants.name)
    for group in wants.groups:
        yield Attributes(own, "impersonate", cluster, "", "v1", "groups", name=group)
    group_version = ("authentication.k8s.io", "v1")
    if wants.uid:
        yield Attributes(own, "impersonate", cluster, *group_version, "uids", name=wants.uid)
    for key, values in wants.extra:
        for value in values:
            yield Attributes(own, "impersonate", cluster, *group_version, "userextras", key, name=value)


def impersonated(user: User) -> User:
    """The user asked for, in the realm of the one who asks."""
    wants = user.wants
    assert wants is not None
    groups = wants.groups
    account = account_of(wants.name)
    if account is not None and not groups:
        groups = account_groups(account[0])
    general = UNAUTHENTICATED if wants.name == ANONYMOUS.name else AUTHENTICATED
    if AUTHENTICATED not in groups and UNAUTHENTICATED not in groups:
        groups = (*groups, general)
    return User(wants.name, groups, wants.uid, wants.extra, user.realm)
