"""What becomes of a mail, and which conversation it belongs to."""

import pytest

from ingest import mime, rules, threads
from ingest.rules import Decision, Known
from tests.units.ingest.letters import MAILS, letter

KNOWN = Known(
    colleagues={"ada@team.example", "ada.quist@team.example", "ben@team.example"},
    never_log={"bank.example", "hr@team.example"},
    ingest_domain="in.team.example",
)


@pytest.mark.parametrize(
    ("raw", "decision", "rule"),
    [
        (letter("hi", To="ann@acme.example"), Decision.ACCEPT, None),
        (letter("hi", To="ann@acme.example", Auto_Submitted="auto-replied"), Decision.DROP, "automatic-reply"),
        (letter("hi", From="news@acme.example", List_Id="<x.y>"), Decision.DROP, "bulk"),
        (letter("hi", From="ann@acme.example", X_Spam_Flag="YES"), Decision.DROP, "spam"),
        (letter("hi", From="x@mail.bank.example"), Decision.DROP, "never-log"),
        (letter("hi", To="ben@team.example, ada-x@in.team.example"), Decision.DROP, "only-colleagues"),
        (letter("hi", From="ann@acme.example", X_Rapport_Seen="1"), Decision.DROP, "loop"),
        (letter("hi", From="ann@acme.example", Return_Path="<>"), Decision.HOLD, "null-sender"),
        (b"", Decision.HOLD, "unreadable"),
        ((MAILS / "forward_gmail.eml").read_bytes(), Decision.ACCEPT, None),
        (
            (MAILS / "forward_gmail.eml").read_bytes().replace(b"Message-ID", b"List-Id: <x.y>\nMessage-ID"),
            Decision.ACCEPT,
            None,
        ),
        ((MAILS / "bounce_report.eml").read_bytes(), Decision.ACCEPT, None),
    ],
)
def test_a_mail_meets_its_rule(raw: bytes, decision: Decision, rule: str | None) -> None:
    verdict = rules.judge(mime.read(raw), KNOWN)
    assert verdict.decision is decision
    assert [hit.rule for hit in verdict.hits] == ([rule] if rule else [])


def test_a_mail_among_strangers_is_not_dropped_when_no_colleague_is_known() -> None:
    assert rules.judge(mime.read(letter("hi")), Known()).decision is Decision.ACCEPT


def test_all_mails_of_a_conversation_have_one_key() -> None:
    first = mime.read(letter("a", Message_ID="<1@X.example>"))
    second = mime.read(letter("b", Message_ID="<2@x.example>", In_Reply_To="<1@x.example>"))
    third = mime.read(letter("c", Message_ID="<3@x.example>", References="<1@x.example> <2@x.example>"))
    assert len({threads.thread_key(mail) for mail in (first, second, third)}) == 1


def test_one_subject_alone_is_no_conversation() -> None:
    one, other = mime.read(letter("a", Message_ID="<1@x>")), mime.read(letter("a", Message_ID="<2@x>"))
    assert threads.thread_key(one) != threads.thread_key(other)


def test_two_contents_under_one_identifier_are_two_mails() -> None:
    one, other = mime.read(letter("a", Message_ID="<1@x>")), mime.read(letter("b", Message_ID="<1@x>"))
    assert threads.source_key(one) != threads.source_key(other)
    assert threads.source_key(one) == threads.source_key(mime.read(letter("a", Message_ID="<1@X>", Received="by y")))
