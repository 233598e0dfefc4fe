"""Gates that a Job answers: made once a question, told what it is about, judged by its end."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from tests.gates.people import Instant, asked, keep_secret, nothing, server

from myriarch.api.gates import GATES_NAMESPACE, Gate, Verdict
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.gates.asker import Asker
from myriarch.gates.fetch import nobody
from myriarch.gates.question import Answer, Question

JOBS = ResourceRef("batch", "v1", "jobs", namespaced=True)
GATE = {"name": "g", "timeout": "20m", "job": {"template": "check"}}


class Room:
    """A server with a template, and the gate asked of it."""

    def __init__(self) -> None:
        self.client = Client(InProcessTransport(server(), user="admin"))
        self._asker = Asker(self.client, Instant(), nobody, nothing)

    async def prepare(self, *, suspend: bool = True) -> None:
        await keep_secret(self.client, "unused", key=b"x")
        pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "check:1"}]}
        spec = {"suspend": suspend, "backoffLimit": 50, "template": {"spec": pod}}
        metadata = {"name": "check", "namespace": GATES_NAMESPACE}
        await self.client.create(JOBS, {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec})

    async def ask(self, question: Question | None = None, **gate: Any) -> Answer:
        return await self._asker.ask(msgspec.convert({**GATE, **gate}, Gate), question or asked())

    async def jobs(self) -> list[dict[str, Any]]:
        found = (await self.client.list(JOBS, Raw, GATES_NAMESPACE)).items
        return [job for job in found if job["metadata"]["name"] != "check"]

    async def end(self, how: str) -> None:
        for job in await self.jobs():
            at = "2026-01-05T00:00:00Z"
            condition = {"type": how, "status": "True", "message": "as told", "lastTransitionTime": at}
            other = {"Failed": "FailureTarget", "Complete": "SuccessCriteriaMet"}[how]
            ended = {"completionTime": at} if how == "Complete" else {}
            status = {"conditions": [{**condition, "type": other}, condition], "startTime": at, **ended}
            name = job["metadata"]["name"]
            await self.client.patch(
                JOBS, Raw, name, {"status": status}, namespace=GATES_NAMESPACE, subresource="status"
            )


def test_it_runs_once_and_its_success_passes() -> None:
    async def main() -> None:
        room = Room()
        await room.prepare()
        assert (await room.ask()).verdict is Verdict.HOLD
        assert "runs" in (await room.ask()).message
        (job,) = await room.jobs()
        spec = job["spec"]
        assert (spec["activeDeadlineSeconds"], spec["backoffLimit"], spec.get("suspend", False)) == (1200, 5, False)
        told = {each["name"]: each.get("value", "") for each in spec["template"]["spec"]["containers"][0]["env"]}
        assert (told["MYRIARCH_CLUSTERS"], told["MYRIARCH_REVISION"]) == ("c1 c2", "v2")
        await room.end("Complete")
        assert (await room.ask()).verdict is Verdict.PASS
        assert len(await room.jobs()) == 1

    asyncio.run(main())


def test_its_failure_fails_and_another_question_has_a_job_of_its_own() -> None:
    async def main() -> None:
        room = Room()
        await room.prepare()
        await room.ask()
        await room.end("Failed")
        failed = await room.ask()
        assert (failed.verdict, "as told" in failed.message) == (Verdict.FAIL, True)
        assert (await room.ask(when="Before")).verdict is Verdict.HOLD
        await room.ask(asked(answered=1))
        assert len(await room.jobs()) == 2

    asyncio.run(main())


def test_a_template_must_be_there_and_suspended() -> None:
    async def main() -> None:
        room = Room()
        assert "does not exist" in (await room.ask()).message
        await room.prepare(suspend=False)
        assert "is not suspended" in (await room.ask()).message
        assert await room.jobs() == []

    asyncio.run(main())
