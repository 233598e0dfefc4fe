"""The command: which scenarios, seeds and policies; where the result goes. Progress goes to stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from myriarch.base.clock import wall_seconds
from myriarch.base.errors import UserFault
from rollout.aims import aims
from rollout.campaign import Campaign, processors, run_campaign
from rollout.journal import open_journal
from rollout.loading import HARMLESS, INCIDENTS, load_folders
from rollout.register import DEFAULT, check_name, names_told
from rollout.report import write_report
from rollout.result import Result
from rollout.summary import summarise
from rollout.table import render

DEFAULT_SEEDS = 3
PEER_SEEDS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit code is 2 where the user must mend something."""
    given = _parser().parse_args(arguments)
    try:
        result = measure(given)
    except UserFault as fault:
        print(fault.message, file=sys.stderr)
        return 2
    if given.report:
        write_report(result, Path(given.report))
    if given.output == "json":
        print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    else:
        print(render(result.summaries, result.aims))
        print(f"\n{len(result.outcomes)} runs, {result.running}")
    return 0


def measure(given: argparse.Namespace) -> Result:
    """Play what was asked for. Raises UserFault."""
    began = wall_seconds()
    folders = [Path(folder) for folder in given.scenarios] or [INCIDENTS, HARMLESS]
    scenarios = [scenario for scenario in load_folders(folders) if given.match in scenario.name]
    if not scenarios:
        raise UserFault("--match", given.match, "is in no scenario's name", "Give part of a name.")
    campaign = Campaign(
        tuple(scenarios),
        _policies(given.policies),
        _positive("--seeds", given.seeds),
        min(given.seeds, _positive("--peer-seeds", given.peer_seeds)),
        _positive("--jobs", given.jobs),
    )
    outcomes = run_campaign(campaign, open_journal(Path(given.journal) if given.journal else None), _progress)
    summaries = {
        name: summarise(name, [each for each in outcomes if each.policy == name]) for name in campaign.policies
    }
    return Result(
        seeds=campaign.seeds,
        peer_seeds=campaign.peer_seeds,
        jobs=campaign.jobs,
        seconds=wall_seconds() - began,
        summaries=list(summaries.values()),
        aims=aims(scenarios, outcomes, summaries),
        scenarios=scenarios,
        outcomes=outcomes,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rolloutbench", description="Judge release policies by published incidents.")
    parser.add_argument("--seeds", type=int, default=DEFAULT_SEEDS, help="for the first of Myriarch's policies")
    parser.add_argument("--peer-seeds", type=int, default=PEER_SEEDS, help="for the others: the first of the same")
    parser.add_argument("--scenarios", action="append", default=[], metavar="DIR", help="folders of scenario files")
    parser.add_argument("--match", default="", help="only scenarios with this in their name")
    parser.add_argument("--policies", default=",".join(DEFAULT), help=f"of: {names_told()}")
    parser.add_argument("--output", choices=("table", "json"), default="table")
    parser.add_argument("--report", metavar="FILE", help="write a page with tables and plots")
    parser.add_argument("--journal", metavar="FILE", help="keep every run there; broken off, go on from there")
    parser.add_argument("--jobs", type=int, default=processors(), help="processes")
    return parser


def _policies(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        check_name(name)
    if not names:
        raise UserFault("--policies", text, "names no policy", f"Use some of: {names_told()}.")
    return names


def _positive(option: str, value: int) -> int:
    if value < 1:
        raise UserFault(option, value, "is not positive", "Give 1 or more.")
    return value


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} runs", end="\n" if done == total else "", file=sys.stderr, flush=True)
