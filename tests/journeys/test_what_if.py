"""`what-if` shows what a line would do; nothing of it stays."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.journeys.house import Demo, words_of


def rows_of(demo: Demo) -> str:
    """All rows of all tables of the running store, as one text in small letters."""
    with closing(sqlite3.connect(demo.data / "crm.db", timeout=20)) as store:
        names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [str(row) for name in names for row in store.execute(f'SELECT * FROM "{name}"')]
    return "\n".join(rows).lower()


def test_a_rehearsed_line_shows_its_receipt_and_changes_nothing(demo: Demo) -> None:
    demo.type('what-if task "rehearse the quote" john.smith@acme.example fri')
    said = words_of(demo.last())
    assert "nothing was done" in said
    assert "rehearse the quote" in said
    demo.type("due john.smith@acme.example")
    assert "rehearse the quote" not in words_of(demo.last())


def test_the_button_below_a_rehearsal_does_it(demo: Demo) -> None:
    demo.type("what-if log john.smith@acme.example: called about PLUMS-AND-PEARS")
    demo.press(demo.last(), "did_you_mean")
    demo.type("timeline john.smith@acme.example")
    assert "PLUMS-AND-PEARS" in words_of(demo.last())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("what-if", "curious about"),
        ("what-if find ann", "only looks something up"),
        ("what-if run nightly", "asks before anything happens"),
        ("what-if link acme", "acts outside of the store"),
        ("what-if log qqzzx wwvvk: called", "Nobody fits"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(demo: Demo, line: str, said: str) -> None:
    demo.type(line)
    assert said in words_of(demo.last())


def test_a_person_is_handed_out_and_forgotten_in_chat(demo: Demo) -> None:
    demo.type("add Xenia Vogt xenia@vogt.example", "U_BEN")
    demo.type("log xenia@vogt.example: called about GHOST-APPLES", "U_BEN")
    demo.type("export person xenia@vogt.example", "U_ADA")
    assert "export" in words_of(demo.last(user="U_ADA")).lower()
    assert "file in our direct channel" not in words_of(demo.last(user="U_ADA"))
    demo.type("export person xenia@vogt.example", "U_BEN")
    told = [words_of(one) for one in demo.messages(demo.direct("U_BEN"), "U_BEN")]
    assert any("Here is what is known of Xenia Vogt" in one for one in told)
    demo.type("forget xenia@vogt.example", "U_BEN")
    card = demo.last(user="U_BEN")
    assert "cannot be taken back" in words_of(card)
    demo.press(card, "forget_keep", "U_BEN")
    demo.type("find xenia@vogt.example", "U_BEN")
    assert "Xenia Vogt" in words_of(demo.last(user="U_BEN"))
    demo.type("forget xenia@vogt.example", "U_BEN")
    demo.press(demo.last(user="U_BEN"), "forget_erase", "U_BEN")
    assert "Certificate" in words_of(demo.last(user="U_BEN"))
    papers = [one for one in demo.messages(demo.direct("U_BEN"), "U_BEN") if "certificate.json" in json.dumps(one)]
    assert len(papers) == 1
    assert "xenia" not in rows_of(demo)
    assert "ghost-apples" not in rows_of(demo)
    demo.type("find xenia@vogt.example", "U_BEN")
    assert "Nobody fits" in words_of(demo.last(user="U_BEN"))
