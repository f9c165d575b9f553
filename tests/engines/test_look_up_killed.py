"""Two processes commit and are killed; no look-up from memory is ever behind: the benchmark's small sister."""

from benchmarks import look_up_fresh


def test_no_answer_is_behind_while_writers_are_killed() -> None:
    measured = look_up_fresh.measure("60", killed_each=25)
    assert measured["commits"] == 60
    assert measured["killed"] >= 1
    assert (measured["stale"], measured["spent"]) == (0, False)
