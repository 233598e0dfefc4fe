"""What is written down is for every reader, on every machine: no private paths, no promises, no leftovers."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tidy.source import ROOT, Finding, report, tracked_files

BINARY = {".png", ".gif", ".ico", ".woff2", ".gz", ".zst", ".db", ".npz"}
THIS = Path(__file__).resolve()

PATTERNS = [
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "Do it now, or open an issue and say nothing here"),
    (re.compile(r"(?<![\w.$~*}-])/(work|root|home|Users)/"), "Write a relative path or a placeholder"),
    (
        re.compile(r"pypi\.org|pythonhosted\.org|proxy\.golang\.org|npmjs\.(org|com)|crates\.io"),
        "Name the package, not where it is fetched from",
    ),
    (re.compile(r"^(<{7}|>{7}) "), "Finish the merge"),
]


def test_no_leftovers_and_no_machine_in_the_text() -> None:
    findings = []
    for path in tracked_files():
        if path == THIS or path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            findings += [
                Finding(path, number, f"{found.group(0).strip()!r}", cure)
                for pattern, cure in PATTERNS
                if (found := pattern.search(line))
            ]
    assert not report(findings), report(findings)


def test_files_end_with_one_newline() -> None:
    findings = []
    for path in tracked_files():
        text = b"" if path.suffix in BINARY else path.read_bytes()
        if text and (not text.endswith(b"\n") or text.endswith(b"\n\n")):
            findings.append(Finding(path, text.count(b"\n") + 1, "does not end with one newline", "Mend its end"))
    assert not report(findings), report(findings)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, ".ci/run: not executable. chmod +x .ci/run"
    assert "make test" in script.read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
