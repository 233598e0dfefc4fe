"""A restart finds every node where it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.fleet.lives import AGENT, calm_spec, everything, run_until

from myriarch.base.errors import UserFault
from myriarch.fleet import store
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet

HARM = Behaviour(effects=(Effect(symptom=Symptom.FLAPPING, probability=0.5, delay_seconds=300.0),))


def _lived(directory: Path, record: list[tuple[int, list[object]]] | None = None) -> Fleet:
    """A fleet that met everything that is kept; ``record`` gets file size and state after each call."""
    fleet = Fleet.open(directory, calm_spec(nodes=6))
    first, second = fleet.cluster_names()

    def kept() -> None:
        if record is not None:
            path = next(directory.glob("*.journal"))
            record.append((path.stat().st_size, everything(fleet)))

    kept()
    fleet.set_base(AGENT, "v1")
    kept()
    fleet.set_behaviour(AGENT, "v2", HARM)
    kept()
    fleet.cluster(first).install(AGENT, range(3), "v2", 1, fleet.now)
    kept()
    run_until(fleet, fleet.start + 900, kept)
    fleet.kill_nodes(second, [1], fleet.now)
    kept()
    fleet.add_nodes(second, 2, fleet.now)
    kept()
    fleet.relabel(first, [0], {"zone": "elsewhere", "team": "blue"}, fleet.now)
    kept()
    fleet.remove_nodes(first, [5], fleet.now)
    kept()
    fleet.set_partition(second, True)
    kept()
    fleet.cluster(first).revert(AGENT, [0], fleet.now)
    kept()
    return fleet


def test_a_reopened_fleet_is_the_same_and_lives_on_the_same(tmp_path: Path) -> None:
    fleet = _lived(tmp_path)
    again = Fleet.open(tmp_path)
    assert everything(again) == everything(fleet)
    assert again.cluster(again.cluster_names()[1]).partitioned
    for each in (fleet, again):
        each.advance_to(each.now + 7200)
    assert everything(again) == everything(fleet)


def test_ordinary_failures_go_on_the_same_after_a_restart(tmp_path: Path) -> None:
    fleet = Fleet.open(tmp_path, default_spec(5, 3))
    fleet.advance_to(fleet.start + 20 * 86_400)
    again = Fleet.open(tmp_path, default_spec(5, 3))
    for each in (fleet, again):
        each.advance_to(fleet.start + 60 * 86_400)
    assert everything(again) == everything(fleet)


def test_cut_off_at_any_byte_it_holds_exactly_the_calls_that_were_written(tmp_path: Path) -> None:
    record: list[tuple[int, list[object]]] = []
    fleet = _lived(tmp_path / "whole", record)
    fleet.close()
    whole = next((tmp_path / "whole").glob("*.journal"))
    content = whole.read_bytes()
    torn = tmp_path / "torn"
    torn.mkdir()
    spec_end = record[0][0]
    states: dict[int, list[object]] = {}
    for size in range(spec_end, len(content) + 1):
        (torn / whole.name).write_bytes(content[:size])
        end = max(length for length, _ in record if length <= size)
        saved = store.read_saved(torn)
        assert saved is not None
        assert saved.end == end
        if end not in states:
            states[end] = everything(Fleet.open(torn))
    by_size = dict(record)
    assert {end: _visible(state) for end, state in states.items()} == {
        end: _visible(state) for end, state in by_size.items()
    }


def _visible(state: list[object]) -> list[object]:
    """All but the present and heartbeat times: an advance in which nothing happened is not written."""
    return state[1:]


def test_a_torn_header_or_a_missing_one_is_damage(tmp_path: Path) -> None:
    _lived(tmp_path).close()
    path = next(tmp_path.glob("*.journal"))
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(UserFault, match="damaged") as caught:
        Fleet.open(tmp_path)
    assert str(path) in caught.value.message
    assert "delete" in caught.value.cure


def test_damage_in_the_middle_is_refused_wherever_it_is(tmp_path: Path) -> None:
    _lived(tmp_path).close()
    path = next(tmp_path.glob("*.journal"))
    content = path.read_bytes()
    for place in range(0, len(content) * 3 // 4, 97):
        broken = bytearray(content)
        broken[place] ^= 0x40
        path.write_bytes(broken)
        with pytest.raises(UserFault, match="damaged"):
            store.read_saved(tmp_path)


def test_zeros_at_the_end_are_a_torn_tail(tmp_path: Path) -> None:
    fleet = _lived(tmp_path)
    path = next(tmp_path.glob("*.journal"))
    with path.open("ab") as file:
        file.write(bytes(4096))
    assert everything(Fleet.open(tmp_path)) == everything(fleet)


def test_a_grown_file_is_replaced_by_one_without_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ROTATE_BYTES", 500)
    fleet = _lived(tmp_path)
    files = [path.name for path in tmp_path.iterdir()]
    assert len(files) == 1
    assert files[0] > "fleet-000001.journal"
    assert everything(Fleet.open(tmp_path)) == everything(fleet)


def test_a_crash_between_two_generations_leaves_the_newer(tmp_path: Path) -> None:
    fleet = _lived(tmp_path)
    path = next(tmp_path.glob("*.journal"))
    shutil.copy(path, tmp_path / "fleet-000002.journal")
    (tmp_path / "fleet-000003.tmp").write_bytes(b"half")
    assert everything(Fleet.open(tmp_path)) == everything(fleet)
    assert [each.name for each in tmp_path.glob("*.journal")] == ["fleet-000002.journal"]


def test_another_spec_is_refused_and_no_spec_goes_on(tmp_path: Path) -> None:
    _lived(tmp_path).close()
    with pytest.raises(UserFault, match="another spec"):
        Fleet.open(tmp_path, calm_spec(nodes=7))
    with pytest.raises(UserFault, match="holds no fleet"):
        Fleet.open(tmp_path / "empty")
