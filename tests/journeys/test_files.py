"""Journey: a mail with a file is forwarded, its receipt names the file, and a button brings it by direct message."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from bot.demo import mails
from crm_store.clock import SystemClock
from tests.journeys.house import Demo, action_ids, words_of

AT = SystemClock().now() - timedelta(hours=3)
PLAN = b"%PDF-1.7 the plan of the hall"


def _with_file(demo: Demo) -> bytes:
    raw = mails.forwarded_by(
        "ada@halyard.example",
        demo.ready["ingest_addresses"]["U_ADA"],
        ("Frida Plan", "frida@planwerk.example"),
        at=AT,
        subject="Plan of the hall",
        text="Hello, here is the plan of the hall.\nFrida",
        note="fyi",
        user_name="Ada",
        style=mails.Style.GMAIL,
    )
    mail = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    if not mail.is_multipart():
        mail.make_mixed()
    mail.add_attachment(PLAN, maintype="application", subtype="pdf", filename="plan.pdf")
    return mail.as_bytes()


def _files(demo: Demo, channel: str) -> list[str]:
    return [str(file["name"]) for one in demo.messages(channel) for file in one.get("files") or ()]


def test_a_file_of_a_mail_is_named_in_the_receipt_and_comes_at_a_press(demo: Demo) -> None:
    demo.type("add Frida Plan at Planwerk frida@planwerk.example")
    demo.mail(_with_file(demo), demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    direct = demo.direct()
    receipt = next(one for one in demo.messages(direct) if "Plan of the hall" in words_of(one))
    assert "plan.pdf (29 bytes)" in words_of(receipt)
    assert "files" in {one.split(":")[0] for one in action_ids(receipt)}
    assert "plan.pdf" not in _files(demo, direct)
    demo.press(receipt, "files", channel=direct)
    assert "plan.pdf" in _files(demo, direct)
    demo.type("timeline frida@planwerk.example mails")
    shown = demo.last()
    assert "plan.pdf" in words_of(shown)
    before = _files(demo, "C_SALES")
    demo.press(shown, "files")
    assert _files(demo, "C_SALES") == before
