"""From the door's row to the receipt's row: what the worker does with real mails."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.demo import mails
from crm_store import audit, inbox
from crm_store.actions import customers, deals, mailroom, questions, teams, undo
from crm_store.clock import MovableClock
from crm_store.models.history import Question
from crm_store.models.people import ContactPoint
from crm_store.queries import mailroom as mailroom_queries
from crm_store.queries import tasks as task_queries
from crm_store.queries.timeline import timeline
from crm_store.values.acts import NewCustomer, NewDeal
from ingest import address
from ingest.smtp.received import ReceivedMail
from tests.units.ingest.post import ADA, AT, DOMAIN, Post, entries, everybody, john, payloads, verdicts, with_verb


async def test_a_forwarded_mail_is_filed_under_its_own_sender_with_the_note_beside_it(post: Post) -> None:
    customer_id = john(post)
    raw = mails.forwarded_by(ADA, post.to_ada, ("John Smith", "john.smith@acme.example"), at=AT, note="I will call.")
    await post.deliver(raw, post.to_ada)
    note, mail = entries(post, customer_id)
    assert (mail.kind, mail.direction, mail.subject) == ("mail", "incoming", "Second hall")
    assert "25 meters" in mail.text
    assert mail.happened_at < AT
    assert (note.kind, note.text) == ("note", "I will call.")
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert receipt["user_id"] == "usr_ada"
    assert receipt["communication_id"] == mail.communication_id
    assert receipt["undo_id"]
    assert (receipt["created"], receipt["also"]) == ([], False)
    assert receipt["warnings"] == ["What you wrote above it is kept as a note."]


async def test_the_same_mail_forwarded_by_two_colleagues_is_one_with_two_witnesses(post: Post) -> None:
    customer_id = john(post)
    sender = ("John Smith", "john.smith@acme.example")
    gmail = mails.forwarded_by(ADA, post.to_ada, sender, at=AT)
    outlook = mails.forwarded_by(
        "ben@rapport.example", post.to_ben, sender, at=AT, style=mails.Style.OUTLOOK, user_name="Ben Okafor"
    )
    await post.deliver(gmail, post.to_ada)
    await post.deliver(outlook, post.to_ben)
    [mail] = entries(post, customer_id)
    assert mail.witnesses == ("U_ADA", "U_BEN")
    receipts = post.cast.ada.read_now(payloads, "receipt")
    assert [(one["user_id"], one["also"]) for one in receipts] == [("usr_ada", False), ("usr_ben", True)]


async def test_the_same_delivery_twice_is_kept_once(post: Post) -> None:
    customer_id = john(post)
    raw = mails.copied_reply(ADA, at=AT)
    await post.deliver(raw, post.to_ada)
    await post.deliver(raw, post.to_ada)
    assert len(entries(post, customer_id)) == 1
    assert len(verdicts(post)) == 1


async def test_a_blind_copy_to_two_colleagues_gives_each_a_receipt(post: Post) -> None:
    customer_id = john(post)
    await post.deliver(mails.copied_reply(ADA, at=AT), post.to_ada, post.to_ben)
    [mail] = entries(post, customer_id)
    assert mail.direction == "outgoing"
    assert len(post.cast.ada.read_now(payloads, "receipt")) == 2


async def test_somebody_new_is_created_at_the_company_of_the_domain_and_one_undo_takes_all_back(post: Post) -> None:
    known = NewCustomer("Ann Lee", emails=("ann@globex.com",), company="Globex", domains=("globex.com",))
    post.cast.ada.write_now(customers.add, known)
    raw = mails.forwarded_by(ADA, post.to_ada, ("Marta Kovač", "marta.kovac@globex.com"), at=AT, note="New there.")
    await post.deliver(raw, post.to_ada)
    marta = post.cast.ada.read_now(everybody)[-1]
    assert (marta.name, marta.needs_check, marta.owner) == ("Marta Kovač", True, "usr_ada")
    assert marta.company_id == post.cast.ada.read_now(everybody)[0].company_id
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert receipt["created"] == [marta.customer_id]
    outcome = post.cast.ada.write_now(undo.undo, receipt["undo_id"])
    assert outcome.conflicts == ()
    assert [one.name for one in post.cast.ada.read_now(everybody)] == ["Ann Lee"]
    assert entries(post) == ()
    assert post.cast.ada.read_now(audit.verify).ok


async def test_an_unclear_name_is_asked_and_the_answer_files_the_mail_and_is_remembered(post: Post) -> None:
    first = john(post, "Ann Lee", "ann@acme.example")
    john(post, "Adam Lee", "adam@acme.example")
    await post.deliver(mails.ambiguous(ADA, post.to_ada, at=AT), post.to_ada)
    assert entries(post) == ()
    [asked] = post.cast.ada.read_now(payloads, "question")
    question = post.cast.ada.read_now(lambda work: work.session.get(Question, (work.team_id, asked["question_id"])))
    assert question is not None
    assert question.kind == "which_customer"
    assert question.about["wanted"] == "A. Lee"
    assert len(question.about["candidates"]) == 2
    answered = post.cast.ada.write_now(questions.answer, question.question_id, first)
    assert answered.first
    late = post.cast.ben.write_now(questions.answer, question.question_id, "none")
    assert late.sentence == "Ada Lovell answered this at 09:00 UTC."
    await post.worker.idle()
    assert [one.customers for one in entries(post, first)] == [("Ann Lee",)]
    again = mails.forwarded_by(
        ADA, post.to_ada, ("A. Lee", ""), at=AT, text="Once more.", style=mails.Style.OUTLOOK, subject="More alarms"
    )
    await post.deliver(again, post.to_ada)
    assert len(entries(post, first)) == 2


async def test_a_stranger_is_held_for_review_and_filed_once_a_person_lets_them_in(post: Post) -> None:
    raw = b"From: Mo Rey <mo@far.example>\r\nTo: x@rapport.example\r\nSubject: Hi\r\n\r\nHello"
    await post.deliver(raw, post.to_ada, mail_from="mo@far.example")
    assert post.cast.ada.read_now(everybody) == []
    [review] = post.cast.ada.read_now(payloads, "review")
    assert (review["from"], review["subject"], review["user_id"]) == ("mo@far.example", "Hi", "usr_ada")
    assert post.cast.ben.write_now(mailroom.approve, review["inbox_id"])
    await post.worker.idle()
    assert [one.name for one in post.cast.ada.read_now(everybody)] == ["Mo Rey"]
    assert not post.cast.ada.write_now(mailroom.ignore, review["inbox_id"])


async def test_a_held_mail_that_is_left_out_stays_out(post: Post) -> None:
    raw = b"From: mo@far.example\r\nSubject: Hi\r\n\r\nHello"
    await post.deliver(raw, post.to_ada, mail_from="mo@far.example")
    [review] = post.cast.ada.read_now(payloads, "review")
    assert post.cast.ada.write_now(mailroom.ignore, review["inbox_id"])
    assert verdicts(post) == ["Not filed: Ada Lovell left it out."]
    assert entries(post) == ()


@pytest.mark.parametrize(("kind", "why"), [("auto_reply", "automatic reply"), ("newsletter", "bulk or list")])
async def test_machines_are_dropped_with_a_reason(post: Post, kind: str, why: str) -> None:
    john(post)
    await post.deliver(mails.samples(ADA, post.to_ada, AT)[kind], post.to_ada, mail_from="")
    assert entries(post) == ()
    [verdict] = verdicts(post)
    assert why in verdict


async def test_a_hard_bounce_marks_the_address(post: Post) -> None:
    customer_id = john(post, "Old Friend", "old.address@acme.example")
    await post.deliver(mails.bounce(post.to_ada, at=AT), post.to_ada, mail_from="")
    points = post.cast.ada.read_now(
        lambda work: list(work.session.scalars(select(ContactPoint.state).where(ContactPoint.owner_row == customer_id)))
    )
    assert points == ["bounced"]
    assert post.cast.ada.read_now(payloads, "notice")


async def test_verbs_of_the_address_make_a_task_a_deal_and_privacy(post: Post) -> None:
    customer_id = john(post)
    deal = post.cast.ada.write_now(deals.add, NewDeal("Acme renewal", customer_id, None, "usr_ada")).row_id
    to = with_verb(with_verb(with_verb(post.to_ada, "deal.acme-renewal"), "task.fri"), "private")
    raw = mails.forwarded_by(ADA, to, ("John Smith", "john.smith@acme.example"), at=AT)
    await post.deliver(raw, to)
    [task] = post.cast.ada.read_now(task_queries.due, "usr_ada")
    assert task.title == "Second hall"
    assert task.due_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert len(post.cast.ada.read_now(timeline, deal_id=deal).entries) == 1
    assert post.cast.ben.read_now(timeline, [customer_id]).private == 1


async def test_a_note_verb_keeps_only_what_the_forwarder_wrote(post: Post) -> None:
    customer_id = john(post)
    to = with_verb(post.to_ada, "note")
    raw = mails.forwarded_by(ADA, to, ("John Smith", "john.smith@acme.example"), at=AT, note="He is leaving in May.")
    await post.deliver(raw, to)
    assert [(one.kind, one.text) for one in entries(post, customer_id)] == [("note", "He is leaving in May.")]


async def test_attached_mails_are_filed_each_on_its_own_date(post: Post) -> None:
    customer_id = john(post)
    from email.message import EmailMessage  # noqa: PLC0415 -- only this test builds a mail with mails in it
    from email.parser import BytesParser  # noqa: PLC0415 -- as above
    from email.policy import SMTP  # noqa: PLC0415 -- as above

    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"], outer["Subject"] = ADA, post.to_ada, "two mails"
    outer.set_content("")
    for day in ("02", "09"):
        inner = (
            f"From: John Smith <john.smith@acme.example>\r\nTo: {ADA}\r\nSubject: From the {day}th\r\n"
            f"Date: Mon, {day} Nov 2026 10:00:00 +0000\r\nMessage-ID: <{day}@acme.example>\r\n\r\nText of {day}."
        )
        outer.add_attachment(BytesParser(policy=SMTP).parsebytes(inner.encode()))
    await post.deliver(outer.as_bytes(), post.to_ada)
    assert [(one.subject, one.happened_at.day) for one in entries(post, customer_id)] == [
        ("From the 09th", 9),
        ("From the 02th", 2),
    ]
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert "1 more attached mail was filed as well." in receipt["warnings"]


async def test_a_revoked_address_is_refused_at_once(post: Post) -> None:
    assert await post.intake.owner_of(post.to_ada)
    minted = address.mint("ada")
    post.cast.ada.write_now(teams.rotate, "usr_ada", minted.local_part, address.secret_hash(minted.secret))
    assert not await post.intake.owner_of(post.to_ada)
    assert await post.intake.owner_of(f"{minted.local_part}@{DOMAIN}")


async def test_a_mail_that_fails_every_time_is_set_aside_and_the_admins_hear_of_it(
    post: Post, clock: MovableClock
) -> None:
    broken = inbox.Arrival("tea_rapport", "mail", "broken", b"Subject: x\r\n\r\n", {"user_id": "usr_ada", "rcpts": 5})
    await post.cast.store.house().write(inbox.put, broken)
    assert await post.worker.process_one()
    clock.advance(10)
    assert await post.worker.process_one()
    [line] = post.cast.ada.read_now(inbox.lines)
    assert line.state == "set_aside"
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert notice["user_id"] == "usr_ben"


async def test_at_a_stop_what_waits_is_given_back(post: Post) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(post.worker.run(stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(60):
        await running
    john(post)
    raw = mails.copied_reply(ADA, at=AT)
    mail = ReceivedMail(raw, ADA, (post.to_ada,), "192.0.2.1", "mx", AT, "k")
    await post.intake.keep(mail)
    await post.worker.process_one()
    [line] = post.cast.ada.read_now(inbox.lines)
    assert (line.state, line.attempts) == ("waiting", 0)


async def test_a_running_worker_answers_a_mail_within_a_second(post: Post) -> None:
    john(post)
    stop = asyncio.Event()
    running = asyncio.create_task(post.worker.run(stop))
    raw = mails.copied_reply(ADA, at=AT)
    # The first mail waits for the parser child to start.
    await post.deliver(raw, post.to_ada)
    loop = asyncio.get_running_loop()
    began = loop.time()
    again = mails.forwarded_by(ADA, post.to_ada, ("John Smith", "john.smith@acme.example"), at=AT)
    await post.deliver(again, post.to_ada)
    took = loop.time() - began
    stop.set()
    await running
    assert len(post.cast.ada.read_now(payloads, "receipt")) == 2
    assert took < 3  # A second on a machine that does nothing else.


async def test_a_question_is_asked_again_after_nobody_fitted(post: Post) -> None:
    john(post, "Ann Lee", "ann@acme.example")
    john(post, "Adam Lee", "adam@acme.example")
    await post.deliver(mails.ambiguous(ADA, post.to_ada, at=AT), post.to_ada)
    [asked] = post.cast.ada.read_now(payloads, "question")
    assert post.cast.ada.write_now(questions.answer, asked["question_id"], "none").first
    [held] = post.cast.ada.read_now(mailroom_queries.held, "usr_ada")
    assert post.cast.ada.write_now(mailroom.approve, held.inbox_id)
    await post.worker.idle()
    asked_now = post.cast.ada.read_now(payloads, "question")
    assert len(asked_now) == 2
    assert post.cast.ada.write_now(questions.answer, asked_now[1]["question_id"], "new").first
    await post.worker.idle()
    assert [one.customers for one in entries(post)] == [("A. Lee",)]


async def test_mail_to_the_postmaster_is_shown_to_the_admins(post: Post) -> None:
    await post.deliver(b"From: x@y.example\r\nSubject: abuse\r\n\r\nHello", f"postmaster@{DOMAIN}")
    first_team = post.cast.cleo
    [line] = first_team.read_now(mailroom_queries.held)
    assert line.state == "set_aside"
    assert [one["user_id"] for one in first_team.read_now(payloads, "notice")] == ["usr_cleo"]
