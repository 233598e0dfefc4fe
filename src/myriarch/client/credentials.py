"""Who we are to a server, where that changes while we run.

A kubeconfig mostly says it once. Programs (``exec_plugin.py``) and an agent that renews its own token say it anew:
the transport asks a ``Credentials`` before each request, and tells it when the server refused what it said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credential:
    """A token, a client certificate with its key (PEM), or both. Unix seconds; infinite where no end is said."""

    token: str = field(default="", repr=False)
    certificate_pem: bytes = field(default=b"", repr=False)
    key_pem: bytes = field(default=b"", repr=False)
    expires_at: float = float("inf")


class Credentials(Protocol):
    """Where credentials come from."""

    async def credential(self) -> Credential:
        """One that is valid now. Raises Unreachable or UserFault where there is none."""

    def refused(self) -> None:
        """The server said 401 to the last one."""
