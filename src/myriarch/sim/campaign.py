"""Many seeds of random scenarios, every invariant checked: ``python -m myriarch.sim.campaign --seeds 1000``.

The report says how often each transition of the engine met each fault class. A cell that can be reached and
was not fails the campaign, as does a broken invariant; a failing seed prints the command that replays it.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import msgspec

from myriarch.base.clock import wall_seconds
from myriarch.engine.phases import ENDED
from myriarch.sim.campaign_report import empty_cells, render_table, unmet_transitions
from myriarch.sim.crash_check import crash_differences, is_comparable
from myriarch.sim.random_scenario import random_scenario
from myriarch.sim.simulate import simulate

REPLAY = "python -m myriarch.sim.campaign --start {seed} --seeds 1"
USUAL_SEEDS = 1000
"""From so many seeds on every transition must have been met. In so few, chance leaves some cells empty."""

FULL_SEEDS = 5000
"""From so many on every reachable cell must have been."""

PROGRESS_EVERY = 25


class SeedResult(msgspec.Struct, kw_only=True, rename="camel"):
    """What came of one seed; ``problems`` is empty where all was well."""

    seed: int
    problems: list[str]
    cells: dict[str, int]
    trace: str


@dataclass
class Tally:
    """The sum over all seeds so far."""

    seeds: int = 0
    failed: list[SeedResult] = field(default_factory=list)
    cells: Counter[str] = field(default_factory=Counter)

    def add(self, result: SeedResult) -> None:
        self.seeds += 1
        self.cells.update(result.cells)
        if result.problems:
            self.failed.append(result)


def run_seed(seed: int) -> SeedResult:
    """One random scenario, and for some a second time without its crashes (I4)."""
    scenario = random_scenario(seed)
    try:
        result, _ = simulate(scenario, seed)
    except Exception as error:
        problem = f"the run died: {type(error).__name__}: {error}"
        return SeedResult(seed=seed, problems=[problem], cells={}, trace="")
    problems = [f"{found.invariant} at {found.at_seconds:.0f} s: {found.text}" for found in result.violations]
    for release in result.releases:
        if release.phase not in ENDED:
            problems.append(f"release {release.name} is still {release.phase}: {release.message}")
    if is_comparable(seed):
        problems += crash_differences(seed)
    cells = {f"{met.phase} {met.event} {met.fault}": met.count for met in result.coverage}
    return SeedResult(seed=seed, problems=problems, cells=cells, trace=result.trace)


def run_campaign(start: int, seeds: int, jobs: int) -> Iterator[SeedResult]:
    """Results in the order of the seeds."""
    numbers = range(start, start + seeds)
    if jobs <= 1 or seeds == 1:
        yield from map(run_seed, numbers)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_collect_seldom) as pool:
        yield from pool.map(run_seed, numbers, chunksize=4)


def _collect_seldom() -> None:
    """Runs make much garbage of little age and nothing that lasts: looking for cycles seldom saves a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit code 0 where every invariant held and every reachable cell was met."""
    parser = argparse.ArgumentParser(prog="python -m myriarch.sim.campaign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=USUAL_SEEDS, help="how many seeds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--output", choices=("table", "json"), default="table")
    chosen = parser.parse_args(arguments)
    tally, begun = Tally(), wall_seconds()
    for result in run_campaign(chosen.start, chosen.seeds, chosen.jobs):
        tally.add(result)
        for problem in result.problems:
            print(f"seed {result.seed}: {problem}", file=sys.stderr)
        if result.problems:
            print(f"  replay: {REPLAY.format(seed=result.seed)}", file=sys.stderr)
        if tally.seeds % PROGRESS_EVERY == 0:
            spent = wall_seconds() - begun
            print(f"{tally.seeds} of {chosen.seeds} seeds, {len(tally.failed)} failed, {spent:.0f} s", file=sys.stderr)
    return conclude(tally, chosen.output)


def conclude(tally: Tally, output: str) -> int:
    """Print the report; the exit code."""
    empty = empty_cells(tally.cells) if tally.seeds >= USUAL_SEEDS else []
    missed = empty if tally.seeds >= FULL_SEEDS else unmet_transitions(tally.cells)
    missed = missed if tally.seeds >= USUAL_SEEDS else []
    if output == "json":
        report = {
            "seeds": tally.seeds,
            "failed": tally.failed,
            "cells": dict(sorted(tally.cells.items())),
            "emptyCells": empty,
        }
        print(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        print(render_table(tally.cells))
        print(f"{tally.seeds} seeds, {len(tally.failed)} failed, {len(empty)} reachable cells not met")
    for each in missed:
        print(f"never met: {each}", file=sys.stderr)
    return 1 if tally.failed or missed else 0


if __name__ == "__main__":
    sys.exit(main())
