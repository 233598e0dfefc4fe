"""``myriarch credentials create``: a token or a client certificate, in a kubeconfig of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from myriarch.apiserver.access.authority import authority, client_pair
from myriarch.apiserver.access.chance import new_token
from myriarch.apiserver.access.credentials import FILE, Given, read_given, write_given
from myriarch.apiserver.access.tls import CLIENT_AUTHORITY
from myriarch.apiserver.access.user import User
from myriarch.apiserver.auth import token_mark
from myriarch.apiserver.kubeconfig import Endpoint, Proof, kubeconfig, write_config
from myriarch.apiserver.routes import HUB
from myriarch.base.clock import real_now, rfc3339
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.cli.hub_access import KEYS, kept_endpoint
from myriarch.cli.hub_data import data_option

DEFAULT_LIFETIME: Final = "30d"
LONGEST_LIFETIME: Final = "366d"
_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9.@_]*[A-Za-z0-9])?")
_CLUSTER: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_GROUP: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9.:@_/]{0,62}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A credential to make. ``expires`` is Unix seconds."""

    data: Path
    user: User
    now: float
    expires: float


@click.command()
@click.argument("name")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="A group of the user; repeatable.")
@click.option("--certificate", "kind", flag_value="certificate", help="A client certificate; the hub must speak TLS.")
@click.option(
    "--token", "kind", flag_value="token", default="token", help="A token, which can be revoked. The default."
)
@click.option(
    "--lifetime", default=DEFAULT_LIFETIME, show_default=True, metavar="DURATION", help="How long it is good."
)
@click.option("--cluster", default=HUB, show_default=True, help="The logical cluster that it counts in; no other.")
@click.option("--server", default="", metavar="URL", help="Where the user reaches the hub.  [default: as the hub says]")
@data_option
@click.option("--output-file", "-f", type=click.Path(path_type=Path), required=True, help="The kubeconfig to write.")
def create(
    name: str,
    groups: tuple[str, ...],
    kind: str,
    lifetime: str,
    cluster: str,
    server: str,
    data: Path,
    output_file: Path,
) -> None:
    """Write a kubeconfig (mode 0600) by which NAME gets into the hub."""
    _check(name, groups, cluster, output_file)
    endpoint = _endpoint(data, server)
    now = real_now()
    wish = _Wish(data, User(name, groups, realm=cluster), now, now + _seconds(lifetime))
    if kind == "certificate" and not endpoint.tls:
        raise UserFault("--certificate", name, "the hub speaks plain HTTP", "Start it with --tls, or make a token.")
    proof = _certificate(wish) if kind == "certificate" else Proof(name, new_token())
    write_config(output_file, kubeconfig([cluster], endpoint, proof, cluster))
    if proof.token:
        _keep(wish, proof.token)
    shown = f" in {', '.join(groups)}" if groups else ""
    click.echo(f"{kind} of {name}{shown}, good in {cluster} until {rfc3339(wish.expires)}: {output_file}")


def _check(name: str, groups: tuple[str, ...], cluster: str, output_file: Path) -> None:
    if not _NAME.fullmatch(name) or len(name) > 64:
        cure = "Use at most 64 letters, digits and '-.@_'."
        raise UserFault("name", name, "is no name for a user", cure)
    for group in groups:
        if not _GROUP.fullmatch(group):
            raise UserFault("--group", group, "is no name for a group", "Use at most 64 letters, digits and '-.:@_/'.")
    if not _CLUSTER.fullmatch(cluster):
        raise UserFault("--cluster", cluster, "is no name of a cluster", f"Give a cluster, or {HUB}.")
    if output_file.exists():
        raise UserFault("--output-file", str(output_file), "is there already", "Give another file, or delete it.")


def _seconds(lifetime: str) -> float:
    try:
        seconds = parse_duration(lifetime)
    except ValueError as problem:
        raise UserFault("--lifetime", lifetime, str(problem), "Write it such as 12h or 30d.") from None
    if not 0 < seconds <= parse_duration(LONGEST_LIFETIME):
        raise UserFault("--lifetime", lifetime, f"is not between 0 and {LONGEST_LIFETIME}", "Give a shorter one.")
    return seconds


def _endpoint(data: Path, server: str) -> Endpoint:
    kept = kept_endpoint(data)
    if not server:
        return kept
    scheme, _, host = server.rstrip("/").partition("://")
    if scheme != kept.url.partition("://")[0] or not host or set(host) & set("/?#@"):
        cure = f"Write {kept.url.partition('://')[0]}://HOST:PORT."
        raise UserFault("--server", server, "is no address of this hub", cure)
    return Endpoint(f"{scheme}://{host}", kept.authority_pem, kept.server_name)


def _certificate(wish: _Wish) -> Proof:
    issuer = authority(wish.data / KEYS, CLIENT_AUTHORITY, wish.now)
    pair = client_pair(issuer, wish.user, wish.now, wish.expires - wish.now)
    return Proof(wish.user.name, "", pair.certificate_pem, pair.key_pem)


def _keep(wish: _Wish, token: str) -> None:
    """The hub reads the file anew by itself. What has ended goes."""
    path = wish.data / FILE
    held = [each for each in read_given(path) if each.expires > wish.now]
    user = wish.user
    write_given(path, [*held, Given(user.name, user.groups, token_mark(token), wish.expires, user.realm)])
