"""What rules cover: nobody can reach by a role of their making what their own rules don't allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.apiserver.access.people import person

from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.rbac_covers import uncovered
from myriarch.apiserver.access.rbac_rules import Rule

VERBS, GROUPS = ("get", "list", "*"), ("", "apps", "*")
RESOURCES, NAMES = ("pods", "pods/log", "jobs/log", "*/log", "*"), ("a", "b")
URLS = ("/a", "/a/*", "/a/b", "/a/b/*", "*")


def some(values: tuple[str, ...], least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True)


RULES = st.lists(
    st.builds(Rule, verbs=some(VERBS), api_groups=some(GROUPS), resources=some(RESOURCES), names=some(NAMES, 0))
    | st.builds(Rule, verbs=some(VERBS), urls=some(URLS)),
    max_size=3,
)


def request(verb: str, group: str, resource: str, name: str) -> Attributes:
    plural, _, subresource = resource.partition("/")
    return Attributes(person("ann"), verb, "hub", group, "v1", plural, subresource, "", name)


WANTED = st.builds(
    request,
    st.sampled_from(("get", "list", "watch")),
    st.sampled_from(("", "apps", "batch")),
    st.sampled_from(("pods", "pods/log", "jobs/log", "nodes")),
    st.sampled_from(("", "a", "b", "c")),
) | st.builds(
    lambda verb, path: Attributes(person("ann"), verb, "hub", path=path),
    st.sampled_from(("get", "put")),
    st.sampled_from(("/a", "/a/", "/a/b", "/a/b/c", "/z")),
)


@given(RULES, RULES, st.lists(WANTED, min_size=5, max_size=20))
def test_covered_rules_allow_nothing_more(held: list[Rule], granted: list[Rule], asked: list[Attributes]) -> None:
    missing = uncovered(held, granted)
    for wanted in asked:
        by_grant = any(rule.allows(wanted) for rule in granted)
        beyond = by_grant and not any(rule.allows(wanted) for rule in held)
        assert missing or not beyond, wanted


@given(RULES)
def test_rules_cover_themselves(held: list[Rule]) -> None:
    assert not uncovered(held, held)
