"""The agent's own credential for the hub: a token of its ServiceAccount there, renewed long before it ends.

An agent begins with a bootstrap token, which is good for one thing: asking for the first token of the agent's own
account. With that the account of the bootstrap token is deleted, so that the file it came in is worth nothing more.
From then on the agent asks for its next token with its last one. Tokens live in real time, whatever clock a hub
runs on, and how long one lasts is counted on our clock from when it came: the hub's may differ.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from myriarch.agent.state import State
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.credentials import Credential
from myriarch.client.errors import Forbidden, NotFound, Unauthorized
from myriarch.client.resource import ROLE_BINDINGS, SERVICE_ACCOUNTS

AGENTS_NAMESPACE: Final = "myriarch-agents"
"""Namespace at the hub of the agents' ServiceAccounts and Leases."""

CREDENTIAL: Final = "credential"
ADDRESS: Final = "hub"
"""Names of what is kept: the token, and where the hub is."""

TOKEN_SECONDS: Final = 14 * 86_400
"""Asked for; the hub's API server may give less. An agent outlives a hub that is away for the last third of it."""

RENEW_SHARE: Final = 2 / 3


def agent_account(cluster: str) -> str:
    """Name of the ServiceAccount that the agent of ``cluster`` is at the hub."""
    return f"agent-{cluster}"


def bootstrap_account(cluster: str) -> str:
    """Name of the one that may ask for a token of the agent's, and nothing else."""
    return f"bootstrap-{cluster}"


class Kept(msgspec.Struct, frozen=True):
    """A token with when it came and when it ends, in Unix seconds of our clock."""

    token: str
    issued_at: float
    expires_at: float

    def __repr__(self) -> str:
        return f"Kept(expires_at={self.expires_at})"

    @property
    def renew_at(self) -> float:
        return self.issued_at + RENEW_SHARE * (self.expires_at - self.issued_at)


class AgentCredentials:
    """Implements ``client.credentials.Credentials``."""

    def __init__(self, cluster: str, state: State) -> None:
        self._cluster = cluster
        self._state = state
        self._kept: Kept | None = None

    async def load(self) -> bool:
        """Take up what is kept; whether there is a token that has not ended."""
        text = await self._state.read(CREDENTIAL)
        try:
            self._kept = msgspec.json.decode(text, type=Kept) if text is not None else None
        except msgspec.DecodeError:
            self._kept = None
        return self._kept is not None and real_now() < self._kept.expires_at

    async def credential(self) -> Credential:
        """Raises UserFault where there is none."""
        if self._kept is None:
            raise UserFault("--bootstrap", "", "the agent has no credential for the hub", join_cure(self._cluster))
        return Credential(self._kept.token)

    def refused(self) -> None:
        """Nothing else can be tried: the next answer will be the same until a token is renewed."""

    @property
    def renew_at(self) -> float:
        """When to ask for the next token, in Unix seconds; at once where there is none."""
        return self._kept.renew_at if self._kept is not None else 0.0

    async def exchange(self, bootstrap: Client, shown: str) -> None:
        """The first token, by a client that shows the bootstrap token; ``shown`` says where that came from.

        Raises UserFault where the hub doesn't accept it, or it isn't for this cluster.
        """
        try:
            await self.renew(bootstrap)
        except Unauthorized:
            problem = "its token has been used already, or has expired"
            raise UserFault("--bootstrap", shown, problem, join_cure(self._cluster)) from None
        except (Forbidden, NotFound):
            problem = f"its token is not for the cluster {self._cluster!r}, or has been used already"
            raise UserFault("--bootstrap", shown, problem, join_cure(self._cluster)) from None

    async def renew(self, client: Client) -> None:
        """Ask for a token of the agent's account, and keep it before it is used."""
        request: dict[str, Any] = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "metadata": {},
            "spec": {"expirationSeconds": TOKEN_SECONDS},
        }
        account = agent_account(self._cluster)
        answer = await client.create_under(SERVICE_ACCOUNTS, account, "token", request, namespace=AGENTS_NAMESPACE)
        lasts = float(answer.get("spec", {}).get("expirationSeconds") or TOKEN_SECONDS)
        now = real_now()
        kept = Kept(str(answer["status"]["token"]), now, now + lasts)
        await self._state.write(CREDENTIAL, msgspec.json.encode(kept))
        self._kept = kept

    async def spend_bootstrap(self, client: Client) -> None:
        """Take the bootstrap account's right away, and the account itself: nobody can use its token again. An API
        server may know an account that is gone for some seconds, but not a right. What is gone is no fault."""
        for ref in (ROLE_BINDINGS, SERVICE_ACCOUNTS):
            try:
                await client.delete(ref, bootstrap_account(self._cluster), AGENTS_NAMESPACE)
            except NotFound:
                continue


def join_cure(cluster: str) -> str:
    return f"Make a new one at the hub: 'myriarch clusters join {cluster}'."
