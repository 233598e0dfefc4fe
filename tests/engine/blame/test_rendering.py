"""Tables and plots say what the verdicts say."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.candidates import Tallies
from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.signals import HOUR, Arrival, Background, Domain, Failures, Places
from myriarch.engine.blame.svg_plots import rate_bars_svg, timeline_svg
from myriarch.engine.blame.tables import attribution_table, cause_table
from myriarch.engine.blame.text_plots import WIDTH, rate_bars, timeline_text
from myriarch.engine.blame.timeline import BINS, make_timeline
from myriarch.engine.population import Value

SVG = "{http://www.w3.org/2000/svg}"
VALUES = (Value("gpu", "a10"), Value("gpu", "none"), Value("os", "<jammy>"), Value("os", "noble"))
FOUND = find_attributes(Tallies.of(VALUES, np.array([40, 160, 100, 100]), np.array([30, 2, 16, 16])))

START = 1_767_600_000.0
PLACES = Places([f"c{i}" for i in range(20)], np.full(20, 50), (Domain("zone", ("a", "b"), np.arange(20) % 2),))
COME = np.where(np.arange(20) < 4, START + HOUR + 60.0 * np.arange(20), np.inf)
ARRIVALS = [Arrival.whole("os-42", COME, PLACES), Arrival.whole("agent-7", COME[::-1] - HOUR, PLACES)]
FAILED = Failures(COME[:4] + 600.0, np.arange(4), np.array([5, 6, 7, 8]))
VERDICT = find_cause(PLACES, ARRIVALS, FAILED, Background(), START, START + 4 * HOUR)


def test_the_table_of_attributes() -> None:
    lines = attribution_table(FOUND).splitlines()
    assert lines[0].split("   ")[1:] != []
    assert lines[1].split()[:5] == ["blamed", "gpu=a10", "30", "40", "75%"]
    assert lines[-1].split() == ["left", "over", "2", "160", "1.2%"]


def test_bars_are_as_long_as_the_rates() -> None:
    first, rest = rate_bars(FOUND).splitlines()
    assert first.count("█") == round(0.75 * WIDTH)
    assert first.endswith("75% (30 of 40)")
    assert rest.count("█") == 0 or rest.count("█") == round(2 / 160 * WIDTH)


def test_the_table_of_causes() -> None:
    lines = cause_table(VERDICT).splitlines()
    assert lines[1].startswith("os-42: blamed")
    assert lines[2].startswith("agent-7: cleared")
    assert "no failure where it had come" in lines[2]
    assert any(line.startswith("0 to 15 min") for line in lines)


def test_a_timeline_counts_every_failed_node_once() -> None:
    for index, reached in ((0, 26), (1, 0)):
        line = make_timeline(PLACES, ARRIVALS, index, FAILED, START, START + 4 * HOUR)
        assert line.reached.sum() == reached
        assert line.reached.sum() + line.unreached.sum() == 26
        assert line.share[-1] == 4 / 20
    text = timeline_text(make_timeline(PLACES, ARRIVALS, 0, FAILED, START, START + 4 * HOUR))
    assert "26 nodes" in text.splitlines()[0]
    assert "20% now" in text
    assert "05 Jan" in text


def test_the_plots_are_whole_svg_documents() -> None:
    line = make_timeline(PLACES, ARRIVALS, 0, FAILED, START, START + 4 * HOUR)
    timeline = ElementTree.fromstring(timeline_svg(line))
    points = timeline.find(f"{SVG}polyline").get("points").split()  # type: ignore[union-attr]
    assert len(points) == BINS
    bars = ElementTree.fromstring(rate_bars_svg(FOUND))
    assert len(bars.findall(f"{SVG}rect")) == 2
    assert "Share of updated nodes that failed" in "".join(bars.itertext())


def test_names_are_escaped() -> None:
    suspects = find_attributes(Tallies.of(VALUES[2:], np.array([4, 4]), np.array([3, 1])))
    assert "os=<jammy>" in "".join(ElementTree.fromstring(rate_bars_svg(suspects)).itertext())
