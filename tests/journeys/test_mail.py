"""Journey 4: a real mail is forwarded by SMTP and filed, with a receipt in the direct channel."""

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from bot.demo import mails
from crm_store.clock import SystemClock
from tests.journeys.house import PATIENCE, Demo, action_ids, words_of

AT = SystemClock().now() - timedelta(hours=2)


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
    with smtplib.SMTP(host["host"], host["port"], timeout=PATIENCE) as client:
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


def _plain(sender: str, to: str, subject: str, text: str, **headers: str) -> bytes:
    fields = {"From": sender, "To": to, "Subject": subject, "Date": format_datetime(AT)}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n" + text).encode()


def _customer(demo: Demo, name: str, company: str, address: str) -> None:
    demo.type(f"add {name} at {company} {address}")


def _press_in(demo: Demo, words: str, action: str) -> None:
    demo.press(_receipts(demo, words)[-1], action, channel=demo.direct())


def test_of_several_deals_one_is_tapped_and_the_next_mail_of_the_conversation_goes_there(demo: Demo) -> None:
    _customer(demo, "Vera Vance", "Vantage", "vera@vantage.example")
    for name in ("Vantage roof", "Vantage cellar"):
        demo.type(f'deal new vera@vantage.example "{name}" 5k')
    to = demo.ready["ingest_addresses"]["U_ADA"]
    first = _plain(
        "ada@halyard.example", "vera@vantage.example", "Papers for the works", "One.", Message_ID="<v1@h.example>"
    )
    demo.mail(first, to)
    demo.settle()
    asked = [one for one in _receipts(demo, "Papers for the works") if "question_deal" in str(action_ids(one))]
    assert "Vantage roof" in words_of(asked[-1])
    assert "Vantage cellar" in words_of(asked[-1])
    demo.press(asked[-1], "question_deal", channel=demo.direct())
    second = _plain(
        "ada@halyard.example", "vera@vantage.example", "Re: Papers for the works", "Two.", Message_ID="<v2@h.example>",
        References="<v1@h.example>",
    )  # fmt: skip
    demo.mail(second, to)
    demo.settle()
    assert " › \nVantage " in words_of(_receipts(demo, "Re: Papers for the works")[-1])


def test_a_signature_fills_the_card_and_another_title_is_asked_about(demo: Demo) -> None:
    _customer(demo, "Sina Sand", "Sandhill", "sina@sandhill.example")
    signed = "Hello,\n\nplease call me about it.\n\nBest regards\n\nSina Sand\nHead of Purchasing\nSandhill Ltd"
    for title, subject in (("Head of Purchasing", "Sand one"), ("Managing Director", "Sand two")):
        raw = mails.forwarded_by(
            "ada@halyard.example", demo.ready["ingest_addresses"]["U_ADA"], ("Sina Sand", "sina@sandhill.example"),
            at=AT, subject=subject, text=signed.replace("Head of Purchasing", title).replace("it.", f"{subject}."),
        )  # fmt: skip
        demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
        demo.settle()
    assert "From the signature: title Head of Purchasing" in words_of(_receipts(demo, "Sand one")[0])
    asked = [one for one in _receipts(demo, "Managing Director") if "question_take" in str(action_ids(one))]
    demo.press(asked[-1], "question_take", channel=demo.direct())
    demo.type("sina@sandhill.example")
    assert "Managing Director" in words_of(demo.last())


def test_a_receipt_says_why_and_its_rule_keeps_the_next_mail_out(demo: Demo) -> None:
    _customer(demo, "Nils Never", "Nevermore", "nils@nevermore.example")
    to = demo.ready["ingest_addresses"]["U_ADA"]
    demo.mail(
        _plain("ada@halyard.example", "nils@nevermore.example", "Secret plans", "One.", Message_ID="<n1@h.example>"), to
    )
    demo.settle()
    _press_in(demo, "Secret plans", "why_mail")
    why = demo.last(demo.direct())
    assert "nils@nevermore.example is an address of Nils Never" in words_of(why)
    demo.press(why, "rule_never", channel=demo.direct())
    demo.mail(
        _plain("ada@halyard.example", "nils@nevermore.example", "More plans", "Two.", Message_ID="<n2@h.example>"), to
    )
    demo.settle()
    assert _receipts(demo, "More plans") == []
    demo.type("why mail")
    assert "never-log list" in words_of(demo.last())
    demo.type("settings mail")
    listed = demo.last()
    assert "Mail with nils@nevermore.example is never filed." in words_of(listed)
    demo.press(listed, "rule_remove")
    demo.type("settings never-log nevermore.example")
    assert "Mail with nevermore.example is never filed from now on" in words_of(demo.last())
    demo.type("settings never-log remove nevermore.example")
    assert "filed again" in words_of(demo.last())


def test_a_dead_address_is_told_once_and_is_on_the_card(demo: Demo) -> None:
    _customer(demo, "Dora Dead", "Deadwood", "dora@deadwood.example")
    for minutes in (0, 10):
        raw = mails.bounce(
            demo.ready["ingest_addresses"]["U_ADA"], at=AT + timedelta(minutes=minutes), failed="dora@deadwood.example"
        )
        demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"], sender="")
        demo.settle()
    [told] = _receipts(demo, "dora@deadwood.example takes no mail any more")
    assert "undo" in str(action_ids(told))
    demo.type("dora deadwood")
    assert "dora@deadwood.example takes no mail since" in words_of(demo.last())


def test_a_meeting_moves_and_is_cancelled_in_one_entry(demo: Demo) -> None:
    _customer(demo, "Mara Meet", "Meetwell", "mara@meetwell.example")
    local, _, host = demo.ready["ingest_addresses"]["U_ADA"].partition("@")
    day = (AT + timedelta(days=9)).date()
    for method, sequence, hour in (("REQUEST", 0, 9), ("REQUEST", 1, 11), ("CANCEL", 2, 11)):
        event = (
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:meet@meetwell.example\r\n"
            f"SEQUENCE:{sequence}\r\nDTSTART:{day:%Y%m%d}T{hour:02}0000Z\r\nSUMMARY:Walk through the hall\r\n"
            "ORGANIZER:mailto:mara@meetwell.example\r\nATTENDEE:mailto:ada@halyard.example\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        raw = _plain(
            "Mara Meet <mara@meetwell.example>", "ada@halyard.example", "Walk through the hall", event,
            Message_ID=f"<m{sequence}@meetwell.example>", MIME_Version="1.0",
            Content_Type=f"text/calendar; method={method}; charset=utf-8",
        )  # fmt: skip
        demo.mail(raw, f"{local}+fw@{host}")
        demo.settle()
    assert "The meeting was moved to" in words_of(_receipts(demo, "Walk through the hall")[1])
    demo.type("timeline mara@meetwell.example")
    shown = words_of(demo.last())
    assert shown.count("Walk through the hall") == 1
    assert "Cancelled" in shown


def test_a_large_mail_with_a_gateways_warning_is_filed_whole_and_without_the_warning(demo: Demo) -> None:
    to = demo.ready["ingest_addresses"]["U_ADA"]
    mail = EmailMessage()
    mail["From"], mail["To"] = "ada@halyard.example", "john.smith@acme.example"
    mail["Subject"], mail["Date"], mail["Message-ID"] = "Plans of the plant", format_datetime(AT), "<plans@h.example>"
    warning = "CAUTION: This email originated from outside of the organization. Do not click links or open attachments."
    mail.set_content(f"{warning}\n\nHello John, here are the plans of the plant.")
    mail.add_attachment(bytes(1_500_000), maintype="application", subtype="octet-stream", filename="plans.bin")
    demo.mail(mail.as_bytes(), to)
    demo.settle()
    (receipt,) = _receipts(demo, "Plans of the plant")
    assert "plans.bin (1.5 MB)" in words_of(receipt)
    demo.type("timeline john smith acme mails")
    assert "here are the plans of the plant" in words_of(demo.last())
    assert "CAUTION" not in words_of(demo.last())


def test_a_mail_between_colleagues_gets_a_word_and_no_entry(demo: Demo) -> None:
    to = demo.ready["ingest_addresses"]["U_ADA"]
    demo.mail(
        _plain("ada@halyard.example", "ben@halyard.example", "Lunch on Friday", "At one?", Message_ID="<l1@h.example>"),
        to,
    )
    demo.settle()
    assert _receipts(demo, "“Lunch on Friday” names nobody outside the team, so it is not filed.")


def test_held_mail_is_listed_in_chat_and_filed_from_the_list(demo: Demo) -> None:
    _customer(demo, "Hana Held", "Heldon", "hana@heldon.example")
    raw = _plain(
        "Hana Held <hana@heldon.example>",
        "ada@halyard.example",
        "Straight to you",
        "Hello.",
        Message_ID="<h1@heldon.example>",
    )
    demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"], sender="hana@heldon.example")
    demo.settle()
    demo.type("why mail held")
    listed = demo.last()
    assert "Straight to you, from hana@heldon.example" in words_of(listed)
    demo.press(_receipts(demo, "Straight to you")[-1], "review_file", channel=demo.direct())
    demo.type("timeline hana@heldon.example")
    assert "Straight to you" in words_of(demo.last())


def test_an_absence_is_on_the_card_of_whoever_is_away(demo: Demo) -> None:
    _customer(demo, "Aron Away", "Awayday", "aron@awayday.example")
    back = (AT + timedelta(days=20)).date()
    raw = _plain(
        "aron@awayday.example",
        "ada@halyard.example",
        "Automatic reply: Offer",
        f"I am out of the office until {back:%d %B %Y}.",
        Auto_Submitted="auto-replied",
    )
    demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"], sender="")
    demo.settle()
    demo.type("aron@awayday.example")
    assert f"Away until {back.day} {back:%b %Y}." in words_of(demo.last())
    demo.type("why mail")
    assert "Noted: Aron Away is away" in words_of(demo.last())
