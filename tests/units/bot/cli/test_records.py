"""`crm find` and `crm import` print what the doors promise, a line an answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import look_up, records
from crm_store.errors import BadInput
from tests.cast import Cast

PEOPLE = (
    "id,name,company,email,shoe\n1,Ann Lee,Globex,ann@globex.example,38\n2,Bob Ray,Acme,bob@acme.example,43\n3,,,,\n"
)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_file_goes_in_is_found_by_a_batch_and_goes_out_again(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, batch = tmp_path / "people.csv", tmp_path / "queries.txt"
    file.write_text(PEOPLE, encoding="utf-8")
    batch.write_text("ann lee\n  bob acme \nzzxxqq\n", encoding="utf-8")
    assert records.import_(cast.ada, str(file), {}, dry_run=True, as_json=True) == 0
    assert _lines(capsys)[-1]["undo"] is None
    assert records.import_(cast.ada, str(file), {}, dry_run=False, as_json=True) == 0
    told = _lines(capsys)[-1]
    assert (told["rows"], told["created"], told["duplicates"]) == (3, 2, 0)
    assert told["errors"] == [{"row": 4, "problem": "There is no name, e-mail address or company."}]
    assert look_up.look_up(cast.ada, "", str(batch), 5, as_json=True) == 0
    found = _lines(capsys)
    assert [line["query"] for line in found] == ["ann lee", "  bob acme ", "zzxxqq"]
    assert found[0]["results"][0] | {"id": "", "score": 1} == {
        "id": "", "name": "Ann Lee", "company": "Globex", "email": "ann@globex.example", "score": 1,
        "why": "ann = Ann, lee = Lee",
    }  # fmt: skip
    assert found[2]["results"] == []
    assert records.undo_import(cast.ada, told["undo"], as_json=True) == 0
    assert look_up.look_up(cast.ada, "ann lee", None, 5, as_json=True) == 0
    assert _lines(capsys)[-1]["results"] == []


def test_answers_for_people_are_sentences(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    records.import_(cast.ada, str(file), {}, dry_run=False, as_json=False)
    said = capsys.readouterr()
    assert "Took in 3 rows of customers: 2 new" in said.out
    assert "Not used: shoe." in said.err
    look_up.look_up(cast.ada, "ann", None, 5, as_json=False)
    assert "Ann Lee · Globex" in capsys.readouterr().out


def test_what_cannot_be_read_is_one_sentence(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        records.import_(cast.ada, str(tmp_path / "none.csv"), {}, dry_run=False, as_json=True)
    with pytest.raises(BadInput, match="cannot be read"):
        look_up.look_up(cast.ada, "", str(tmp_path / "none.txt"), 5, as_json=True)
    with pytest.raises(BadInput, match="--limit"):
        look_up.look_up(cast.ada, "ann", None, 0, as_json=True)
    with pytest.raises(BadInput, match="Say what"):
        look_up.look_up(cast.ada, " ", None, 5, as_json=True)
