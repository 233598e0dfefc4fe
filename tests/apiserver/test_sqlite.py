"""The journal: what was acknowledged is found again; a file that isn't ours, or isn't whole, is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.apiserver.embedded import CONFIG_MAPS, Api, names, run

from myriarch.apiserver.journal import Batch
from myriarch.apiserver.sqlite import SqliteJournal
from myriarch.apiserver.store import Store
from myriarch.base.errors import UserFault


class CountingJournal(SqliteJournal):
    """Counts its batches, and can be told to fail."""

    batches = 0
    broken = False

    def write(self, batch: Batch) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.batches += 1
        super().write(batch)


@pytest.mark.parametrize("inline", [True, False])
def test_a_restart_finds_everything_and_versions_go_on(tmp_path: Path, inline: bool) -> None:
    async def main() -> None:
        file = tmp_path / "hub.db"
        api = Api(Store(SqliteJournal(file), inline=inline))
        made = await api.made(CONFIG_MAPS, "a", data={"x": "1"})
        await api.made(CONFIG_MAPS, "b")
        await api.call("DELETE", f"{CONFIG_MAPS}/b")
        api.store.put_meta("clock", b"17")
        await api.server.close()
        again = Api(Store(SqliteJournal(file), inline=inline))
        assert (await api_list(again)) == ["a"]
        assert await again.call("GET", f"{CONFIG_MAPS}/a") == (200, made)
        assert again.store.get_meta("clock") == b"17"
        later = await again.made(CONFIG_MAPS, "c")
        assert int(later["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"]) + 2
        await again.server.close()

    run(main)


async def api_list(api: Api) -> Any:
    return names((await api.call("GET", CONFIG_MAPS))[1])


def test_versions_never_repeat_after_a_crash(tmp_path: Path) -> None:
    async def main() -> None:
        file = tmp_path / "hub.db"
        journal = SqliteJournal(file)
        store = Store(journal, inline=True)
        handed_out = [store.allot() for _ in range(1_000)]
        await store.committed()
        journal.close()  # without closing the store: as a crash leaves it
        again = Store(SqliteJournal(file), inline=True)
        assert again.allot() > handed_out[-1]
        await again.close()

    run(main)


@pytest.mark.parametrize("inline", [True, False])
def test_writes_of_one_turn_share_one_commit(tmp_path: Path, inline: bool) -> None:
    async def main() -> None:
        journal = CountingJournal(tmp_path / "hub.db")
        api = Api(Store(journal, inline=inline))
        await api.store.committed()
        before = journal.batches
        made = await asyncio.gather(*(api.made(CONFIG_MAPS, f"m{index}") for index in range(200)))
        assert len({each["metadata"]["uid"] for each in made}) == 200
        assert journal.batches - before <= 3
        await api.server.close()

    run(main)


def test_nothing_unsynced_is_seen_and_a_failing_disk_stops_all_writes(tmp_path: Path) -> None:
    async def main() -> None:
        journal = CountingJournal(tmp_path / "hub.db")
        api = Api(Store(journal, inline=True))
        await api.made(CONFIG_MAPS, "kept")
        events = await api.watch(CONFIG_MAPS, resourceVersion=str(api.store.version))
        journal.broken = True
        status, refusal = await api.call("POST", CONFIG_MAPS, {"metadata": {"name": "lost"}})
        assert status == 503
        assert "no space left" in refusal["message"]
        assert await api_list(api) == ["kept"]
        assert await events.nothing()
        journal.broken = False
        assert (await api.call("POST", CONFIG_MAPS, {"metadata": {"name": "later"}}))[0] == 503
        await api.server.close()

    run(main)


def test_a_writer_builds_on_what_is_not_yet_synced(tmp_path: Path) -> None:
    async def main() -> None:
        api = Api(Store(SqliteJournal(tmp_path / "hub.db")))
        made = await api.made(CONFIG_MAPS, "a", data={"n": "0"})
        body = {**made, "data": {"n": "1"}}
        first, second = await asyncio.gather(
            api.call("PUT", f"{CONFIG_MAPS}/a", body), api.call("PUT", f"{CONFIG_MAPS}/a", body | {"data": {}})
        )
        assert (first[0], second[0]) == (200, 409)
        await api.server.close()

    run(main)


def test_a_foreign_a_damaged_and_a_used_file_are_refused(tmp_path: Path) -> None:
    foreign, damaged, used = tmp_path / "f.db", tmp_path / "d.db", tmp_path / "u.db"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    damaged.write_bytes(b"this was never a database, not even nearly" * 100)
    holder = SqliteJournal(used)
    for file, problem in ((foreign, "not a Myriarch"), (damaged, "damaged"), (used, "another process")):
        with pytest.raises(UserFault) as caught:
            SqliteJournal(file)
        assert problem in caught.value.message
        assert str(file) in caught.value.message
    holder.close()
    with pytest.raises(UserFault, match="can't be opened"):
        SqliteJournal(tmp_path / "nowhere" / "x.db")


def test_a_page_torn_out_of_the_middle_is_noticed(tmp_path: Path) -> None:
    async def main() -> None:
        file = tmp_path / "hub.db"
        api = Api(Store(SqliteJournal(file)))
        for index in range(50):
            await api.made(CONFIG_MAPS, f"m{index}", data={"x": "y" * 500})
        await api.server.close()
        content = bytearray(file.read_bytes())
        content[4096 : 4096 * 4] = b"\xff" * (4096 * 3)
        file.write_bytes(content)
        with pytest.raises(UserFault, match="damaged"):
            Store(SqliteJournal(file))

    run(main)
