"""``myriarch evidence smallest``: the smallest harm that a wave can show, from sizes alone."""

from __future__ import annotations

import math
from typing import Any

import click
import numpy as np

from myriarch.cli.output import Output, emit, output_option
from myriarch.engine.sequential.combine import needed_alone, needed_together
from myriarch.engine.sequential.detectable import POWER, Detectable, detectable_failures, detectable_shares, pooled
from myriarch.engine.sequential.tolerance import Tolerance


@click.command()
@click.option("--updated", type=click.IntRange(min=0), required=True, help="Updated units of the stratum.")
@click.option("--controls", type=click.IntRange(min=0), required=True, help="Units beside them that are not updated.")
@click.option("--strata", type=click.IntRange(min=1), default=1, show_default=True, help="As many like it.")
@click.option(
    "--background",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.001,
    show_default=True,
    help="Chance of a unit to fail on its own within the soak.",
)
@click.option(
    "--ratio", type=click.FloatRange(min=0, min_open=True), default=2.0, show_default=True, help="Tolerated ratio."
)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.01,
    show_default=True,
    help="Chance borne that a harmless release is called harmful.",
)
@click.option("--share", is_flag=True, help="Judge shares of hits in place of failures in time.")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def smallest(
    updated: int,
    controls: int,
    strata: int,
    background: float,
    ratio: float,
    alpha: float,
    share: bool,
    output: Output,
) -> None:
    """Tell how many updated units must fail, in one stratum and in all together, to be called harm."""
    treated, control = np.full(strata, float(updated)), np.full(strata, float(controls))
    usual, bar = np.full(strata, background), np.full(strata, needed_alone(alpha, strata))
    joined_bar = needed_together(alpha)
    if share:
        tolerance = Tolerance(ratio)
        alone = detectable_shares(treated, control, usual, tolerance, bar)
        summed = np.atleast_1d(treated.sum()), np.atleast_1d(control.sum())
        joined = detectable_shares(summed[0], summed[1], usual[:1], tolerance, np.atleast_1d(joined_bar))
    else:
        alone = detectable_failures(treated, control, usual, ratio, bar)
        joined = pooled(treated, control, usual, ratio, joined_bar)
    document = {"power": POWER, "alpha": alpha, "stratum": _document(alone), "together": _document(joined)}
    emit(output, document, lambda: _text(document, strata))


def _document(found: Detectable) -> dict[str, Any]:
    ratio = float(found.ratio[0])
    return {
        "blind": bool(found.blind[0]),
        "failuresNeeded": int(found.needed[0]),
        "smallestShare": round(float(found.share[0]), 6),
        "smallestRatio": round(ratio, 3) if math.isfinite(ratio) else None,
    }


def _text(document: dict[str, Any], strata: int) -> str:
    lines = [_line("the stratum", document["stratum"])]
    if strata > 1:
        lines.append(_line(f"all {strata} strata together", document["together"]))
    return "\n".join(lines)


def _line(what: str, found: dict[str, Any]) -> str:
    if found["blind"]:
        return f"{what}: blind; not even the failure of every updated unit would show harm"
    times = "" if found["smallestRatio"] is None else f", {found['smallestRatio']:g} times the usual"
    return (
        f"{what}: {found['failuresNeeded']} failures show harm; found in {POWER:.0%} of releases "
        f"where each updated unit fails with a chance of {found['smallestShare']:.1%}{times}"
    )
