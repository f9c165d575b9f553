"""A campaign from its approval to the answers: letters that leave, a reply on the timeline, an unsubscription."""

import email
import email.policy
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.house import PATIENCE, Demo, words_of

_SEVERAL = 4


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo for each: what another journey approved or dismissed rests, and so is not proposed again."""
    # When weeks pass at once, jobs that have nothing to do with campaigns would all come first.
    still = dict.fromkeys(("DUPLICATES", "SCORES", "WEEKLY", "REPORT_CARD", "EVENTS"), "never")
    jobs = {f"CRM_SCHEDULE_{name}": when for name, when in {**still, "CAMPAIGNS": "every 2s"}.items()}
    running = Demo.start(tmp_path, CRM_MAIL_BURST="0", **jobs)
    yield running
    assert running.stop() == 0


def letters(demo: Demo, at_least: int = 1, seconds: float = PATIENCE) -> list[EmailMessage]:
    """The letters that have left, once there are so many."""
    folder = demo.data / "outgoing"
    until = time.monotonic() + seconds
    while len(found := sorted(folder.glob("snd_*.eml"))) < at_least and time.monotonic() < until:
        demo.settle()
    assert len(found) >= at_least, "no letter left"
    return [_read(one) for one in found]


def _read(file: Path) -> EmailMessage:
    found = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def open_card(demo: Demo) -> dict[str, Any]:
    """The suggestion of most letters in the team's channel: each night brings four kinds at most, drawn by lot."""
    for _ in range(8):
        demo.crm("run-job", "nightly", "--json")
        demo.settle()
        cards = [one for one in demo.messages(user="U_BEN") if "suggestion_approve" in str(one.get("blocks"))]
        if found := [one for one in cards if _readers(one) >= _SEVERAL]:
            return max(found, key=_readers)
    raise AssertionError("no letters to several people were suggested")


def _readers(card: dict[str, Any]) -> int:
    found = re.search(r"Approve mail to ([\d,]+)", words_of(card))
    return int(found[1].replace(",", "")) if found else 0


def test_an_approved_campaign_leaves_is_answered_can_be_left_and_is_measured_in_its_thread(demo: Demo) -> None:
    card = open_card(demo)
    demo.press(card, "suggestion_approve", "U_BEN")
    demo.type("campaign calendar", "U_BEN")
    assert "its effect is measured" in words_of(demo.last(user="U_BEN"))
    sent = letters(demo)
    first = sent[0]
    person = first["To"].addresses[0]
    for _ in range(60):
        demo.type(f"timeline {person.addr_spec}", "U_BEN")
        if str(first["Subject"]) in words_of(demo.last(user="U_BEN")):
            break
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = str(first["To"]), str(first["Reply-To"]), f"Re: {first['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = "<answer-1@customer.example>", str(first["Message-ID"])
    reply.set_content("Yes, please call me on Thursday about GREEN-APPLES.")
    demo.mail(bytes(reply), first["Reply-To"].addresses[0].addr_spec, person.addr_spec)
    demo.settle()
    demo.type(f"timeline {person.addr_spec}", "U_BEN")
    told = words_of(demo.last(user="U_BEN"))
    assert "GREEN-APPLES" in told
    assert str(first["Subject"]) in told
    link = str(first["List-Unsubscribe"]).strip("<>")
    with urllib.request.urlopen(link, timeout=PATIENCE) as page:
        assert "Which letters do you want?" in page.read().decode()
    request = urllib.request.Request(link, b"List-Unsubscribe=One-Click")
    with urllib.request.urlopen(request, timeout=PATIENCE) as page:
        assert "You get no campaign mail from us any more." in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(link[:-4] + "AAAA", timeout=PATIENCE)
    assert not measured(demo, card), "nothing is said before the window has passed"
    demo.days_pass(34)
    until = time.monotonic() + 40
    while not (brought := measured(demo, card)) and time.monotonic() < until:
        demo.settle()
    assert len(brought) == 1
    assert re.search(r"0 of \d+ vs 0 of \d+|Nobody was held out|90 % interval", brought[0]), "also when it is nought"


def measured(demo: Demo, card: dict[str, Any]) -> list[str]:
    """What the thread below a suggestion says of what it brought."""
    replies = [one for one in demo.messages(user="U_BEN") if one.get("thread_ts") == card["ts"] != one["ts"]]
    return [said for one in replies if "Measured: " in (said := words_of(one))]


def test_a_manager_says_whom_campaigns_never_write_to(demo: Demo) -> None:
    demo.type("settings suppress never@nobody.example", "U_BEN")
    assert "no longer write to never@nobody.example" in words_of(demo.last(user="U_BEN"))
    demo.type("settings suppress", "U_BEN")
    assert "by hand" in words_of(demo.last(user="U_BEN"))
    demo.type("settings suppress remove never@nobody.example", "U_BEN")
    assert "may write to never@nobody.example again" in words_of(demo.last(user="U_BEN"))
    demo.type("settings suppress never@nobody.example")
    assert "Only managers and admins" in words_of(demo.last())


def test_an_audience_is_narrowed_and_limited_and_the_left_out_are_named(demo: Demo) -> None:
    demo.type("settings budget 7", "U_BEN")
    assert "at most 7 letters a week" in words_of(demo.last(user="U_BEN"))
    demo.type("settings budget 7")
    assert "Only managers and admins" in words_of(demo.last())
    demo.type("settings budget")
    assert "of 7 letters of this week's budget are used" in words_of(demo.last())
    card = open_card(demo)
    assert "Whom first" in words_of(card)
    demo.press(card, "suggestion_edit", "U_BEN")
    send = {"type": "submit", "user": "U_BEN", "view_id": demo.state("U_BEN")["views"][-1]["id"]}
    answer = demo.act(**send, values={"narrow": {"narrow": "flurb glarb"}, "clock": {"clock": "26:00"}})
    assert set(answer["ack"]["errors"]) == {"narrow", "clock"}
    demo.act(**send, values={"narrow": {"narrow": "0+ orders"}, "clock": {"clock": ""}, "cap": {"cap": "2"}})
    demo.settle()
    card = next(one for one in demo.messages(user="U_BEN") if one["ts"] == card["ts"])
    assert "only who" in words_of(card)
    demo.press(card, "suggestion_people", "U_BEN")
    demo.press(demo.last(user="U_BEN"), "suggestion_left_out", "U_BEN")
    assert "over the cap" in words_of(demo.last(user="U_BEN"))


def test_calls_are_proposed_where_no_letter_reaches_and_become_tasks_of_the_owners(demo: Demo) -> None:
    card = with_calls(demo)
    assert "those for whom a call is better than a letter" in words_of(card)
    before = len(list((demo.data / "outgoing").glob("snd_*.eml")))
    press_beside(demo, card, "Approve calls", "suggestion_edit")
    view = demo.state("U_BEN")["views"][-1]
    assert "subject" not in {one["block_id"] for one in view["blocks"]}
    send = {"type": "submit", "user": "U_BEN", "view_id": view["id"]}
    wrong = demo.act(**send, values={"body": {"body": "ask {{ salary }}"}})
    assert set(wrong["ack"]["errors"]) == {"body"}
    demo.act(**send, values={"body": {"body": "ask about the BLUE-PLUMS at {{ company }}"}})
    demo.settle()
    demo.type("suggest", "U_BEN")
    card = demo.last(user="U_BEN")
    assert "BLUE-PLUMS" in words_of(card)
    press_beside(demo, card, "Approve calls", "suggestion_approve")
    assert "Each owner has a task for each call" in words_of(demo.last(user="U_BEN"))
    demo.type("campaign call", "U_BEN")
    shown = words_of(demo.last(user="U_BEN"))
    assert "for the owners" in shown, "the card counts the tasks"
    assert "Pause" not in shown
    assert len(list((demo.data / "outgoing").glob("snd_*.eml"))) == before, "a call sends no letter"


def with_calls(demo: Demo) -> dict[str, Any]:
    """What is open, with calls among it: each night brings kinds that were not proposed before, four at most."""
    for _ in range(8):
        demo.crm("run-job", "nightly", "--json")
        demo.type("suggest", "U_BEN")
        if "Approve calls" in words_of(card := demo.last(user="U_BEN")):
            return card
    raise AssertionError("no calls were proposed")


def press_beside(demo: Demo, message: dict[str, Any], label: str, action: str) -> None:
    """Press a button of the row in which a button says so."""
    rows = [one["elements"] for one in message["blocks"] if one["type"] == "actions"]
    row = next(one for one in rows if any(each["text"]["text"].startswith(label) for each in one))
    button = next(each for each in row if each["action_id"].split(":")[0] == action)
    pressed = {"action_id": button["action_id"], "value": button["value"]}
    demo.act(type="click", user="U_BEN", channel="C_SALES", ts=message["ts"], **pressed)
    demo.settle()
