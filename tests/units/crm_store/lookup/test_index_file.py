"""The index's file is used where it is whole and of this very store, and thrown away where it is not."""

import asyncio
import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crm_store import settings
from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import holding, index_build, index_turn, keeper, snapshot
from crm_store.lookup.index import TeamIndex
from crm_store.lookup.index_arrays import Frozen, packed
from crm_store.lookup.keeper import Keeper
from crm_store.lookup.search import search
from crm_store.matching.profile import Candidate
from crm_store.models.plumbing import RoleHeartbeat
from crm_store.privacy import erase
from crm_store.privacy.scrub import scrub
from crm_store.settings import Settings
from crm_store.values.acts import NewCustomer
from tests.cast import Cast

TEAM = "tea_rapport"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / f"lookup-{TEAM}.idx"


@pytest.fixture
def ann(cast: Cast) -> str:
    return cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",), company="Globex")).row_id


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return settings.read({"DATABASE_URL": f"sqlite:///{tmp_path / 'crm.db'}", "CRM_LOOKUP_FROM": "1"})


def made(cast: Cast, file: Path) -> None:
    frozen = cast.ada.read_now(index_build.build)
    snapshot.write(file, frozen.state, frozen.arrays)


def found(cast: Cast, typed: str) -> list[str]:
    return [one.customer.name for one in cast.ada.read_now(search, typed).found]


def test_what_was_written_is_read_back(cast: Cast, ann: str, file: Path) -> None:
    made(cast, file)
    frozen = snapshot.read(file, TEAM)
    assert frozen is not None
    assert frozen.candidate(0).id == ann
    assert frozen.candidate(0).emails == ("ann@globex.example",)
    assert frozen.spelt(list(frozen.find(["globex", "ann", "nobody"]).values())) == ["globex", "ann"]
    assert file.stat().st_mode & 0o077 == 0


def test_separators_within_a_name_part_nothing(cast: Cast, file: Path) -> None:
    frozen = cast.ada.read_now(index_build.build)
    odd = packed(Candidate("cus_1", "Ann\x1eLee", "Glo\x1fbex", ("a@b.example", "c@d.example")))
    arrays = dataclasses.replace(
        frozen.arrays,
        ids=np.array([b"cus_1"]),
        texts=np.frombuffer(odd, np.uint8),
        text_at=np.array([0, len(odd)], np.uint32),
    )
    told = Frozen(frozen.state, arrays).candidate(0)
    assert (told.name, told.company, told.emails) == ("Ann Lee", "Glo bex", ("a@b.example", "c@d.example"))
    assert not file.exists()


def test_a_damaged_a_foreign_and_a_missing_file_are_none(cast: Cast, ann: str, file: Path) -> None:
    assert snapshot.read(file, TEAM) is None
    made(cast, file)
    assert snapshot.read(file, "tea_other") is None
    whole = bytearray(file.read_bytes())
    file.write_bytes(whole[:-64])
    assert snapshot.read(file, TEAM) is None
    at = whole.rindex(b"Ann Lee")
    whole[at] ^= 1
    file.write_bytes(whole)
    assert snapshot.read(file, TEAM) is None
    file.write_bytes(b"nothing of the kind")
    assert snapshot.read(file, TEAM) is None
    assert ann


def test_a_file_of_before_is_brought_to_the_present(cast: Cast, ann: str, file: Path) -> None:
    made(cast, file)
    cast.ada.write_now(customers.edit, ann, {"name": "Ann Zuckerfeld"})
    frozen = snapshot.read(file, TEAM)
    assert frozen is not None
    index = TeamIndex(frozen)
    assert not cast.ada.read_now(index.advance)
    assert (index.changed, index.spent) == (1, False)
    answer = cast.ada.read_now(search, "zukerfeld", retriever=index)
    assert [one.customer.customer_id for one in answer.found] == [ann]


def test_a_file_of_another_history_with_the_same_numbers_is_not_trusted(cast: Cast, ann: str, file: Path) -> None:
    made(cast, file)

    def retold(work: Work) -> None:
        work.connection.exec_driver_sql("UPDATE lookup_changes SET mark = mark + 1")

    cast.ada.write_now(retold)
    frozen = snapshot.read(file, TEAM)
    assert frozen is not None
    index = TeamIndex(frozen)
    assert cast.ada.read_now(search, "ann lee", retriever=index).found
    assert index.spent
    assert ann


def test_the_program_that_makes_the_file_reads_the_store_that_is_served_whatever_the_environment_names(
    cast: Cast, ann: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file.parent / 'another.db'}")
    made_by_itself = asyncio.run(keeper.build_apart(TEAM, file, f"sqlite:///{file.parent / 'crm.db'}"))
    assert made_by_itself
    frozen = snapshot.read(file, TEAM)
    assert frozen is not None
    assert frozen.customer_id(0) == ann
    assert cast.ada.team_id == TEAM


async def test_the_keeper_has_an_index_made_keeps_it_present_and_makes_it_anew_after_an_erasure(
    cast: Cast, ann: str, file: Path, chosen: Settings
) -> None:
    builds = []

    async def build(team_id: str, into: Path, _store_url: str) -> bool:
        builds.append(team_id)
        await asyncio.to_thread(made, cast, into)
        return True

    role = Keeper(cast.store, chosen, build)
    try:
        await role.tend()
        assert builds == [TEAM]
        index = await cast.ada.read(holding.held)
        assert isinstance(index, TeamIndex)
        await cast.ada.write(customers.add, NewCustomer("Zuzanna Quux"))
        await role.tend()
        assert (index.changed, builds) == (1, [TEAM])
        await cast.store.team(TEAM).write(erase.erase, ann)
        await role.tend()
        assert index.spent
        assert builds == [TEAM, TEAM]
        assert b"Ann Lee" not in await asyncio.to_thread(file.read_bytes)
        assert await asyncio.to_thread(found, cast, "ann lee globex") == []
        assert await asyncio.to_thread(found, cast, "zuzana quux") == ["Zuzanna Quux"]
    finally:
        holding.let_go(cast.store)


async def test_a_keeper_without_memory_for_it_holds_none_and_leaves_no_file(
    cast: Cast, ann: str, file: Path, chosen: Settings
) -> None:
    await asyncio.to_thread(made, cast, file)

    async def build(_team_id: str, _into: Path, _store_url: str) -> bool:
        raise AssertionError

    none = chosen.model_copy(update={"lookup_memory": 0})
    await asyncio.wait_for(Keeper(cast.store, none, build).run(asyncio.Event()), 60)
    assert await cast.ada.read(holding.held) is None
    assert not await asyncio.to_thread(file.exists)
    assert ann


async def test_a_keeper_that_is_told_to_stop_does_not_wait_for_an_index_in_the_making(
    cast: Cast, ann: str, chosen: Settings
) -> None:
    begun, given_up = asyncio.Event(), asyncio.Event()

    async def build(_team_id: str, _into: Path, _store_url: str) -> bool:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        return False

    stop = asyncio.Event()
    role = asyncio.create_task(Keeper(cast.store, chosen, build).run(stop))
    await asyncio.wait_for(begun.wait(), 60)
    stop.set()
    await asyncio.wait_for(role, 60)
    assert given_up.is_set()
    assert ann


def test_many_queries_at_once_are_answered_from_memory_and_few_by_sql(
    cast: Cast, ann: str, file: Path, chosen: Settings
) -> None:
    try:
        assert not keeper.for_batch(cast.ada, chosen, 3)
        assert not file.exists()
        assert keeper.for_batch(cast.ada, chosen, 500)
        assert file.exists()
        assert found(cast, "ann lee") == ["Ann Lee"]
    finally:
        holding.let_go(cast.store)
    assert ann


def test_a_long_import_leaves_a_process_behind_that_makes_the_index_unless_one_serves(
    cast: Cast, ann: str, file: Path, chosen: Settings
) -> None:
    assert keeper.after_import(cast.ada, chosen, 300) is None
    making = keeper.after_import(cast.ada, chosen, 20_000)
    assert making is not None
    assert making.wait(60) == 0
    frozen = snapshot.read(file, TEAM)
    assert frozen is not None
    assert frozen.candidate(0).id == ann
    cast.ada.store.house().write_now(_beat)
    assert keeper.after_import(cast.ada, chosen, 20_000) is None


def test_many_queries_behind_a_long_import_wait_for_the_index_that_is_being_made(
    cast: Cast, ann: str, file: Path, chosen: Settings
) -> None:
    try:
        making = keeper.after_import(cast.ada, chosen, 20_000)
        assert making is not None
        assert keeper.for_batch(cast.ada, chosen, 500)
        # Had they not waited for it, the process would have put another file there since.
        seen = file.stat().st_ino
        assert making.wait(60) == 0
        assert file.stat().st_ino == seen
        assert found(cast, "ann lee") == ["Ann Lee"]
    finally:
        holding.let_go(cast.store)
    assert ann


def test_whoever_dies_while_making_an_index_leaves_the_turn_to_the_next(
    cast: Cast, file: Path, chosen: Settings
) -> None:
    code = "import sys; from pathlib import Path; from crm_store.lookup import index_turn\n"
    code += "with index_turn.taken(Path(sys.argv[1])):\n    print('mine', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        assert keeper.after_import(cast.ada, chosen, 20_000) is None
        other.kill()
        with index_turn.taken(file):
            assert not file.exists()


def _beat(work: Work) -> None:
    work.add(RoleHeartbeat(team_id="-", role="web", node="here", beat_at=work.now))


def test_overwriting_freed_pages_after_an_erasure_removes_the_files_as_well(cast: Cast, ann: str, file: Path) -> None:
    made(cast, file)
    cast.store.team(TEAM).write_now(erase.erase, ann)
    cast.store.close()
    scrub(file.parent / "crm.db")
    assert not file.exists()


def test_the_array_library_is_loaded_by_no_door_that_holds_no_index() -> None:
    doors = "import sys, bot.cli.main, bot.cli.serve, bot.cli.records, ingest.worker, crm_store.privacy.erase"
    told = subprocess.run(
        [sys.executable, "-c", f"{doors}; print('numpy' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"
