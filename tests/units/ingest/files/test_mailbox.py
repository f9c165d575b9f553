"""Years of mail from a mailbox file: cut, filed by the rules of every day, taken up again, and taken back as one."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_store import audit
from crm_store.actions import communications, customers, imports, mail_history
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication, Participant, StoredFile, Witness
from crm_store.models.people import ContactPoint, Customer
from crm_store.models.plumbing import Import, ImportRow, InboxRow, OutboxRow
from crm_store.values.acts import NewCustomer
from crm_store.values.mail_history import HistoricMail
from ingest.files import mbox, survey
from ingest.files.intake import ImportOutcome
from ingest.files.mailbox import MailboxImport
from tests.cast import Cast
from tests.units.ingest.letters import InThisProcess

ADA = "ada@rapport.example"
ANN = "ann@acme.com"
WHEN = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
LINE = b"From ann@acme.com Fri Mar  1 09:00:00 2024\n"


def mail(number: int, sender: str, to: str, text: str = "", **headers: str) -> EmailMessage:
    """One mail of the box."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, headers.pop("Subject", f"matter {number}")
    made["Date"] = format_datetime(WHEN.replace(day=1 + number % 27))
    made["Message-ID"] = f"<m{number}@box.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text or f"Hello, this is number {number} about the boiler.")
    return made


def boxed(*mails: EmailMessage | bytes) -> bytes:
    """A mailbox file with these mails, quoted as mboxrd asks."""
    out = b""
    for one in mails:
        raw = one if isinstance(one, bytes) else one.as_bytes()
        out += LINE + raw.replace(b"\nFrom ", b"\n>From ") + b"\n"
    return out


def history() -> list[EmailMessage]:
    """Ann and Ada talk, among all that a mailbox holds besides."""
    with_file = mail(3, ANN, ADA)
    with_file.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    return [
        mail(1, f"Ann Lee <{ANN}>", ADA),
        mail(2, ADA, f"Ann Lee <{ANN}>", In_Reply_To="<m1@box.example>"),
        with_file,
        mail(4, "news@shop.com", ADA, List_Unsubscribe="<mailto:x@shop.com>", Precedence="bulk"),
        mail(5, "ben@rapport.example", ADA),
        mail(6, "stranger@far.com", ADA),
        mail(7, ANN, ADA, Auto_Submitted="auto-replied"),
        mail(8, ADA, "Bob Ray <bob@globex.com>, Ann Lee <ann@acme.com>"),
    ]


@pytest.fixture
def box(tmp_path: Path) -> Callable[..., Path]:
    def write(*mails: EmailMessage | bytes) -> Path:
        path = tmp_path / "ada.mbox"
        path.write_bytes(boxed(*mails))
        return path

    return write


def run(cast: Cast, path: Path, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None) -> (
    ImportOutcome
):  # fmt: skip
    importing = MailboxImport(cast.ada, path, "in.rapport.example", dry_run, 1, progress, InThisProcess)
    return asyncio.run(importing.run())


def rows(work: Work, model: type[TeamRow]) -> int:
    return work.session.scalar(select(func.count()).select_from(model)) or 0


def names(work: Work) -> list[str]:
    return list(work.session.scalars(select(Customer.name).order_by(Customer.name)))


def test_history_is_filed_by_the_rules_of_every_day(cast: Cast, box: Callable[..., Path]) -> None:
    done = run(cast, box(*history()))
    assert (done.rows, done.created, done.skipped, done.duplicates, done.errors) == (8, 4, 4, 0, ())
    desk = cast.ada
    assert desk.read_now(names) == ["Ann Lee", "Bob Ray"]
    filed = desk.read_now(
        lambda work: [
            (one.subject, one.direction, one.happened_at.day)
            for one in work.session.scalars(select(Communication).order_by(Communication.happened_at))
        ]
    )
    assert filed == [("matter 1", "incoming", 2), ("matter 2", "outgoing", 3), ("matter 3", "incoming", 4),
                     ("matter 8", "outgoing", 9)]  # fmt: skip
    assert desk.read_now(rows, OutboxRow) == 0
    reasons = desk.read_now(
        lambda work: {
            row.row: row.problem or ""
            for row in work.session.scalars(select(ImportRow).where(ImportRow.outcome == "skipped"))
        }
    )
    assert "bulk or list" in reasons[4]
    assert "Only colleagues" in reasons[5]
    assert "nobody in it is a customer" in reasons[6]
    assert "automatic reply" in reasons[7]
    last = desk.read_now(lambda work: work.session.scalars(select(Customer.last_touch_at)).all())
    assert [one.day for one in last if one] == [9, 9]


def test_who_was_written_to_later_is_somebody_when_they_wrote_first(cast: Cast, box: Callable[..., Path]) -> None:
    run(cast, box(mail(1, f"Ann Lee <{ANN}>", ADA), mail(2, ADA, ANN)))
    assert cast.ada.read_now(names) == ["Ann Lee"]
    assert cast.ada.read_now(rows, Communication) == 2


def test_files_and_raw_bytes_are_kept_of_what_is_filed_alone(cast: Cast, box: Callable[..., Path]) -> None:
    run(cast, box(*history()))
    assert cast.ada.read_now(rows, InboxRow) == 4
    stored = cast.ada.read_now(lambda work: work.session.scalars(select(StoredFile.content)).all())
    assert stored == [b"%PDF-1.4 plan"]


def test_the_same_file_again_files_nothing_twice(cast: Cast, box: Callable[..., Path]) -> None:
    path = box(*history(), history()[0])
    first = run(cast, path)
    assert (first.created, first.duplicates) == (4, 1)
    again = run(cast, path)
    assert (again.created, again.duplicates, again.skipped) == (0, 5, 4)
    assert cast.ada.read_now(rows, Communication) == 4
    assert cast.ada.read_now(rows, InboxRow) == 4


class _PowerCut(Exception):
    """The machine goes away in the middle."""


def test_a_run_that_was_cut_off_is_taken_up_where_it_stopped(cast: Cast, box: Callable[..., Path]) -> None:
    many = [mail(number, ADA, ANN, f"Number {number} of many words here.") for number in range(1, 231)]
    path = box(*many)

    def cut(done: int, of: int) -> None:
        assert of == 230
        if done >= 100:
            raise _PowerCut

    with pytest.raises(_PowerCut):
        run(cast, path, progress=cut)
    before = cast.ada.read_now(rows, Communication)
    assert 0 < before < 230
    seen: list[int] = []
    done = run(cast, path, progress=lambda number, _: seen.append(number))
    assert min(seen) > before
    assert (done.rows, done.created, done.duplicates) == (230, 230, 0)
    assert cast.ada.read_now(rows, Communication) == 230
    assert cast.ada.read_now(rows, Import) == 1


def test_a_batch_that_is_written_twice_counts_once(cast: Cast) -> None:
    import_id = cast.ada.write_now(imports.begin, "x.mbox", mail_history.KIND, {}, None)
    skipped = HistoricMail(1, "skip", "It is an automatic reply.")
    assert cast.ada.write_now(mail_history.file_mails, import_id, [skipped], 10).skipped == 1
    assert cast.ada.write_now(mail_history.file_mails, import_id, [skipped], 10).skipped == 0


def test_an_import_is_taken_back_as_one(cast: Cast, box: Callable[..., Path]) -> None:
    done = run(cast, box(*history()))
    assert done.import_id is not None
    receipt = cast.ada.write_now(imports.undo_import, done.import_id)
    assert receipt.sentence == "Took back ada.mbox: 4 mails and 2 customers removed"
    for model in (Communication, Participant, Witness, InboxRow, Customer, ContactPoint):
        assert cast.ada.read_now(rows, model) == 0, model
    assert cast.ada.read_now(audit.verify).ok
    again = run(cast, box(*history()))
    assert (again.created, again.duplicates) == (4, 0)


def test_what_somebody_has_used_since_stays(cast: Cast, box: Callable[..., Path]) -> None:
    done = run(cast, box(*history()))
    first = cast.ada.read_now(lambda work: work.session.scalars(select(Communication).limit(1)).one())
    cast.ada.write_now(communications.set_level, first.communication_id, "private")
    assert done.import_id is not None
    receipt = cast.ada.write_now(imports.undo_import, done.import_id)
    assert "3 mails and 1 customer removed; 1 mail stayed" in receipt.sentence
    assert cast.ada.read_now(names) == ["Ann Lee"]


def test_who_was_known_before_stays_with_what_was_known(cast: Cast, box: Callable[..., Path]) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", emails=(ANN,)))
    done = run(cast, box(*history()))
    assert done.import_id is not None
    cast.ada.write_now(imports.undo_import, done.import_id)
    [ann] = cast.ada.read_now(lambda work: list(work.session.scalars(select(Customer))))
    assert (ann.name, ann.last_touch_at) == ("Ann Lee", None)


def test_a_dry_run_says_the_same_and_writes_nothing(cast: Cast, box: Callable[..., Path]) -> None:
    done = run(cast, box(*history()), dry_run=True)
    assert (done.rows, done.created, done.skipped, done.import_id) == (8, 4, 4, None)
    for model in (Communication, Customer, Import):
        assert cast.ada.read_now(rows, model) == 0


def test_a_mail_that_cannot_be_read_is_told_and_holds_nobody_up(
    cast: Cast, box: Callable[..., Path], clock: MovableClock
) -> None:
    broken = b"X: y\n" * 1_200 + b"\nbody\n"
    done = run(cast, box(broken, *history()[:2]))
    assert done.created == 2
    [(row, problem)] = done.errors
    assert (row, "could not be read" in problem) == (1, True)


def test_an_old_instruction_in_a_mail_is_nobodys_order(cast: Cast, box: Callable[..., Path]) -> None:
    run(cast, box(mail(1, ADA, ANN, "/private\n\nHello Ann")))
    [filed] = cast.ada.read_now(lambda work: list(work.session.scalars(select(Communication))))
    assert filed.level == "team"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_mailbox_is_cut_at_its_separators_alone(tmp_path: Path, ending: bytes) -> None:
    text = (
        LINE + b"Subject: one\n\nFrom the desk of Ann\n>From here\n>>From there\n\nFrom now on we meet at 9:00.\n\n"
        b"From - Sat Mar 02 10:00:00 2024\nSubject: two\n\nNo line end"
    )
    path = tmp_path / "x.mbox"
    path.write_bytes(text.replace(b"\n", ending))
    first, second = mbox.mails(path)
    assert first.raw is not None
    assert first.raw.endswith(b"From the desk of Ann\nFrom here\n>From there\n\nFrom now on we meet at 9:00.\n".replace(
        b"\n", ending))  # fmt: skip
    assert (second.raw or b"").startswith(b"Subject: two")
    assert second.delivered_at == datetime(2024, 3, 2, 10, 0, tzinfo=UTC)
    assert second.end == path.stat().st_size
    [again] = mbox.mails(path, first.end, first.number)
    assert (again.number, again.raw) == (2, second.raw)


def test_a_mail_that_is_too_large_is_passed_over_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(LINE + b"Subject: large\n\n" + b"x" * 5_000 + b"\n\n" + LINE + b"Subject: small\n\nhi\n")
    large, small = mbox.mails(path, most=1_000)
    assert large.raw is None
    assert small.raw is not None


@pytest.mark.parametrize(
    ("start", "is_one"),
    [
        (LINE, True),
        (b"From 17@xxx Mon Jan 01 00:00:00 +0000 2024\r\n", True),
        (b"\n" + LINE, True),
        (b"From,To,Subject\n", False),
        (b"From: ann@acme.com\n", False),
        (b"name;email\n", False),
        (b"", False),
    ],
)
def test_a_mailbox_is_told_by_its_first_line(start: bytes, is_one: bool) -> None:
    assert mbox.is_mbox(start) is is_one


@pytest.mark.parametrize(
    "line", [b"From x", b"From x Fri Feb 31 09:00:00 2024", b"From x Fri Mar  1 99:99:99 2024", b"\xff\xfe"]
)
def test_an_odd_separator_tells_no_moment(line: bytes) -> None:
    assert mbox.delivered(line) is None


def test_whose_mailbox_it_is_is_told_by_who_is_in_most_of_it(box: Callable[..., Path]) -> None:
    path = box(*history())
    assert survey.look(path, {ADA, "ben@rapport.example"}).owner == ADA
    assert survey.look(path, set()).owner == ADA
    assert survey.look(path, {"cleo@other.example"}).owner == ""
    assert survey.look(path, {ADA}).written_to == {ANN, "bob@globex.com"}


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        mbox.fingerprint(tmp_path / "none")
    with pytest.raises(BadInput):
        list(mbox.mails(tmp_path / "none"))
