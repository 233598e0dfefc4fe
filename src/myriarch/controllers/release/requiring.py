"""What revisions require of other components, asked of one cluster at a time.

A cluster meets a requirement when every revision that its nodes may stand at does (``resting.py``): one that is
half-way between two versions meets it only where both do. Which version a revision has, it says itself
(``spec.version``); one that says none, or none that can be read, meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.revision import KUBERNETES, Requirement, Revision
from myriarch.controllers.release.rendering import Named
from myriarch.controllers.release.resting import revisions_at
from myriarch.engine.versions import Range, Version, kubernetes_version, parse_range, parse_version

NOTHING: Range = parse_range(">0, <0")


class Requirements:
    """Of the revisions and components that are known."""

    def __init__(self, components: Named[Component], revisions: Named[Revision]) -> None:
        self._components = components
        self._revisions = revisions

    def of(self, revision: str) -> Sequence[Requirement]:
        """What a revision requires; nothing where it is not known."""
        known = self._revisions.get(revision)
        return known.spec.requires if known is not None else ()

    def meets(self, requirement: Requirement, revision: str) -> bool:
        """Whether ``revision``, of the component that is required, would do."""
        version = self.version(revision)
        return version is not None and range_of(requirement).has(version)

    def met(self, requirement: Requirement, cluster: Cluster) -> bool:
        """Whether it is so in ``cluster``."""
        if requirement.component == KUBERNETES:
            version = kubernetes_version(cluster.status.kubernetes_version)
            return version is not None and range_of(requirement).has(version)
        component = self._components.get(requirement.component)
        standing = revisions_at(cluster, component) if component is not None else ()
        return bool(standing) and all(self.meets(requirement, revision) for revision in standing)

    def lacks(self, requirement: Requirement, cluster: Cluster) -> bool:
        """Whether it is not so in ``cluster``."""
        return not self.met(requirement, cluster)

    def unmet(self, revision: str, cluster: Cluster) -> Iterator[Requirement]:
        """What ``revision`` requires and ``cluster`` doesn't meet."""
        return (each for each in self.of(revision) if not self.met(each, cluster))

    def broken_by(self, revision: str, component: Component, cluster: Cluster, other: Component) -> str:
        """Why going up to ``revision`` of ``component`` would take from ``other`` what it requires where it stands in
        ``cluster``; '' where it wouldn't. Whoever goes down, goes back: nothing holds that."""
        new = self.version(revision)
        if new is None:
            return ""
        for standing in revisions_at(cluster, other):
            asked = [each for each in self.of(standing) if each.component == component.name]
            if any(not range_of(each).has(new) for each in asked) and self._goes_up(new, component, cluster):
                return f"for {other.name}, whose {standing} requires {wording(asked[0])}, to move on"
        return ""

    def _goes_up(self, new: Version, component: Component, cluster: Cluster) -> bool:
        known = [self.version(each) for each in revisions_at(cluster, component)]
        return all(old is None or old < new for old in known)

    def version(self, revision: str) -> Version | None:
        """The version of a revision, where it says one that can be read."""
        known = self._revisions.get(revision)
        return parse_version(known.spec.version) if known is not None else None


def range_of(requirement: Requirement) -> Range:
    """The range that it names; where it can't be read, nothing lies in it. Such a release does not begin."""
    try:
        return parse_range(requirement.version)
    except ValueError:
        return NOTHING


def wording(requirement: Requirement) -> str:
    """``cni >=1.4``."""
    return f"{requirement.component} {requirement.version}"
