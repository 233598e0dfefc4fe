"""The people of a scenario: they create releases and freeze windows, and order, approve and resume.

They speak to the server as any user does, over a line without faults, and retry where somebody was faster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from myriarch.api.meta import API_VERSION
from myriarch.api.release import Approval, Order, Phase, Release
from myriarch.base.clock import Clock, rfc3339
from myriarch.base.errors import MyriarchError, Retryable
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.refs import COMPONENTS, FREEZE_WINDOWS, POLICIES, RELEASES, REVISIONS
from myriarch.engine.events import PAUSES_FOR_A_PERSON
from myriarch.sim.plot import Action, PlannedFreeze, PlannedRelease, Plot
from myriarch.sim.scenario import Deed

RETRY_SECONDS = 1.0
MOST_TRIES = 20

Say = Callable[[str], None]


class People:
    """``say`` takes a line for the trace for everything that they do."""

    def __init__(self, client: Client, clock: Clock, start: float, say: Say) -> None:
        self._client = client
        self._clock = clock
        self._start = start
        self._say = say
        self._reactions: dict[str, list[Action]] = {}
        self._followers: list[PlannedRelease] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._done: Callable[[], None] = lambda: None
        self.created_at: dict[str, float] = {}
        self.last_deed_at = start

    @property
    def busy(self) -> bool:
        """Whether somebody is still going to do something."""
        return any(not task.done() for task in self._tasks)

    async def found(self, plot: Plot) -> None:
        """Create what releases refer to."""
        for name, spec in plot.components:
            await self._client.create(COMPONENTS, _object("Component", name, spec))
        for name, component in plot.revisions:
            await self._client.create(REVISIONS, _object("Revision", name, {"component": component}))
        for name, spec in plot.policies:
            await self._client.create(POLICIES, _object("ReleasePolicy", name, spec))

    def begin(self, plot: Plot, done: Callable[[], None]) -> None:
        """Start everyone; ``done`` is called whenever somebody has finished."""
        self._done = done
        for release in plot.releases:
            self._reactions[f"{release.namespace}/{release.name}"] = [
                action for action in release.actions if action.at is None
            ]
            if release.follows is None:
                self._spawn(self._release(release, release.at))
            else:
                self._followers.append(release)
            for action in release.actions:
                if action.at is not None:
                    self._spawn(self._act_at(release.namespace, release.name, action))
        for freeze in plot.freezes:
            self._spawn(self._freeze(freeze))

    def heard(self, key: str, phase: Phase, wave: str, *, entered: bool) -> None:
        """A release is in ``phase`` and ``wave`` (and has just ``entered`` it): whoever waited for that acts."""
        waiting = self._reactions.get(key, [])
        for action in [each for each in waiting if each.when is phase and each.wave in ("", wave)]:
            if action.every_time and not entered:
                continue
            if not action.every_time:
                waiting.remove(action)
            namespace, _, name = key.partition("/")
            self._spawn(self._act_after(namespace, name, action))
        for release in [each for each in self._followers if each.follows == (key, phase)]:
            self._followers.remove(release)
            self._spawn(self._release(release, self._clock.now() - self._start + release.at))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda _task: self._done())
        self._tasks.append(task)

    async def check(self) -> None:
        """Raise what somebody failed of."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _release(self, planned: PlannedRelease, at: float) -> None:
        await self._until(at)
        self.created_at[f"{planned.namespace}/{planned.name}"] = self._clock.now()
        self._say(f"people create release {planned.namespace}/{planned.name}")
        obj = _object("Release", planned.name, planned.spec)
        obj["metadata"]["namespace"] = planned.namespace
        await self._client.create(RELEASES, obj)

    async def _freeze(self, planned: PlannedFreeze) -> None:
        await self._until(planned.at)
        self._say(f"people create freeze window {planned.name}")
        await self._client.create(FREEZE_WINDOWS, _object("FreezeWindow", planned.name, planned.spec))
        if planned.lasting != float("inf"):
            await self._clock.sleep(planned.lasting)
            self._say(f"people delete freeze window {planned.name}")
            await self._client.delete(FREEZE_WINDOWS, planned.name)
            self.last_deed_at = self._clock.now()

    async def _until(self, at: float) -> None:
        await self._clock.sleep(max(self._start + at - self._clock.now(), 0.0))
        self.last_deed_at = self._clock.now()

    async def _act_at(self, namespace: str, name: str, action: Action) -> None:
        assert action.at is not None
        await self._until(action.at)
        await self._act(namespace, name, action)

    async def _act_after(self, namespace: str, name: str, action: Action) -> None:
        await self._clock.sleep(action.after)
        await self._act(namespace, name, action)

    async def _act(self, namespace: str, name: str, action: Action) -> None:
        self._say(f"people {action.do} release {namespace}/{name} {action.what}".rstrip())
        for _ in range(MOST_TRIES):
            try:
                release = await self._client.get(RELEASES, Release, name, namespace)
                spec = self._changed(release, action)
                version = release.metadata.resource_version
                patch = {"metadata": {"resourceVersion": version}, "spec": spec}
                await self._client.patch(RELEASES, Raw, name, patch, namespace=namespace)
                break
            except Retryable:
                await self._clock.sleep(RETRY_SECONDS)
            except MyriarchError as error:
                self._say(f"people are refused: {type(error).__name__}")
                break
        self.last_deed_at = self._clock.now()

    def _changed(self, release: Release, action: Action) -> dict[str, Any]:
        """The part of the spec that the deed changes."""
        match action.do:
            case Deed.PAUSE:
                return {"paused": True}
            case Deed.ABORT:
                return {"order": Order.ABORT}
            case Deed.ROLL_BACK:
                return {"order": Order.ROLL_BACK}
            case Deed.APPROVE:
                return {"approvals": self._approvals(release, action.what, action.by)}
            case Deed.RESUME:
                status = release.status
                if status.reason not in PAUSES_FOR_A_PERSON:
                    return {"paused": False}
                what = f"harm/{status.stage_name}/{status.wave + 1}"
                return {"paused": False, "approvals": self._approvals(release, what, action.by)}

    def _approvals(self, release: Release, what: str, by: str) -> list[Any]:
        given = [approval for approval in release.spec.approvals if approval.what != what]
        fresh = Approval(what=what, by=by, at=rfc3339(self._clock.now()))
        return [msgspec.to_builtins(approval) for approval in (*given, fresh)]


def _object(kind: str, name: str, spec: dict[str, Any]) -> Raw:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
