"""``myriarch clusters describe``: one cluster in full.

For people: labels, nodes by attribute, and each component's grant and status.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from myriarch.api.cluster import Cluster, ComponentStatus, Grant
from myriarch.cli.connect import ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import CLUSTERS
from myriarch.imports.planning import ORIGIN

_INDENT = "  "
_LABEL_WIDTH = 20


@click.command("describe")
@click.argument("name")
@hub_options
@output_option()
@click.pass_obj
def describe_cluster(above: Target, name: str, target: Target, output: Output) -> None:
    """Tell all about the cluster NAME: its nodes, what it holds for each component, and why."""
    cluster = ask(target.over(above), lambda session: session.find(CLUSTERS, Cluster, name, "cluster"))
    emit(output, cluster, lambda: describe(cluster))


def describe(cluster: Cluster) -> str:
    """Lines of text, in the manner of ``kubectl describe``."""
    return "\n".join(_lines(cluster))


def _lines(cluster: Cluster) -> Iterator[str]:
    status = cluster.status
    yield _pair("Name", cluster.name)
    labels = [f"{key}={value}" for key, value in sorted(cluster.metadata.labels.items())]
    for index, label in enumerate(labels or ["<none>"]):
        yield _pair("" if index else "Labels", label)
    yield _pair("Environment", cluster.spec.environment)
    if cluster.spec.mirror_of:
        yield _pair("Mirror of", cluster.spec.mirror_of)
    yield _pair("Access", f"{cluster.spec.access}, {cluster.spec.mode}")
    yield from _reached(cluster)
    yield _pair("Kubernetes", status.kubernetes_version or "<unknown>")
    yield _pair("Nodes", f"{status.nodes}, {status.ready_nodes} ready")
    for attribute, values in sorted(status.strata.items()):
        shown = ", ".join(f"{value}: {count}" for value, count in sorted(values.items()))
        yield _pair(f"{_INDENT}{attribute}", shown)
    yield "Components:" if cluster.spec.components else _pair("Components", "<none>")
    for grant in cluster.spec.components:
        yield from _component(grant, cluster.component(grant.component))
    yield "Conditions:" if status.conditions else _pair("Conditions", "<none>")
    for each in status.conditions:
        yield f"{_INDENT}{each.type}: {each.status} {each.reason} {each.message}".rstrip()


def _reached(cluster: Cluster) -> Iterator[str]:
    """Where its kubeconfig and its agent are known from, and where it was imported from."""
    key, agent = cluster.spec.kubeconfig, cluster.status.agent
    if key is not None:
        yield _pair("Kubeconfig", f"Secret {key.namespace}/{key.name}, key {key.key}")
    if agent.version:
        yield _pair("Agent", f"{agent.version}, protocol {agent.protocol}")
    if ORIGIN in cluster.metadata.annotations:
        yield _pair("Imported from", cluster.metadata.annotations[ORIGIN])


def _component(grant: Grant, told: ComponentStatus | None) -> Iterator[str]:
    yield f"{_INDENT}{grant.component}:"
    deep = _INDENT * 2
    reach = "all nodes" if grant.all_nodes else f"at most {grant.ceiling} nodes"
    yield _pair(f"{deep}Grant", f"{grant.direction} to {grant.revision}, {reach}, attempt {grant.attempt}")
    if grant.rollback_to:
        yield _pair(f"{deep}Rolls back to", grant.rollback_to)
    if grant.release:
        yield _pair(f"{deep}Release", grant.release)
    if grant.forward_until:
        yield _pair(f"{deep}Forward until", grant.forward_until)
    if told is None:
        yield _pair(f"{deep}Status", "nothing heard yet")
        return
    counts = f"{told.updated} updated, {told.failed} failed, {told.unreachable} unreachable, {told.reverted} reverted"
    echo = "" if told.attempt == grant.attempt else f" (of attempt {told.attempt})"
    yield _pair(f"{deep}Nodes", counts + echo)
    for group in told.failures:
        alike = ", ".join(f"{key}={value}" for key, value in sorted(group.attributes.items()))
        yield _pair(f"{deep}Failed", f"{group.count} {group.symptom} {alike}".rstrip())
    if told.stuck_count:
        yield _pair(f"{deep}Stuck", f"{told.stuck_count}: {', '.join(told.stuck)}")
    if told.message:
        yield _pair(f"{deep}Why", told.message)


def _pair(label: str, value: str) -> str:
    return f"{label + ':' if label else '':<{_LABEL_WIDTH}} {value}"
