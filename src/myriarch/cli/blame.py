"""``myriarch blame``: what failures have in common, and which release, if any, caused them, from a file.

The same judges as in a hub (``engine/blame``), for an incident of one's own: its numbers, a table and plots.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from myriarch.api.release import Release
from myriarch.base.errors import UserFault
from myriarch.cli.blame_file import CauseInput, cause_input, load_blame_file, profiles_of
from myriarch.cli.blame_release import verdict_document, verdict_text
from myriarch.cli.connect import ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import RELEASES
from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.attribution import Attribution, Explanation
from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.svg_plots import rate_bars_svg, timeline_svg
from myriarch.engine.blame.tables import attribution_table, cause_table
from myriarch.engine.blame.text_plots import rate_bars, timeline_text
from myriarch.engine.blame.timeline import Timeline, make_timeline
from myriarch.engine.blame.verdict import CauseVerdict


@click.command()
@click.argument("what", metavar="FILE|RELEASE")
@hub_options
@click.option("--plots", type=click.Path(path_type=Path), metavar="DIR", help="Write the plots there as SVG.")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def blame(what: str, plots: Path | None, target: Target, output: Output) -> None:
    """Judge the failures in FILE: the attributes that explain them, and the release that caused them, or none.

    FILE is YAML or JSON; docs/blame.md describes it. A name without a dot or slash is that of a RELEASE of the hub:
    then the verdict is told by which it went back, or holds.
    """
    if is_release(what):
        if plots is not None:
            raise UserFault("--plots", str(plots), "is for files", "Leave it out, or name a file of failures.")
        release = ask(target, lambda session: session.find(RELEASES, Release, what, "release"))
        emit(output, verdict_document(release), lambda: verdict_text(release))
        return
    asked = load_blame_file(Path(what))
    attributes = find_attributes(profiles_of(asked)) if asked.groups else None
    causes, line = _causes(cause_input(asked)) if asked.places else (None, None)
    if plots is not None:
        _write(plots, attributes, line)
    emit(output, _document(attributes, causes), lambda: _text(attributes, causes, line))


def is_release(what: str) -> bool:
    """Whether it names a release rather than a file."""
    return not Path(what).exists() and "." not in what and "/" not in what


def _causes(given: CauseInput) -> tuple[CauseVerdict, Timeline | None]:
    where = (given.places, given.arrivals, given.failures)
    verdict = find_cause(*where, given.background, given.since, given.now)
    if not verdict.charges:
        return verdict, None
    index = [arrival.release for arrival in given.arrivals].index(verdict.charges[0].release)
    return verdict, make_timeline(given.places, given.arrivals, index, given.failures, given.since, given.now)


def _text(attributes: Attribution | None, causes: CauseVerdict | None, line: Timeline | None) -> str:
    parts = []
    if causes is not None:
        parts += [causes.sentence, cause_table(causes)]
    if line is not None:
        parts.append(timeline_text(line))
    if attributes is not None:
        parts += [attributes.sentence, attribution_table(attributes), rate_bars(attributes)]
    return "\n\n".join(parts)


def _document(attributes: Attribution | None, causes: CauseVerdict | None) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if causes is not None:
        document["cause"] = {
            "ruling": str(causes.ruling),
            "message": causes.sentence,
            "releases": [
                {"name": c.release, "ruling": str(c.ruling), "score": round(c.score, 2), "message": c.sentence}
                for c in causes.charges
            ],
            "ambient": [{"name": a.name, "incidents": a.incidents, "nodes": a.nodes} for a in causes.ambient],
        }
    if attributes is not None:
        document["attributes"] = {
            "spread": str(attributes.spread),
            "message": attributes.sentence,
            "explanations": [_explained(e) for e in attributes.explanations],
            "suspects": [_explained(e) for e in attributes.suspects],
        }
    return document


def _explained(e: Explanation) -> dict[str, Any]:
    return {
        "values": {value.attribute: value.value for value in e.values},
        "together": {value.attribute: value.value for value in e.together},
        "failed": e.failed,
        "updated": e.updated,
        "elsewhereFailed": e.elsewhere_failed,
        "elsewhereUpdated": e.elsewhere_updated,
        "q": float(f"{e.q:.3g}") if math.isfinite(e.q) else 1.0,
    }


def _write(folder: Path, attributes: Attribution | None, line: Timeline | None) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if attributes is not None:
            (folder / "attributes.svg").write_text(rate_bars_svg(attributes), encoding="utf-8")
        if line is not None:
            (folder / "cause.svg").write_text(timeline_svg(line), encoding="utf-8")
    except OSError as error:
        problem = f"can't be written ({error.strerror})"
        raise UserFault("--plots", str(folder), problem, "Name a folder that you may write to.") from None
