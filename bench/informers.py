"""Our informer against other client libraries: a copy of 50,000 ConfigMaps, then a change of each.

Every library runs in a process of its own, asks the same server, and is measured three times in turns; the median
counts. Processors' time hardly depends on the machine's other work, so it stands beside each figure of the wall.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from informer_subject import SUBJECTS
from measurement import Measurement, progress
from processes import load_average

OBJECTS = 50_000
TURNS = 3
OURS = "myriarch"
MEGA = 1e6
COMMAND = "python bench/run.py informer"
SERVER_SCRIPT = Path(__file__).with_name("informer_server.py")
SUBJECT_SCRIPT = Path(__file__).with_name("informer_subject.py")

Told = dict[str, float]


def run(_sizes: Sequence[int], _seed: int) -> list[Measurement]:
    """Each library's figures, with how many times better ours are."""
    told: dict[str, list[Told]] = {name: [] for name in SUBJECTS}
    with TemporaryDirectory() as folder, _served(folder) as kubeconfig:
        for turn in range(TURNS):
            for name in SUBJECTS:
                progress(f"informer {name}, turn {turn + 1} of {TURNS} (load {load_average()})")
                told[name].append(_one(name, kubeconfig))
                print(f"  {told[name][-1]}", file=sys.stderr, flush=True)
    middle = {name: {key: median(each[key] for each in turns) for key in turns[0]} for name, turns in told.items()}
    ours = middle.pop(OURS)
    found = []
    for name, theirs in middle.items():
        found += _compared(name, ours, theirs)
    return found


def _one(name: str, kubeconfig: str) -> Told:
    command = [sys.executable, str(SUBJECT_SCRIPT), name, kubeconfig, str(OBJECTS)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: Told = json.loads(done.stdout)
    return told


def _compared(name: str, ours: Told, theirs: Told) -> list[Measurement]:
    peer, head = f"{name}, same run", f"informer.against-{name}"

    def lower(what: str, key: str, unit: str, scale: float = 1.0) -> Measurement:
        return Measurement(f"{head}.{what}", ours[key] / scale, unit, COMMAND, peer, theirs[key] / scale)

    rates = [OBJECTS / told["eventSeconds"] for told in (ours, theirs)]
    return [
        lower("synced", "syncSeconds", "s"),
        lower("synced.cpu", "syncCpuSeconds", "s"),
        lower("memory-of-copy", "residentBytes", "MB", MEGA),
        lower("memory-peak", "peakBytes", "MB", MEGA),
        Measurement(f"{head}.events", rates[0], "1/s", COMMAND, peer, rates[1], higher_is_better=True),
        lower("events.cpu-each", "eventCpuSeconds", "us", OBJECTS / 1e6),
    ]


@contextmanager
def _served(folder: str) -> Iterator[str]:
    """The path of a kubeconfig for the server."""
    command = [sys.executable, str(SERVER_SCRIPT), folder, str(OBJECTS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()
