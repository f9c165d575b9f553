"""Journey 4: a real mail is forwarded by SMTP and filed, with a receipt in the direct channel."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo import mails
from tests.journeys.house import Demo, action_ids, words_of

AT = datetime.now(UTC) - timedelta(hours=2)  # noqa: TID251 -- the demo's history ends today


def _forward(demo: Demo, subject: str, original: tuple[str, str], user: str = "ada", who: str = "U_ADA") -> bytes:
    return mails.forwarded_by(
        f"{user}@halyard.example",
        demo.ready["ingest_addresses"][who],
        original,
        at=AT,
        subject=subject,
        text=f"Hello, please send the papers about {subject}.\nJohn",
        note="fyi",
        user_name=user.title(),
        style=mails.Style.GMAIL,
    )


def _receipts(demo: Demo, words: str, user: str = "U_ADA") -> list[dict[str, object]]:
    return [one for one in demo.messages(demo.direct(user), user) if words in words_of(one)]


def test_a_forwarded_mail_is_filed_to_its_original_sender_with_a_receipt_that_undoes(demo: Demo) -> None:
    raw = _forward(demo, "Boiler contract", ("John Smith", "john.smith@acme.example"))
    demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    (receipt,) = _receipts(demo, "Boiler contract")
    assert "John Smith" in words_of(receipt)
    assert "undo" in {one.split(":")[0] for one in action_ids(receipt)}
    demo.type("timeline john smith acme mails")
    assert "Boiler contract" in words_of(demo.last())
    demo.press(receipt, "undo", channel=demo.direct())
    demo.type("timeline john smith acme")
    assert "Boiler contract" not in words_of(demo.last())


def test_the_same_mail_forwarded_by_two_reps_is_one_communication_with_two_witnesses(demo: Demo) -> None:
    original = ("John Smith", "john.smith@acme.example")
    for user, who in (("ada", "U_ADA"), ("ben", "U_BEN")):
        raw = _forward(demo, "Heat exchanger", original, user, who)
        demo.mail(raw, demo.ready["ingest_addresses"][who], sender=f"{user}@halyard.example")
        demo.settle()
    assert _receipts(demo, "Heat exchanger")
    assert _receipts(demo, "Heat exchanger", "U_BEN")
    demo.type("timeline john smith acme mails")
    assert words_of(demo.last()).count("please send the papers about Heat exchanger") == 1


def test_a_mail_from_somebody_new_makes_a_customer_to_be_checked(demo: Demo) -> None:
    raw = _forward(demo, "First contact", ("Nora Newcomer", "nora.newcomer@acme.example"))
    demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    (receipt,) = _receipts(demo, "First contact")
    assert "Nora Newcomer" in words_of(receipt)
    assert "checked" in {one.split(":")[0] for one in action_ids(receipt)}
    demo.type("find nora newcomer")
    assert "Acme" in words_of(demo.last())


def test_the_same_bytes_sent_twice_are_filed_once(demo: Demo) -> None:
    raw = _forward(demo, "Twice the same", ("John Smith", "john.smith@acme.example"))
    for _ in range(2):
        demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    assert len(_receipts(demo, "Twice the same")) == 1


def test_mail_from_an_unknown_sender_is_held_and_filed_only_when_somebody_vouches(demo: Demo) -> None:
    raw = _forward(demo, "Stranger danger", ("John Smith", "john.smith@acme.example"), user="mallory")
    demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"], sender="mallory@elsewhere.example")
    demo.settle()
    (card,) = _receipts(demo, "Stranger danger")
    assert "review_file" in {one.split(":")[0] for one in action_ids(card)}
    demo.type("timeline john smith acme")
    assert "Stranger danger" not in words_of(demo.last())


def test_an_ambiguous_mail_asks_instead_of_guessing(demo: Demo) -> None:
    to = demo.ready["ingest_addresses"]["U_ADA"]
    demo.mail(mails.ambiguous("ada@halyard.example", to, at=AT), to)
    demo.settle()
    asked = [
        one
        for one in demo.messages(demo.direct())
        if "question_pick" in {name.split(":")[0] for name in action_ids(one)}
    ]
    assert asked
    demo.press(asked[-1], "question_pick", channel=demo.direct())
    assert any("undo" in {n.split(":")[0] for n in action_ids(one)} for one in demo.messages(demo.direct())[-3:])


def test_mail_to_nobody_is_refused_at_the_door(demo: Demo) -> None:
    host = demo.ready["smtp"]
    with smtplib.SMTP(host["host"], host["port"], timeout=20) as client:
        client.ehlo("rep.example")
        client.mail("ada@halyard.example")
        domain = demo.ready["ingest_addresses"]["U_ADA"].partition("@")[2]
        assert client.rcpt(f"ada-{'a' * 26}@{domain}")[0] == 550
        assert client.rcpt("somebody@elsewhere.example")[0] == 550


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", b"Subject: =?utf-8?q?", b"Content-Type: multipart/mixed\r\n\r\n--"]
)
def test_a_malformed_mail_is_kept_and_loses_nothing(demo: Demo, raw: bytes) -> None:
    before = len(demo.crm("inbox", "--json").stdout.splitlines())
    demo.mail(b"From: ada@halyard.example\r\n" + raw, demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    assert len(demo.crm("inbox", "--json").stdout.splitlines()) == before + 1
