"""Whether rules cover other rules: nobody may grant what they don't hold themselves.

A rule is taken apart into single statements (one verb on one resource, one name or one path); each of them must
be allowed whole by one rule that is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import msgspec

from myriarch.apiserver.access.rbac_rules import ALL, Rule, covers_url


def uncovered(held: Sequence[Rule], granted: Iterable[Rule]) -> list[Rule]:
    """The single statements of ``granted`` that no rule of ``held`` allows."""
    return [each for rule in granted for each in _single(rule) if not any(_covers(own, each) for own in held)]


def _single(rule: Rule) -> list[Rule]:
    """The statements that ``rule`` is made of."""
    out: list[Rule] = []
    for group, resource, verb in product(rule.api_groups, rule.resources, rule.verbs):
        whole = Rule(verbs=[verb], api_groups=[group], resources=[resource])
        out += [msgspec.structs.replace(whole, names=[name]) for name in rule.names] or [whole]
    out += [Rule(verbs=[verb], urls=[url]) for url, verb in product(rule.urls, rule.verbs)]
    return out


def _covers(own: Rule, single: Rule) -> bool:
    if not _has(own.verbs, single.verbs[0]):
        return False
    if single.urls:
        return any(covers_url(url, single.urls[0]) for url in own.urls)
    if not _has(own.api_groups, single.api_groups[0]) or not _has_resource(own.resources, single.resources[0]):
        return False
    return not own.names or (bool(single.names) and single.names[0] in own.names)


def _has(own: Sequence[str], wanted: str) -> bool:
    return ALL in own or wanted in own


def _has_resource(own: Sequence[str], wanted: str) -> bool:
    if _has(own, wanted):
        return True
    _, slash, subresource = wanted.partition("/")
    return bool(slash) and f"*/{subresource}" in own
