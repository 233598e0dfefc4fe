"""The annotated tree in CONTRIBUTING.md is the tree on disk: none unexplained, none that is not there."""

from __future__ import annotations

import re

from tests.tidy.source import PACKAGE, ROOT, tracked_files

ENTRY = re.compile(r"^(?P<indent> *)(?P<name>[\w./-]+/)(?: {2,}(?P<text>\S.*))?$")


def documented_folders() -> dict[str, str]:
    """Folder (relative to the root, no slash at its end) -> what the tree says of it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = text.split("<!-- tree -->")[1].split("```")[1]
    folders: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in block.splitlines():
        if not (entry := ENTRY.match(line)):
            continue
        indent = len(entry["indent"])
        above = [(depth, name) for depth, name in above if depth < indent]
        above.append((indent, entry["name"].rstrip("/")))
        folders["/".join(name for _, name in above)] = entry["text"] or ""
    return folders


def test_every_folder_of_the_tree_exists() -> None:
    missing = [name for name in documented_folders() if not (ROOT / name).is_dir()]
    assert not missing, f"CONTRIBUTING.md names folders that do not exist: {missing}. Take them out of the tree"


def test_every_package_is_in_the_tree() -> None:
    packages = {path.parent for path in tracked_files() if path.suffix == ".py" and path.is_relative_to(PACKAGE)}
    tops = {ROOT / path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}
    existing = {str(folder.relative_to(ROOT)) for folder in packages | tops if not folder.name.startswith(".")}
    unexplained = sorted(existing - set(documented_folders()) - {"src"})
    assert not unexplained, f"CONTRIBUTING.md: the tree does not explain {unexplained}. Add a line for each"
