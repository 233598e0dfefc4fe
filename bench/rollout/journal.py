"""A file of the runs that are done, so that a benchmark of hours that is broken off goes on where it was.

A line a run: its key and its outcome. The key is a digest of all that the outcome depends on (the modules that the
benchmark loads, ready policies, the scenario, the policy's own file, the seed), so a run of other code or of a changed
scenario is played anew, and one file may serve many commands. A line that was cut off while it was written counts as
none.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

import myriarch
from myriarch.base.errors import UserFault
from rollout.outcome import Outcome
from rollout.policies.myriarch_policies import READY, files_of
from rollout.scenario import Scenario

PROGRAM = (Path(myriarch.__file__).parent, Path(__file__).parent)


class Line(msgspec.Struct, frozen=True):
    """One run."""

    key: str
    outcome: Outcome


@dataclass(frozen=True)
class Journal:
    """The runs that stand in ``path``, by key; None: nothing is kept."""

    path: Path | None
    known: dict[str, Outcome]

    def find(self, scenario: Scenario, seed: int, policy: str) -> Outcome | None:
        """The outcome of this very run, if it was played before."""
        return self.known.get(_key(scenario, seed, policy)) if self.known else None

    def keep(self, scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> None:
        """Note the outcomes of ``scenarios``, in the same order."""
        if self.path is None:
            return
        pairs = zip(scenarios, outcomes, strict=True)
        lines = [Line(_key(scenario, each.seed, each.policy), each) for scenario, each in pairs]
        with self.path.open("ab") as file:
            file.write(b"".join(b"\n" + msgspec.json.encode(line) for line in lines))


def open_journal(path: Path | None) -> Journal:
    """What the file holds; one that is not there yet is begun. Raises UserFault where it can't be read or written."""
    if path is None:
        return Journal(None, {})
    try:
        path.open("ab").close()
        return Journal(path, {line.key: line.outcome for line in _lines(path)})
    except OSError as error:
        raise UserFault("--journal", str(path), str(error.strerror), "Name a file that can be written.") from None


def _lines(path: Path) -> Iterator[Line]:
    for text in path.read_bytes().splitlines():
        try:
            yield msgspec.json.decode(text, type=Line)
        except msgspec.DecodeError:
            continue


def _key(scenario: Scenario, seed: int, policy: str) -> str:
    parts = (_digest_of_program(), msgspec.json.encode(scenario), str(seed).encode(), _policy(policy))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


@lru_cache(maxsize=1)
def _digest_of_program() -> bytes:
    found = hashlib.sha256()
    loaded = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    files = (Path(file) for file in loaded if file)
    ours = {path for path in files if any(folder in path.parents for folder in PROGRAM)}
    for path in sorted(ours | set(READY.glob("*.yaml"))):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.digest()


@lru_cache(maxsize=16)
def _policy(name: str) -> bytes:
    return b"\0".join([name.encode(), *(file.read_bytes() for file in files_of(name))])
