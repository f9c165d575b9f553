"""Bad input and faults: each has a sentence, and nothing acknowledged is lost or done twice."""

import smtplib
from pathlib import Path

import pytest

from tests.journeys.house import Demo, crm, words_of


def _mail(number: int) -> bytes:
    head = f"From: Ann <ann@customer{number}.example>\r\nSubject: number {number}\r\n"
    return f"{head}Message-ID: <kill.{number}@customer.example>\r\n\r\nhello {number}\r\n".encode()


def test_a_kill_loses_nothing_that_was_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    demo = Demo.start(tmp_path, "--no-seed")
    address = demo.ready["ingest_addresses"]["U_ADA"]
    kept = 0
    for number in range(30):
        demo.mail(_mail(number), address, sender=f"ann@customer{number}.example")
        kept += 1
    demo.kill()
    demo = Demo.start(tmp_path, "--no-seed")
    try:
        assert demo.ready["ingest_addresses"]["U_ADA"] == address
        demo.mail(_mail(0), address, sender="ann@customer0.example")
        demo.settle(60)
        lines = demo.crm("inbox", "--json").stdout.splitlines()
        assert sum('"mail"' in line for line in lines) == kept
        assert not any('"waiting"' in line or '"working"' in line for line in lines)
    finally:
        assert demo.stop() == 0


def test_a_bad_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    for name, value, word in (
        ("CRM_CURENCY", "EUR", "CRM_CURRENCY"),
        ("SMTP_PORT", "a lot", "SMTP_PORT"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL"),
        ("CRM_SCHEDULE_NIGHTLY", "at night", "CRM_SCHEDULE_NIGHTLY"),
    ):
        ended = crm("demo", "--data", str(tmp_path), "--json", **{name: value})
        assert ended.returncode == 2
        assert word in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1


def test_serving_without_tokens_says_which_is_missing(tmp_path: Path) -> None:
    ended = crm("serve", DATABASE_URL=f"sqlite:///{tmp_path}/crm.db")
    assert ended.returncode == 2
    assert "SLACK_BOT_TOKEN" in ended.stderr


def test_too_large_a_mail_is_refused_by_its_size(tmp_path: Path) -> None:
    demo = Demo.start(tmp_path, "--no-seed", CRM_MAIL_SIZE_LIMIT="20000")
    try:
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            demo.mail(b"Subject: big\r\n\r\n" + b"x" * 30_000, demo.ready["ingest_addresses"]["U_ADA"])
        assert refused.value.smtp_code == 552
    finally:
        demo.stop()


def test_slack_that_asks_to_wait_gets_everything_later_and_once(demo: Demo) -> None:
    demo.say("hello")
    before = {one["ts"] for one in demo.messages(demo.direct())}
    demo._post("faults", {"rate_limit": {"method": "chat.postMessage", "times": 2, "retry_after": 1}})
    demo.say("log john smith acme: a line while slack was busy")
    demo._post("faults", {})
    demo.settle(30)
    new = [one for one in demo.messages(demo.direct()) if one["ts"] not in before and one["user"] != "U_ADA"]
    assert ["John Smith" in words_of(one) for one in new] == [True]


def test_dropped_sockets_lose_nothing(demo: Demo) -> None:
    demo._post("faults", {"drop_sockets": True})
    demo.say("log john smith acme: a line while sockets were down")
    demo.type("timeline john smith acme")
    assert words_of(demo.last()).count("a line while sockets were down") == 1


def test_an_unknown_command_line_is_refused_in_one_sentence() -> None:
    for arguments in (["fnid", "x"], ["find", "--limit", "many"], ["duplicates"]):
        ended = crm(*arguments)
        assert ended.returncode == 2
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "Traceback" not in ended.stderr
