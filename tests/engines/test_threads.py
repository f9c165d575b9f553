"""Threads are followed on both engines, whatever is heard at the same time."""

from concurrent.futures import ThreadPoolExecutor

from crm_store.actions import threads
from tests.cast import Cast
from tests.units.crm_store.history.acme import customer
from tests.units.crm_store.history.test_threads import heard, logged, told

REPLIES = [f"1764057{number}.000100" for number in range(700, 712)]


def test_what_is_heard_at_the_same_time_and_twice_is_in_the_log_once(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"))
    said = [heard(f"line {ts}", ts, by="Ben Okafor") for ts in REPLIES]
    edits = [heard(f"edited {ts}", ts, by="Ben Okafor", stamp=f"{ts}9") for ts in REPLIES[::2]]
    with ThreadPoolExecutor(4) as hands:
        for done in [hands.submit(cast.ben.write_now, threads.follow, one) for one in [*edits, *said, *said]]:
            done.result()
    expected = [f"Ben Okafor: {'edited' if number % 2 == 0 else 'line'} {ts}" for number, ts in enumerate(REPLIES)]
    assert told(cast.ada, ann) == ["\n".join(["Ada Lovell: wants a quote", *expected])]


def test_a_thread_is_logged_by_two_at_once_and_is_one_entry(cast: Cast) -> None:
    ann = customer(cast.ada)
    with ThreadPoolExecutor(2) as hands:
        both = [hands.submit(logged, desk, ann, heard("wants a quote")) for desk in (cast.ada, cast.ben)]
        ids = {one.result().row_id for one in both}
    assert len(ids) == 1
    assert told(cast.ada, ann) == ["wants a quote"]
