"""Where the tests find the real components, and what happens when one is not built.

Without it a test is skipped, and the summary says so in capitals (`tests/conftest.py`). Where nothing may be
skipped, `MYRIARCH_REQUIRE_COMPONENTS=1` turns the skip into a failure; `.ci/run` sets it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from components.catalogue import component

REQUIRED = "MYRIARCH_REQUIRE_COMPONENTS"
NOT_BUILT = "real component not built"


def binary(name: str, version: str | None = None) -> Path:
    """The executable of a component: ``binary("etcd")``, ``binary("kube-apiserver", "1.35")``.

    Without a version, the first one of that name in the catalogue. Skips the test when it is not built, or fails
    it where components are required; raises LookupError for one that the catalogue does not name.
    """
    found = component(name, version)
    if found.is_built:
        return found.binary
    problem = f"{NOT_BUILT}: {found.name} {found.version}. Run: make components"
    if os.environ.get(REQUIRED, "") not in ("", "0"):
        pytest.fail(problem, pytrace=False)
    pytest.skip(problem)
