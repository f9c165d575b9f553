"""The audit chain on both engines: it holds, it tells what was tampered with, and it names nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from crm_store import audit
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.people import Company, Customer
from crm_store.models.plumbing import Audit, Undo
from tests.cast import Cast

ODD = "Ann “Zoë” Lee \ud800\x00李"


def add_customer(work: Work, number: int) -> str:
    with audit.record(work, "add", f"cus_{number}", f"Added customer {number}") as ledger:
        ledger.add(
            Customer(customer_id=f"cus_{number}", name=f"Ann Lee {number}", owner="usr_ada", created_at=work.now)
        )
    return ledger.undo_id


def rename(work: Work, name: str) -> None:
    row = work.session.scalars(select(Customer).where(Customer.customer_id == "cus_0")).one()
    with audit.record(work, "edit", "cus_0", "Renamed") as ledger:
        ledger.change(row)
        row.name, row.owner = name, "usr_ben"


def remove(work: Work) -> None:
    row = work.session.scalars(select(Customer).where(Customer.customer_id == "cus_0")).one()
    with audit.record(work, "remove", "cus_0", "Removed") as ledger:
        ledger.remove(row)


@pytest.fixture
def chained(cast: Cast, clock: MovableClock) -> Cast:
    """Six entries of one team, one of another."""
    for number in range(4):
        cast.ada.write_now(add_customer, number)
        clock.advance(0.123456)
    cast.ben.write_now(rename, "Anne Lee")
    cast.ben.write_now(remove)
    cast.cleo.write_now(add_customer, 0)
    return cast


def tamper(cast: Cast, statement: str) -> None:
    with cast.store.writing_connection() as connection:
        connection.execute(text(statement))


def test_an_untouched_chain_holds_for_each_team(chained: Cast) -> None:
    assert chained.ada.read_now(audit.verify) == audit.ChainReport(True, 6, None, None)
    assert chained.cleo.read_now(audit.verify) == audit.ChainReport(True, 1, None, None)


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit SET verb = 'forged' WHERE seq = 3 AND team_id = 'tea_rapport'", 3),
        ("UPDATE audit SET actor = 'usr_ben' WHERE seq = 1 AND team_id = 'tea_rapport'", 1),
        ("UPDATE audit SET change = '{}' WHERE seq = 5 AND team_id = 'tea_rapport'", 5),
        ("DELETE FROM audit WHERE seq = 2 AND team_id = 'tea_rapport'", 3),
        ("DELETE FROM audit WHERE seq = 1 AND team_id = 'tea_rapport'", 2),
        ("UPDATE audit SET hash = previous_hash WHERE seq = 4 AND team_id = 'tea_rapport'", 4),
    ],
)
def test_a_changed_or_missing_entry_is_found(chained: Cast, statement: str, bad: int) -> None:
    tamper(chained, statement)
    report = chained.ada.read_now(audit.verify)
    assert (report.ok, report.first_bad) == (False, bad)
    assert report.problem
    assert chained.cleo.read_now(audit.verify).ok


def test_two_entries_that_changed_places_are_found(chained: Cast) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(chained, f"UPDATE audit SET seq = {new} WHERE seq = {old} AND team_id = 'tea_rapport'")
    assert chained.ada.read_now(audit.verify).first_bad == 2


def test_the_chain_names_nobody(chained: Cast) -> None:
    changes = chained.ada.read_now(lambda work: str(list(work.session.scalars(select(Audit.change)))))
    assert "Ann" not in changes
    assert "~" in changes
    assert "usr_ben" in changes


def test_the_same_name_has_the_same_pseudonym_within_a_team_only(cast: Cast) -> None:
    def change(work: Work) -> str:
        add_customer(work, 0)
        rename(work, "Anne")
        work.flush()
        entry = work.session.scalars(select(Audit).order_by(Audit.seq.desc())).first()
        assert entry is not None
        return str(entry.change["steps"][0]["fields"]["name"][1])

    shown = cast.ada.write_now(change)
    assert shown.startswith("~")
    tamper(cast, "UPDATE teams SET pseudonym_key = team_id")
    assert cast.cleo.write_now(change) != shown


def test_the_undo_row_keeps_what_is_needed_to_take_it_back(chained: Cast, clock: MovableClock) -> None:
    rows = chained.ada.read_now(
        lambda work: [
            (one.verb, one.actor, one.inverse, one.expires_at - one.at)
            for one in work.session.scalars(select(Undo).order_by(Undo.at, Undo.undo_id))
        ]
    )
    assert [row[0] for row in rows] == ["add"] * 4 + ["edit", "remove"]
    assert {row[3] for row in rows} == {timedelta(days=90)}
    assert rows[0][2] == [{"op": "added", "table": "customers", "key": ["tea_rapport", "cus_0"]}]
    assert rows[4][2][0]["fields"]["name"] == ["Ann Lee 0", "Anne Lee"]
    assert rows[5][2][0]["values"]["name"] == "Anne Lee"


def test_a_failing_action_leaves_no_entry_and_no_undo(cast: Cast) -> None:
    def fail(work: Work) -> None:
        with audit.record(work, "add") as ledger:
            ledger.add(Company(company_id="com_1", name="Acme", name_key="acme", created_at=work.now))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        cast.ada.write_now(fail)
    assert cast.ada.read_now(audit.verify).rows == 0
    assert cast.ada.read_now(lambda work: list(work.session.scalars(select(Undo.undo_id)))) == []


def test_an_act_that_changed_nothing_has_no_undo(cast: Cast) -> None:
    def nothing(work: Work) -> None:
        with audit.record(work, "look"):
            pass

    cast.ada.write_now(nothing)
    assert cast.ada.read_now(audit.verify) == audit.ChainReport(True, 1, None, None)
    assert cast.ada.read_now(lambda work: list(work.session.scalars(select(Undo.undo_id)))) == []


def test_odd_letters_do_not_break_the_chain(cast: Cast) -> None:
    def add(work: Work) -> None:
        with audit.record(work, "add", "com_1", "Added") as ledger:
            ledger.note["said"] = ODD
            ledger.add(Company(company_id="com_1", name=ODD, name_key="x", created_at=work.now))
            ledger.add(Customer(customer_id="cus_1", name=ODD, created_at=work.now))

    cast.ada.write_now(add)
    cast.ada.write_now(_change_company)
    assert cast.ada.read_now(audit.verify) == audit.ChainReport(True, 2, None, None)


def _change_company(work: Work) -> None:
    row = work.session.scalars(select(Company)).one()
    with audit.record(work, "edit", "com_1") as ledger:
        ledger.change(row)
        row.name = ODD + "!"


def test_writers_in_two_processes_build_one_chain(cast: Cast, opens: Callable[[], object]) -> None:
    other = type(cast.store)
    second = opens()
    assert isinstance(second, other)
    desks = (cast.ada, second.team("tea_rapport", "usr_ben"))
    pending = [
        desk.store.submit_write(desk.team_id, desk.actor, lambda work, n=n: add_customer(work, n))  # type: ignore[misc]
        for n in range(10)
        for desk in (desks[n % 2],)
    ]
    for one in pending:
        one.result(30)
    assert cast.ada.read_now(audit.verify) == audit.ChainReport(True, 10, None, None)
