"""The sign of life of an agent: a Lease at the hub, renewed all the time.

The hub judges by when it last saw the Lease change, so the time written in it is for people. The beat is also what
finds out, where nothing else is said, that the hub is away or back.
"""

from __future__ import annotations

from typing import Final

from myriarch.agent.credential import AGENTS_NAMESPACE
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import ApiError
from myriarch.client.objects import Unread
from myriarch.client.resource import LEASES

BEAT_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 10.0
"""After a beat that failed."""

FIELD_MANAGER: Final = "myriarch-agent-heartbeat"


async def keep_beating(client: Client, clock: Clock, cluster: str, holder: str) -> None:
    """Renew the Lease of ``cluster`` until cancelled; ``holder`` says which process does."""
    while True:
        spec = {"holderIdentity": holder, "renewTime": rfc3339_micro(clock.now())}
        try:
            await client.patch(
                LEASES, Unread, cluster, {"spec": spec}, namespace=AGENTS_NAMESPACE, field_manager=FIELD_MANAGER
            )
        except (ApiError, UserFault):  # the transport's ``Reach`` has heard of it
            await clock.sleep(AGAIN_SECONDS)
        else:
            await clock.sleep(BEAT_SECONDS)
