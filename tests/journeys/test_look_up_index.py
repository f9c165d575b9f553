"""A serving process answers look-ups from the index in its memory, once its team has customers enough for one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.journeys.apart import until
from tests.journeys.house import Demo, words_of


def test_a_demo_answers_from_its_index_what_the_tables_can_no_longer_tell(tmp_path: Path) -> None:
    demo = Demo.start(tmp_path, CRM_LOOKUP_FROM="5")
    try:
        assert until(lambda: [*tmp_path.glob("lookup-*.idx")])
        with closing(sqlite3.connect(tmp_path / "crm.db", timeout=10)) as store, store:
            for table in ("tokens", "postings", "token_deletes", "word_pairs"):
                store.execute(f"DELETE FROM {table}")
        assert "Nobody fits" in demo.crm("find", "jhon smth acme").stdout
        assert until(lambda: "John Smith" in answered(demo, "jhon smth acme"))
    finally:
        assert demo.stop() == 0


def answered(demo: Demo, typed: str) -> str:
    demo.type(f"find {typed}")
    return words_of(demo.last())
