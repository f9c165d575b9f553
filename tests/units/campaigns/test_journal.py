"""The sender's journal: it outlives its process, is read by others, and never grows for what is settled."""

import os
from pathlib import Path

import pytest

from campaigns.journal import Before, Journal, name_of


def sizes(folder: Path) -> list[int]:
    return [one.stat().st_size for one in folder.glob("*.log")]


async def test_the_journal_tells_what_a_killed_process_did(tmp_path: Path) -> None:
    killed = Journal(tmp_path)
    await killed.begun("snd_1", 1)
    await killed.begun("snd_2", 1)
    killed.taken("snd_2", 1)
    await killed.begun("snd_3", 1)
    killed.refused("snd_3", 1)
    later = Journal(tmp_path)
    found = [later.before(f"snd_{at}") for at in range(1, 5)]
    assert found == [Before.UNKNOWN, Before.LEFT, Before.STAYED, Before.STAYED]
    killed.close()


async def test_what_is_settled_says_nothing_of_a_later_try(tmp_path: Path) -> None:
    own, other = Journal(tmp_path), Journal(tmp_path)
    await own.begun("snd_1", 1)
    own.settled(["snd_1"])
    assert other.before("snd_1") is Before.STAYED
    await own.begun("snd_1", 2)
    assert other.before("snd_1") is Before.UNKNOWN
    own.taken("snd_1", 2)
    assert other.before("snd_1") is Before.LEFT
    own.close()


async def test_a_line_that_the_kill_cut_off_counts_as_not_written(tmp_path: Path) -> None:
    (tmp_path / "cut.log").write_bytes(b"begun snd_1 1\nbegun snd_2")
    later = Journal(tmp_path)
    assert later.before("snd_1") is Before.UNKNOWN
    assert later.before("snd_2") is Before.STAYED


async def test_what_a_gone_process_left_open_is_taken_over_and_its_file_let_go(tmp_path: Path) -> None:
    (tmp_path / "gone.log").write_bytes(b"begun snd_1 1\nbegun snd_2 1\ntaken snd_2 1\nsettled snd_2 1\n")
    living = Journal(tmp_path)
    await living.begun("snd_3", 1)
    assert not (tmp_path / "gone.log").exists()
    later = Journal(tmp_path)
    assert later.before("snd_1") is Before.UNKNOWN
    assert later.before("snd_2") is Before.STAYED
    living.close()


async def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    one, other = Journal(tmp_path), Journal(tmp_path)
    await one.begun("snd_1", 1)
    await other.begun("snd_2", 1)
    assert len(sizes(tmp_path)) == 2
    assert other.before("snd_1") is Before.UNKNOWN
    one.close()
    other.close()


async def test_a_full_file_is_begun_anew_with_what_is_open(tmp_path: Path) -> None:
    own = Journal(tmp_path, rotate=100)
    await own.begun("snd_open", 1)
    for at in range(20):
        await own.begun(f"snd_{at}", 1)
        own.taken(f"snd_{at}", 1)
        own.settled([f"snd_{at}"])
    (size,) = sizes(tmp_path)
    assert size < 200
    assert Journal(tmp_path).before("snd_open") is Before.UNKNOWN
    own.close()


async def test_a_disk_that_is_full_is_said_to_whoever_notes(tmp_path: Path) -> None:
    own = Journal(tmp_path)
    await own.begun("snd_1", 1)
    os.close(own._file)
    with pytest.raises(OSError, match="descriptor"):
        await own.begun("snd_2", 1)


def test_a_folder_keeps_the_name_it_was_given(tmp_path: Path) -> None:
    first = name_of(tmp_path / "outgoing")
    assert first
    assert name_of(tmp_path / "outgoing") == first
    assert name_of(tmp_path / "elsewhere") != first
