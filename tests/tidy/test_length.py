"""Files and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast

from tests.tidy.source import Finding, python_files, report, tree

FILE_LINES = 400
FUNCTION_LINES = 60
FOLDERS = ("src", "tests", "bench")


def test_files_are_short() -> None:
    findings = []
    for path in python_files(*FOLDERS):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES:
            problem = f"{lines} lines, the limit is {FILE_LINES}"
            findings.append(Finding(path, FILE_LINES + 1, problem, "Move one noun to a file of its own"))
    assert not report(findings), report(findings)


def test_functions_are_short() -> None:
    findings = []
    for path in python_files(*FOLDERS):
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _body_lines(node) > FUNCTION_LINES:
                problem = f"{node.name}() has {_body_lines(node)} lines, the limit is {FUNCTION_LINES}"
                findings.append(Finding(path, node.lineno, problem, "Give each step a function with a name"))
    assert not report(findings), report(findings)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function; its docstring does not count."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines
