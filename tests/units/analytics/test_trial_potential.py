"""The door for anybody's table: a chance for each later row, or a sentence that says why there is none."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics.ridge import chance  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.trial import potential  # noqa: E402 - the same
from crm_store.errors import BadInput  # noqa: E402 - the same


def _table(folder: Path, n: int, *, skill: float = 2.0, seed: int = 0, turned_from: int | None = None) -> Path:
    random = np.random.default_rng(seed)
    visits, source = random.poisson(3, n), random.choice(["Fair", "Web", "Friend"], n)
    won = random.random(n) < chance(skill * (0.6 * (visits - 3) + (source == "Friend")) - 0.5)
    if turned_from is not None:
        won[turned_from:] = ~won[turned_from:]
    file = folder / f"leads{turned_from or ''}.csv"
    with file.open("w", newline="") as open_file:
        writer = csv.writer(open_file)
        writer.writerow(["lead", "visits", "source", "outcome", "note"])
        writer.writerows(
            (f"L{row}", visits[row], source[row], "won" if won[row] else "lost", "same") for row in range(n)
        )
    return file


def _ask(
    table: Path, *, fraction: float = 0.75, rolling: bool = False, drop: str = ""
) -> tuple[Any, list[dict[str, str]]]:
    out = table.with_name("answers.csv")
    told = potential.run(
        table=table, label="outcome", time=None, id="lead", drop=drop, train_fraction=fraction, rolling=rolling, out=out
    )
    with out.open(newline="") as file:
        return told, list(csv.DictReader(file))


def test_every_later_row_has_a_chance_inside_its_interval_and_reasons(tmp_path: Path) -> None:
    told, rows = _ask(_table(tmp_path, 800, skill=0.9))
    assert [row["id"] for row in rows] == [f"L{row}" for row in range(600, 800)]
    assert all(0 <= float(row["low"]) <= float(row["probability"]) <= float(row["high"]) <= 1 for row in rows)
    assert all(row["reasons"] for row in rows)
    assert any("source is Friend" in row["reasons"] for row in rows)
    assert told["error"]["brier"] < told["baseline"]["brier"]
    assert {"logistic", "naive Bayes", "decision tree", "linear SVM", "base rate"} <= told["candidates"].keys()
    assert told["left_out"] == {"note": "it has one value only"}
    assert told["leak_suspects"] == []


def test_outcomes_of_later_rows_are_never_read(tmp_path: Path) -> None:
    (_, rows), (_, turned) = (_ask(_table(tmp_path, 700, turned_from=each)) for each in (None, 525))
    assert rows == turned


def test_in_rolling_an_outcome_teaches_only_rows_after_its_batch(tmp_path: Path) -> None:
    (_, rows), (_, turned) = (_ask(_table(tmp_path, 800, turned_from=each), rolling=True) for each in (None, 700))
    said, again = ([row["probability"] for row in each] for each in (rows, turned))
    assert said[:101] == again[:101]
    assert said != again


def test_a_few_outcomes_with_a_pattern_get_a_score_and_without_one_a_sentence(tmp_path: Path) -> None:
    told, rows = _ask(_table(tmp_path, 120, skill=3.0))
    assert told["shown_as"] == "bands"
    assert len({row["probability"] for row in rows}) > 3
    told, rows = _ask(_table(tmp_path, 120, skill=0.0))
    assert told["model"] == "base rate"
    assert {row["probability"] for row in rows} == {""}
    assert "known rows came out yes = " in rows[0]["reasons"]


def test_two_wins_are_too_few_for_any_score(tmp_path: Path) -> None:
    table = tmp_path / "few.csv"
    table.write_text(
        "lead,visits,outcome\n" + "".join(f"L{n},{n % 5},{'won' if n < 2 else 'lost'}\n" for n in range(40))
    )
    told, rows = _ask(table)
    assert told["shown_as"] == "no score"
    assert rows[0]["probability"] == ""
    assert "2 of 30" in rows[0]["reasons"]


def test_a_wrong_column_or_part_is_told_in_a_sentence(tmp_path: Path) -> None:
    table = _table(tmp_path, 20)
    with pytest.raises(BadInput, match="visits"):
        _ask(table, drop="visit")
    with pytest.raises(BadInput, match="nothing to learn from"):
        _ask(table, fraction=0.01)


def test_a_table_without_a_column_to_learn_from_says_the_rate(tmp_path: Path) -> None:
    table = tmp_path / "bare.csv"
    table.write_text("deal,won\n" + "".join(f"{at},{at % 2}\n" for at in range(40)))
    out = tmp_path / "bare.out"
    told = potential.run(
        table=table, label="won", time=None, id="deal", drop="", train_fraction=0.75, rolling=False, out=out
    )
    assert told["shown_as"] == "no score"
    assert len(out.read_text().splitlines()) == 11
