"""A large batch of look-ups is answered from memory, and alike."""

import json
from pathlib import Path

import pytest

from bot.cli import records
from crm_store.actions import customers
from crm_store.values.acts import NewCustomer
from tests.cast import Cast


def test_a_large_batch_finds_what_single_look_ups_find(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Ann Lee", "Bob Stone", "Cyrus Young"):
        cast.ada.write_now(customers.add, NewCustomer(name, company="Globex"))
    queries = ["ann leee", "bob stnoe", "cyrus globex", "yuong"]
    batch = tmp_path / "queries.txt"
    batch.write_text("\n".join(queries * 15), encoding="utf-8")
    assert records.look_up(cast.ada, "", str(batch), 5, as_json=True) == 0
    together = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(together) == 60
    for query, answer in zip(queries, together, strict=False):
        records.look_up(cast.ada, query, None, 5, as_json=True)
        alone = json.loads(capsys.readouterr().out)
        assert answer["query"] == query
        assert [one["id"] for one in answer["results"]] == [one["id"] for one in alone["results"]] != []
