"""Ids: of one shape, in the order of their making, never twice."""

import re
import threading
from datetime import UTC, datetime, timedelta

from crm_store.ids import Prefix, new_id, reference

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_an_id_tells_what_it_is_and_has_one_length() -> None:
    for prefix in Prefix:
        assert re.fullmatch(rf"{prefix}_[0-9a-hjkmnp-tv-z]{{22}}", new_id(prefix, NOW))


def test_ids_of_one_millisecond_sort_as_they_were_made() -> None:
    made = [new_id(Prefix.OUTBOX, NOW) for _ in range(1000)]
    assert made == sorted(set(made))


def test_a_later_id_sorts_later() -> None:
    moments = [NOW + timedelta(milliseconds=step**3) for step in range(300)]
    made = [new_id(Prefix.CUSTOMER, one) for one in moments]
    assert made == sorted(made)


def test_no_id_is_made_twice_in_many_threads() -> None:
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend([new_id(Prefix.AUDIT, NOW) for _ in range(500)])) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(made)) == 4000


def test_two_processes_would_not_meet_within_a_millisecond() -> None:
    starts = {new_id(Prefix.AUDIT, NOW + timedelta(milliseconds=step))[13:] for step in range(200)}
    assert len(starts) == 200


def test_a_reference_is_six_letters_to_be_read_aloud() -> None:
    shown = {reference(NOW) for _ in range(50)}
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", one) for one in shown)
    assert len(shown) > 25
