"""Kubeconfigs: what is understood, what is refused, and that secrets stay out of sight."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import access_of, access_of_bytes, contexts_of, load_kubeconfig

SECRET = "s3cr3t-t0ken"


def config(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "current-context": "main",
        "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u", "namespace": "team"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://host:6443/"} | (cluster or {})}],
        "users": [{"name": "u", "user": {"token": SECRET} if user is None else user}],
    }


def test_token_and_inline_ca(tmp_path: Path) -> None:
    path = tmp_path / "config"
    ca = base64.b64encode(b"PEM").decode()
    path.write_text(yaml.safe_dump(config(cluster={"certificate-authority-data": ca})))
    access = load_kubeconfig(path)
    assert (access.server, access.token, access.ca_pem) == ("https://host:6443", SECRET, b"PEM")
    assert access.namespace == "team"
    assert SECRET not in repr(access)
    assert contexts_of(path) == ["main"]


def test_paths_count_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_bytes(b"CERT")
    (tmp_path / "key.pem").write_bytes(b"KEY")
    access = access_of(config({"client-certificate": "cert.pem", "client-key": "key.pem"}), tmp_path)
    assert (access.certificate_pem, access.key_pem) == (b"CERT", b"KEY")


@pytest.mark.parametrize(
    ("user", "cluster", "field"),
    [
        ({"exec": {"command": "steal"}}, {}, "user.exec"),
        ({"auth-provider": {"name": "old"}}, {}, "user.auth-provider"),
        ({"username": "u", "password": SECRET}, {}, "user.username"),
        ({"client-certificate-data": "eA=="}, {}, "user"),
        ({"client-key-data": SECRET + "!", "client-certificate-data": "eA=="}, {}, "client-key-data"),
        ({"client-certificate": "absent.pem"}, {}, "client-certificate"),
        (None, {"server": "host:6443"}, "cluster.server"),
        (None, {"proxy-url": f"socks5://u:{SECRET}@p"}, "cluster.proxy-url"),
    ],
)
def test_refused(user: dict[str, Any] | None, cluster: dict[str, Any], field: str, tmp_path: Path) -> None:
    with pytest.raises(UserFault) as caught:
        access_of(config(user, cluster), tmp_path)
    assert caught.value.field == field
    assert SECRET not in str(caught.value)


def test_exec_is_read_where_it_is_allowed(tmp_path: Path) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "x", "args": ["a"]}}
    access = access_of(config(user), tmp_path, allow_exec=True)
    assert access.program is not None
    assert (access.program.command, access.program.arguments) == ("x", ("a",))
    for wrong in ({"command": ""}, {"apiVersion": "v1alpha1"}, {"interactiveMode": "Always"}):
        with pytest.raises(UserFault, match=r"user\.exec"):
            access_of(config({"exec": {**user["exec"], **wrong}}), tmp_path, allow_exec=True)


@pytest.mark.parametrize(
    ("user", "cluster"),
    [
        ({"tokenFile": "/etc/hostname"}, {}),
        ({"client-certificate": "/etc/hostname", "client-key": "/etc/hostname"}, {}),
        ({"token": SECRET}, {"certificate-authority": "/etc/hostname"}),
    ],
)
def test_a_kubeconfig_that_is_no_file_names_no_files(user: dict[str, Any], cluster: dict[str, Any]) -> None:
    """Else who may write a Secret reads the disk of the hub."""
    with pytest.raises(UserFault, match="may not name files") as caught:
        access_of_bytes(yaml.safe_dump(config(user, cluster)).encode())
    assert "hostname" not in str(caught.value)


def test_unknown_contexts_name_the_known(tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="Choose one of: main"):
        access_of(config(), tmp_path, "other")
    with pytest.raises(UserFault, match="no context is chosen"):
        access_of({}, tmp_path)


@pytest.mark.parametrize("text", [f"token: [{SECRET}", f"- {SECRET}", f"contexts: {SECRET}\ncurrent-context: a"])
def test_files_that_are_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(UserFault) as caught:
        load_kubeconfig(path)
    assert SECRET not in str(caught.value)
    with pytest.raises(UserFault):
        load_kubeconfig(tmp_path / "absent")
