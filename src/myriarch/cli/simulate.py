"""``myriarch simulate``: run a scenario on virtual time, check it, and say what came of it.

The simulator is ``sim/simulate.py``; here are only its options, its result for people, and the exit code:
1 where an invariant broke or an expectation was not met.
"""

from __future__ import annotations

from pathlib import Path

import click

from myriarch.base.errors import UserFault
from myriarch.cli.exits import ExitCode, Failed
from myriarch.cli.output import Output, emit, output_option, print_document
from myriarch.cli.simulate_view import result_text
from myriarch.sim.result import Result
from myriarch.sim.scenario_file import load_scenario, schema
from myriarch.sim.simulate import simulate as run


@click.command()
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides every draw.")
@click.option("--trace", type=click.Path(path_type=Path), help="Write every decision and change there, a line each.")
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of scenario files.")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def simulate(scenario: Path | None, seed: int, trace: Path | None, wants_schema: bool, output: Output) -> int:
    """Run a SCENARIO file on virtual time: same seed, same run, byte for byte.

    The exit code is 1 where an invariant broke or an expectation of the scenario was not met.
    """
    if wants_schema:
        print_document(Output.YAML if output is Output.YAML else Output.JSON, schema())
        return ExitCode.OK
    if scenario is None:
        raise UserFault("SCENARIO", "", "is missing", "Name a scenario file, or ask for its --schema.")
    result, lines = run(load_scenario(scenario), seed, folder=scenario.parent, keep_trace=trace is not None)
    if trace is not None:
        _write(trace, lines.lines)
    emit(output, result, lambda: result_text(result))
    return verdict(result, scenario)


def verdict(result: Result, scenario: Path) -> int:
    """Raises Failed, with the command that replays the run, where it was not good."""
    if result.good:
        return ExitCode.OK
    broken = ", ".join(result.invariants_broken)
    missed = sum(not expected.met for expected in result.expectations)
    found = [f"broken: {broken}"] if broken else []
    found += [f"{missed} expectations not met"] if missed else []
    replay = f"Replay it: myriarch simulate {scenario} --seed {result.seed} --trace FILE"
    raise Failed(f"{result.scenario}: {'; '.join(found)}. {replay}")


def _write(path: Path, lines: list[str]) -> None:
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        problem = f"can't be written ({error.strerror})"
        raise UserFault("--trace", str(path), problem, "Give a path you may write to.") from None
