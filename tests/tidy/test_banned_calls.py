"""Time and chance are arguments: nobody but the clock reads the clock, and nobody rolls unseeded dice.

A run that reads the wall clock or the machine's entropy can't be replayed by its seed. Names are resolved
through imports, so ``from time import monotonic as m`` is found too; a mere reference counts, since a
function handed over is as good as called.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.tidy.source import PACKAGE, Finding, python_files, references, report, tree

CLOCK = {"base/clock.py"}
# Real tokens and certificates need real entropy. One place makes them.
ENTROPY = {"apiserver/access/chance.py"}
SEEDABLE = {"Generator", "BitGenerator", "SeedSequence", "PCG64", "PCG64DXSM", "Philox", "default_rng"}

USE_CLOCK = "Take `now` or a Clock as an argument (base/clock.py)"
USE_SEED = "Take a numpy.random.Generator or a seed as an argument"
USE_TOKENS = "Only the file that makes tokens may; elsewhere derive names from the seed"


def problem_of(dotted: str, used_in: str) -> tuple[str, str] | None:
    """(what is wrong, cure) for a resolved name used in a file (relative to the package), or None."""
    top, _, rest = dotted.partition(".")
    if top == "time" and rest and used_in not in CLOCK:
        return dotted, USE_CLOCK
    if dotted.startswith("datetime.") and rest.split(".")[-1] in {"now", "utcnow", "today"}:
        return None if used_in in CLOCK else (dotted, USE_CLOCK)
    if top == "random" and rest:
        return dotted, USE_SEED
    if dotted.startswith("numpy.random.") and dotted.split(".")[2] not in SEEDABLE:
        return dotted, USE_SEED
    if top == "secrets" or dotted in {"uuid.uuid1", "uuid.uuid4", "os.urandom"}:
        return None if used_in in ENTROPY else (dotted, USE_TOKENS)
    return None


def findings_in(path: Path, module: ast.Module) -> list[Finding]:
    used_in = str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else ""
    resolved = {id(node): dotted for node, dotted in references(module)}
    findings = []
    for node in ast.walk(module):
        if problem := problem_of(resolved.get(id(node), ""), used_in):
            findings.append(Finding(path, node.lineno, f"uses {problem[0]}", problem[1]))
        bare = isinstance(node, ast.Call) and not node.args and not node.keywords
        if bare and resolved.get(id(node.func)) == "numpy.random.default_rng":
            findings.append(Finding(path, node.lineno, "default_rng() without a seed", USE_SEED))
    return findings


def test_only_the_clock_reads_the_clock_and_dice_have_seeds() -> None:
    findings = [finding for path in python_files("src", "bench") for finding in findings_in(path, tree(path))]
    assert not report(findings), report(findings)


def test_the_dice_of_tests_have_seeds() -> None:
    findings = [
        finding
        for path in python_files("tests")
        for finding in findings_in(path, tree(path))
        if finding.cure == USE_SEED
    ]
    assert not report(findings), report(findings)


@pytest.mark.parametrize(
    ("code", "banned"),
    [
        ("import time\ntime.monotonic()", True),
        ("from time import monotonic as m\nkey = m", True),
        ("from datetime import datetime\ndatetime.now()", True),
        ("import datetime as d\nd.date.today()", True),
        ("from datetime import datetime, UTC\ndatetime.fromtimestamp(0, UTC)", False),
        ("import random\nrandom.choice([1])", True),
        ("import numpy as np\nnp.random.rand()", True),
        ("import numpy as np\nnp.random.default_rng()", True),
        ("import numpy as np\nnp.random.default_rng(7).random()", False),
        ("from numpy.random import default_rng\ndefault_rng()", True),
        ("def f(generator):\n    return generator.random()", False),
        ("import uuid\nuuid.uuid4()", True),
        ("import uuid\nuuid.uuid5(uuid.NAMESPACE_URL, 'a')", False),
        ("import os\nos.urandom(8)", True),
        ("from secrets import token_urlsafe\ntoken_urlsafe()", True),
    ],
)
def test_the_check_itself(code: str, banned: bool) -> None:
    assert bool(findings_in(PACKAGE / "example.py", ast.parse(code))) is banned
