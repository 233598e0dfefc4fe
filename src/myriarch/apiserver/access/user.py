"""Who asks: a user as the authenticators found them, and what that says of where they may ask at all.

A credential counts in one logical cluster, its ``realm``, or everywhere (the hub's own admin). Callers in this
process are trusted: a bare name stands for a member of ``system:masters``. ``privileged`` is worked out once, so
that for such users a request costs one look at a flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

MASTERS = "system:masters"
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
SERVICE_ACCOUNTS = "system:serviceaccounts"
ACCOUNT_PREFIX = "system:serviceaccount:"
EVERYWHERE = "*"
ISSUER_PREFIX = "https://myriarch.io/clusters/"

Extra = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom a request asks to be treated as, from its ``Impersonate-*`` headers."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Extra = ()


@dataclass(frozen=True, slots=True)
class User:
    """``account_uid`` is set for service accounts: the account must still be there and have this uid.

    ``wants`` is the impersonation that the request asks for; nobody has granted it yet.
    """

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Extra = ()
    realm: str = EVERYWHERE
    account_uid: str = ""
    wants: Impersonation | None = None
    privileged: bool = field(init=False)

    def __post_init__(self) -> None:
        free = self.realm == EVERYWHERE and not self.account_uid and self.wants is None
        object.__setattr__(self, "privileged", free and MASTERS in self.groups)

    @property
    def master(self) -> bool:
        """Whether everything is allowed, within the realm."""
        return MASTERS in self.groups

    def info(self) -> dict[str, object]:
        """``UserInfo`` of authentication.k8s.io/v1."""
        out: dict[str, object] = {"username": self.name}
        if self.uid:
            out["uid"] = self.uid
        if self.groups:
            out["groups"] = list(self.groups)
        if self.extra:
            out["extra"] = {key: list(values) for key, values in self.extra}
        return out


ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))


@lru_cache(maxsize=1024)
def trusted(name: str) -> User:
    """A caller in this process, or the holder of the hub's own token."""
    return User(name, (MASTERS, AUTHENTICATED))


def as_user(user: User | str) -> User:
    return trusted(user) if isinstance(user, str) else user


def account_name(namespace: str, name: str) -> str:
    """The user name of a service account."""
    return f"{ACCOUNT_PREFIX}{namespace}:{name}"


def issuer_of(cluster: str) -> str:
    """The issuer of a logical cluster's tokens, and the audience that its API server reads."""
    return ISSUER_PREFIX + cluster


def account_of(user_name: str) -> tuple[str, str] | None:
    """(namespace, name) of a service account's user name; None for other users."""
    parts = user_name.removeprefix(ACCOUNT_PREFIX).split(":") if user_name.startswith(ACCOUNT_PREFIX) else []
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups that every service account of the namespace is in."""
    return (SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}", AUTHENTICATED)
