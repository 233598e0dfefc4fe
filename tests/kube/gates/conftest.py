"""One Prometheus for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.kube.gates.prometheus import Prometheus


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with Prometheus(tmp_path_factory.mktemp("prometheus")) as running:
        yield running
