"""`crm duplicates --csv`: any table, with ids or without, as lines for people or for programs."""

import json
from pathlib import Path

import pytest

from bot.cli.main import main

ROWS = "\n".join(
    [
        "id;Vorname;Nachname;E-Mail;Telefon",
        "k1;Jürgen;Müller;j.mueller@acme.example;0151 2345678",
        "k2;JUERGEN;Muller;j.mueller@acme.example;+49 151 2345678",
        "k3;Ann;Lee;ann.lee@globex.example;0160 9876543",
        "k4;Petra;Vogel;petra@initech.example;0170 1112223",
    ]
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(ROWS.encode("cp1252"))
    return file


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_pair_is_one_json_line_whatever_the_delimiter_and_encoding(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duplicates", "--csv", str(table), "--json"]) == 0
    (line,) = _lines(capsys)
    assert (line["a"], line["b"]) == ("k1", "k2")
    assert set(line) == {"a", "b", "probability", "weight", "why"}


def test_threshold_zero_prints_every_pair(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["duplicates", "--csv", str(table), "--id-column", "ID", "--threshold", "0", "--json"]) == 0
    assert len(_lines(capsys)) == 6


def test_two_tables_are_linked(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.csv"
    other.write_text("id,Vorname,Nachname,E-Mail,Telefon\nz,Ann,Lee,ann.lee@globex.example,\n", encoding="utf-8")
    assert main(["duplicates", "--csv", str(table), "--against", str(other), "--json"]) == 0
    assert [(line["a"], line["b"]) for line in _lines(capsys)] == [("k3", "z")]


def test_people_read_rows_and_reasons_and_rows_without_ids_have_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name,email\nAnn Lee,ann@globex.example\nBob Ray,bob@acme.example\nAnn Lee,ann@globex.example\n")
    assert main(["duplicates", "--csv", str(file)]) == 0
    told = capsys.readouterr().out
    assert "2  Ann Lee · ann@globex.example  ~  4  Ann Lee" in told
    assert told.endswith("1 pair.\n")


def test_no_duplicates_are_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name\nAnn Lee\nBob Ray\n")
    assert main(["duplicates", "--csv", str(file)]) == 0
    assert capsys.readouterr().out == "No duplicates found.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--id-column", "nobody"], "no column “nobody”"),
        (["--id-column", "Nachname", "--against", "missing.csv"], "cannot be read"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    table: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duplicates", "--csv", str(table), *arguments]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""


def test_a_column_that_names_no_row_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "names.csv"
    file.write_text("key,name\n1,Ann Lee\n1,Bob Ray\n")
    assert main(["duplicates", "--csv", str(file), "--id-column", "key"]) == 2
    assert "does not name each row" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["2", "-1", "much", "nan"])
def test_a_threshold_is_a_probability(table: Path, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["duplicates", "--csv", str(table), f"--threshold={value}"])
    assert ended.value.code == 2
    assert "no probability" in capsys.readouterr().err
