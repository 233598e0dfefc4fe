"""The report: one page of HTML with tables and plots, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from statistics import median

from rollout import svg
from rollout.chance import HOUR
from rollout.delays import symptom_seconds
from rollout.outcome import Outcome
from rollout.policies.myriarch_policies import longest_soak
from rollout.register import describe, is_own
from rollout.result import Result
from rollout.scenario import Kind, Scenario
from rollout.summary import summarise
from rollout.table import HEADS, number, percent, row

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: 0.2rem 0.6rem; border-bottom: 1px solid #8884; white-space: nowrap; }
figure { margin: 1.5rem 0; max-width: 44rem; } figcaption { opacity: 0.8; }
.missed { color: #d1495b; font-weight: 600; } .met { color: #5b8c5a; }
"""
FLOOR = 0.0001
NAMED_ABOVE = 0.05
SCENARIO_HEADS = (
    "SCENARIO",
    "POLICY",
    "CAUGHT",
    "EXPOSED MED/WORST %",
    "DECIDED h",
    "RELEASE",
    "ATTRIBUTE",
    "BY PERSON",
)
FAMILY_HEADS = ("HARMLESS RELEASES", "FALSE %", "HOURS")


def write_report(result: Result, path: Path) -> None:
    """Write the page."""
    parts = [_head(result), _aims(result), _table(HEADS, [row(each) for each in result.summaries])]
    parts += [
        _pareto(result),
        _exposures(result),
        _delays(result),
        _false(result),
        _scenarios(result),
        _families(result),
        _rules(result),
    ]
    path.write_text("\n".join([*parts, "</body></html>\n"]), encoding="utf-8")


def _head(result: Result) -> str:
    incidents = sum(not each.harmless for each in result.scenarios)
    said = (
        f"{incidents} incidents and {len(result.scenarios) - incidents} harmless releases; {result.seeds} seeds for "
        f"Myriarch, the first {result.peer_seeds} of them for the others; {len(result.outcomes)} runs, "
        f"{result.running}."
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>RolloutBench</title><style>{STYLE}</style>'
        f"</head><body><h1>RolloutBench</h1><p>{said} What the model leaves out is in bench/rollout/README.md.</p>"
    )


def _aims(result: Result) -> str:
    lines = []
    for aim in result.aims:
        word, kind = {True: ("met", "met"), False: ("missed", "missed"), None: ("not measured", "")}[aim.met]
        missed = f"<br>{escape(', '.join(aim.missed))}" if aim.missed else ""
        lines.append(f'<li><span class="{kind}">{word}</span>: {escape(aim.aim)}: {escape(aim.measured)}{missed}</li>')
    return f"<h2>Aims</h2><ul>{''.join(lines)}</ul><h2>Policies</h2>"


def _pareto(result: Result) -> str:
    named = {
        each.policy: (each.duration_median, each.exposed_mean)
        for each in result.summaries
        if each.duration_median is not None and each.exposed_mean is not None
    }
    plot = svg.points(named, "hours of a harmless release (median)", "production exposed (mean)", floor=FLOOR)
    return _figure(plot, "Exposure in incidents against the duration of a harmless release: lower left is better.")


def _exposures(result: Result) -> str:
    named = {each.policy: [one.exposed for one in _incidents(result, each.policy)] for each in result.summaries}
    plot = svg.curves(
        {name: values for name, values in named.items() if values},
        "production exposed at most",
        "share of incidents",
        floor=FLOOR,
    )
    return _figure(plot, "In what share of the incidents how much of production met the release: left is better.")


def _delays(result: Result) -> str:
    """Of the first of Myriarch's policies: what each incident exposes, over how long its harm takes to show."""
    name = _first_own(result)
    if name is None:
        return ""
    named: dict[str, svg.Point] = {}
    for scenario in result.scenarios:
        exposed = [each.exposed for each in result.outcomes if (each.scenario, each.policy) == (scenario.name, name)]
        if exposed and not scenario.harmless and scenario.expected.observable:
            named[scenario.name] = (symptom_seconds(scenario) / HOUR, median(exposed))
    if not named:
        return ""
    plot = svg.delays(
        named,
        longest_soak(name, whole=False) / HOUR,
        "hours until harm shows",
        "production exposed (median)",
        named_above=NAMED_ABOVE,
        floor=FLOOR,
    )
    caption = "What Myriarch exposes in each incident. The line is the longest soak: what shows later meets no canary."
    return _figure(plot, caption)


def _false(result: Result) -> str:
    named = {each.policy: each.false_alarms for each in result.summaries if each.false_alarms is not None}
    plot = svg.bars(named, "false alarms")
    return _figure(plot, "Harmless releases that were rolled back or stopped.")


def _rules(result: Result) -> str:
    parts = []
    for each in result.summaries:
        title, text = describe(each.policy)
        parts.append(f"<dt>{escape(title)} <code>{escape(each.policy)}</code></dt><dd>{escape(text)}</dd>")
    return f"<h2>The rules that the policies follow</h2><dl>{''.join(parts)}</dl>"


def _scenarios(result: Result) -> str:
    rows = []
    for scenario in result.scenarios:
        if not scenario.harmless:
            rows += [_scenario_row(result, scenario, each.policy) for each in result.summaries]
    return f"<h2>Incidents</h2>{_table(SCENARIO_HEADS, rows)}"


def _scenario_row(result: Result, scenario: Scenario, policy: str) -> tuple[str, ...]:
    found = summarise(policy, [each for each in _incidents(result, policy) if each.scenario == scenario.name])
    return (
        scenario.name if policy == result.summaries[0].policy else "",
        policy,
        percent(found.caught, 1),
        f"{percent(found.exposed_median)} / {percent(found.exposed_worst)}",
        number(found.to_decision_median),
        percent(found.right_release, 1),
        percent(found.right_attribute, 1),
        percent(found.by_person, 1),
    )


def _families(result: Result) -> str:
    """False alarms of the first of Myriarch's policies by family of harmless releases: the name without its number."""
    name = _first_own(result) or ""
    families: dict[str, list[Outcome]] = {}
    for each in result.outcomes:
        if each.policy == name and each.kind is Kind.HARMLESS:
            families.setdefault(each.scenario.rstrip("0123456789-"), []).append(each)
    rows = []
    for family, outcomes in families.items():
        found = summarise(name, outcomes)
        rows.append((family, percent(found.false_alarms), number(found.duration_median)))
    return f"<h2>Harmless releases under Myriarch</h2>{_table(FAMILY_HEADS, rows)}" if rows else ""


def _first_own(result: Result) -> str | None:
    """The first of Myriarch's policies, which the aims are checked on."""
    return next((each.policy for each in result.summaries if is_own(each.policy)), None)


def _incidents(result: Result, policy: str) -> list[Outcome]:
    return [each for each in result.outcomes if each.policy == policy and each.kind is Kind.INCIDENT]


def _figure(plot: str, caption: str) -> str:
    return f"<figure>{plot}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in each)}</tr>" for each in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
