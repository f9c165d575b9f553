"""What we promise in chat or mail is offered as a task, and the task remembers that it was a promise."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from crm_store.clock import SystemClock
from tests.journeys.house import Demo, words_of

AT = SystemClock().now() - timedelta(hours=2)


def _offer(demo: Demo, words: str, channel: str) -> dict[str, Any]:
    return next(one for one in reversed(demo.messages(channel)) if words in words_of(one))


def test_a_promise_in_a_logged_message_becomes_a_task_with_one_tap(demo: Demo) -> None:
    text = "John Smith from Acme: I'll send him the walnut sample on Friday"
    ts = demo.act(type="message", user="U_ADA", channel="C_SALES", text=text)["ts"]
    demo.act(type="reaction", user="U_ADA", channel="C_SALES", ts=ts, name="memo")
    demo.settle()
    receipt = _offer(demo, "Promised: send the walnut sample", "C_SALES")
    demo.press(receipt, "promise_make")
    noted = _offer(demo, "Promise noted: send the walnut sample", "C_SALES")
    demo.type("due")
    assert "send the walnut sample" in words_of(demo.last())
    demo.press(receipt, "promise_make")
    demo.type("due")
    assert words_of(demo.last()).count("send the walnut sample") == 1
    demo.press(noted, "promise_drop")
    demo.type("due")
    assert "walnut sample" not in words_of(demo.last())


def test_a_promise_in_a_mail_of_ours_is_offered_under_its_receipt(demo: Demo) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada Okonkwo <ada@halyard.example>", "John Smith <john.smith@acme.example>"
    mail["Subject"], mail["Message-ID"] = "The oak sample", "<oak-sample@halyard.example>"
    mail["Date"] = format_datetime(AT)
    mail.set_content("Hello John,\n\nIch schicke Ihnen das Eichenmuster bis Freitag.\n\nBest, Ada\n")
    demo.mail(mail.as_bytes(), demo.ready["ingest_addresses"]["U_ADA"])
    demo.settle()
    receipt = _offer(demo, "Promised: schicke das Eichenmuster", demo.direct())
    demo.press(receipt, "promise_make", channel=demo.direct())
    demo.type("due")
    assert "schicke das Eichenmuster" in words_of(demo.last())
