"""No public function, class or constant of a module lies unused.

A name counts as used where any other place of ``src`` or ``bench`` says it: as a name, an attribute, an import or a
string. Tests don't count: what only a test calls is not part of the program. That is a search by name, not by
meaning, so it misses dead names that share a living one's name; it never blames a living one.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.tidy.generated import PART, documents
from tests.tidy.source import PACKAGE, Finding, python_files, report, tree

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
ENTRY = PACKAGE / "cli" / "main.py"


def said(module: ast.Module) -> Iterator[str]:
    """Every name a module says, definitions left out."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.rpartition(":")[2].rpartition(".")[2]


def defined(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Public functions, classes and constants of a module; decorated functions are used by their decorator."""
    for node in module.body:
        decorated = isinstance(node, FUNCTION) and node.decorator_list
        if isinstance(node, FUNCTION | ast.ClassDef) and not decorated:
            yield node.name, node.lineno
        yield from ((name, node.lineno) for name in _targets(node))


def test_every_public_name_is_used() -> None:
    if not ENTRY.exists():
        return  # nothing is used before there is an entry point
    uses = Counter(name for path in python_files("src", "bench") for name in said(tree(path)))
    uses.update(part["function"] for path in documents() for part in PART.finditer(path.read_text("utf-8")))
    findings = []
    for path in python_files("src"):
        for name, line in defined(tree(path)):
            if not name.startswith("_") and uses[name] <= assigned(tree(path)).count(name):
                findings.append(Finding(path, line, f"{name} is used by nothing in src", "Use it or delete it"))
    assert not report(findings), report(findings)


def assigned(module: ast.Module) -> list[str]:
    """Names assigned at the top of a module: the assignment itself says the name once, and is no use of it."""
    return [name for node in module.body for name in _targets(node)]


def _targets(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_the_check_itself() -> None:
    code = ast.parse(
        "LIMIT = 3\ndef used(): return LIMIT\nclass Unused: pass\nSPARE = used()\n@group\ndef command(): pass"
    )
    assert [name for name, _ in defined(code)] == ["LIMIT", "used", "Unused", "SPARE"]
    uses = Counter(said(code))
    dead = [name for name, _ in defined(code) if uses[name] <= assigned(code).count(name)]
    assert dead == ["Unused", "SPARE"]
