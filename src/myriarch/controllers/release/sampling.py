"""The metrics of releases: asked when the engine wants them asked, and handed to it until it has remembered them.

Like gates they are asked beside the turns (``errands.py``). What a metric gave is handed to the engine in every turn,
with the time when it was asked, until the release's status shows a look of that time or later: so a look counts once,
whatever crashes. One that was not written when a crash came is lost, and the next is as good.
"""

from __future__ import annotations

import asyncio
from typing import Final

import numpy as np

from myriarch.api.component import Component
from myriarch.api.metrics import AnalysisMetric
from myriarch.api.release import Release
from myriarch.base.clock import Clock, parse_rfc3339, rfc3339_micro
from myriarch.base.errors import MyriarchError, ProgrammerError
from myriarch.client.client import Client
from myriarch.client.resource import ObjectKey
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.errands import Errands
from myriarch.controllers.release.questions import question_of
from myriarch.engine.decision import Decision
from myriarch.engine.metric_rules import MetricRule
from myriarch.engine.metric_samples import MetricLook
from myriarch.engine.metric_standing import cluster_arms, due_metrics
from myriarch.engine.population import Bools
from myriarch.gates.fetch import Fetch
from myriarch.gates.metrics import Membership, read_metric
from myriarch.gates.question import Question
from myriarch.gates.server import Reach

UNTOLD_MAX: Final = 16
"""Looks of one metric that wait to be remembered; the oldest go."""


class Sampling:
    """Of all releases."""

    def __init__(self, client: Client, clock: Clock, fetch: Fetch, table: FleetTable, errands: Errands) -> None:
        self._client = client
        self._clock = clock
        self._fetch = fetch
        self._table = table
        self._errands = errands
        self._untold: dict[tuple[ObjectKey, str], list[MetricLook]] = {}

    def looks(self, release: Release) -> tuple[MetricLook, ...]:
        """What the release's metrics gave that its status does not show yet, oldest first."""
        key = _key(release)
        evidence = release.status.evidence
        told = {each.name: each.tried_at for each in evidence.metrics} if evidence is not None else {}
        found: list[MetricLook] = []
        for each in [each for each in self._untold if each[0] == key]:
            since = parse_rfc3339(at) if (at := told.get(each[1])) else 0.0
            left = [look for look in self._untold[each] if look.at > since]
            self._untold[each] = left
            found += left
        return tuple(sorted(found, key=lambda look: (look.at, look.name)))

    def ask(self, release: Release, component: Component, decision: Decision, now: float) -> None:
        """Begin to ask the metrics that are due; each answer brings the release a turn."""
        policy = release.status.policy
        analysis = policy.analysis if policy is not None else None
        if analysis is None:
            return
        metrics = {metric.name: metric for metric in analysis.metrics}
        for rule in due_metrics(decision.rules, decision.memory, now):
            if not self._errands.under_way(_key(release), rule.name):
                at = decision.memory.stage, decision.memory.wave
                question = question_of(release, component, self._table, decision, rule.name, at)
                members = self._members(release, rule, metrics[rule.name], decision, now)
                work = self._ask(_key(release), rule, metrics[rule.name], question, members)
                self._errands.begin(_key(release), rule.name, work)

    def forget(self, key: ObjectKey) -> None:
        """The release is gone, or another's to decide."""
        for each in [each for each in self._untold if each[0] == key]:
            del self._untold[each]

    async def _ask(
        self,
        key: ObjectKey,
        rule: MetricRule,
        metric: AnalysisMetric,
        question: Question,
        members: Membership,
    ) -> None:
        at, place = parse_rfc3339(rfc3339_micro(members.now)), question.place  # as the status will tell it
        reach = Reach(self._client, self._fetch, rule.timeout_seconds)
        try:
            async with asyncio.timeout(rule.timeout_seconds):
                updated, controls = await read_metric(metric, question, members, reach)
            look = MetricLook(rule.name, at, place, updated, controls)
        except TimeoutError:
            look = MetricLook(rule.name, at, place, problem=f"no answer within {rule.timeout_seconds:g} s")
        except ProgrammerError:
            raise
        except MyriarchError as error:
            look = MetricLook(rule.name, at, place, problem=str(error))
        self._untold.setdefault((key, rule.name), []).append(look)
        del self._untold[key, rule.name][:-UNTOLD_MAX]

    def _members(
        self, release: Release, rule: MetricRule, metric: AnalysisMetric, decision: Decision, now: float
    ) -> Membership:
        arms = cluster_arms(decision.plan, decision.observed, decision.memory)
        state = decision.memory.evidence.metrics.get(rule.name)
        compared = np.flatnonzero(arms.updated | arms.controls)
        clusters = (self._table.clusters[int(row)] for row in compared) if metric.stratum else ()
        strata = {each.name: shared_values(each).get(metric.stratum, "") for each in clusters}
        return Membership(
            updated=self._names(arms.updated),
            whole=self._names(arms.whole),
            controls=self._names(arms.controls),
            strata=strata,
            began=parse_rfc3339(release.status.started_at) if release.status.started_at else 0.0,
            last=state.looked_at if state is not None else 0.0,
            now=now,
        )

    def _names(self, chosen: Bools) -> frozenset[str]:
        return frozenset(self._table.clusters[int(row)].name for row in np.flatnonzero(chosen))


def _key(release: Release) -> ObjectKey:
    return ObjectKey(release.metadata.namespace or "", release.name)
