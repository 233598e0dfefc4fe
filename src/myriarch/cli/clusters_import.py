"""``myriarch clusters import``: clusters that something else keeps a list of.

The source is read first, then the hub is asked what would change, then it is written: a dry run is the same without
the last step. What is imported is only observed.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from myriarch.base.errors import UserFault
from myriarch.cli.clusters_import_view import document, told
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import Failed, refuse
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Unreachable
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.remote import RemoteTransport
from myriarch.imports.argocd import read_argocd
from myriarch.imports.capi import read_capi
from myriarch.imports.clusterprofile import read_profiles
from myriarch.imports.found import Findings, host_of
from myriarch.imports.kubeconfig import read_contexts
from myriarch.imports.ocm import read_ocm
from myriarch.imports.place import OPTION, Place, Scope
from myriarch.imports.planning import Line, Wanted, plan
from myriarch.imports.writing import write

KUBECONFIG: Final = "kubeconfig"
READERS: Final = {"capi": read_capi, "argocd": read_argocd, "ocm": read_ocm, "clusterprofile": read_profiles}


@dataclass(frozen=True, slots=True)
class From:
    """Where clusters are read, as given."""

    source: str
    kubeconfig: str
    contexts: tuple[str, ...]
    scope: Scope
    allow_exec: bool


@click.command("import")
@click.argument("source", type=click.Choice([KUBECONFIG, *READERS]))
@click.option(OPTION, "file", required=True, metavar="FILE", help="Kubeconfig to import, or of the source's server.")
@click.option("--from-context", "contexts", multiple=True, metavar="NAME", help="Context of it; repeat for several.")
@click.option("--from-namespace", "from_namespace", default="", metavar="NAME", help="Only of this namespace.")
@click.option("-l", "--selector", default="", metavar="LABELS", help="Only clusters with these labels there.")
@click.option("-e", "--environment", default="", metavar="NAME", help="Environment that they belong to.")
@click.option("--environment-from-label", "label", default="", metavar="KEY", help="Label that names it instead.")
@click.option("--name-prefix", "prefix", default="", metavar="TEXT", help="Put before their names.")
@click.option("--allow-exec", is_flag=True, help="Run the program that FILE names to reach the source.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@hub_options
@output_option(Output.TABLE, Output.JSON, Output.YAML)
@click.pass_obj
def import_clusters(
    above: Target,
    source: str,
    file: str,
    contexts: tuple[str, ...],
    from_namespace: str,
    selector: str,
    environment: str,
    label: str,
    prefix: str,
    allow_exec: bool,
    dry_run: bool,
    target: Target,
    output: Output,
) -> None:
    """Import clusters from SOURCE: contexts of a kubeconfig, Cluster API (capi), Argo CD (argocd), Open Cluster
    Management (ocm) or SIG Multicluster's inventory (clusterprofile).

    They are only observed until 'clusters manage'. Importing again brings labels and credentials up to date, and
    never deletes.
    """
    findings = _read(From(source, file, contexts, Scope(selector, from_namespace), allow_exec))
    wanted = Wanted(environment, label, _prefix(prefix))

    async def work(session: Session) -> tuple[list[Line], dict[str, str]]:
        lines, faults = await plan(session.client, findings, wanted)
        refuse(faults)
        return lines, {} if dry_run else await write(session.client, lines)

    lines, failed = ask(target.over(above), work)
    name = program()
    emit(output, document(findings, lines, failed, dry_run), lambda: told(lines, failed, dry_run, name))
    if failed:
        raise Failed(f"{len(failed)} of {len(lines)} clusters could not be written: run it again")


def _prefix(given: str) -> str:
    if given and not re.fullmatch(r"[a-z0-9][-a-z0-9.]{0,31}", given):
        cure = "Give at most 32 lower case letters, digits, '-' and '.', a letter or digit first."
        raise UserFault("--name-prefix", given, "can't begin a name", cure)
    return given


def _read(place: From) -> Findings:
    """Raises UserFault for a source that is not there or may not be read, Failed for one that doesn't answer."""
    if place.source == KUBECONFIG:
        if not place.scope.whole:
            option = "--selector" if place.scope.selector else "--from-namespace"
            value = place.scope.selector or place.scope.namespace
            raise UserFault(option, value, "contexts have neither", "Choose contexts with --from-context.")
        return read_contexts(Path(place.kubeconfig), place.contexts)
    if len(place.contexts) > 1:
        raise UserFault("--from-context", place.contexts[1], "the source is one server", "Give one context.")
    return asyncio.run(_ask_source(place))


async def _ask_source(place: From) -> Findings:
    context = place.contexts[0] if place.contexts else ""
    access = load_kubeconfig(Path(place.kubeconfig), context, allow_exec=place.allow_exec)
    try:
        async with RemoteTransport(access) as transport:
            return await READERS[place.source](Place(Client(transport), access.server), place.scope)
    except Unreachable as error:
        raise Failed(f"{OPTION}: {host_of(access.server)} can't be reached: {error}") from None
    except ApiError as error:
        raise Failed(f"{OPTION}: {host_of(access.server)} refuses: {error}") from None
