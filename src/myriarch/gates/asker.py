"""Asks one gate: whatever its source, within its time, and with silence for an answer where none comes.

Nothing is remembered here. What runs at once, and when, is for ``controllers/release/gating.py``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from myriarch.api.gates import Gate, Verdict, When
from myriarch.base.clock import Clock
from myriarch.base.durations import format_duration
from myriarch.base.errors import MyriarchError, ProgrammerError
from myriarch.client.client import Client
from myriarch.engine.gate_rules import TIMEOUT_SECONDS, timeout_seconds
from myriarch.gates.alerts import ask_alerts
from myriarch.gates.cel import ask_objects
from myriarch.gates.differing import Render, ask_diff
from myriarch.gates.fetch import Fetch
from myriarch.gates.job import ask_job
from myriarch.gates.promql import ask_metrics
from myriarch.gates.question import Answer, Question, silence
from myriarch.gates.server import Reach
from myriarch.gates.webhook import ask_webhook


@dataclass(frozen=True, slots=True)
class Asker:
    """``fetch`` is how strangers are reached, ``render`` how bundles are."""

    client: Client
    clock: Clock
    fetch: Fetch
    render: Render

    async def ask(self, gate: Gate, question: Question) -> Answer:
        """The gate's answer; it always comes."""
        seconds = timeout_seconds(gate) if gate.job is None else TIMEOUT_SECONDS
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(gate, question, seconds)
        except TimeoutError:
            return silence(f"no answer within {format_duration(seconds)}")
        except ProgrammerError:
            raise
        except MyriarchError as error:
            return silence(str(error))

    async def _ask(self, gate: Gate, question: Question, seconds: float) -> Answer:
        reach = Reach(self.client, self.fetch, seconds)
        otherwise = otherwise_of(gate)
        if gate.cel is not None:
            return await ask_objects(gate.cel, otherwise, self.client)
        if gate.promql is not None:
            return await ask_metrics(gate.promql, otherwise, question, reach)
        if gate.alerts is not None:
            return await ask_alerts(gate.alerts, otherwise, question, reach)
        if gate.webhook is not None:
            return await ask_webhook(gate.webhook, question, reach, self.clock)
        if gate.job is not None:
            return await ask_job(gate.job, otherwise, question, self.client, timeout_seconds(gate))
        if gate.diff is not None:
            return await ask_diff(gate.diff, question, self.render)
        return silence("this hub knows no such source: it may be older than the policy")


def otherwise_of(gate: Gate) -> Verdict:
    """What a condition that is not met means. Before a wave nothing of it is out, and an object may yet become so."""
    if gate.otherwise is not None:
        return gate.otherwise
    return Verdict.HOLD if gate.cel is not None or gate.when is When.BEFORE else Verdict.FAIL
