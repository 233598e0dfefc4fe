"""All runs: every scenario by every seed under every policy, over all processors. Runs are paired by seed.

Work is cut by seed and then by scenarios, so that a process draws each fleet and plan once. The order of the results
does not depend on which process was faster.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from rollout.journal import Journal
from rollout.outcome import Outcome
from rollout.play import play
from rollout.register import is_own
from rollout.scenario import Scenario

SCENARIOS_A_TASK = 12


@dataclass(frozen=True, slots=True)
class Campaign:
    """``seeds`` for the first of Myriarch's policies, which the aims are checked on; ``peer_seeds`` for the others: the
    first so many of the same."""

    scenarios: tuple[Scenario, ...]
    policies: tuple[str, ...]
    seeds: int
    peer_seeds: int
    jobs: int

    @property
    def runs(self) -> int:
        return sum(len(task.scenarios) for task in self.tasks())

    def tasks(self) -> Iterator[Task]:
        """Tasks, seed by seed."""
        first = next((policy for policy in self.policies if is_own(policy)), None)
        for seed in range(self.seeds):
            for policy in self.policies:
                if policy == first or seed < self.peer_seeds:
                    for low in range(0, len(self.scenarios), SCENARIOS_A_TASK):
                        yield Task(seed, policy, self.scenarios[low : low + SCENARIOS_A_TASK])


@dataclass(frozen=True, slots=True)
class Task:
    """Some scenarios under one policy, by one seed."""

    seed: int
    policy: str
    scenarios: tuple[Scenario, ...]


def run_campaign(campaign: Campaign, journal: Journal, progress: Callable[[int, int], None]) -> list[Outcome]:
    """Play everything that does not stand in the ``journal``; ``progress`` is told how many of all runs are done."""
    found: list[Outcome] = []
    tasks = [left for task in campaign.tasks() if (left := _left(task, journal, found)).scenarios]
    total = len(found) + sum(len(task.scenarios) for task in tasks)
    progress(len(found), total)
    for task, outcomes in _played(tasks, campaign.jobs):
        journal.keep(task.scenarios, outcomes)
        found += outcomes
        progress(len(found), total)
    place = {name: number for number, name in enumerate(campaign.policies)}
    return sorted(found, key=lambda each: (each.scenario, place[each.policy], each.seed))


def _left(task: Task, journal: Journal, found: list[Outcome]) -> Task:
    """What of the task is still to be played; the rest goes to ``found``."""
    left: list[Scenario] = []
    for scenario in task.scenarios:
        known = journal.find(scenario, task.seed, task.policy)
        if known is None:
            left.append(scenario)
        else:
            found.append(known)
    return Task(task.seed, task.policy, tuple(left))


def _played(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, list[Outcome]]]:
    if jobs == 1:
        for task in tasks:
            yield task, play_task(task)
        return
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        under_way = {pool.submit(play_task, task): task for task in tasks}
        for future in as_completed(under_way):
            yield under_way[future], future.result()


def play_task(task: Task) -> list[Outcome]:
    """In a process of the pool, or in this one."""
    return [play(scenario, task.seed, task.policy) for scenario in task.scenarios]


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
