"""Scenarios from folders of YAML files. Any folder will do: users bring their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import yaml

from myriarch.base.errors import UserFault
from rollout.scenario import Scenario
from rollout.scenario_check import scenario_faults

HERE = Path(__file__).parent
INCIDENTS = HERE / "incidents"
HARMLESS = HERE / "harmless"


def load_folders(folders: Sequence[Path]) -> list[Scenario]:
    """Every scenario below the folders, by name. Raises UserFault where one is wrong, or a name is there twice."""
    found: dict[str, Scenario] = {}
    for folder in folders:
        files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
        if not files:
            raise UserFault("SCENARIOS", str(folder), "holds no .yaml files", "Name a folder of scenario files.")
        for path in files:
            for scenario in load_file(path):
                if scenario.name in found:
                    raise UserFault(f"{path}: name", scenario.name, "is there twice", "Give each scenario its own.")
                found[scenario.name] = scenario
    return [found[name] for name in sorted(found)]


def load_file(path: Path) -> list[Scenario]:
    """The scenarios of one file: one a YAML document. Raises UserFault."""
    try:
        documents = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=_Texts))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())
        raise UserFault("SCENARIOS", str(path), f"can't be read: {problem}", "Mend the file.") from None
    return [read_scenario(document, str(path)) for document in documents if document is not None]


def read_scenario(document: object, path: str) -> Scenario:
    """Check one document. Raises UserFault, whose field begins with the path."""
    try:
        scenario = msgspec.convert(document, Scenario, str_keys=True)
    except msgspec.ValidationError as error:
        raise UserFault(path, _name(document), str(error), "README.md tells the fields of a scenario.") from None
    for fault in scenario_faults(scenario):
        raise UserFault(f"{path}: {scenario.name}: {fault.field}", fault.value, fault.problem, fault.cure)
    return scenario


def _name(document: object) -> str:
    return str(document.get("name", "?")) if isinstance(document, dict) else "?"


class _Texts(yaml.SafeLoader):
    """Dates stay the texts that they are: ``2023-03-08``."""


_Texts.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
