"""``myriarch policy new``: the smallest policy there is, and where to go from there."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.policy_show import check_name

TEXT: Final = """\
# A release under this policy reaches every cluster of one environment at once, and is taken back where it harms.
apiVersion: myriarch.io/v1alpha1
kind: ReleasePolicy
metadata: {{name: {name}}}
spec:
  stages:
  - name: {environment}
    environment: {environment}
    # What may follow:
    # soak: 30m                                    # how long a wave must hold before the release goes on
    # waves:                                       # who goes first, before all others
    # - {{clusters: cover, nodes: cover, soak: 1d}}  # the fewest nodes that show every kind of node
    # - {{clusters: 10%, nodes: 10%}}
    # - {{}}
  # analysis: {{}}                                   # judge updated nodes against those beside them
  # All fields: docs/guides/policies.md. 'myriarch policy check FILE' says what is wrong with one.
"""


@click.command()
@click.argument("name")
@click.option("-e", "--environment", default="prod", show_default=True, metavar="NAME", help="Where it releases to.")
def new(name: str, environment: str) -> None:
    """Print the smallest policy there is, and how to go on: myriarch policy new mine > mine.yaml"""
    check_name("NAME", name)
    check_name("--environment", environment)
    click.echo(TEXT.format(name=name, environment=environment), nl=False)
