"""Runs the benchmarks and prints what they measured: a table, or a JSON list.

``python bench/run.py`` runs all of them, the release over 10,000 clusters included; names choose some:
``plan``, ``decide``, ``server``, ``release``, ``kube``, ``informer``, ``members``, ``sequential``. The peers of
``kube`` and ``members`` must have been built (``make components``). Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence

import decisions
import informers
import kube
import members
import plans
import releases
import sequential
import servers
from measurement import Measurement
from table import render

Benchmark = Callable[[Sequence[int], int], list[Measurement]]
BENCHMARKS: dict[str, Benchmark] = {
    "plan": plans.run,
    "decide": decisions.run,
    "server": servers.run,
    "release": releases.run,
    "kube": kube.run,
    "informer": informers.run,
    "members": members.run,
    "sequential": sequential.run,
}
SIZES = "100,1000,10000"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], help="which to run; all where none is named")
    parser.add_argument("--sizes", default=SIZES, help="numbers of clusters, or of objects, to show how cost grows")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", choices=("table", "json"), default="table")
    given = parser.parse_args()
    sizes = _sizes(parser, given.sizes)
    measured: list[Measurement] = []
    for name in given.names or list(BENCHMARKS):
        measured += BENCHMARKS[name](sizes, given.seed)
    if given.output == "json":
        print(json.dumps([each.as_dict() for each in measured], indent=2))
    else:
        print(render(measured))


def _sizes(parser: argparse.ArgumentParser, text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1:
        parser.error(f"--sizes {text!r}: give positive numbers with commas between, such as {SIZES}")
    return sizes


if __name__ == "__main__":
    main()
