"""Gates end to end: asked by the release controller of a whole hub, kept in the release's status."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.gates.people import Stranger, keep_secret
from tests.hub.house import TWO_WAVES, House, play

from myriarch.api.gates import (
    ApprovalGate,
    CelGate,
    Gate,
    GateSecret,
    Server,
    Verdict,
    WebhookGate,
    When,
)
from myriarch.api.policy import FailureAction, ReleasePolicySpec
from myriarch.api.release import Phase
from myriarch.client import refs
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.gates.fetch import Call, Reply
from myriarch.gates.webhook import sign

CONFIG_MAPS = ResourceRef("", "v1", "configmaps", namespaced=True)
KEY = b"a key that signs"
HOOK = WebhookGate(server=Server(url="https://gate.example/ask"), key=GateSecret(name="hook", key="hmac"))


def policy(*gates: Gate) -> ReleasePolicySpec:
    return msgspec.structs.replace(TWO_WAVES, gates=list(gates))


def _asked(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(call.body)
    return found


def test_a_webhook_lets_a_release_go_on() -> None:
    said = {"verdict": "Hold", "message": "not yet"}
    stranger = Stranger(lambda _call: said)

    async def story(house: House) -> None:
        await keep_secret(house.client, "hook", hmac=KEY)
        await house.release("r", "v2")
        await house.phase("r", Phase.GATED)
        await house.wait(300)
        held = await house.get("r")
        assert held.status.phase is Phase.GATED
        assert any("not yet" in hold for hold in held.status.holds)
        assert held.status.gates[0].verdict is Verdict.HOLD
        said.update(verdict="Pass", message="all went through")
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED
        assert {(g.name, g.place, g.verdict) for g in done.status.gates} == {
            ("orders", "prod/1", Verdict.PASS),
            ("orders", "prod/2", Verdict.PASS),
        }
        assert "all went through" in done.status.gates[0].message
        for call in stranger.calls:
            at = int(call.headers["x-myriarch-timestamp"])
            assert call.headers["x-myriarch-signature"] == sign(KEY, at, call.body)
        first = _asked(stranger.calls[0])
        assert first["release"] == "default/r"
        assert first["clusterCount"] == 1
        assert KEY.decode() not in str(await house.client.get(refs.RELEASES, Raw, "r", "default"))

    play(story, policy=policy(Gate(name="orders", webhook=HOOK)), fetch=stranger)


def test_a_failed_gate_takes_the_release_back() -> None:
    stranger = Stranger(lambda call: {"verdict": "Fail" if _asked(call)["wave"] == 1 else "Pass", "message": "lost"})

    async def story(house: House) -> None:
        await keep_secret(house.client, "hook", hmac=KEY)
        await house.release("r", "v2")
        done = await house.ended("r")
        assert done.status.phase is Phase.ROLLED_BACK
        assert "gate orders failed at prod/1" in done.status.message
        assert set(house.at()) == {"v1"}
        assert done.status.harm_at is not None

    play(story, policy=policy(Gate(name="orders", when=When.DURING, webhook=HOOK)), fetch=stranger)


def test_a_stranger_that_is_away_holds_and_is_no_harm() -> None:
    stranger = Stranger(lambda _call: Reply(503, b"<html>"))

    async def story(house: House) -> None:
        await keep_secret(house.client, "hook", hmac=KEY)
        await house.release("r", "v2")
        await house.phase("r", Phase.GATED)
        await house.wait(600)
        held = await house.get("r")
        assert held.status.phase is Phase.GATED
        assert any("answers 503" in hold for hold in held.status.holds)

    play(story, policy=policy(Gate(name="orders", webhook=HOOK)), fetch=stranger)


def test_an_object_of_the_hub_is_waited_for() -> None:
    cel = CelGate(
        api_version="v1", resource="configmaps", namespace="default", name="go", expression="object.data.go == 'yes'"
    )

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.wait(300)
        held = await house.get("r")
        assert held.status.phase is Phase.PENDING
        assert any("not found" in hold for hold in held.status.holds)
        assert house.begun(1) == 0
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "go", "namespace": "default"}}
        await house.client.create(CONFIG_MAPS, {**config, "data": {"go": "yes"}})
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED

    play(story, policy=policy(Gate(name="go", when=When.BEFORE, cel=cel)))


def test_an_approval_counts_only_with_its_reason() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.GATED)
        what = "gate/owner/prod/1"
        await house.order("r", approvals=[{"what": what, "by": "eve", "at": "2026-01-05T00:00:00Z"}])
        await house.wait(120)
        assert (await house.get("r")).status.phase is Phase.GATED
        await house.order("r", approvals=[{"what": what, "by": "eve", "at": "2026-01-05T00:00:00Z", "reason": "seen"}])
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED
        assert [(g.verdict, g.message) for g in done.status.gates] == [(Verdict.PASS, "approved by eve: seen")]

    play(story, policy=policy(Gate(name="owner", waves=[1], approval=ApprovalGate(reason_required=True))))


def test_a_gate_that_passed_is_not_asked_again_after_a_crash() -> None:
    stranger = Stranger(lambda _call: {"verdict": "Pass", "message": "fine"})
    waves = [msgspec.structs.replace(TWO_WAVES.stages[0].waves[0], approval=True), TWO_WAVES.stages[0].waves[1]]
    stage = msgspec.structs.replace(TWO_WAVES.stages[0], waves=waves)
    given = msgspec.structs.replace(policy(Gate(name="orders", waves=[1], webhook=HOOK)), stages=[stage])

    async def story(house: House) -> None:
        await keep_secret(house.client, "hook", hmac=KEY)
        await house.release("r", "v2")
        await house.phase("r", Phase.GATED)
        await house.wait(120)
        assert len(stranger.calls) == 1
        await house.hub.crash("controllers")
        await house.hub.restart("controllers")
        await house.wait(600)
        assert len(stranger.calls) == 1
        await house.approve("r", "prod/1")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story, policy=given, fetch=stranger)


def test_a_wave_that_was_taken_back_is_asked_about_anew() -> None:
    stranger = Stranger(lambda _call: {"verdict": "Fail" if len(stranger.calls) == 1 else "Pass", "message": "so"})
    failure = msgspec.structs.replace(TWO_WAVES.failure, action=FailureAction.ROLL_BACK_WAVE)
    given = msgspec.structs.replace(policy(Gate(name="orders", waves=[1], webhook=HOOK)), failure=failure)

    async def story(house: House) -> None:
        await keep_secret(house.client, "hook", hmac=KEY)
        await house.release("r", "v2")
        paused = await house.phase("r", Phase.PAUSED)
        assert paused.status.reason == "WaveRolledBack"
        assert paused.status.gates[0].verdict is Verdict.HOLD
        await house.approve("r", "harm/prod/1")
        done = await house.ended("r")
        assert done.status.phase is Phase.SUCCEEDED
        assert (len(stranger.calls), done.status.gates[0].verdict) == (2, Verdict.PASS)

    play(story, policy=given, fetch=stranger)
