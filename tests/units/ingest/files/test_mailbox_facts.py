"""Signatures in years of mail tell who their writers are: the newest counts, and people's own words stay."""

from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.actions import customers, imports
from crm_store.engine.work import Work
from crm_store.models.people import ContactPoint, Customer, FieldHistory
from crm_store.models.plumbing import OutboxRow
from crm_store.values.acts import NewCustomer
from tests.cast import Cast
from tests.units.ingest.files.test_mailbox import ADA, ANN, WHEN, boxed, mail, run

Box = Callable[..., Path]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    def write(*mails: EmailMessage) -> Path:
        path = tmp_path / "ada.mbox"
        path.write_bytes(boxed(*mails))
        return path

    return write


def _signed(number: int, year: int, title: str, phone: str) -> EmailMessage:
    """A mail of Ann's with her signature of that year."""
    text = f"Hello Ada,\n\nthis is about number {number}.\n\n-- \nAnn Lee\n{title}\nAcme Ltd\nPhone: {phone}\n"
    made = mail(number, f"Ann Lee <{ANN}>", ADA, text)
    del made["Date"]
    made["Date"] = format_datetime(WHEN.replace(year=year))
    return made


def _titles(work: Work) -> list[str | None]:
    return list(work.session.scalars(select(Customer.title)))


def _points(work: Work) -> int:
    return len(work.session.scalars(select(ContactPoint).where(ContactPoint.kind == "phone")).all())


def _known(cast: Cast, title: str | None = None) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", emails=(ANN,), title=title))


OLD, NEW = (1, 2021, "Sales Assistant", "+44 20 7946 0111"), (2, 2024, "Sales Director", "+44 20 7946 0222")


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_the_newest_signature_counts_whatever_the_order_of_the_file(
    cast: Cast, box: Box, order: tuple[tuple[int, int, str, str], ...]
) -> None:
    _known(cast)
    run(cast, box(*(_signed(*one) for one in order)))
    assert cast.ada.read_now(_titles) == ["Sales Director"]


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_of_two_files_too(cast: Cast, box: Box, order: tuple[tuple[int, int, str, str], ...]) -> None:
    _known(cast)
    for one in order:
        run(cast, box(_signed(*one)))
    assert cast.ada.read_now(_titles) == ["Sales Director"]
    when = cast.ada.read_now(
        lambda work: max(work.session.scalars(select(FieldHistory.at).where(FieldHistory.source == "signature")))
    )
    assert when.year == 2024


def test_what_a_person_said_stays_and_nobody_is_asked(cast: Cast, box: Box) -> None:
    _known(cast, "Owner")
    run(cast, box(_signed(*NEW)))
    assert cast.ada.read_now(_titles) == ["Owner"]
    assert cast.ada.read_now(lambda work: work.session.query(OutboxRow).count()) == 0


def test_the_undo_of_an_import_takes_back_what_signatures_said(cast: Cast, box: Box) -> None:
    _known(cast)
    first = run(cast, box(_signed(*OLD)))
    second = run(cast, box(_signed(*NEW)))
    assert cast.ada.read_now(_points) == 2
    cast.ada.write_now(imports.undo_import, second.import_id or "")
    assert (cast.ada.read_now(_titles), cast.ada.read_now(_points)) == (["Sales Assistant"], 1)
    cast.ada.write_now(imports.undo_import, first.import_id or "")
    assert (cast.ada.read_now(_titles), cast.ada.read_now(_points)) == ([None], 0)
