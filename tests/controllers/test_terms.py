"""Terms only grow: whatever carries an older one is refused by the API server, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hub.house import COMPONENT, House, play

from myriarch.api.term import STALE_TERM
from myriarch.client import refs
from myriarch.client.client import PatchKind
from myriarch.client.errors import Invalid
from myriarch.client.objects import Raw
from myriarch.controllers.release.granting import field_manager
from myriarch.hub.hub import CONTROLLERS


async def set_term(house: House, what: str, term: int) -> None:
    """Write ``term`` as the controllers do; what else is written stays as it is."""
    patch = {"status": {"term": term}}
    if what == "release":
        await house.client.patch(refs.RELEASES, Raw, "r", patch, namespace="default", subresource="status")
    elif what == "component":
        await house.client.patch(refs.COMPONENTS, Raw, COMPONENT, patch, subresource="status")
    else:
        await apply_grant(house, term)


async def apply_grant(house: House, term: int) -> None:
    name = house.names()[0]
    grant: dict[str, Any] = {"component": COMPONENT, "revision": "v1", "attempt": 0, "direction": "Hold", "term": term}
    body = {
        "apiVersion": "myriarch.io/v1alpha1",
        "kind": "Cluster",
        "metadata": {"name": name},
        "spec": {"components": [grant]},
    }
    await house.client.patch(
        refs.CLUSTERS, Raw, name, body, patch_kind=PatchKind.APPLY, field_manager=field_manager(COMPONENT), force=True
    )


def refuses_older_terms(what: str) -> None:
    async def story(house: House) -> None:
        await house.release("r", "v1")
        await house.wait(60)
        await house.hub.crash(CONTROLLERS)
        for term in (3, 3, 7):
            await set_term(house, what, term)
        for term in (6, 0):
            with pytest.raises(Invalid, match=STALE_TERM):
                await set_term(house, what, term)
        await set_term(house, what, 8)

    play(story)


def test_a_release_refuses_an_older_term() -> None:
    refuses_older_terms("release")


def test_a_component_refuses_an_older_term() -> None:
    refuses_older_terms("component")


def test_a_grant_refuses_an_older_term() -> None:
    refuses_older_terms("grant")


def test_a_grant_of_another_component_has_a_term_of_its_own() -> None:
    async def story(house: House) -> None:
        await house.hub.crash(CONTROLLERS)
        await set_term(house, "grant", 7)
        name = house.names()[0]
        other = {"component": "other", "revision": "w1", "attempt": 1, "term": 2}
        body = {
            "apiVersion": "myriarch.io/v1alpha1",
            "kind": "Cluster",
            "metadata": {"name": name},
            "spec": {"components": [other]},
        }
        manager = field_manager("other")
        await house.client.patch(
            refs.CLUSTERS, Raw, name, body, patch_kind=PatchKind.APPLY, field_manager=manager, force=True
        )
        terms = {grant.component: grant.term for grant in (await house.cluster(name)).spec.components}
        assert terms == {COMPONENT: 7, "other": 2}

    play(story)
