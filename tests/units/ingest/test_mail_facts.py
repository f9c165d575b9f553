"""What a mail tells beside its text: signatures, dead addresses, absences, meetings and contacts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from bot.demo import mails
from crm_store.actions import customers, mail_reports, questions, undo
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.models.history import Question
from crm_store.models.mail import AddressReport, Meeting
from crm_store.models.marketing import Suppression
from crm_store.models.people import ContactPoint, Customer, FieldHistory
from crm_store.models.plumbing import InboxRow
from crm_store.queries.card import card
from crm_store.values.acts import NewCustomer
from crm_store.values.mail import BouncedAddress, Failure
from ingest.in_parts import Raw
from ingest.parsed import Kind, ParsedMail, VCard
from tests.units.ingest.post import ADA, AT, Post, entries, everybody, john, payloads, verdicts, with_verb

SIGNED = "Hello Ada,\n\nplease call me.\n\nBest regards\n\nJohn Smith\nHead of Purchasing\nAcme Ltd\n+44 20 7946 0958\n"


def forward(post: Post, text: str = SIGNED, subject: str = "Second hall") -> bytes:
    return mails.forwarded_by(
        ADA, post.to_ada, ("John Smith", "john.smith@acme.example"), at=AT, text=text, subject=subject
    )


def tell(post: Post, change: Callable[[ParsedMail], ParsedMail]) -> None:
    """Let the reader see in each mail what this test is about."""
    reader = post.worker._sandbox
    plainly = reader.parse

    async def parse(raw: Raw, **more: str | None) -> ParsedMail:
        return change(await plainly(raw, **more))

    reader.parse = parse  # type: ignore[method-assign]  # this reader is the test's own


def row(desk: Desk, customer_id: str) -> Customer:
    return desk.read_now(lambda work: work.session.get_one(Customer, (work.team_id, customer_id)))


def points(work: Work) -> list[tuple[str, str, str]]:
    rows = work.session.scalars(select(ContactPoint).order_by(ContactPoint.point_id))
    return [(one.kind, one.value, one.source) for one in rows]


def open_questions(work: Work) -> list[Question]:
    return list(work.session.scalars(select(Question).where(Question.state == "open")))


async def test_a_signature_fills_what_is_empty_and_the_receipts_undo_takes_it_back(post: Post) -> None:
    customer_id = john(post)
    await post.deliver(forward(post), post.to_ada)
    assert row(post.cast.ada, customer_id).title == "Head of Purchasing"
    assert ("phone", "+442079460958", "signature") in post.cast.ada.read_now(points)
    [history] = post.cast.ada.read_now(
        lambda work: list(work.session.scalars(select(FieldHistory).where(FieldHistory.field == "title")))
    )
    assert (history.source, history.value, history.confidence) == ("signature", "Head of Purchasing", 0.9)
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert receipt["facts"] == ["From the signature: title Head of Purchasing, phone +442079460958"]
    post.cast.ada.write_now(undo.undo, receipt["undo_id"])
    assert row(post.cast.ada, customer_id).title is None


async def test_a_signature_that_says_otherwise_is_asked_about_once_and_changes_nothing_by_itself(post: Post) -> None:
    customer_id = john(post)
    post.cast.ada.write_now(customers.edit, customer_id, {"title": "Buyer"})
    await post.deliver(forward(post), post.to_ada)
    assert row(post.cast.ada, customer_id).title == "Buyer"
    [asked] = post.cast.ada.read_now(open_questions)
    assert (asked.kind, asked.about["old"], asked.about["new"]) == ("which_fact", "Buyer", "Head of Purchasing")
    await post.deliver(forward(post, SIGNED.replace("call", "write to"), "Third hall"), post.to_ada)
    assert len(post.cast.ada.read_now(open_questions)) == 1
    done = post.cast.ada.write_now(questions.answer, asked.question_id, "none")
    assert done.sentence == "The title of John Smith stays Buyer."
    await post.deliver(forward(post, SIGNED.replace("call", "visit"), "Fourth hall"), post.to_ada)
    assert post.cast.ada.read_now(open_questions) == []


async def test_the_new_title_is_taken_where_the_owner_says_so(post: Post) -> None:
    customer_id = john(post)
    post.cast.ada.write_now(customers.edit, customer_id, {"title": "Buyer"})
    await post.deliver(forward(post), post.to_ada)
    [asked] = post.cast.ada.read_now(open_questions)
    done = post.cast.ada.write_now(questions.answer, asked.question_id, "take")
    assert row(post.cast.ada, customer_id).title == "Head of Purchasing"
    assert done.undo_id
    post.cast.ada.write_now(undo.undo, done.undo_id)
    assert row(post.cast.ada, customer_id).title == "Buyer"


async def test_an_old_mail_does_not_question_what_was_learned_since(post: Post, clock: MovableClock) -> None:
    customer_id = john(post)
    clock.advance(86_400)
    post.cast.ada.write_now(customers.edit, customer_id, {"title": "Buyer"})
    await post.deliver(forward(post), post.to_ada)
    assert post.cast.ada.read_now(open_questions) == []


async def test_a_colleagues_own_signature_tells_nothing_of_a_customer(post: Post) -> None:
    customer_id = john(post)
    raw = (
        f"From: Ada Lovell <{ADA}>\r\nTo: John Smith <john.smith@acme.example>\r\nSubject: Offer\r\n\r\n"
        "Here it is.\r\n\r\n-- \r\nAda Lovell\r\nSales Manager\r\n+44 20 7946 0001\r\n"
    )
    await post.deliver(raw.encode(), post.to_ada)
    assert row(post.cast.ada, customer_id).title is None
    assert [kind for kind, _, _ in post.cast.ada.read_now(points)] == ["email"]


async def test_somebody_new_has_the_title_of_their_signature_at_once(post: Post) -> None:
    await post.deliver(forward(post), post.to_ada)
    [new] = post.cast.ada.read_now(everybody)
    assert (new.name, new.title, new.needs_check) == ("John Smith", "Head of Purchasing", True)


async def test_a_hard_bounce_marks_the_address_suppresses_it_and_is_told_once(post: Post) -> None:
    customer_id = john(post, "Old Friend", "old.address@acme.example")
    await post.deliver(mails.bounce(post.to_ada, at=AT), post.to_ada, mail_from="")
    again = mails.bounce(post.to_ada, at=datetime(2026, 11, 25, 8, 45, tzinfo=AT.tzinfo))
    await post.deliver(again, post.to_ada, mail_from="")
    [suppressed] = post.cast.ada.read_now(lambda work: list(work.session.scalars(select(Suppression))))
    assert (suppressed.value_key, suppressed.reason) == ("old.address@acme.example", "hard bounce")
    [notice] = post.cast.ada.read_now(payloads, "notice")
    [news] = post.cast.ada.read_now(card, customer_id).news
    assert news.startswith("old.address@acme.example takes no mail since 25 Nov 2026")
    post.cast.ada.write_now(undo.undo, notice["undo_id"])
    assert post.cast.ada.read_now(lambda work: list(work.session.scalars(select(Suppression)))) == []
    assert post.cast.ada.read_now(card, customer_id).points[0].state == "live"


@pytest.mark.parametrize(
    ("failure", "times", "marked"),
    [
        (Failure.PASSING, 2, False), (Failure.PASSING, 3, True), (Failure.FULL, 3, True), (Failure.POLICY, 5, False),
        (Failure.COMPLAINT, 1, True), (Failure.DEAD, 1, True),
    ],
)  # fmt: skip
async def test_what_passes_is_counted_and_only_its_third_day_is_the_end(
    post: Post, clock: MovableClock, failure: Failure, times: int, *, marked: bool
) -> None:
    john(post)
    for number in range(times):
        raw = f"From: x@y.example\r\nSubject: {number}\r\n\r\nx".encode()
        report = BouncedAddress("john.smith@acme.example", "said so", failure, "4.2.1")
        await post.deliver(raw, post.to_ada, mail_from="")

        def note(work: Work, report: BouncedAddress = report) -> None:
            held = post_rows(work)[-1]
            held.state, held.attempts = "working", 1
            work.flush()
            assert mail_reports.note_reports(work, held.inbox_id, 1, [report])

        post.cast.ada.write_now(note)
        clock.advance(86_400)
    suppressed = post.cast.ada.read_now(lambda work: list(work.session.scalars(select(Suppression))))
    assert bool(suppressed) is marked


def post_rows(work: Work) -> list[InboxRow]:
    return list(work.session.scalars(select(InboxRow).order_by(InboxRow.inbox_id)))


async def test_a_mail_from_an_address_ends_its_passing_failures(post: Post) -> None:
    john(post)

    def fail(work: Work) -> None:
        work.add(
            AddressReport(value_key="john.smith@acme.example", kind="passing", days=["2026-11-24"], last_at=work.now)
        )

    post.cast.ada.write_now(fail)
    await post.deliver(forward(post), post.to_ada)
    assert post.cast.ada.read_now(lambda work: list(work.session.scalars(select(AddressReport)))) == []


def automatic(text: str, number: int = 1) -> bytes:
    return (
        f"From: John Smith <john.smith@acme.example>\r\nTo: {ADA}\r\nDate: {format_datetime(AT)}\r\n"
        f"Message-ID: <auto{number}@acme.example>\r\nSubject: Automatic reply: Second hall\r\n"
        f"Auto-Submitted: auto-replied\r\n\r\n{text}\r\n"
    ).encode()


async def test_an_absence_is_on_the_card_and_counts_as_no_contact(post: Post) -> None:
    customer_id = john(post)
    text = "I am out of the office until 12 December 2026. In urgent cases please contact bo.li@acme.example."
    await post.deliver(automatic(text), post.to_ada, mail_from="")
    shown = post.cast.ada.read_now(card, customer_id)
    assert shown.news == ("Away until 12 Dec 2026; bo.li@acme.example stands in.",)
    assert shown.customer.last_touch_at is None
    assert entries(post) == ()
    [verdict] = verdicts(post)
    assert verdict == (
        "Not filed: It is an automatic reply. "
        "Noted: John Smith is away until Sat 12 Dec 2026; bo.li@acme.example stands in."
    )


async def test_nothing_is_noted_of_an_absence_that_nothing_proves(post: Post) -> None:
    customer_id = john(post)
    post.prove()
    await post.deliver(automatic("I am out of the office until 12 December 2026."), post.to_ada, mail_from="")
    assert post.cast.ada.read_now(card, customer_id).news == ()


async def test_a_complaint_stops_campaigns_at_once(post: Post) -> None:
    customer_id = john(post)
    raw = (
        b"From: fbl@isp.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\nAbuse.\r\n"
        b"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
        b"Original-Rcpt-To: john.smith@acme.example\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"From: ada@rapport.example\r\nTo: john.smith@acme.example\r\nSubject: s\r\n\r\nx\r\n--b--\r\n"
    )
    await post.deliver(raw, post.to_ada, mail_from="fbl@isp.example")
    [suppressed] = post.cast.ada.read_now(lambda work: list(work.session.scalars(select(Suppression))))
    assert suppressed.reason == "complaint"
    [news] = post.cast.ada.read_now(card, customer_id).news
    assert news.startswith("john.smith@acme.example called our mail unwanted since 25 Nov 2026")


async def test_who_has_left_is_asked_about_and_the_time_at_the_company_ends(post: Post) -> None:
    customer_id = john(post)
    for number in (1, 2):
        await post.deliver(automatic("I no longer work at Acme.", number), post.to_ada, mail_from="")
    [asked] = post.cast.ada.read_now(open_questions)
    assert asked.kind == "has_left"
    assert post.cast.ada.read_now(card, customer_id).news[0].startswith("Has left Acme")
    done = post.cast.ada.write_now(questions.answer, asked.question_id, "take")
    assert done.sentence == "John Smith has left Acme; the time there is marked as ended."
    assert row(post.cast.ada, customer_id).company_id is None
    assert done.undo_id
    post.cast.ada.write_now(undo.undo, done.undo_id)
    assert row(post.cast.ada, customer_id).company_id is not None


def invitation(method: str, sequence: int, start: str, number: int, sender: str = "john.smith@acme.example") -> bytes:
    return (
        f"From: {sender}\r\nTo: {ADA}\r\nSubject: Site visit\r\nDate: {format_datetime(AT)}\r\n"
        f"Message-ID: <{number}@acme.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n"
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:visit-1@acme.example\r\n"
        f"SEQUENCE:{sequence}\r\nDTSTAMP:20261101T080000Z\r\nDTSTART:{start}\r\nSUMMARY:Site visit\r\n"
        f"ORGANIZER:mailto:john.smith@acme.example\r\nATTENDEE:mailto:{ADA}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


async def test_a_meeting_moves_is_cancelled_and_stays_one_entry(post: Post) -> None:
    customer_id = john(post)
    to = with_verb(post.to_ada, "fw")
    await post.deliver(invitation("REQUEST", 1, "20261203T090000Z", 1), to)
    await post.deliver(invitation("REQUEST", 2, "20261204T100000Z", 2), to)
    await post.deliver(invitation("REQUEST", 1, "20261203T090000Z", 3), to)
    [entry] = entries(post, customer_id)
    assert (entry.kind, entry.happened_at.day, entry.happened_at.hour) == ("meeting", 4, 10)
    receipts = post.cast.ada.read_now(payloads, "receipt")
    assert [one["changes"] for one in receipts] == [[], ["The meeting was moved to Fri 4 Dec 2026 11:00"], []]
    assert [one["also"] for one in receipts] == [False, False, True]
    await post.deliver(invitation("CANCEL", 3, "20261204T100000Z", 4), to)
    [entry] = entries(post, customer_id)
    assert entry.note == "Cancelled"
    last = post.cast.ada.read_now(payloads, "receipt")[-1]
    post.cast.ada.write_now(undo.undo, last["undo_id"])
    [entry] = entries(post, customer_id)
    assert entry.note == ""


async def test_a_meeting_that_is_first_heard_of_when_it_is_cancelled_is_told_as_such(post: Post) -> None:
    customer_id = john(post)
    await post.deliver(invitation("CANCEL", 1, "20261204T100000Z", 1), with_verb(post.to_ada, "fw"))
    [entry] = entries(post, customer_id)
    assert (entry.kind, entry.note) == ("meeting", "Cancelled")
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert receipt["changes"] == ["The meeting was cancelled"]


async def test_an_answer_to_an_invitation_shows_who_accepted(post: Post) -> None:
    customer_id = john(post)
    await post.deliver(invitation("REQUEST", 0, "20261203T090000Z", 1), with_verb(post.to_ada, "fw"))
    reply = invitation("REPLY", 0, "20261203T090000Z", 2).replace(
        f"ATTENDEE:mailto:{ADA}".encode(), b"ATTENDEE;PARTSTAT=ACCEPTED;CN=John Smith:mailto:john.smith@acme.example"
    )
    await post.deliver(reply, with_verb(post.to_ada, "fw"))
    [entry] = entries(post, customer_id)
    assert entry.note == "Accepted: John Smith"
    assert len(post.cast.ada.read_now(lambda work: list(work.session.scalars(select(Meeting))))) == 1


async def test_vcards_become_contacts_to_be_checked_and_known_ones_learn(post: Post) -> None:
    customer_id = john(post)
    cards = (
        VCard("Bo Li", ("bo.li@acme.example",), ("+442079460777",), company="Acme", title="Engineer"),
        VCard("John Smith", ("john.smith@acme.example",), ("+442079460958",)),
        VCard("Ada Lovell", (ADA,)),
        VCard("Nobody"),
    )
    tell(post, lambda mail: replace(mail, vcards=cards) if mail.kind is Kind.FORWARD else mail)
    await post.deliver(forward(post, "Here are the contacts."), post.to_ada)
    known, new = post.cast.ada.read_now(everybody)
    assert known.customer_id == customer_id
    assert (new.name, new.title, new.source, new.needs_check) == ("Bo Li", "Engineer", "vcard", True)
    assert ("phone", "+442079460958", "vcard") in post.cast.ada.read_now(points)


async def test_a_person_of_another_team_learns_nothing(post: Post) -> None:
    post.cast.cleo.write_now(customers.add, NewCustomer("John Smith", emails=("john.smith@acme.example",)))
    await post.deliver(forward(post), post.to_ada)
    [theirs] = post.cast.cleo.read_now(everybody)
    assert theirs.title is None
