"""The hub of the session, and a namespace and a kubectl for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.clients.house import KUBECTL, House, manifest
from tests.kubectl import Kubectl


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A hub with TLS and a cluster of five nodes; Widgets are known there."""
    house = House(tmp_path_factory.mktemp("house"), "--tls")
    try:
        kubectl = Kubectl(KUBECTL, house.kubeconfig, "default", house.folder)
        kubectl("apply", "-f", "-", stdin=manifest("widgets"))
        kubectl("wait", "crd/widgets.clients.example", "--for=condition=Established", "--timeout=20s")
        yield house
    finally:
        house.stop()


@pytest.fixture
def namespace(house: House, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of this test only; it goes afterwards, without being waited for."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name).strip("-")[:60].lower()
    kubectl = Kubectl(KUBECTL, house.kubeconfig, "default", house.folder)
    kubectl("create", "namespace", name)
    yield name
    kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@pytest.fixture
def kubectl_of(house: House, namespace: str) -> Callable[[Path], Kubectl]:
    """A kubectl of a binary, in the test's namespace."""
    return lambda binary: Kubectl(binary, house.kubeconfig, namespace, house.folder)


@pytest.fixture
def kubectl(kubectl_of: Callable[[Path], Kubectl]) -> Kubectl:
    return kubectl_of(KUBECTL)
