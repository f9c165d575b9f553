"""Mail that waits for a person: let in as a known customer's, and mail to somebody who may only read."""

from datetime import timedelta

from bot.demo import mails
from crm_store.actions import mail_tray, mailroom, teams, undo
from crm_store.clock import MovableClock
from crm_store.models.people import ContactPoint
from crm_store.queries import customers as customer_queries
from crm_store.queries import day
from ingest.smtp.received import ReceivedMail, key_of
from tests.units.ingest.post import AT, Post, entries, everybody, john, payloads, verdicts

STRANGER = b"From: J. S. <js@home.example>\r\nTo: x@rapport.example\r\nSubject: Hi\r\n\r\nHello from home"


async def _held(post: Post, raw: bytes = STRANGER) -> str:
    await post.deliver(raw, post.to_ada, mail_from="js@home.example")
    [review] = post.cast.ada.read_now(payloads, "review")
    return str(review["inbox_id"])


async def test_a_strangers_mail_is_attached_to_a_known_customer_whose_address_it_becomes(post: Post) -> None:
    customer_id = john(post)
    inbox_id = await _held(post)
    assert post.cast.ada.write_now(mail_tray.attach, inbox_id, customer_id)
    await post.worker.idle()
    [mail] = entries(post, customer_id)
    assert (mail.subject, mail.direction) == ("Hi", "incoming")
    assert [one.customer_id for one in post.cast.ada.read_now(everybody)] == [customer_id]
    assert set(post.cast.ada.read_now(customer_queries.by_points, ["js@home.example"])) == {"js@home.example"}


async def test_undo_of_an_attached_mail_takes_the_address_back_too(post: Post) -> None:
    customer_id = john(post)
    post.cast.ada.write_now(mail_tray.attach, await _held(post), customer_id)
    await post.worker.idle()
    [receipt] = post.cast.ada.read_now(payloads, "receipt")
    post.cast.ada.write_now(undo.undo, receipt["undo_id"])
    assert entries(post, customer_id) == ()
    assert post.cast.ada.read_now(customer_queries.by_points, ["js@home.example"]) == {}


async def test_a_mail_is_attached_once_and_not_after_it_was_decided(post: Post) -> None:
    customer_id = john(post)
    inbox_id = await _held(post)
    assert post.cast.ada.write_now(mailroom.ignore, inbox_id)
    assert not post.cast.ada.write_now(mail_tray.attach, inbox_id, customer_id)
    await post.worker.idle()
    assert entries(post, customer_id) == ()


async def test_an_address_that_is_somebodys_stays_theirs_whoever_was_chosen(post: Post) -> None:
    customer_id = john(post)
    other = john(post, "Jo Stone", "js@home.example")
    post.cast.ada.write_now(mail_tray.attach, await _held(post), customer_id)
    await post.worker.idle()
    assert [one.subject for one in entries(post, other)] == ["Hi"]
    owners = post.cast.ada.read_now(
        lambda work: {point.owner_row for point in work.session.query(ContactPoint) if point.value == "js@home.example"}
    )
    assert owners == {other}


async def test_mail_to_somebody_who_may_only_read_waits_with_a_sentence(post: Post) -> None:
    customer_id = john(post)
    post.cast.ada.write_now(teams.set_role, "usr_ben", "viewer")
    raw = mails.forwarded_by("ben@rapport.example", post.to_ben, ("John Smith", "john.smith@acme.example"), at=AT)
    await post.deliver(raw, post.to_ben, mail_from="ben@rapport.example")
    assert entries(post, customer_id) == ()
    [verdict] = verdicts(post)
    assert verdict == "Ben Okafor may only look things up, so mail to this address is not filed by itself."
    [review] = post.cast.ada.read_now(payloads, "review")
    assert post.cast.ada.write_now(mailroom.approve, review["inbox_id"])
    await post.worker.idle()
    assert "mail" in {one.kind for one in entries(post, customer_id)}


async def test_an_answer_about_the_author_says_nothing_of_those_on_copy(post: Post) -> None:
    customer_id = john(post)
    raw = STRANGER.replace(b"Subject", b"Cc: Cy Dee <cy@dee.example>\r\nSubject")
    post.cast.ada.write_now(mail_tray.attach, await _held(post, raw), customer_id)
    await post.worker.idle()
    assert len(entries(post, customer_id)) == 1
    assert post.cast.ada.read_now(customer_queries.by_points, ["cy@dee.example"]) == {}


async def test_mail_that_is_kept_but_not_read_for_a_minute_is_told_on_the_home_page(
    post: Post, clock: MovableClock
) -> None:
    raw = mails.copied_reply("ada@rapport.example", at=AT)
    await post.intake.keep(
        ReceivedMail(raw, "ada@rapport.example", (post.to_ada,), "", "", AT, key_of(raw, (post.to_ada,)))
    )
    assert post.cast.ada.read_now(day.health, tells=False).unread_since is None
    clock.advance(90)
    health = post.cast.ada.read_now(day.health, tells=False)
    assert (health.unread, health.unread_since) == (1, clock.now() - timedelta(seconds=90))
    await post.worker.idle()
    assert post.cast.ada.read_now(day.health, tells=False).unread == 0
