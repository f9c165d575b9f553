"""What machines wrote and a colleague passed on by hand: it counts as if it had come itself, and is told."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import select

from bot.demo import mails
from crm_store.actions import undo
from crm_store.engine.work import Work
from crm_store.models.marketing import Suppression
from crm_store.queries.card import card
from ingest import mime
from tests.units.ingest.letters import letter
from tests.units.ingest.post import ADA, AT, Post, entries, everybody, john, payloads, verdicts

REFUSED = (
    "I'm sorry to have to inform you that your message could not be delivered.\n\n"
    "<john.smith@acme.example>: host mx.acme.example said: 550 5.1.1\n"
    "    Recipient address rejected: User unknown (in reply to RCPT TO command)"
)
SLOW = "Your message to john.smith@acme.example could not be delivered yet: 452 4.2.2 mailbox full. We will retry."
AWAY = (
    "I am out of the office until 14 December 2026. "
    "In urgent cases please write to Petra Voss <petra.voss@acme.example>."
)
DAY = format_datetime(AT)
DAEMON = ("Mail Delivery System", "mailer-daemon@mx.example")
JOHN = ("John Smith", "john.smith@acme.example")


def forward(post: Post, sender: tuple[str, str], subject: str, text: str) -> bytes:
    return mails.forwarded_by(ADA, post.to_ada, sender, at=AT, subject=subject, text=text)


def enclosing(post: Post, *inner: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ADA, post.to_ada, "Fwd: see these"
    mail["Date"], mail["Message-ID"] = format_datetime(AT), "<enclosing@rapport.example>"
    mail.set_content("See these.")
    for one in inner:
        mail.add_attachment(message_from_bytes(one, policy=policy.SMTP))
    return mail.as_bytes()


def suppressed(work: Work) -> list[str]:
    return list(work.session.scalars(select(Suppression.value_key)))


async def test_a_bounce_forwarded_by_hand_marks_the_address_and_asks_nobody(post: Post) -> None:
    john(post)
    await post.deliver(forward(post, DAEMON, "Undelivered Mail Returned to Sender", REFUSED), post.to_ada)
    assert post.cast.ada.read_now(suppressed) == ["john.smith@acme.example"]
    assert not post.cast.ada.read_now(payloads, "question")
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert notice["text"].startswith("john.smith@acme.example takes no mail any more")
    assert notice["undo_id"]
    assert len(post.cast.ada.read_now(everybody)) == 1


async def test_a_bounce_forwarded_as_attachment_marks_the_address(post: Post) -> None:
    john(post, "Old Friend", "old.address@acme.example")
    await post.deliver(enclosing(post, mails.bounce(ADA, at=AT)), post.to_ada)
    assert post.cast.ada.read_now(suppressed) == ["old.address@acme.example"]
    assert not post.cast.ada.read_now(payloads, "question")


async def test_a_report_among_attached_mails_is_left_out_and_said(post: Post) -> None:
    customer_id = john(post)
    written = letter(
        "Please call.", From="john.smith@acme.example", To=ADA, Subject="Call", Message_ID="<c@acme.example>"
    )
    await post.deliver(enclosing(post, mails.bounce(ADA, at=AT), written), post.to_ada)
    assert "Call" in {one.subject for one in entries(post, customer_id)}
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert any("delivery report was left out" in one for one in receipt["warnings"])
    assert not post.cast.ada.read_now(suppressed)


async def test_whoever_forwards_a_passing_failure_hears_that_it_was_read(post: Post) -> None:
    john(post)
    await post.deliver(forward(post, DAEMON, "Delivery Status Notification", SLOW), post.to_ada)
    assert not post.cast.ada.read_now(suppressed)
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert "has a full mailbox" in notice["text"]
    assert "No further address was marked" in notice["text"]


async def test_an_automatic_reply_forwarded_by_hand_is_on_the_card_and_told_with_undo(post: Post) -> None:
    customer_id = john(post)
    await post.deliver(forward(post, JOHN, "Automatic reply: Offer", AWAY), post.to_ada)
    assert any("Away until 14 Dec 2026" in one for one in post.cast.ada.read_now(card, customer_id).news)
    assert entries(post, customer_id) == ()
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert notice["text"].startswith(
        "Noted on the card: John Smith is away until Mon 14 Dec 2026; Petra Voss stands in."
    )
    assert notice["undo_id"]


async def test_several_automatic_replies_in_one_mail_are_each_read_and_taken_back_together(post: Post) -> None:
    john_id, ann_id = john(post), john(post, "Ann Lee", "ann@acme.example")
    replies = [
        letter(text, From=sender, To=ADA, Subject="Automatic reply: Offer", Auto_Submitted="auto-replied", Date=DAY)
        for sender, text in (
            ("john.smith@acme.example", AWAY),
            ("ann@acme.example", "I have left the company. Please write to Bo Li <bo@acme.example>."),
            ("stranger@nowhere.example", AWAY),
        )
    ]
    await post.deliver(enclosing(post, *replies), post.to_ada)
    desk = post.cast.ada
    assert any("Away until 14 Dec 2026" in one for one in desk.read_now(card, john_id).news)
    assert any("left" in one for one in desk.read_now(card, ann_id).news)
    [notice] = desk.read_now(payloads, "notice")
    assert "John Smith is away until Mon 14 Dec 2026; Petra Voss stands in; Ann Lee has left" in notice["text"]
    desk.write_now(undo.undo, notice["undo_id"])
    assert not any(desk.read_now(card, one).news for one in (john_id, ann_id))


async def test_a_forward_by_nobody_known_tells_nothing(post: Post) -> None:
    john(post)
    raw = forward(post, DAEMON, "Undelivered Mail Returned to Sender", REFUSED).replace(b"ada@", b"mallory@", 1)
    await post.deliver(raw, post.to_ada, mail_from="mallory@rapport.example")
    assert not post.cast.ada.read_now(suppressed)
    assert verdicts(post)[0].startswith("Unverified sender")


def test_a_person_who_writes_of_an_absence_is_no_machine() -> None:
    block = (
        f"---------- Forwarded message ---------\nFrom: John Smith <john@acme.example>\nDate: {AT - timedelta(1):%c}\n"
    )
    for subject in ("Holidays", "Out of office party"):
        text = f"{block}Subject: {subject}\nTo: ada@team.example\n\nShall we meet on the 14th?"
        found = mime.read(letter(text, Subject=f"Fwd: {subject}")).forwarded
        assert found is not None
        assert (found.bounce, found.auto_reply) == (None, None)


async def test_everybody_made_from_attached_mails_and_contacts_is_told(post: Post) -> None:
    customer_id = john(post)
    one = letter("First.", From="john.smith@acme.example", To=ADA, Subject="First", Message_ID="<1@acme.example>")
    two = letter(
        "Second.", From="Nina Nova <nina@nova.example>", To=ADA, Subject="Second", Message_ID="<2@nova.example>"
    )
    await post.deliver(enclosing(post, one, two), post.to_ada)
    [nina] = [row.customer_id for row in post.cast.ada.read_now(everybody) if row.customer_id != customer_id]
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    assert receipt["created"] == [nina]
    assert receipt["beside"] == [nina]


async def test_few_words_under_two_subjects_are_two_mails(post: Post) -> None:
    customer_id = john(post)
    for subject in ("First hall", "Second hall"):
        await post.deliver(forward(post, JOHN, subject, "Yes, please."), post.to_ada)
    assert {one.subject for one in entries(post, customer_id)} == {"First hall", "Second hall"}
