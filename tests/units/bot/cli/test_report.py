"""`crm report` writes a page, a paper or words, and says in one sentence what it cannot do."""

from pathlib import Path

import pytest

from crm_store.engine.store import Store
from tests.units.bot.cli.conftest import Run


def test_a_report_is_a_paper_and_words_at_the_terminal(crm: Run, two_teams: Store, tmp_path: Path) -> None:
    paper = tmp_path / "data.pdf"
    ended = crm("report", "data", "--out", str(paper), "--team", "Halyard")
    assert (ended.code, ended.err) == (0, "")
    assert "There are no customers yet" in ended.out
    assert paper.read_bytes().startswith(b"%PDF-")
    told = crm("report", "week", "--since", "2026-01-05", "--until", "2026-01-11", "--team", "Northwind")
    assert told.out.startswith("The week · Northwind\n5 to 11 Jan 2026, no contacts\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("week", "--out", "week.docx"), ".html or .pdf"),
        (("weak",), "choose from"),
        (("week", "--since", "monday"), "is not a day"),
        (("week", "--since", "2026-01-05", "--until", "2026-01-01"), "ends before it begins"),
        (("week", "--out", "/no/such/folder/week.html"), "cannot be written"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(crm: Run, two_teams: Store, arguments: tuple[str, ...], words: str) -> None:
    ended = crm("report", *arguments)
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1
