"""What is said of a cluster's API server: each fault with its reason and a cure."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.agent.scripted import Scripted, refusal

from myriarch.agent.examine import Examined, examine, judge_reach, judge_version
from myriarch.agent.finding import Finding, Reason, conditions_of
from myriarch.agent.reach import Reach, ReachTransport
from myriarch.agent.rights import rights_of
from myriarch.api.component import DriverName
from myriarch.base.conditions import CONNECTED
from myriarch.base.errors import MyriarchError, UserFault
from myriarch.client.errors import CERTIFICATE_EXPIRED, CERTIFICATE_NOT_TRUSTED, Unreachable
from myriarch.client.http import Request


@pytest.mark.parametrize(
    ("version", "ok", "reason"),
    [
        ("v1.28.15", False, "ApiServerTooOld"),
        ("v1.29.0", True, "VersionSupported"),
        ("v1.34.4+k3s1", True, "VersionSupported"),
        ("v1.37.0-alpha.1", True, "VersionSupported"),
        ("v1.38.0", False, "ApiServerTooNew"),
        ("something", None, "NotKnown"),
    ],
)
def test_versions(version: str, ok: bool | None, reason: str) -> None:
    found = judge_version(version)
    assert (found.ok, found.reason) == (ok, reason)
    assert version in found.message


def answering(denied: set[str], user: str = "jane") -> Scripted:
    def answer(request: Request) -> object:
        if request.path == "/version":
            return {"gitVersion": "v1.34.4"}
        if request.path.endswith("selfsubjectreviews"):
            return {"status": {"userInfo": {"username": user}}}
        asked = json.loads(request.body)["spec"]["resourceAttributes"]
        what = f"{asked['verb']} {asked['resource']}" + (f"/{asked['subresource']}" if "subresource" in asked else "")
        return {"status": {"allowed": what not in denied}}

    return Scripted(answer)


def examined(scripted: Scripted, *drivers: DriverName, manage: bool = True) -> Examined:
    return asyncio.run(examine(scripted.client, rights_of(drivers, manage=manage)))


def test_missing_rights_are_named_with_the_command_that_gives_them() -> None:
    found = examined(answering({"patch nodes", "create pods/eviction"}), DriverName.JOB).permitted
    assert (found.ok, found.reason) == (False, "MissingRights")
    assert "may not patch nodes, create pods/eviction" in found.message
    assert "'myriarch agent --export --user jane | kubectl apply -f -'" in found.message


def test_only_what_is_needed_is_asked_for() -> None:
    denied = {"patch nodes", "create pods/eviction", "patch daemonsets"}
    assert examined(answering(denied), DriverName.JOB, manage=False).permitted.ok
    assert "daemonsets" not in examined(answering(denied), DriverName.JOB).permitted.message


def test_the_account_of_the_export_needs_no_user() -> None:
    account = "system:serviceaccount:myriarch-system:myriarch-agent"
    found = examined(answering({"list nodes"}, account)).permitted
    assert "--user" not in found.message


def test_a_server_that_lets_nobody_ask_is_not_known() -> None:
    def answer(request: Request) -> object:
        return {"gitVersion": "v1.34.4"} if request.path == "/version" else refusal(403, "Forbidden")

    assert examined(Scripted(answer)).permitted.ok is None


@pytest.mark.parametrize(
    ("fault", "reason", "text"),
    [
        (Unreachable("host: refused"), "Unreachable", "host: refused"),
        (Unreachable("x", CERTIFICATE_EXPIRED), "CertificateExpired", "Renew the certificate"),
        (Unreachable("x", CERTIFICATE_NOT_TRUSTED), "CertificateNotTrusted", "certificate authority"),
        (UserFault("user.exec", "x", "is bad", "Mend it."), "KubeconfigInvalid", "Mend it."),
    ],
)
def test_faults_of_the_way_there(fault: Unreachable | UserFault, reason: str, text: str) -> None:
    found = judge_reach(fault, "Give another.")
    assert (found.ok, found.reason) == (False, reason)
    assert text in found.message


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        (lambda _: {}, True),
        (lambda _: refusal(404, "NotFound"), True),
        (lambda _: refusal(403, "Forbidden"), True),
        (lambda _: refusal(401, "Unauthorized"), False),
        (lambda _: refusal(503, "ServiceUnavailable"), False),
        (lambda _: None, False),
    ],
)
def test_any_answer_shows_whether_a_server_is_in_reach(answer: object, ok: bool) -> None:
    async def main() -> None:
        changes: list[bool] = []
        reach = Reach(lambda: changes.append(reach.ok))
        scripted = Scripted(answer)  # type: ignore[arg-type]
        transport = ReachTransport(scripted, reach)
        assert not reach.ok
        for _ in range(2):
            try:
                await transport.send(Request("GET", "/version"))
            except MyriarchError:
                continue
        assert changes == [ok]
        scripted.answer = lambda _: refusal(500, "InternalError")
        await transport.send(Request("GET", "/version"))
        assert reach.ok is ok, "one request that fails in the server says nothing of it"

    asyncio.run(main())


def test_what_was_wrong_stays_so_while_an_agent_starts() -> None:
    wrong = conditions_of([judge_reach(Unreachable("a"), "")], [], 1_800_000_000.0)
    starting = Finding(CONNECTED, None, Reason.STARTING, "The agent has just been started.")
    assert conditions_of([starting], wrong, 1_800_000_060.0) == wrong
    well = conditions_of([judge_reach(None, "")], wrong, 1_800_000_060.0)
    assert conditions_of([starting], well, 1_800_000_090.0)[0].status == "Unknown"


def test_rights_that_are_not_exported_unasked_are_asked_for() -> None:
    message = examined(answering({"patch machinedeployments"}), DriverName.MACHINE).permitted.message
    assert "'myriarch agent --export --allow machine --user jane | kubectl apply -f -'" in message


def test_a_condition_keeps_its_time_while_its_status_stays() -> None:
    fault, other = judge_reach(Unreachable("a"), ""), judge_reach(Unreachable("b"), "")
    first = conditions_of([fault], [], 1_800_000_000.0)
    second = conditions_of([other], first, 1_800_000_060.0)
    assert second[0].message != first[0].message
    assert second[0].last_transition_time == first[0].last_transition_time
    third = conditions_of([judge_reach(None, "")], second, 1_800_000_120.0)
    assert (third[0].type, third[0].status) == (CONNECTED.type, "True")
    assert third[0].last_transition_time != first[0].last_transition_time
