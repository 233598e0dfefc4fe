"""The repository as the tidiness tests read it: files, syntax trees, and names with imports resolved.

The tests next to this file judge; this one only reads. A finding is printed as ``file:line: problem. Cure.``,
so that an editor can jump to it.
"""

from __future__ import annotations

import ast
import functools
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "myriarch"
NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", ".hypothesis", ".mypy_cache", ".ruff_cache"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend."""

    path: Path
    line: int
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.problem}. {self.cure}"


def report(findings: Iterable[Finding]) -> str:
    """All findings, a line each; empty when there are none. Meant for ``assert not report(...)``."""
    return "\n".join(sorted(str(finding) for finding in findings))


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """What git tracks or would track; without git (a source archive), every file that is not a product."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        candidates = [ROOT / line for line in listed.splitlines()]
    except (OSError, subprocess.CalledProcessError):
        candidates = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.parts)]
    return tuple(sorted({path for path in candidates if path.is_file()}))


def python_files(*tops: str) -> list[Path]:
    """Python files under these top folders of the repository."""
    return [path for path in tracked_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in tops]


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    """``src/myriarch/base/clock.py`` -> ``myriarch.base.clock``."""
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(module: ast.Module) -> dict[str, str]:
    """Local name -> dotted origin, for every import anywhere in the file: ``{"np": "numpy"}``."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def references(module: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Every use of an imported name, with its dotted origin: ``np.random.rand`` -> ``numpy.random.rand``.

    The whole chain is yielded once, not its parts.
    """
    names = imported_names(module)
    inner: set[int] = set()
    for node in ast.walk(module):  # breadth first: the outermost attribute comes before what it contains
        if isinstance(node, (ast.Attribute, ast.Name)) and id(node) not in inner:
            dotted = _dotted(node, inner)
            first, _, rest = dotted.partition(".")
            if first in names:
                yield node, f"{names[first]}.{rest}" if rest else names[first]


def _dotted(node: ast.expr, inner: set[int]) -> str:
    """``a.b.c`` of a chain of attributes, empty when it does not start at a name; marks the parts as seen."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
        inner.add(id(node))
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
