"""``myriarch release explain``: why is it not moving?"""

from __future__ import annotations

import click

from myriarch.api.cluster import Cluster
from myriarch.api.release import Release
from myriarch.base.clock import real_now
from myriarch.cli.connect import Session, ask
from myriarch.cli.explain_view import explanation_document, explanation_text
from myriarch.cli.explanation import Explanation, explain
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.errors import Forbidden
from myriarch.client.refs import CLUSTERS, RELEASES


@click.command(name="explain")
@click.argument("name")
@hub_options
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def explain_release(name: str, target: Target, output: Output) -> None:
    """Say on one screen why the release NAME is not moving: what it waits for, what is known of that, what helps."""
    called = program()
    told = ask(target, lambda session: _explain(session, name, called))
    emit(output, explanation_document(told), lambda: explanation_text(told, real_now()))


async def _explain(session: Session, name: str, called: str) -> Explanation:
    release = await session.find(RELEASES, Release, name, "release")
    try:
        clusters = (await session.client.list(CLUSTERS, Cluster)).items
    except Forbidden:  # a team may see its releases only: then what clusters show is left out
        clusters = []
    return explain(release, clusters, called)
