"""``myriarch crds``: the definitions of all kinds, to apply to an API server of one's own."""

from __future__ import annotations

import click

from myriarch.api.crd import all_crds
from myriarch.cli.output import Output, output_option, print_document


@click.command()
@output_option(Output.YAML, Output.JSON, default=Output.YAML)
def crds(output: Output) -> None:
    """Print the CustomResourceDefinitions of Myriarch's kinds.

    YAML is one document a kind; JSON is one List. Both go through 'kubectl apply -f -'.
    """
    definitions = all_crds()
    if output is Output.YAML:
        print_document(output, tuple(definitions))
    else:
        print_document(output, {"apiVersion": "v1", "kind": "List", "items": definitions})
