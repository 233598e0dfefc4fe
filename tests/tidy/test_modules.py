"""Every module says what it is, and every module is used.

Alive means reachable by imports from an entry point: a script of pyproject.toml, ``python -m myriarch``, or a
module that the Makefile runs. A string that is the full name of a module counts as an import, because the CLI
loads its commands lazily by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import PACKAGE, ROOT, Finding, module_name, pyproject, python_files, report, tree

ENTRY_OF_SCRIPTS = "cli/main.py"


def test_every_module_has_a_docstring() -> None:
    findings = [
        Finding(path, 1, "no module docstring", "Say what it is, why it exists and what it leaves to which module")
        for path in python_files("src", "bench", "tests")
        if tree(path).body and ast.get_docstring(tree(path)) is None
    ]
    assert not report(findings), report(findings)


def test_every_module_is_alive() -> None:
    if not (PACKAGE / ENTRY_OF_SCRIPTS).exists():
        return  # nothing is alive before there is an entry point
    modules = {module_name(path): path for path in python_files("src")}
    reached = reachable(entry_points(), {name: set(imports(name, tree(path))) for name, path in modules.items()})
    findings = [
        Finding(path, 1, f"{name} is imported by nothing that an entry point reaches", "Use it or delete it")
        for name, path in modules.items()
        if name not in reached and path.name != "__init__.py"
    ]
    assert not report(findings), report(findings)


def entry_points() -> set[str]:
    project = pyproject()["project"]
    assert isinstance(project, dict)
    scripts = {target.split(":")[0] for target in project["scripts"].values()}
    commands = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {"myriarch.__main__", *scripts, *re.findall(r"-m (myriarch[\w.]*)", commands)}


def reachable(start: set[str], graph: dict[str, set[str]]) -> set[str]:
    """Names reached from ``start``; importing a module also imports the packages above it."""
    reached: set[str] = set()
    waiting = sorted(start)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        found = graph.get(name, set()) | {name.rpartition(".")[0]}
        waiting.extend(sorted(found - reached - {""}))
    return reached


def imports(name: str, module: ast.Module) -> Iterator[str]:
    """Modules that one imports, as dotted names; ``from a import b`` gives both ``a`` and ``a.b``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = name.rsplit(".", node.level)[0] if node.level else ""
            base = ".".join(part for part in (parent, node.module) if part)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and str(node.value).startswith("myriarch."):
            yield str(node.value).split(":")[0]


def test_reachability_itself() -> None:
    graph = {"a": {"b.c"}, "b": set(), "b.c": {"b.d"}, "b.d": set(), "e": {"e"}}
    assert reachable({"a"}, graph) == {"a", "b", "b.c", "b.d"}
