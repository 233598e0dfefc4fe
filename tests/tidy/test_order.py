"""Order never depends on hashes: a run is the same under any PYTHONHASHSEED.

Found are the two plain ways to break it: the builtin ``hash`` outside ``__hash__``, and walking over something that
is visibly a set. A set in a variable is not seen here; runs of the simulator under several hash seeds see it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tidy.source import PACKAGE, Finding, python_files, report, tree

SETS = {"set", "frozenset"}
ORDERED = {"list", "tuple", "enumerate", "iter", "next", "zip", "map", "join"}
# What these return does not depend on the order in which they walk.
INDIFFERENT = {"sorted", "sum", "min", "max", "any", "all", "len", *SETS}


def findings_in(path: Path, module: ast.Module) -> Iterator[Finding]:
    own_hash = {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.name == "__hash__"
        for inner in ast.walk(node)
    }
    harmless = {
        id(argument)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _name(node.func) in INDIFFERENT
        for argument in node.args
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _name(node.func) == "hash" and id(node) not in own_hash:
            yield Finding(path, node.lineno, "hash() differs between runs", "Use base/hashing.py")
        if id(node) not in harmless and any(_is_set(walked) for walked in _walked(node)):
            yield Finding(path, getattr(node, "lineno", 0), "walks over a set", "Sort it first, or keep a dict")


def _walked(node: ast.AST) -> list[ast.expr]:
    """What a node walks over in order."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter]
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
        return [generator.iter for generator in node.generators]
    if isinstance(node, ast.Call) and _name(node.func) in ORDERED:
        return list(node.args)
    return []


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_set(node.left) or _is_set(node.right)
    return isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Call) and _name(node.func) in SETS)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr == "join" else ""
    return node.id if isinstance(node, ast.Name) else ""


def test_order_never_depends_on_hashes() -> None:
    findings = [finding for path in python_files("src") for finding in findings_in(path, tree(path))]
    assert not report(findings), report(findings)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("for a in {1, 2}: pass", True),
        ("for a in set(b) - c: pass", True),
        ("for a in sorted(set(b)): pass", False),
        ("[a for a in frozenset(b)]", True),
        ("{a for a in set(b)}", False),
        ("sorted(a for a in set(b))", False),
        ("any(a for a in {1, 2})", False),
        ("list(set(b))", True),
        ("','.join({'a', 'b'})", True),
        ("hash('a')", True),
        ("class A:\n    def __hash__(self): return hash(self.b)", False),
    ],
)
def test_the_check_itself(code: str, found: bool) -> None:
    assert bool(list(findings_in(PACKAGE / "example.py", ast.parse(code)))) is found
