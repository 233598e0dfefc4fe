"""What all tests share: the fixtures with real control planes, and how tests that use them are run.

A test that takes one of these fixtures is marked `kube` by itself. All of them form one group, so that with
`--dist loadgroup` one worker runs them and a machine holds few control planes at a time.
"""

from __future__ import annotations

import pytest
from tests.kube.components import NOT_BUILT
from tests.kube.fixtures import control_plane, control_planes, full_control_plane

__all__ = ["control_plane", "control_planes", "full_control_plane"]
KUBE_FIXTURES = frozenset(__all__)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses real components; first, because xdist reads the groups in the same hook."""
    for item in items:
        if KUBE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.kube)
        if item.get_closest_marker("kube"):
            item.add_marker(pytest.mark.xdist_group("kube"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly how much was not tested because real components are missing."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if NOT_BUILT in str(each.longrepr)]
    if skipped:
        text = f"{len(skipped)} TESTS WITH REAL COMPONENTS WERE SKIPPED. They need Go, then: make components"
        terminalreporter.write_line(text, yellow=True, bold=True)
