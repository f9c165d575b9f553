"""Copies of one mail, conversations, deals of conversations, and rules of the team, from the door to the receipt."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from bot.demo import mails
from crm_store.actions import deals, mail_rules, mail_tray, questions, undo
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Communication, Question
from crm_store.queries import mail_why
from crm_store.queries import mailroom as mailroom_queries
from crm_store.values.acts import NewDeal
from tests.units.ingest.post import ADA, AT, Post, entries, everybody, john, payloads, verdicts, with_verb

JOHN = "John Smith <john.smith@acme.example>"
TEXT = "Hello Ada,\n\nthe second hall needs about 25 meters. Could you send an offer?\n\nJohn"


def mail(sender: str, to: str, subject: str, text: str, *, at: datetime = AT, **headers: str) -> bytes:
    fields = {"From": sender, "To": to, "Subject": subject, "Date": format_datetime(at)}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n" + text).encode()


def communications(work: Work) -> list[Communication]:
    return list(work.session.scalars(select(Communication).order_by(Communication.communication_id)))


def open_deal(post: Post, customer_id: str, name: str) -> str:
    return post.cast.ada.write_now(deals.add, NewDeal(name, customer_id, None, "usr_ada")).row_id


async def test_a_forward_and_a_copy_with_a_message_id_are_one_mail_and_the_reply_finds_its_deal(post: Post) -> None:
    customer_id = john(post)
    first = open_deal(post, customer_id, "Acme renewal")
    forward = mails.forwarded_by(ADA, post.to_ada, ("John Smith", "john.smith@acme.example"), at=AT, text=TEXT)
    await post.deliver(forward, post.to_ada)
    open_deal(post, customer_id, "Acme second hall")
    copy = mail(
        JOHN,
        ADA,
        "Second hall",
        TEXT.replace("\n", "\r\n"),
        at=AT - timedelta(minutes=95),
        Message_ID="<7@acme.example>",
    )
    await post.deliver(copy, with_verb(post.to_ben, "fw"), mail_from="ben@rapport.example")
    [one] = entries(post, customer_id)
    assert one.witnesses == ("U_ADA", "U_BEN")
    answer = mail(
        JOHN, ADA, "Something else", "Yes, please.", Message_ID="<9@acme.example>", In_Reply_To="<7@acme.example>"
    )
    await post.deliver(answer, with_verb(post.to_ada, "fw"))
    rows = post.cast.ada.read_now(communications)
    assert [row.deal_id for row in rows] == [first, first]
    assert len({row.thread_key for row in rows}) == 1


async def test_the_same_short_words_on_another_day_are_another_mail(post: Post) -> None:
    customer_id = john(post)
    for days in (0, 1):
        raw = mails.forwarded_by(
            ADA, post.to_ada, ("John Smith", "john.smith@acme.example"),
            at=AT - timedelta(days=days, minutes=7 * days), text="Thanks, agreed.",
        )  # fmt: skip
        await post.deliver(raw, post.to_ada)
    assert len(entries(post, customer_id)) == 2


async def test_two_message_ids_are_two_mails_however_alike_their_words(post: Post) -> None:
    customer_id = john(post)
    for number in (1, 2):
        raw = mail(ADA, JOHN, "Reminder", TEXT, Message_ID=f"<{number}@rapport.example>")
        await post.deliver(raw, post.to_ada)
    assert len(entries(post, customer_id)) == 2


async def test_a_subject_joins_a_conversation_only_with_the_same_people_and_soon(post: Post) -> None:
    customer_id = john(post)
    john(post, "Ann Lee", "ann@globex.example")
    subjects = "Contract for the second hall"
    await post.deliver(mail(ADA, JOHN, subjects, "One.", Message_ID="<1@rapport.example>"), post.to_ada)
    later = mail(ADA, JOHN, f"Re: {subjects}", "Two.", Message_ID="<2@rapport.example>")
    await post.deliver(later, post.to_ada)
    other = mail(ADA, "Ann Lee <ann@globex.example>", subjects, "Three.", Message_ID="<3@rapport.example>")
    await post.deliver(other, post.to_ada)
    old = mail(ADA, JOHN, subjects, "Four.", at=AT - timedelta(days=90), Message_ID="<4@rapport.example>")
    await post.deliver(old, post.to_ada)
    plain = [mail(ADA, JOHN, "Hello", f"{n}.", Message_ID=f"<5{n}@rapport.example>") for n in (1, 2)]
    for raw in plain:
        await post.deliver(raw, post.to_ada)
    keys = {row.new_text: row.thread_key for row in post.cast.ada.read_now(communications)}
    assert keys["One."] == keys["Two."]
    assert len({keys[text] for text in ("One.", "Three.", "Four.", "1.", "2.")}) == 5
    assert len(entries(post, customer_id)) == 5


async def test_of_several_deals_one_is_asked_for_and_the_answer_holds_for_the_conversation(post: Post) -> None:
    customer_id = john(post)
    first, second = open_deal(post, customer_id, "Renewal"), open_deal(post, customer_id, "Hall")
    await post.deliver(mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>"), post.to_ada)
    await post.deliver(
        mail(ADA, JOHN, "Offer", "Two.", Message_ID="<2@rapport.example>", References="<1@rapport.example>"),
        post.to_ada,
    )
    [asked] = post.cast.ada.read_now(payloads, "question")
    question = post.cast.ada.read_now(lambda work: work.session.get(Question, (work.team_id, asked["question_id"])))
    assert question is not None
    assert set(question.about["deals"]) == {first, second}
    done = post.cast.ada.write_now(questions.answer, asked["question_id"], second)
    assert done.sentence == "The conversation is filed on Hall."
    await post.deliver(
        mail(ADA, JOHN, "Offer", "Three.", Message_ID="<3@rapport.example>", References="<1@rapport.example>"),
        post.to_ada,
    )
    assert [row.deal_id for row in post.cast.ada.read_now(communications)] == [second] * 3
    assert len(post.cast.ada.read_now(payloads, "question")) == 1


async def test_none_of_these_deals_is_remembered_and_an_undo_forgets_it(post: Post) -> None:
    customer_id = john(post)
    open_deal(post, customer_id, "Renewal")
    open_deal(post, customer_id, "Hall")
    await post.deliver(mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>"), post.to_ada)
    [asked] = post.cast.ada.read_now(payloads, "question")
    done = post.cast.ada.write_now(questions.answer, asked["question_id"], "none")
    again = mail(ADA, JOHN, "Offer", "Two.", Message_ID="<2@rapport.example>", References="<1@rapport.example>")
    await post.deliver(again, post.to_ada)
    assert [row.deal_id for row in post.cast.ada.read_now(communications)] == [None, None]
    assert len(post.cast.ada.read_now(payloads, "question")) == 1
    assert done.undo_id
    post.cast.ada.write_now(undo.undo, done.undo_id)
    more = mail(ADA, JOHN, "Offer", "Three.", Message_ID="<3@rapport.example>", References="<1@rapport.example>")
    await post.deliver(more, post.to_ada)
    assert len(post.cast.ada.read_now(payloads, "question")) == 2


async def test_a_named_deal_of_other_people_is_asked_about_and_not_used(post: Post) -> None:
    customer_id, other = john(post), john(post, "Ann Lee", "ann@globex.example")
    open_deal(post, customer_id, "Renewal")
    strange = open_deal(post, other, "Moon base")
    to = with_verb(post.to_ada, "deal.moon-base")
    await post.deliver(mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>"), to)
    [row] = post.cast.ada.read_now(communications)
    assert row.deal_id is None
    [asked] = post.cast.ada.read_now(payloads, "question")
    question = post.cast.ada.read_now(lambda work: work.session.get(Question, (work.team_id, asked["question_id"])))
    assert question is not None
    assert question.about["deals"][0] == strange


async def test_a_task_on_a_day_nobody_can_read_has_no_day_and_the_receipt_says_so(post: Post) -> None:
    john(post)
    to = with_verb(post.to_ada, "task.blah")
    await post.deliver(mail(ADA, JOHN, "Send the offer", "One.", Message_ID="<1@rapport.example>"), to)
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert "“+task.blah” names no day I can read, so the task has none." in receipt["warnings"]


async def test_a_mail_among_colleagues_is_answered_with_a_word_once_a_conversation(post: Post) -> None:
    for number in (1, 2):
        raw = mail(ADA, "ben@rapport.example", "Lunch", str(number), Message_ID=f"<{number}@rapport.example>",
                   References="<0@rapport.example>")  # fmt: skip
        await post.deliver(raw, post.to_ada)
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert notice["text"] == "“Lunch” names nobody outside the team, so it is not filed. Its copy is kept."
    by_machine = mail(ADA, "ben@rapport.example", "Dinner", "3", Message_ID="<3@rapport.example>")
    await post.deliver(by_machine, with_verb(post.to_ada, "fw"))
    assert len(post.cast.ada.read_now(payloads, "notice")) == 1


async def test_too_many_mails_at_once_wait_behind_one_card_and_are_filed_all_together(post: Post) -> None:
    john(post)

    def twenty(work: Work) -> None:
        for _ in range(20):
            mail_tray.count(work, ADA)

    post.cast.ada.write_now(twenty)
    for number in range(3):
        raw = mail(ADA, JOHN, f"Mail {number}", f"Text {number}.", Message_ID=f"<{number}@rapport.example>")
        await post.deliver(raw, post.to_ada)
    [card] = post.cast.ada.read_now(payloads, "review")
    assert (card["burst"], card["recent"]) == (ADA, 20)
    assert len(post.cast.ada.read_now(mailroom_queries.held, "usr_ada")) == 3
    assert post.cast.ada.write_now(mail_tray.approve_all, ADA) == 3
    await post.worker.idle()
    more = mail(ADA, JOHN, "And one more", "Text.", Message_ID="<99@rapport.example>")
    await post.deliver(more, post.to_ada)
    assert len(post.cast.ada.read_now(communications)) == 4


async def test_a_mail_that_passed_our_own_hosts_five_times_goes_round_in_a_loop(post: Post) -> None:
    john(post)
    hops = "".join(f"Received: from a by mx{n}.in.rapport.example; {format_datetime(AT)}\r\n" for n in range(5))
    await post.deliver(hops.encode() + mail(ADA, JOHN, "Round", "Text."), post.to_ada)
    assert verdicts(post) == ["Not filed: The mail is going round in a loop."]


async def test_why_names_rule_and_evidence(post: Post) -> None:
    customer_id = john(post)
    open_deal(post, customer_id, "Renewal")
    await post.deliver(mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>"), post.to_ada)
    [row] = post.cast.ada.read_now(communications)
    found = post.cast.ada.read_now(mail_why.of_communication, row.communication_id)
    assert [(one.rule, one.evidence) for one in found.reasons] == [
        ("known-address", "john.smith@acme.example is an address of John Smith"),
        ("only-deal", "it is the only open deal of these people"),
    ]
    assert found.deal is not None
    assert found.deal[1] == "Renewal"
    assert found.addresses == ("john.smith@acme.example",)


async def test_a_rule_of_the_team_files_a_sender_on_a_deal_and_can_be_taken_back(post: Post) -> None:
    customer_id = john(post)
    open_deal(post, customer_id, "Renewal")
    hall = open_deal(post, customer_id, "Hall")
    done = post.cast.ada.write_now(mail_rules.file_sender_on, "john.smith@acme.example", hall)
    forward = mails.forwarded_by(ADA, post.to_ada, ("John Smith", "john.smith@acme.example"), at=AT)
    await post.deliver(forward, post.to_ada)
    assert [row.deal_id for row in post.cast.ada.read_now(communications)] == [hall]
    assert done.undo_id
    post.cast.ada.write_now(undo.undo, done.undo_id)
    assert post.cast.ada.read_now(mail_why.rules) == ()


async def test_bulk_mail_that_is_allowed_by_a_rule_is_filed_after_all(post: Post) -> None:
    john(post)
    raw = mail(JOHN, ADA, "News", "Text.", List_Id="<news.acme.example>", Message_ID="<1@acme.example>")
    to = with_verb(post.to_ada, "fw")
    await post.deliver(raw, to)
    [line] = post.cast.ada.read_now(mailroom_queries.why, "usr_ada")
    why = post.cast.ada.read_now(mail_why.of_inbox, line.inbox_id)
    assert (why.reasons[0].rule, why.reasons[0].about) == ("bulk", "john.smith@acme.example")
    assert "List-Id" in why.reasons[0].evidence
    post.cast.ada.write_now(mail_rules.not_bulk, "acme.example")
    assert post.cast.ada.write_now(mail_tray.refile, line.inbox_id)
    await post.worker.idle()
    assert len(post.cast.ada.read_now(communications)) == 1
    another = mail(JOHN, ADA, "More news", "Text.", List_Id="<news.acme.example>", Message_ID="<2@acme.example>")
    await post.deliver(another, to)
    assert len(post.cast.ada.read_now(communications)) == 2


async def test_never_log_is_obeyed_listed_and_taken_back(post: Post) -> None:
    john(post)
    post.cast.ada.write_now(mail_rules.never_log, "@Acme.example")
    await post.deliver(mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>"), post.to_ada)
    assert post.cast.ada.read_now(communications) == []
    [rule] = post.cast.ada.read_now(mail_why.rules)
    assert rule.sentence == "Mail with acme.example is never filed."
    post.cast.ben.write_now(mail_rules.remove, rule.rule_id)
    await post.deliver(mail(ADA, JOHN, "Offer", "Two.", Message_ID="<2@rapport.example>"), post.to_ada)
    assert len(post.cast.ada.read_now(communications)) == 1


async def test_a_shared_mailbox_is_asked_about_among_those_who_work_there_and_stays_nobodys_own(post: Post) -> None:
    customer_id = john(post)
    company_id = post.cast.ada.read_now(everybody)[0].company_id
    assert company_id
    post.cast.ada.write_now(mail_rules.own_domain, "acme.com", company_id)
    forward = mails.forwarded_by(ADA, post.to_ada, ("Acme", "info@acme.com"), at=AT)
    await post.deliver(forward, post.to_ada)
    [asked] = post.cast.ada.read_now(payloads, "question")
    question = post.cast.ada.read_now(lambda work: work.session.get(Question, (work.team_id, asked["question_id"])))
    assert question is not None
    assert question.about["candidates"] == [customer_id]
    post.cast.ada.write_now(questions.answer, asked["question_id"], customer_id)
    await post.worker.idle()
    assert len(entries(post, customer_id)) == 1
    again = mails.forwarded_by(ADA, post.to_ada, ("Acme", "info@acme.com"), at=AT, text="Another matter, please.")
    await post.deliver(again, post.to_ada)
    assert len(post.cast.ada.read_now(payloads, "question")) == 2


async def test_five_hundred_recipients_are_all_matched(post: Post) -> None:
    for number in (1, 250, 497):
        john(post, f"Guest {number}", f"guest{number}@acme.example")
    many = ", ".join(f"guest{number}@acme.example" for number in range(498))
    raw = f"From: {JOHN}\r\nTo: {ADA}\r\nCc: {many}\r\nSubject: To all\r\n\r\nHello".encode()
    await post.deliver(raw, with_verb(post.to_ada, "fw"))
    [entry] = entries(post)
    assert entry.customers == ("Guest 1", "Guest 250", "Guest 497")


@pytest.mark.parametrize("text", ["", "nonsense", "a b.com", "@", "x@"])
def test_a_rule_needs_an_address_or_a_domain(post: Post, text: str) -> None:
    with pytest.raises(BadInput):
        post.cast.ada.write_now(mail_rules.never_log, text)


async def test_a_colleague_without_proof_is_let_in_from_now_on_where_their_owner_trusts_them(post: Post) -> None:
    john(post)
    post.prove()
    first = mail(ADA, JOHN, "Offer", "One.", Message_ID="<1@rapport.example>")
    await post.deliver(first, post.to_ada)
    [card] = post.cast.ada.read_now(payloads, "review")
    assert (card["trust"], card["subject"]) == (ADA, "Offer")
    post.cast.ada.write_now(mail_rules.trust, ADA)
    await post.deliver(mail(ADA, JOHN, "Offer", "Two.", Message_ID="<2@rapport.example>"), post.to_ada)
    await post.deliver(mail(ADA, JOHN, "Offer", "Three.", Message_ID="<3@rapport.example>"), post.to_ben)
    assert [row.new_text for row in post.cast.ada.read_now(communications)] == ["Two."]
    assert post.cast.ben.read_now(mail_why.rules) == ()
    [rule] = post.cast.ada.read_now(mail_why.rules)
    assert rule.sentence == f"Mail from {ADA} to your address is let in."


async def test_a_stranger_is_never_offered_trust(post: Post) -> None:
    raw = mail("mo@far.example", ADA, "Hi", "Hello.")
    await post.deliver(raw, post.to_ada, mail_from="mo@far.example")
    [card] = post.cast.ada.read_now(payloads, "review")
    assert card["trust"] == ""
    [line] = post.cast.ada.read_now(mailroom_queries.held, "usr_ada")
    assert (line.sender, line.subject) == ("mo@far.example", "Hi")


async def test_a_robot_that_forwards_may_be_trusted_by_its_own_address(post: Post) -> None:
    customer_id = john(post)
    to = with_verb(post.to_ada, "fw")
    raw = mail(JOHN, "sales@rapport.example", "Offer", "One.", Message_ID="<1@acme.example>")
    await post.deliver(raw, to, mail_from="robot@relay.example")
    [card] = post.cast.ada.read_now(payloads, "review")
    assert card["trust"] == "robot@relay.example"
    post.cast.ada.write_now(mail_rules.trust, card["trust"])
    again = mail(JOHN, "sales@rapport.example", "Offer", "Two.", Message_ID="<2@acme.example>")
    await post.deliver(again, to, mail_from="robot@relay.example")
    assert [entry.text for entry in entries(post, customer_id)] == ["Two."]


async def test_ignoring_all_of_a_burst_leaves_the_bytes(post: Post) -> None:
    john(post)

    def twenty(work: Work) -> None:
        for _ in range(20):
            mail_tray.count(work, ADA)

    post.cast.ada.write_now(twenty)
    await post.deliver(mail(ADA, JOHN, "Too many", "Text.", Message_ID="<1@rapport.example>"), post.to_ada)
    assert post.cast.ada.write_now(mail_tray.ignore_all, ADA) == 1
    [line] = post.cast.ada.read_now(mailroom_queries.why, "usr_ada")
    assert line.why == "Not filed: one of many at once, left out by hand."
    assert post.cast.ada.write_now(mail_tray.refile, line.inbox_id)
    await post.worker.idle()
    assert len(post.cast.ada.read_now(communications)) == 1
    assert not post.cast.ada.write_now(mail_tray.refile, line.inbox_id)


async def test_what_nobody_of_the_customers_wrote_is_told_to_whoever_sent_it_by_hand(post: Post) -> None:
    raw = mail(ADA, "info@nowhere.example", "Question", "Hello.", Message_ID="<1@rapport.example>")
    await post.deliver(raw, post.to_ada)
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert notice["text"].startswith("“Question” was not filed: nobody in it is a customer")


def test_a_rule_of_one_team_is_none_of_another(post: Post) -> None:
    post.cast.ada.write_now(mail_rules.never_log, "acme.example")
    assert post.cast.cleo.read_now(mail_why.rules) == ()
