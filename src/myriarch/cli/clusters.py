"""``myriarch clusters``: the clusters of the hub at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from myriarch.api.cluster import Access, Cluster
from myriarch.cli.connect import Session, ask
from myriarch.cli.lazy import Entry, LazyGroup
from myriarch.cli.output import Column, Output, Table, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import CLUSTERS

ENTRIES: Final[dict[str, Entry]] = {
    "describe": Entry("myriarch.cli.clusters_describe:describe_cluster", "Tell all about one cluster."),
    "join": Entry("myriarch.cli.clusters_join:join_cluster", "Let the agent of a cluster join the hub."),
    "add": Entry("myriarch.cli.clusters_add:add_cluster", "Add a cluster that the hub reaches by a kubeconfig."),
    "import": Entry("myriarch.cli.clusters_import:import_clusters", "Import clusters that another tool keeps."),
    "manage": Entry("myriarch.cli.clusters_manage:manage", "Let releases reach clusters."),
    "observe": Entry("myriarch.cli.clusters_manage:observe", "Only look at clusters, write nothing to them."),
    "context": Entry("myriarch.cli.clusters_context:add_context", "Let kubectl at simulated clusters."),
}


@click.group(cls=LazyGroup, entries=ENTRIES, invoke_without_command=True)
@click.option("-l", "--selector", default="", metavar="LABELS", help="Only clusters with these labels.")
@click.option("-e", "--environment", default="", metavar="NAME", help="Only clusters of this environment.")
@hub_options
@output_option()
@click.pass_context
def clusters(context: click.Context, selector: str, environment: str, target: Target, output: Output) -> None:
    """List the clusters of the hub."""
    if context.invoked_subcommand is not None:
        context.obj = target
        return

    found = ask(target, lambda session: list_clusters(session, selector))
    shown = [cluster for cluster in found if environment in ("", cluster.spec.environment)]
    emit(output, {"apiVersion": "v1", "kind": "List", "items": shown}, lambda: _table(shown))


async def list_clusters(session: Session, selector: str = "") -> list[Cluster]:
    """All clusters with the labels, by environment and name as the hub lists them."""
    return (await session.client.list(CLUSTERS, Cluster, label_selector=selector)).items


def _table(found: Sequence[Cluster]) -> Table:
    """One column a component, in the order of first mention. How clusters are reached shows where they are real, and
    what is wrong where something is."""
    real = any(cluster.spec.access is not Access.EMBEDDED for cluster in found)
    names = list(dict.fromkeys(grant.component for cluster in found for grant in cluster.spec.components))
    columns = (
        Column("name"),
        Column("environment"),
        Column("nodes"),
        Column("ready"),
        *(Column(name) for name in names),
        Column("connected"),
        Column("access", wide=not real),
        Column("mode", wide=not real),
        Column("version", wide=True),
        Column("trouble", wide=not any(trouble(cluster) for cluster in found)),
    )
    return Table(columns, [_row(cluster, names) for cluster in found])


def _row(cluster: Cluster, components: Sequence[str]) -> list[object]:
    status = cluster.status
    return [
        cluster.name,
        cluster.spec.environment,
        status.nodes,
        status.ready_nodes,
        *(revision_shown(cluster, component) for component in components),
        next((each.status for each in status.conditions if each.type == "Connected"), "Unknown"),
        cluster.spec.access,
        cluster.spec.mode,
        status.kubernetes_version,
        trouble(cluster),
    ]


def trouble(cluster: Cluster) -> str:
    """Reasons of the conditions that do not hold; '' where nothing is known to be wrong."""
    wrong = (each for each in cluster.status.conditions if each.status == "False")
    return ", ".join(dict.fromkeys(each.reason or each.type for each in wrong))


def revision_shown(cluster: Cluster, component: str) -> str:
    """Where the cluster stands: ``v2``, or while it moves ``v1>v2 12/40`` (nodes updated of all)."""
    grant, told = cluster.grant(component), cluster.component(component)
    if grant is None:
        return ""
    if told is None:
        return grant.revision
    if grant.all_nodes or grant.proven:
        return f"{grant.revision} {told.updating} updating" if told.updating else grant.revision
    back = grant.direction == "Revert"
    ends = (grant.revision, grant.rollback_to) if back else (grant.rollback_to, grant.revision)
    done = told.reverted if back else told.updated
    of = told.reverted + told.off_target if back else cluster.status.nodes
    return f"{ends[0] or '?'}>{ends[1]} {done}/{of}"
