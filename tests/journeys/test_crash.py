"""Rapport is killed and stopped while people write: what was acknowledged is kept, and all of it counts once."""

import json
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crm_store import audit
from crm_store.actions import customers
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewCustomer
from tests.journeys.apart import Served, logged_lines, open_workspace, rows, until
from tests.journeys.house import Demo

SENDERS = 10
KILLS = 3


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Demo]:
    """The workspace in a process of its own, and an empty store."""
    running = open_workspace(tmp_path)
    try:
        with _opened(running) as store:
            bring_up_to_date(store)
        yield running
    finally:
        running.stop()


@contextmanager
def _opened(workspace: Demo) -> Iterator[SqliteStore]:
    """The store from here, as any second process sees it."""
    store = SqliteStore(str(workspace.ready["database"]), SystemClock())
    try:
        yield store
    finally:
        store.close()


def _team(store: SqliteStore) -> Desk:
    (team,) = store.house().read_now(team_queries.teams)
    return store.team(team.team_id)


def _serve(workspace: Demo) -> Served:
    return Served.start(workspace, SLACK_APP_TOKEN=str(workspace.ready["app_token"]))


def _add_customer(workspace: Demo) -> None:
    with _opened(workspace) as store:
        _team(store).write_now(
            customers.add, NewCustomer("Ida Import", ("ida@imported.example",), company="Imported Ltd")
        )


def _write(workspace: Demo, number: int) -> None:
    user = ("U_ADA", "U_BEN")[number % 2]
    text = f"log ida import: line {number} of the day"
    workspace.act(type="message", user=user, channel=workspace.direct(user), text=text)


def _numbers(texts: list[str]) -> list[int]:
    return [int(found[1]) for text in texts if (found := re.search(r"line (\d+) of the day", text))]


def _acknowledged(workspace: Demo) -> set[int]:
    entries = [one for one in workspace._get("log")["entries"] if one.get("acked")]
    return set(_numbers([json.dumps(one["payload"]) for one in entries]))


def _received(workspace: Demo) -> list[int]:
    return _numbers([bytes(raw).decode() for (raw,) in rows(workspace, "SELECT raw FROM inbox")])


def _until_more_than(workspace: Demo, before: int) -> None:
    until(lambda: len(_received(workspace)) > before)


def _open_rows(workspace: Demo) -> int:
    return int(rows(workspace, "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'working')")[0][0])


def _let_leases_run_out(workspace: Demo) -> None:
    """As if a minute had passed: what the killed ones had begun is free, and what runs now is taken from its holder."""
    with closing(sqlite3.connect(workspace.data / "crm.db", timeout=10)) as store, store:
        store.execute("UPDATE inbox SET lease_until = '2020-01-01 00:00:00' WHERE state = 'working'")


def test_lines_written_through_several_kills_are_all_in_the_store_once(workspace: Demo) -> None:
    served = _serve(workspace)
    _add_customer(workspace)
    sent = 0
    with ThreadPoolExecutor(SENDERS) as senders:
        for _ in range(KILLS):
            before = len(_received(workspace))
            batch = [senders.submit(_write, workspace, number) for number in range(sent, sent + SENDERS)]
            sent += SENDERS
            _until_more_than(workspace, before)
            served.kill()
            kept = set(_received(workspace))
            assert _acknowledged(workspace) <= kept
            for one in batch:
                one.result()
            served = _serve(workspace)
    # Repeats that Slack would send a minute and five minutes later come now.
    workspace._post("clock", {"advance_s": 60})
    workspace._post("clock", {"advance_s": 300})
    until(lambda: len(_acknowledged(workspace)) == sent)
    _let_leases_run_out(workspace)
    until(lambda: _open_rows(workspace) == 0)
    assert served.stop() == 0
    assert Counter(_received(workspace)) == Counter(range(sent))
    assert Counter(_numbers(logged_lines(workspace))) == Counter(range(sent))
    with _opened(workspace) as store:
        assert _team(store).read_now(audit.verify).ok


def test_three_terms_while_people_write_end_in_order_and_keep_what_was_acknowledged(workspace: Demo) -> None:
    served = _serve(workspace)
    _add_customer(workspace)
    with ThreadPoolExecutor(SENDERS) as senders:
        batch = [senders.submit(_write, workspace, number) for number in range(2 * SENDERS)]
        _until_more_than(workspace, 0)
        for _ in range(3):
            served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=10) == 0
        for one in batch:
            one.result()
    received = Counter(_received(workspace))
    assert _acknowledged(workspace) <= set(received)
    assert max(received.values()) == 1
    assert max(Counter(_numbers(logged_lines(workspace))).values(), default=0) <= 1
