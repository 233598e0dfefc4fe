"""Gates over objects: one, or a list; what can't be judged holds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gates.people import ask

from myriarch.api.gates import Verdict

NAMESPACES = {"apiVersion": "v1", "resource": "namespaces"}


@pytest.mark.parametrize(
    ("cel", "verdict", "told"),
    [
        ({**NAMESPACES, "expression": "objects.exists(o, o.metadata.name == 'default')"}, Verdict.PASS, "is true"),
        ({**NAMESPACES, "expression": "objects.size() > 1000"}, Verdict.HOLD, "is false"),
        ({**NAMESPACES, "name": "default", "expression": "object.status.phase == 'Active'"}, Verdict.PASS, "is true"),
        ({**NAMESPACES, "name": "default", "expression": "object.spec.nothing == 1"}, Verdict.HOLD, "nothing"),
        ({**NAMESPACES, "name": "default", "expression": "object.status.phase"}, Verdict.HOLD, "neither true nor"),
        ({**NAMESPACES, "name": "elsewhere", "expression": "object.a"}, Verdict.HOLD, "not found"),
        ({"apiVersion": "no.such/v1", "resource": "things", "expression": "objects"}, Verdict.HOLD, "not found"),
        ({**NAMESPACES, "labelSelector": "a=b", "expression": "objects.size() == 0"}, Verdict.PASS, "is true"),
    ],
)
def test_expressions(cel: dict[str, Any], verdict: Verdict, told: str) -> None:
    answer = ask({"cel": cel})
    assert (answer.verdict, told in answer.message) == (verdict, True), answer.message


def test_what_is_not_so_may_be_harm() -> None:
    cel = {**NAMESPACES, "expression": "objects.size() > 1000"}
    assert ask({"cel": cel, "otherwise": "Fail"}).verdict is Verdict.FAIL
