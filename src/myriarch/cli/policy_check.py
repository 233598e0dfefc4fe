"""``myriarch policy check``: all that is wrong with policies in files, without a hub.

Exit code 0 says that every object would be admitted, 2 that some would not. Beside policies, any other object of
Myriarch's may stand in the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from myriarch.base.errors import UserFault
from myriarch.cli.exits import ExitCode
from myriarch.cli.manifests import FILE_BYTES_MAX
from myriarch.cli.output import Output, output_option, plain, print_document
from myriarch.cli.policy_examine import examine
from myriarch.cli.yaml_keys import doubled_keys
from myriarch.drivers.bundle.documents import read_documents

STDIN: Final = Path("-")
FILE: Final = "file"
"""How a fault names the file as a whole."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def check(files: tuple[Path, ...], output: Output) -> ExitCode:
    """Say all that is wrong with the policies in files, as a hub would refuse them: field, value, problem and cure.

    '-' reads what is piped in.
    """
    found = [object_found for path in files for object_found in _file(path)]
    if output is Output.TABLE:
        _print(found)
    else:
        print_document(output, [_document(each) for each in found])
    return ExitCode.USAGE if any(each["faults"] for each in found) else ExitCode.OK


def _file(path: Path) -> Iterator[dict[str, Any]]:
    """What each document of a file is, and its faults."""
    name = "stdin" if path == STDIN else str(path)
    try:
        text = _text(path, name)
        doubled = doubled_keys(text, FILE)
        documents = [document for document in read_documents(text, FILE) if document is not None]
        if not documents:
            raise UserFault(FILE, 0, "holds no object", "Give a file with a ReleasePolicy.")
    except UserFault as fault:
        yield {"file": name, "kind": "", "name": "", "faults": [fault]}
        return
    for number, document in enumerate(documents):
        if not isinstance(document, dict):
            stray = UserFault(FILE, document, "is no object", "Write apiVersion, kind, metadata and spec.")
            yield {"file": name, "kind": "", "name": "", "faults": [stray]}
            continue
        metadata = document.get("metadata")
        known = metadata.get("name", "") if isinstance(metadata, dict) else ""
        faults = [each for index, each in doubled if index == number] + examine(document)
        yield {"file": name, "kind": document.get("kind", ""), "name": known, "faults": faults}


def _text(path: Path, name: str) -> str:
    """Raises UserFault where there is nothing to read."""
    try:
        data = sys.stdin.buffer.read(FILE_BYTES_MAX + 1) if path == STDIN else _bytes(path)
        text = data.decode("utf-8")
    except OSError as error:
        raise UserFault(FILE, name, error.strerror or "unreadable", "Give a readable file.") from None
    except UnicodeDecodeError:
        raise UserFault(FILE, name, "is not text in UTF-8", "Give a YAML or JSON file.") from None
    if len(data) > FILE_BYTES_MAX:
        raise UserFault(FILE, name, f"has more than {FILE_BYTES_MAX} bytes", "Give another file.")
    return text


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_BYTES_MAX + 1)


def _print(found: list[dict[str, Any]]) -> None:
    for each in found:
        about = " ".join(str(each[key]) for key in ("kind", "name") if each[key])
        place = f"{each['file']}: {about}" if about else each["file"]
        for fault in each["faults"]:
            click.echo(f"error: {place}: {fault.message}", err=True)
        if not each["faults"]:
            click.echo(f"{place}: sound")


def _document(found: dict[str, Any]) -> dict[str, Any]:
    faults = [
        {"field": each.field, "value": _shown(each.value), "problem": each.problem, "cure": each.cure}
        for each in found["faults"]
    ]
    return {**found, "sound": not faults, "faults": faults}


def _shown(value: object) -> object:
    """The value where JSON can say it, else its text."""
    try:
        return plain(value)
    except TypeError:
        return str(value)
