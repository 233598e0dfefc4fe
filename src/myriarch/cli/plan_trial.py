"""``release plan --check``: what a plan says of time and exposure, held against the program itself.

The release is run on the simulated fleet of the file, several times with other draws of how long updates take and which
nodes fail on their own. A trial holds where every wave took no longer than its worst and about as long as expected, and
no more nodes had begun at its gate than the plan said.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from myriarch.api.release import Phase
from myriarch.cli.exits import ExitCode
from myriarch.cli.output import Column, Output, Table, emit, render
from myriarch.cli.plan_forecast import about
from myriarch.cli.plan_making import Made
from myriarch.engine.conflicts import place_of
from myriarch.engine.forecast import WaveForecast
from myriarch.fleet.load import load_fleet
from myriarch.fleet.spec import FleetSpec
from myriarch.sim.trial import Trial, WaveTime, try_out

TOLERANCE: Final = 1.5
"""A way forward may take so many times as long as expected, or be as much shorter, plus a while."""

SLACK_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One wave over all trials: shortest and longest way forward in seconds, least and most nodes begun at its gate;
    ``amiss`` says what doesn't agree with the plan."""

    place: str
    planned: WaveForecast
    shortest: float
    longest: float
    least: int
    most: int
    amiss: str


def check_plan(made: Made, fleet: Path, trials: int, output: Output) -> int:
    """Run the trials and print what came of them; FAILED where the plan was wrong. Raises UserFault."""
    found = list(_trials(made, load_fleet(fleet), trials))
    waves = list(compare(made, found))
    good = all(trial.phase is Phase.SUCCEEDED for trial in found)
    holds = good and not any(wave.amiss for wave in waves)
    emit(output, _document(made, found, waves, holds), lambda: _text(made, found, waves, holds))
    return ExitCode.OK if holds else ExitCode.FAILED


def _trials(made: Made, fleet: FleetSpec, trials: int) -> Iterator[Trial]:
    """Each is told of on stderr; on a terminal also each wave of it, because a large fleet takes minutes."""
    checked = made.checked
    terminal = sys.stderr.isatty()
    for seed in range(trials):
        name = f"trial {seed + 1} of {trials}"

        def heard(wave: WaveTime, name: str = name) -> None:
            if terminal:
                place = f"{checked.plan.stages[wave.stage].name}/{wave.wave + 1}"
                click.echo(f"{name}: {place} has passed, {wave.begun} nodes begun", err=True)

        trial = try_out(fleet, checked.policy.spec, checked.spec, seed, heard)
        click.echo(f"{name}: {trial.phase} after {about(trial.seconds)}", err=True)
        sys.stderr.flush()
        yield trial


def compare(made: Made, trials: list[Trial]) -> Iterator[Compared]:
    """Every wave that a trial came to."""
    for planned in made.waves:
        seen = [wave for trial in trials for wave in trial.waves if (wave.stage, wave.wave) == _key(planned)]
        if seen:
            yield _compared(place_of(made.checked.plan, planned), planned, seen)


def _key(wave: WaveForecast) -> tuple[int, int]:
    return wave.stage, wave.wave


def _compared(place: str, planned: WaveForecast, seen: list[WaveTime]) -> Compared:
    times, begun = [wave.advance_seconds for wave in seen], [wave.begun for wave in seen]
    amiss = []
    if max(times) > planned.advance.worst:
        amiss.append("longer than the worst")
    elif max(times) > TOLERANCE * planned.advance.expected + SLACK_SECONDS:
        amiss.append("much longer than expected")
    if min(times) < planned.advance.expected / TOLERANCE - SLACK_SECONDS:
        amiss.append("much shorter than expected")
    if max(begun) > planned.nodes_at_most:
        amiss.append("more exposed than planned")
    return Compared(place, planned, min(times), max(times), min(begun), max(begun), ", ".join(amiss))


def _document(made: Made, trials: list[Trial], waves: list[Compared], holds: bool) -> dict[str, Any]:
    return {
        "holds": holds,
        "plan": made.document,
        "trials": [
            {"seed": each.seed, "phase": str(each.phase), "seconds": each.seconds, "message": each.message}
            for each in trials
        ],
        "waves": [
            {
                "place": each.place,
                "advanceSeconds": {
                    "expected": each.planned.advance.expected,
                    "worst": each.planned.advance.worst,
                    "shortest": each.shortest,
                    "longest": each.longest,
                },
                "nodes": {
                    "atLeast": each.planned.nodes_at_least,
                    "atMost": each.planned.nodes_at_most,
                    "least": each.least,
                    "most": each.most,
                },
                "amiss": each.amiss,
            }
            for each in waves
        ],
    }


def _text(made: Made, trials: list[Trial], waves: list[Compared], holds: bool) -> str:
    titles = ("wave", "advances", "worst", "in trials", "nodes", "in trials", "")
    rows: list[list[object]] = [
        [
            each.place,
            about(each.planned.advance.expected),
            about(each.planned.advance.worst),
            _range(about(each.shortest), about(each.longest)),
            _range(each.planned.nodes_at_least, each.planned.nodes_at_most),
            _range(each.least, each.most),
            each.amiss or "as planned",
        ]
        for each in waves
    ]
    took = [trial.seconds for trial in trials]
    document = made.document
    whole = (
        f"in all {about(document['expectedSeconds'])} expected, {about(document['worstSeconds'])} at worst; "
        f"{len(trials)} trials took {_range(about(min(took)), about(max(took)))}"
    )
    failed = [f"trial {each.seed + 1} ended {each.phase}: {each.message}" for each in trials if _failed(each)]
    verdict = "The plan holds." if holds else "The plan does not hold."
    return "\n\n".join([render(Table(tuple(Column(title) for title in titles), rows)), whole, *failed, verdict])


def _failed(trial: Trial) -> bool:
    return trial.phase is not Phase.SUCCEEDED


def _range(least: object, most: object) -> str:
    return str(least) if least == most else f"{least} to {most}"
