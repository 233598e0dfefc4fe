"""Tokens of service accounts: made, good for a while, bound to one account in one logical cluster."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.apiserver.access.people import DEFAULT, Town, person
from tests.apiserver.embedded import CONFIG_MAPS, run
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver.access.tokens import TokenIssuer
from myriarch.apiserver.auth import AccountTokens, Credentials, Identity

TOKENS = f"{DEFAULT}/serviceaccounts/robot/token"
NOW = 1_800_000_000.0


class Time:
    def __init__(self) -> None:
        self.seconds = NOW

    def __call__(self) -> float:
        return self.seconds


def identified(issuer: TokenIssuer, token: str, *audiences: str) -> Identity | None:
    return AccountTokens(lambda: issuer).identify(Credentials(f"Bearer {token}"), audiences)


def issued(issuer: TokenIssuer, *audiences: str, seconds: int = 600) -> str:
    return issuer.issue("hub", "default", "robot", "u1", audiences=audiences, seconds=seconds)[0]


def test_a_token_is_good_until_its_end_for_its_audience() -> None:
    time = Time()
    issuer = TokenIssuer(now=time)
    token = issued(issuer)
    found = identified(issuer, token)
    assert found is not None
    assert (found.user.name, found.user.realm, found.user.account_uid, found.user.privileged) == (
        "system:serviceaccount:default:robot",
        "hub",
        "u1",
        False,
    )
    assert found.user.groups == ("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated")
    assert identified(issuer, token, "vault") is None
    theirs = issued(issuer, "vault")
    assert identified(issuer, theirs) is None
    assert identified(issuer, theirs, "vault") is not None
    time.seconds += 599
    assert identified(issuer, token) is not None
    time.seconds += 1
    assert identified(issuer, token) is None
    time.seconds = NOW - 3600
    assert identified(issuer, token) is None


def _forged(token: str, **claims: object) -> str:
    header, payload, signature = token.split(".")
    body = json.loads(base64.urlsafe_b64decode(payload + "=="))
    packed = base64.urlsafe_b64encode(json.dumps({**body, **claims}).encode()).rstrip(b"=").decode()
    return f"{header}.{packed}.{signature}"


def test_what_was_tampered_with_is_refused() -> None:
    issuer = TokenIssuer(now=Time())
    token = issued(issuer)
    header, payload, signature = token.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    hmac = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    for wrong in (
        _forged(token, sub="system:serviceaccount:kube-system:root"),
        _forged(token, exp=NOW + 10**9),
        f"{unsigned}.{payload}.",
        f"{hmac}.{payload}.{signature}",
        f"{header}.{payload}.{signature[:-2]}",
        f"{header}.{payload}.é",
        "..",
        "a.b.c",
        f"{header}.{payload}.{'A' * 86}",
        token + "." + token,
        "x" * 9000 + "..",
    ):
        assert identified(issuer, wrong) is None, wrong
    other = TokenIssuer(ec.generate_private_key(ec.SECP256R1()), Time())
    assert identified(issuer, issued(other)) is None


def test_a_token_is_asked_for_at_the_account() -> None:
    async def main() -> None:
        town = Town()
        assert (await town.call("POST", TOKENS, {}))[0] == 404
        await town.made(f"{DEFAULT}/serviceaccounts", "robot")
        status, body = await town.call("POST", TOKENS, {"spec": {"expirationSeconds": 1200}})
        assert (status, body["kind"], body["spec"]["expirationSeconds"]) == (201, "TokenRequest", 1200)
        assert body["spec"]["audiences"] == ["https://myriarch.io/clusters/hub"]
        found = town.server.desk.authenticator.identify(Credentials(f"Bearer {body['status']['token']}"))
        assert found is not None
        assert (await town.ask(found.user, "GET", CONFIG_MAPS))[0] == 403
        await town.bind("view", "ServiceAccount:default/robot")
        assert (await town.ask(found.user, "GET", CONFIG_MAPS))[0] == 200
        for spec, code in (
            ({"expirationSeconds": 599}, 422),
            ({"boundObjectRef": {"kind": "Pod", "name": "p"}}, 422),
            ({"expirationSeconds": "long"}, 400),
        ):
            assert (await town.call("POST", TOKENS, {"spec": spec}))[0] == code
        ann = person("ann")
        status, body = await town.ask(ann, "POST", TOKENS, {})
        assert (status, 'cannot create resource "serviceaccounts/token"' in body["message"]) == (403, True)

    run(main)


def test_deleting_the_account_revokes_its_tokens_and_a_namesake_doesnt_inherit_them() -> None:
    async def main() -> None:
        town = Town()
        await town.made(f"{DEFAULT}/serviceaccounts", "robot")
        token = (await town.call("POST", TOKENS, {}))[1]["status"]["token"]
        await town.bind("view", "ServiceAccount:default/robot")
        found = town.server.desk.authenticator.identify(Credentials(f"Bearer {token}"))
        assert found is not None
        assert (await town.ask(found.user, "GET", CONFIG_MAPS))[0] == 200
        await town.call("DELETE", f"{DEFAULT}/serviceaccounts/robot")
        assert (await town.ask(found.user, "GET", CONFIG_MAPS))[0] == 401
        await town.made(f"{DEFAULT}/serviceaccounts", "robot")
        assert (await town.ask(found.user, "GET", CONFIG_MAPS))[0] == 401

    run(main)


@pytest.mark.parametrize(("made_in", "asked_in"), [("a", "b"), ("a", "hub"), ("hub", "a")])
def test_a_token_counts_in_its_logical_cluster_only(made_in: str, asked_in: str) -> None:
    def prefix(cluster: str) -> str:
        return "" if cluster == "hub" else f"/clusters/{cluster}"

    async def main() -> None:
        town = Town(nodes=FakeNodes({"a": {}, "b": {}}))
        for cluster in {made_in, asked_in}:
            await town.made(f"{prefix(cluster)}{DEFAULT}/serviceaccounts", "robot")
        token = (await town.call("POST", prefix(made_in) + TOKENS, {}))[1]["status"]["token"]
        found = town.server.desk.authenticator.identify(Credentials(f"Bearer {token}"))
        assert found is not None
        assert (await town.ask(found.user, "GET", f"{prefix(made_in)}/api"))[0] == 200
        for path in ("/api", CONFIG_MAPS, "/healthz"):
            assert (await town.ask(found.user, "GET", prefix(asked_in) + path))[0] == 401

    run(main)
