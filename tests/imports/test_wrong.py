"""Wrong input: what is said, and that secrets never are."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.server import TOKEN as ADMIN
from tests.cli.server import Server
from tests.imports.conftest import Import
from tests.imports.stage import (
    CRDS,
    SECRETS,
    TOKEN,
    Put,
    argocd_fleet,
    argocd_secret,
    capi_fleet,
    definition,
    kubeconfig,
    secret,
)

from myriarch.imports import capi


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "not YAML"),
        ("[]", "not a mapping"),
        ("a: b", "holds no contexts"),
        ("contexts: 3", "not a list of mappings"),
    ],
)
def test_a_file_that_is_no_kubeconfig(imports: Import, tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "config"
    if text is not None:
        file.write_text(text)
    refused = imports("kubeconfig", "-e", "prod", file=file)
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from-context", "nope"), "Choose of: a"),
        (("-l", "a=b"), "--from-context"),
        (("--from-namespace", "x"), "--from-context"),
        (("--name-prefix", "Not/That"), "can't begin a name"),
        (("-e", "nope"), "Give one of: dev, prod."),
    ],
)
def test_options_that_do_not_fit(imports: Import, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    file = tmp_path / "config"
    file.write_text(kubeconfig("a"))
    refused = imports("kubeconfig", *options, file=file)
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("capi", "Is Cluster API installed there?"),
        ("ocm", "Is Open Cluster Management installed there?"),
        ("clusterprofile", "Is the ClusterProfile API of SIG Multicluster installed there?"),
    ],
)
def test_a_source_that_is_not_there(imports: Import, source: str, said: str) -> None:
    refused = imports(source, "-e", "prod")
    assert refused.code == 2
    assert said in refused.err


def test_a_bad_selector(imports: Import, put: Put) -> None:
    put(CRDS, definition(capi.REFS[0]))
    refused = imports("capi", "-e", "prod", "-l", "a in (")
    assert refused.code == 2
    assert refused.err.startswith("error: --selector: 'a in (': is no label selector.")


def test_a_source_that_does_not_answer_or_know_us(imports: Import, management: Server, tmp_path: Path) -> None:
    text = management.kubeconfig.read_text()
    wrong = tmp_path / "wrong"
    wrong.write_text(text.replace(ADMIN, "another"))
    refused = imports("capi", "-e", "prod", file=wrong)
    assert refused.code == 2
    assert "not known there" in refused.err
    wrong.write_text(kubeconfig("nowhere").replace("nowhere.example:6443", "127.0.0.1:1").replace("https", "http"))
    refused = imports("capi", "-e", "prod", file=wrong)
    assert refused.code == 1
    assert "127.0.0.1:1 can't be reached" in refused.err


def test_secrets_are_never_shown(imports: Import, put: Put, tmp_path: Path) -> None:
    put(CRDS, definition(capi.REFS[0]))
    capi_fleet(put)
    argocd_fleet(put)
    put(SECRETS, argocd_secret("broken", {"bearerToken": TOKEN, "tlsClientConfig": {"caData": f"{TOKEN}!"}}))
    put(
        SECRETS,
        secret(
            "bad", "argocd", {"name": "bad", "config": f"{{{TOKEN}"}, **{"argocd.argoproj.io/secret-type": "cluster"}
        ),
    )
    for words in (("capi",), ("argocd",), ("capi", "--dry-run"), ("argocd", "-o", "json"), ("argocd", "-o", "yaml")):
        result = imports(*words, "-e", "prod")
        assert result.code == 0
        assert TOKEN not in result.out + result.err
    assert "not base64" in result.out
    assert "no JSON of credentials" in result.out
