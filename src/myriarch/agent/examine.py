"""Looks at a cluster's API server: is it of a version that we work with, and does it let us do what we must?

Asked anew from time to time, because clusters are upgraded and roles are changed under us.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from myriarch.agent.finding import Finding, Reason
from myriarch.agent.rights import CLUSTER_API, Right, missing_rights, whoami
from myriarch.base.conditions import COMPATIBLE, CONNECTED, PERMITTED
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import (
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_TRUSTED,
    ApiError,
    Forbidden,
    NotFound,
    Refused,
    Unauthorized,
)
from myriarch.client.objects import Raw

OLDEST_MINOR: Final = 29
NEWEST_TESTED_MINOR: Final = 35
MINORS_AHEAD: Final = 2
"""So many minors beyond the newest tested one are tried: the APIs used are stable ones."""

RIGHTS_NAMED: Final = 5
EXPORT: Final = "myriarch agent --export"

_MINOR: Final = re.compile(r"v1\.(\d+)")


@dataclass(frozen=True, slots=True)
class Examined:
    """``version`` as the server says it, such as v1.34.4; ``lacking`` as ``missing_rights`` names them."""

    version: str
    compatible: Finding
    permitted: Finding
    lacking: frozenset[str] = frozenset()


async def examine(client: Client, rights: Iterable[Right]) -> Examined:
    """Ask. Raises what the client raises where the server doesn't answer."""
    version = await server_version(client)
    compatible = judge_version(version)
    try:
        lacking = await missing_rights(client, rights)
        user = await _name(client) if lacking else ""
    except Forbidden as error:  # a server that lets nobody ask
        return Examined(version, compatible, Finding(PERMITTED, None, Reason.NOT_KNOWN, str(error)))
    return Examined(version, compatible, judge_rights(lacking, user), frozenset(lacking))


async def server_version(client: Client) -> str:
    """``gitVersion`` of ``/version``."""
    return str((await client.read("/version", Raw)).get("gitVersion", ""))


def judge_version(version: str) -> Finding:
    """Whether we work with it."""
    found = _MINOR.match(version)
    newest = NEWEST_TESTED_MINOR + MINORS_AHEAD
    if found is None:
        message = f"The API server says it is of version {version!r}, which is none of Kubernetes."
        return Finding(COMPATIBLE, None, Reason.NOT_KNOWN, message)
    minor = int(found[1])
    if minor < OLDEST_MINOR:
        message = f"The API server is {version}; 1.{OLDEST_MINOR} is the oldest supported. Upgrade the cluster."
        return Finding(COMPATIBLE, False, Reason.TOO_OLD, message)
    if minor > newest:
        message = f"The API server is {version}; 1.{newest} is the newest supported. Use a newer Myriarch."
        return Finding(COMPATIBLE, False, Reason.TOO_NEW, message)
    return Finding(COMPATIBLE, True, Reason.VERSION_SUPPORTED, f"The API server is {version}.")


def judge_rights(lacking: list[str], user: str) -> Finding:
    """What is missing, and the command that gives it to ``user`` (may be empty)."""
    if not lacking:
        return Finding(PERMITTED, True, Reason.RIGHTS_SUFFICE, "The agent has the rights that it needs.")
    named = ", ".join(lacking[:RIGHTS_NAMED])
    more = f" and {len(lacking) - RIGHTS_NAMED} more" if len(lacking) > RIGHTS_NAMED else ""
    who = f"The user {user!r}" if user else "The agent"
    allow = " --allow machine" if any(each.endswith(f".{CLUSTER_API}") for each in lacking) else ""
    to = f" --user {user}" if user and not user.startswith("system:serviceaccount:myriarch-system:") else ""
    message = (
        f"{who} may not {named}{more}. Give the rights in that cluster: '{EXPORT}{allow}{to} | kubectl apply -f -'."
    )
    return Finding(PERMITTED, False, Reason.MISSING_RIGHTS, message)


def judge_reach(fault: ApiError | UserFault | None, credential_cure: str) -> Finding:
    """Whether the cluster's API server answers, and knows us; ``credential_cure`` says how to give another one."""
    if fault is None:
        return Finding(CONNECTED, True, Reason.HEARD, "The agent reports.")
    if isinstance(fault, UserFault):
        return Finding(CONNECTED, False, Reason.KUBECONFIG_INVALID, f"{fault.message} {credential_cure}".strip())
    if isinstance(fault, Unauthorized):
        problem = "The API server does not accept the credential: it has expired, or was taken back."
        return Finding(CONNECTED, False, Reason.UNAUTHORIZED, f"{problem} {credential_cure}".strip())
    match fault.status.reason:
        case reason if reason == CERTIFICATE_EXPIRED:
            cure = "Renew the certificate of that API server, and mind both clocks."
            return Finding(CONNECTED, False, Reason.CERTIFICATE_EXPIRED, f"{fault}. {cure}")
        case reason if reason == CERTIFICATE_NOT_TRUSTED:
            cure = f"The kubeconfig must hold the cluster's own certificate authority. {credential_cure}".strip()
            return Finding(CONNECTED, False, Reason.CERTIFICATE_NOT_TRUSTED, f"{fault}. {cure}")
    cure = "Look whether that API server runs, and whether it can be reached from here."
    return Finding(CONNECTED, False, Reason.UNREACHABLE, f"{fault}. {cure}")


async def _name(client: Client) -> str:
    try:
        return await whoami(client)
    except (NotFound, Forbidden, Refused):
        return ""
