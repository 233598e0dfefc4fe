"""What is PromQL and what is not, without asking a server."""

from __future__ import annotations

import pytest

from myriarch.engine.promql import PromqlProblem, check_promql

GOOD = [
    "up",
    "job:errors:rate5m",
    'sum by (cluster) (rate(errors_total{cluster=~"${clusters}", code=~"5.."}[5m])) / 2',
    "sum(rate(x[5m])) without (a, b,) > bool 3",
    "a / on (cluster) group_left (team) b or vector(0)",
    "-foo ^ 2 ^ -1",
    "avg_over_time(rate(x[5m])[1h:5m])",
    "max_over_time(x[1h:] offset 5m)",
    "foo offset -1h30m @ 1609746000",
    "foo @ end()",
    "histogram_quantile(0.99, sum(rate(latency_bucket[5m])) by (le))",
    "topk(3, foo) # the three",
    '{"http.requests", code="200"}',
    'label_replace(up, "a", "$1", "b", "(.*)")',
    "1e3 + 0x1F % .5",
    "count_values('version', build_info)",
    "a unless b and c",
    'x{gpu=~"${values.gpuModel}"}',
    "time() - start_seconds > 5m",
]

BAD = {
    "": "a value is expected",
    "  # nothing": "a value is expected",
    "sum(rate(x[5m])": "')' is expected",
    "sum(x))": "nothing more",
    'x{a="b}': "quote is never closed",
    "x{a=b}": "a quoted string",
    "x{a<'b'}": "one of = != =~ !~",
    "x[5]m": "nothing more",
    "x[five]": "a length of time",
    "x +": "a value is expected",
    "x y": "nothing more",
    "* x": "a value is expected",
    "x{cluster=${clusters}}": "outside of double quotes",
    'x{cluster="${clusters}"}': "only in a double-quoted value after =~ or !~",
    "x{cluster=~'${clusters}'}": "only in a double-quoted value",
    'x{cluster=~"${cluster}"}': "no placeholder ${cluster}",
    'label_replace(x, "a", "${clusters}", "b", "")': "only in a double-quoted value",
    "sum by cluster (x)": "'(' is expected",
    "x @ now": "a time in Unix seconds",
    "x; drop": "can't stand here",
    "(" * 60 + "1" + ")" * 60: "nested deeper",
}


@pytest.mark.parametrize("query", GOOD)
def test_good_queries_pass(query: str) -> None:
    check_promql(query)


@pytest.mark.parametrize(("query", "why"), BAD.items())
def test_bad_queries_are_told_why(query: str, why: str) -> None:
    with pytest.raises(PromqlProblem) as caught:
        check_promql(query)
    assert why in str(caught.value)
    assert "at character" in str(caught.value)
