"""What the cards of an import say: nothing is changed yet, what each column is, what came of it, the way back."""

from bot.cards import imports
from bot.names import decode
from crm_store.values.imports import ImportCounts
from ingest.files.preview import ColumnGuess, Preview
from tests.units.bot.cards.figures import NASTY, buttons, labels, shown, takes


class _Outcome(ImportCounts):
    rows = 120
    import_id: str | None = "imp_1"
    unknown_columns = NASTY
    warnings = NASTY
    preview = Preview()
    proposed = 0


def test_a_dry_run_says_that_nothing_is_changed_yet() -> None:
    errors = tuple((number, NASTY[1]) for number in range(9))
    outcome = _Outcome(created=100, updated=1, duplicates=2, errors=errors)
    message = takes(imports.dry_run("list.csv", outcome, "imp_1"))
    assert "Nothing is changed yet" in shown(message)
    assert labels(message) == ["Import 101 changes", "Cancel"]
    assert "and 4 more rows" in shown(message)
    assert "Columns that are left out: Ann Lee" in shown(message)


class _Understood(_Outcome):
    preview = Preview(
        tuple(ColumnGuess(f"{NASTY[0]} {number}", "email" if number else "", NASTY) for number in range(40)),
        ({"name": NASTY[0], "email": NASTY[1]},), "HubSpot contacts", NASTY[0],
    )  # fmt: skip


def test_each_column_of_a_file_can_be_taken_for_something_else_before_it_goes_in() -> None:
    outcome = _Understood(created=2, possible=((4, NASTY[0]),))
    message = takes(imports.dry_run("list.csv", outcome, "imp_1"))
    assert labels(message) == ["Import 2 changes", "Dry run", "Cancel"]
    assert "Read as an export of HubSpot contacts" in shown(message)
    assert "25 further columns can be named at the terminal" in shown(message)
    choices = [one["accessory"] for one in message.blocks if one.get("accessory", {}).get("type") == "static_select"]
    assert len(choices) == 15
    assert choices[0]["initial_option"]["text"]["text"] == "E-mail"
    assert decode(choices[0]["options"][1]["value"]) == {"import": "imp_1", "place": 1, "field": "name"}


def test_a_file_that_changes_nothing_cannot_be_imported() -> None:
    assert labels(imports.dry_run("list.csv", _Outcome(), "imp_1")) == ["Cancel"]


def test_rows_with_errors_are_counted_once() -> None:
    message = imports.finished("list.csv", _Outcome(skipped=3, errors=((2, "no name"), (3, "no name"))))
    assert "1 with nothing new" in shown(message)
    assert "2 could not be read" in shown(message)


def test_a_finished_import_can_be_taken_back() -> None:
    message = takes(imports.finished(NASTY[1], _Outcome(created=1)))
    assert decode(buttons(message.blocks)[0]["value"]) == {"import": "imp_1"}
    takes(imports.how())
    assert imports.how_far("a.csv", 1_000, 2_000) == "Importing a.csv: 1,000 of 2,000 rows …"
    assert imports.how_far_back("a.csv", 3, 4) == "Taking a.csv back: 75 % …"
    assert imports.how_far_back("a.csv", 4, 4) == "a.csv is taken back."
    takes(imports.cancelled())
    takes(imports.undone(NASTY[1]))
