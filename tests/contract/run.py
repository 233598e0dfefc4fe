"""``make contract``: compares the embedded server with a real one and prints what differs.

Exits with 1 where something differs that the baseline doesn't justify, or where an entry of the baseline is needed no
more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.contract.baseline import read_baseline
from tests.contract.case import read_areas
from tests.contract.compare import Difference
from tests.contract.servers import embedded, real, start_real
from tests.contract.suite import Verdict, judged

SHOWN_CHARS = 160


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    areas = read_areas()
    parser.add_argument("areas", nargs="*", choices=[[], *areas], help="which to play; all where none is named")
    parser.add_argument("--output", choices=("table", "json"), default="table")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start_real(Path(folder) / "plane") as plane:
        verdict = asyncio.run(_judged(given.areas or areas, plane))
    print(json.dumps(_as_json(verdict), indent=2) if given.output == "json" else _as_table(verdict))
    sys.exit(0 if verdict.holds else 1)


async def _judged(areas: list[str], plane: Any) -> Verdict:
    async with embedded() as ours, real(plane) as theirs:
        return await judged(areas, read_baseline(), ours, theirs)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    found = [*verdict.justified, *((difference, None) for difference in verdict.unjustified)]
    return {
        "cases": verdict.cases,
        "differences": [
            {
                "case": difference.case,
                "path": difference.path,
                "embedded": difference.embedded,
                "real": difference.real,
                "justification": why,
            }
            for difference, why in found
        ],
        "stale": [{"case": entry.case, "path": entry.path} for entry in verdict.stale],
    }


def _as_table(verdict: Verdict) -> str:
    lines = [f"{difference.case}  {difference.path}\n  {why}" for difference, why in verdict.justified]
    lines += [_shown(difference) for difference in verdict.unjustified]
    lines += [f"STALE in the baseline: {entry.case}  {entry.path}" for entry in verdict.stale]
    lines.append(
        f"{verdict.cases} cases, {len(verdict.justified)} differences in the baseline, "
        f"{len(verdict.unjustified)} outside of it, {len(verdict.stale)} stale entries"
    )
    return "\n".join(lines)


def _shown(difference: Difference) -> str:
    embedded, other = (json.dumps(value)[:SHOWN_CHARS] for value in (difference.embedded, difference.real))
    return f"DIFFERS {difference.case}  {difference.path}\n  embedded {embedded}\n  real     {other}"


if __name__ == "__main__":
    main()
