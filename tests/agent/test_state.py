"""What outlives an agent: its credential, its memory, and the catalog that its grants name."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.agent.scripted import Hands, Scripted, refusal

from myriarch.agent.catalog import COMPONENT_SECONDS, Catalog, Entry
from myriarch.agent.credential import CREDENTIAL, AgentCredentials
from myriarch.agent.memory import MEMORY, Memory
from myriarch.agent.state import FolderState, SecretState
from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus, ComponentStatus, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request
from myriarch.drivers.driver import Trouble

SECRET = "s3cr3t-t0ken"
GRANT = Grant(component="os", revision="v2", rollback_to="v1", attempt=7)


class HubApi(Scripted):
    """Serves a component and its revisions while ``up``."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.up = True
        self.gone: set[str] = set()

    def _answer(self, request: Request) -> Any:
        if not self.up:
            return None
        *_, plural, name = request.path.split("/")
        if name in self.gone:
            return refusal(404, "NotFound")
        spec: dict[str, Any] = {"driver": "daemonset"} if plural == "components" else {"component": "os"}
        return {"metadata": {"name": name}, "spec": spec}


def cluster(*told: ComponentStatus) -> Cluster:
    return Cluster(
        metadata=ObjectMeta(name="c1", uid="u", resource_version="5"),
        spec=ClusterSpec(environment="prod", components=[GRANT]),
        status=ClusterStatus(components=list(told)),
    )


def test_the_catalog_reads_once_and_works_on_without_the_hub() -> None:
    async def main() -> None:
        hub, clock = HubApi(), Hands()
        catalog = Catalog(hub.client, clock)
        found = await catalog.look_up(GRANT)
        assert isinstance(found, Entry)
        assert sorted(found.revisions) == ["v1", "v2"]
        assert len(hub.requests) == 3
        await catalog.look_up(GRANT)
        assert len(hub.requests) == 3
        hub.up = False
        clock.time += COMPONENT_SECONDS
        assert isinstance(await catalog.look_up(GRANT), Entry)
        with pytest.raises(Unreachable):
            await catalog.look_up(msgspec.structs.replace(GRANT, revision="v3"))

    asyncio.run(main())


def test_what_the_hub_has_not_is_a_trouble_that_names_it() -> None:
    async def main() -> None:
        hub = HubApi()
        hub.gone = {"v2"}
        found = await Catalog(hub.client, Hands()).look_up(GRANT)
        assert isinstance(found, Trouble)
        assert (found.reason, "'v2'" in found.message) == ("ObjectMissing", True)

    asyncio.run(main())


def test_memory_brings_back_grants_and_what_they_name(tmp_path: Path) -> None:
    async def main() -> None:
        state, hub = FolderState(tmp_path / "state"), HubApi()
        catalog = Catalog(hub.client, Hands())
        await catalog.look_up(GRANT)
        memory = Memory(state, catalog)
        reverted = ComponentStatus(component="os", attempt=7, reverted_attempt=7, failed=2, updated=3)
        await memory.keep(cluster(), {"os": reverted})
        again = Catalog(hub.client, Hands())
        found = await Memory(state, again).recall()
        assert found is not None
        assert found.spec == cluster().spec
        assert found.status.components[0].reverted_attempt == 7
        hub.up = False
        assert isinstance(await again.look_up(GRANT), Entry)
        await memory.forget()
        assert await Memory(state, again).recall() is None

    asyncio.run(main())


def test_memory_is_written_when_it_differs_and_not_for_progress(tmp_path: Path) -> None:
    async def main() -> None:
        state = FolderState(tmp_path)
        memory = Memory(state, Catalog(HubApi().client, Hands()))
        await memory.keep(cluster(), {"os": ComponentStatus(component="os", attempt=7, updated=1)})
        (tmp_path / MEMORY).unlink()
        await memory.keep(cluster(), {"os": ComponentStatus(component="os", attempt=7, updated=2)})
        assert not (tmp_path / MEMORY).exists()
        await memory.keep(cluster(), {"os": ComponentStatus(component="os", attempt=7, failed=1)})
        assert (tmp_path / MEMORY).exists()
        (tmp_path / MEMORY).write_bytes(b"broken")
        assert await Memory(state, Catalog(HubApi().client, Hands())).recall() is None

    asyncio.run(main())


def test_a_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    asyncio.run(FolderState(folder).write("x", b"1"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "x").stat().st_mode) == 0o600
    (tmp_path / "file").write_text("")
    with pytest.raises(UserFault, match="--state"):
        asyncio.run(FolderState(tmp_path / "file").write("x", b"1"))


def test_secrets_keep_the_same() -> None:
    kept: dict[str, Any] = {}

    def answer(request: Request) -> Any:
        if request.method == "PATCH":
            kept[request.path] = json.loads(request.body)
        return kept.get(request.path) or refusal(404, "NotFound")

    async def main() -> None:
        state = SecretState(Scripted(answer).client)
        assert await state.read("x") is None
        await state.write("x", b"\x00\xff")
        assert await state.read("x") == b"\x00\xff"

    asyncio.run(main())
    assert list(kept) == ["/api/v1/namespaces/myriarch-system/secrets/myriarch-agent-x"]


def token(request: Request) -> dict[str, Any]:
    assert request.path.endswith("/namespaces/myriarch-agents/serviceaccounts/agent-c1/token")
    return {"spec": {"expirationSeconds": 3000}, "status": {"token": SECRET}}


def test_a_bootstrap_token_becomes_a_credential_that_is_renewed_in_time(tmp_path: Path) -> None:
    async def main() -> None:
        state = FolderState(tmp_path)
        credentials = AgentCredentials("c1", state)
        assert not await credentials.load()
        before = real_now()
        await credentials.exchange(Scripted(token).client, "file")
        assert (await credentials.credential()).token == SECRET
        assert 1999 <= credentials.renew_at - before <= 2010
        again = AgentCredentials("c1", state)
        assert await again.load()
        assert (await again.credential()).token == SECRET
        ended = json.loads((tmp_path / CREDENTIAL).read_text()) | {"expires_at": before - 1}
        (tmp_path / CREDENTIAL).write_text(json.dumps(ended))
        assert not await AgentCredentials("c1", state).load()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("code", "reason", "text"),
    [(401, "Unauthorized", "has expired"), (403, "Forbidden", "not for the cluster 'c1'")],
)
def test_a_bootstrap_token_that_is_refused(code: int, reason: str, text: str, tmp_path: Path) -> None:
    refusing = Scripted(lambda _: refusal(code, reason))
    with pytest.raises(UserFault, match=text) as caught:
        asyncio.run(AgentCredentials("c1", FolderState(tmp_path)).exchange(refusing.client, "file"))
    assert "myriarch clusters join c1" in caught.value.cure


def test_an_agent_without_a_credential_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="clusters join c1"):
        asyncio.run(AgentCredentials("c1", FolderState(tmp_path)).credential())
