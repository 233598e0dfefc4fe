"""TLS: beyond loopback always, with certificates that are renewed, and clients known by theirs."""

from __future__ import annotations

import ssl
import stat
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.apiserver.access.doors import BEARER, got, served, trusting
from tests.apiserver.access.people import AUTHENTICATION, Town
from tests.apiserver.embedded import CONFIG_MAPS, run
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver.access.authority import authority, client_pair, read_pair, write_pair
from myriarch.apiserver.access.credentials import ClientCertificates
from myriarch.apiserver.access.tls import CLIENT_AUTHORITY, OwnCertificate, ServerTls
from myriarch.apiserver.access.user import User
from myriarch.apiserver.auth import Credentials
from myriarch.apiserver.kubeconfig import Endpoint, add_contexts, write_kubeconfig
from myriarch.apiserver.serve import bind
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import load_kubeconfig

HOSTS = ("localhost", "127.0.0.1")
ANN = User("ann", ("team",), realm="hub")
DAY = 86_400.0


def client(folder: Path, name: str, user: User = ANN, *, at: float | None = None, seconds: float = DAY) -> None:
    """A certificate of ``user``, kept under ``name``."""
    now = real_now() if at is None else at
    write_pair(folder, name, client_pair(authority(folder, CLIENT_AUTHORITY, now), user, now, seconds))


def test_a_certificate_says_who_and_where(tmp_path: Path) -> None:
    async def main() -> None:
        town = Town(nodes=FakeNodes({"c1": {}}))
        await town.bind("view", "Group:team")
        tls = ServerTls(tmp_path, HOSTS)
        client(tmp_path, "ann")
        client(tmp_path, "root", User("root", ("system:masters",), realm="c1"))
        async with served(town, tls=tls.context) as server:
            assert server.url.startswith("https://127.0.0.1:")
            async with aiohttp.ClientSession(server.url) as http:
                shown = trusting(tls, tmp_path, "ann")
                assert (await got(http, CONFIG_MAPS, ssl=shown))[0] == 200
                assert (await got(http, "/api/v1/nodes", ssl=shown))[0] == 403
                assert (await got(http, "/clusters/c1/api", ssl=shown))[0] == 401
                path = f"{AUTHENTICATION}/selfsubjectreviews"
                async with http.post(path, json={}, ssl=shown) as answer:
                    info = (await answer.json())["status"]["userInfo"]
                assert info == {"username": "ann", "groups": ["team", "system:authenticated"]}
                over = trusting(tls, tmp_path, "root")
                assert (await got(http, "/clusters/c1/api/v1/nodes", ssl=over))[0] == 200
                assert (await got(http, CONFIG_MAPS, ssl=over))[0] == 401
                bare = trusting(tls, tmp_path)
                assert (await got(http, CONFIG_MAPS, ssl=bare))[0] == 401
                assert (await got(http, CONFIG_MAPS, ssl=bare, headers=BEARER))[0] == 200
                assert (await got(http, "/readyz", ssl=bare))[0] == 200

    run(main)


def test_certificates_of_others_and_ended_ones_are_refused(tmp_path: Path) -> None:
    async def main() -> None:
        town = Town()
        tls = ServerTls(tmp_path, HOSTS)
        client(tmp_path, "ended", at=real_now() - 2 * DAY)
        client(tmp_path / "elsewhere", "foreign")
        server_own = "server"  # a server's certificate is no client's
        async with served(town, tls=tls.context) as server, aiohttp.ClientSession(server.url) as http:
            for folder, pair in ((tmp_path, "ended"), (tmp_path / "elsewhere", "foreign"), (tmp_path, server_own)):
                with pytest.raises(aiohttp.ClientError):
                    await got(http, "/version", ssl=trusting(tls, folder, pair))
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await got(http, "/version", ssl=ssl.create_default_context())

    run(main)


def test_a_connection_outlives_its_certificate_but_its_rights_dont(tmp_path: Path) -> None:
    client(tmp_path, "ann")
    pair = read_pair(tmp_path, "ann")
    assert pair is not None
    shown = Credentials(certificate=pair.certificate.public_bytes(Encoding.DER))
    now = [real_now()]
    known = ClientCertificates(lambda: now[0])
    found = known.identify(shown)
    assert found is not None
    assert found.user == replace(ANN, groups=("team", "system:authenticated"))
    now[0] += 2 * DAY
    assert known.identify(shown) is None


def test_the_servers_certificate_is_kept_then_renewed(tmp_path: Path) -> None:
    now = [real_now()]
    tls = ServerTls(tmp_path, HOSTS, now=lambda: now[0])
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [f"{name}.{kind}" for name in ("client-ca", "server-ca", "server") for kind in ("crt", "key")]
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def serial() -> int:
        held = read_pair(tmp_path, "server")
        assert held is not None
        return held.certificate.serial_number

    first, authority_pem = serial(), tls.authority_pem
    tls.renew()
    assert serial() == first
    assert ServerTls(tmp_path, HOSTS, now=lambda: now[0]).authority_pem == authority_pem
    assert serial() == first
    ServerTls(tmp_path, (*HOSTS, "hub.example.org"), now=lambda: now[0])
    other = serial()
    assert other != first
    now[0] += 250 * DAY
    tls.renew()
    assert serial() != other
    assert tls.authority_pem == authority_pem


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    ours = ServerTls(tmp_path, ("hub.example.org",))
    chain, key = tmp_path / "server.crt", tmp_path / "server.key"
    folder = tmp_path / "data"
    tls = ServerTls(folder, (), OwnCertificate(chain, key))
    assert tls.server_name == "hub.example.org"
    assert tls.authority_pem == chain.read_bytes() != ours.authority_pem
    tls.renew()
    for wrong in (
        OwnCertificate(tmp_path / "nowhere", key),
        OwnCertificate(key, chain),
        OwnCertificate(chain, tmp_path / "client-ca.key"),
    ):
        with pytest.raises(UserFault, match="--tls-cert"):
            ServerTls(folder, (), wrong)
    (folder / "client-ca.key").write_text("no key")
    with pytest.raises(UserFault, match="is not a key"):
        ServerTls(folder, (), OwnCertificate(chain, key))


def test_beyond_loopback_only_with_tls(tmp_path: Path) -> None:
    async def main() -> None:
        town, tls = Town(), ServerTls(tmp_path, HOSTS)
        async with served(town, tls=tls.context, host="0.0.0.0") as server, aiohttp.ClientSession(server.url) as http:
            assert server.url.startswith("https://127.0.0.1:")
            assert (await got(http, CONFIG_MAPS, ssl=trusting(tls, tmp_path), headers=BEARER))[0] == 200
            with pytest.raises(aiohttp.ClientError):
                await got(http, server.url.replace("https", "http") + CONFIG_MAPS, headers=BEARER)

    run(main)
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(UserFault, match="loopback only"):
            bind(host, 0)


def test_contexts_are_added_to_a_kubeconfig_with_tls(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    endpoint = Endpoint("https://127.0.0.1:1", b"PEM", "hub.example.org")
    write_kubeconfig(path, url=endpoint.url, token="secret-token", endpoint=endpoint)
    add_contexts(path, ["c1"])
    for context, where in (("hub", ""), ("c1", "/clusters/c1")):
        access = load_kubeconfig(path, context)
        assert access.server == f"https://127.0.0.1:1{where}"
        assert (access.ca_pem, access.tls_server_name, access.token) == (b"PEM", "hub.example.org", "secret-token")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
