"""PromQL, as far as a mistake can be seen without a server: a small strict parser, by the grammar of Prometheus 3.

It knows literals, selectors, ranges, subqueries, modifiers, aggregations, calls and operators with their matching
clauses. Types, names of functions and of metrics are left to the server, which knows more of them than we.
``${NAME}`` stands for an expression that matches several names; it may stand only in a double-quoted value after
``=~`` or ``!~``, because there alone it can be written so that no name ever breaks out.

Source: https://prometheus.io/docs/prometheus/latest/querying/basics/ and /operators/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")
PLACEHOLDERS: Final = ("clusters", "controls", "revision", "previous", "component", "release", "stage")
VALUES: Final = "values."
"""``${values.gpuModel}`` stands for the values of that attribute in the wave."""

MAX_DEPTH: Final = 50

_AGGREGATIONS: Final = frozenset(
    {
        *("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "quantile"),
        *("topk", "bottomk", "count_values", "limitk", "limit_ratio"),
    }
)
_DURATION: Final = r"(?:\d+(?:ms|[smhdwy]))+"
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
    |(?P<duration>{_DURATION})(?![\w.])
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    |(?P<name>[a-zA-Z_][\w:]*|:[a-zA-Z_:][\w:]*)
    |(?P<sign>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){{}}\[\],@:])""",
    re.VERBOSE | re.ASCII,
)
_LEVELS: Final = {
    "or": 1, "and": 2, "unless": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6,
}  # fmt: skip
_COMPARISON: Final = 3
_POWER: Final = 6


class PromqlProblem(ValueError):
    """Why a query doesn't parse, and where."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def check_promql(query: str) -> None:
    """Raises PromqlProblem for what is no PromQL, or a placeholder where none may stand."""
    parser = _Parser(_tokens(query))
    parser.expression(0, 0)
    if parser.token.kind != "end":
        raise parser.problem("nothing more is expected")


def placeholder_problem(name: str) -> str:
    """Why there is no placeholder of that name; '' where there is."""
    if name in PLACEHOLDERS or (name.startswith(VALUES) and len(name) > len(VALUES)):
        return ""
    return f"no placeholder ${{{name}}}: there are {', '.join(PLACEHOLDERS)} and values.ATTRIBUTE"


def _tokens(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        if found is None:
            raise PromqlProblem(_unreadable(query, at))
        if found.lastgroup != "space":
            tokens.append(_Token(str(found.lastgroup), found[0], at))
        at = found.end()
    return [*tokens, _Token("end", "", len(query))]


def _unreadable(query: str, at: int) -> str:
    if query[at] in "\"'`":
        return f"at character {at + 1}: the quote is never closed"
    if query.startswith("${", at):
        return f"at character {at + 1}: a placeholder outside of double quotes"
    return f"at character {at + 1}: {query[at]!r} can't stand here"


class _Parser:
    """Recursive descent; ``token`` is the next one."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def token(self) -> _Token:
        return self._tokens[self._next]

    def problem(self, what: str) -> PromqlProblem:
        token = self.token
        shown = repr(token.text) if token.text else "the end"
        return PromqlProblem(f"at character {token.at + 1}, before {shown}: {what}")

    def take(self) -> _Token:
        token = self.token
        self._next += 1
        return token

    def accept(self, *texts: str) -> bool:
        if self.token.kind in ("sign", "name") and self.token.text.lower() in texts:
            self._next += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.accept(text):
            raise self.problem(f"{text!r} is expected")

    def expression(self, level: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.problem(f"nested deeper than {MAX_DEPTH}")
        if self.accept("-", "+"):
            self.expression(_POWER, depth + 1)
        else:
            self._operand(depth)
        while True:
            operator = self.token.text.lower() if self.token.kind in ("sign", "name") else ""
            found = _LEVELS.get(operator, 0)
            if found <= level:
                return
            self.take()
            self._matching(found)
            self.expression(found - 1 if found == _POWER else found, depth + 1)

    def _matching(self, level: int) -> None:
        if level == _COMPARISON:
            self.accept("bool")
        if self.accept("on", "ignoring"):
            self._labels()
            if self.accept("group_left", "group_right") and self.token.text == "(":
                self._labels()

    def _operand(self, depth: int) -> None:
        token = self.token
        if token.kind in ("number", "duration"):
            self.take()
            return
        if token.kind == "string":
            self._string()
            return
        if self.accept("("):
            self.expression(0, depth + 1)
            self.need(")")
        elif token.text == "{":
            self._selector()
        elif token.kind == "name" and token.text.lower() not in _LEVELS:
            self._named(depth)
        else:
            raise self.problem("a value is expected")
        self._modifiers(depth)

    def _named(self, depth: int) -> None:
        name = self.take().text
        grouped = name.lower() in _AGGREGATIONS and self._grouping()
        if self.token.text == "(":
            self._arguments(depth)
            if name.lower() in _AGGREGATIONS and not grouped:
                self._grouping()
        elif grouped:
            raise self.problem("'(' is expected")
        elif self.token.text == "{":
            self._selector()

    def _grouping(self) -> bool:
        if not self.accept("by", "without"):
            return False
        self._labels()
        return True

    def _labels(self) -> None:
        self.need("(")
        while not self.accept(")"):
            if self.token.kind not in ("name", "string"):
                raise self.problem("a label is expected")
            self.take()
            if not self.accept(","):
                self.need(")")
                return

    def _arguments(self, depth: int) -> None:
        self.need("(")
        while not self.accept(")"):
            self.expression(0, depth + 1)
            if not self.accept(","):
                self.need(")")
                return

    def _selector(self) -> None:
        self.need("{")
        while not self.accept("}"):
            self._matcher()
            if not self.accept(","):
                self.need("}")
                return

    def _matcher(self) -> None:
        quoted = self.token.kind == "string"
        if self.token.kind not in ("name", "string"):
            raise self.problem("a label is expected")
        self.take()
        operator = self.token.text
        if quoted and operator in (",", "}"):
            return
        if not self.accept("=", "!=", "=~", "!~"):
            raise self.problem("one of = != =~ !~ is expected")
        self._string(placeholders=operator in ("=~", "!~"))

    def _string(self, *, placeholders: bool = False) -> None:
        token = self.token
        if token.kind != "string":
            raise self.problem("a quoted string is expected")
        for found in PLACEHOLDER.finditer(token.text):
            if not placeholders or token.text[0] != '"':
                raise self.problem("a placeholder stands only in a double-quoted value after =~ or !~")
            if problem := placeholder_problem(found[1]):
                raise self.problem(problem)
        self.take()

    def _modifiers(self, depth: int) -> None:
        while True:
            if self.accept("["):
                self._span()
                if self.accept(":") and self.token.text != "]":
                    self._span()
                self.need("]")
            elif self.accept("offset"):
                self.accept("-", "+")
                self._span()
            elif self.accept("@"):
                self._moment()
            else:
                return

    def _span(self) -> None:
        if self.token.kind not in ("duration", "number"):
            raise self.problem("a length of time such as 5m is expected")
        self.take()

    def _moment(self) -> None:
        if self.accept("start", "end"):
            self.need("(")
            self.need(")")
            return
        self.accept("-", "+")
        if self.token.kind != "number":
            raise self.problem("a time in Unix seconds, start() or end() is expected")
        self.take()
