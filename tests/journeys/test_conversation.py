"""What people do besides the seven journeys: odd lines, wrong places, guests, second presses and broken files."""

import base64
from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of


def _names(message: dict[str, Any]) -> set[str]:
    return {one.split(":")[0] for one in action_ids(message)}


def _mention(demo: Demo, text: str, channel: str = "C_SALES", user: str = "U_ADA") -> None:
    demo.act(type="mention", user=user, channel=channel, text=text)
    demo.settle()


def _drop(demo: Demo, *files: tuple[str, bytes]) -> str:
    given = [{"name": name, "content_base64": base64.b64encode(raw).decode()} for name, raw in files]
    demo.say("", files=given)
    return words_of(demo.last(demo.direct()))


def test_a_log_by_mention_where_a_guest_reads_along_is_confirmed_to_the_asker_alone(demo: Demo) -> None:
    before = {one["ts"] for one in demo.messages("C_SHARED", "U_GUEST")}
    _mention(demo, "log john smith acme: they will pay the higher price", channel="C_SHARED")
    assert "undo" in _names(demo.last("C_SHARED"))
    answers = [one for one in demo.messages("C_SHARED", "U_GUEST") if one["ts"] not in before]
    read_by_guest = [words_of(one) for one in answers if one["user"] == "U_RAPPORT"]
    assert not [one for one in read_by_guest if "Acme" in one or "Good to know" in one]


def test_a_private_note_by_mention_is_confirmed_to_its_author_alone(demo: Demo) -> None:
    _mention(demo, "log john smith acme: he is leaving in spring, wants 77 gauges private")
    assert "Only you can read it" in words_of(demo.last())
    assert not [one for one in demo.messages(user="U_BEN") if "77 gauges" in words_of(one) and one["user"] != "U_ADA"]


def test_a_guest_gets_one_sentence_and_nothing_of_a_customer(demo: Demo) -> None:
    demo.type("john smith acme", channel="C_SHARED")
    demo.press(demo.last("C_SHARED"), "share", channel="C_SHARED")
    shared = demo.last("C_SHARED", "U_GUEST")
    assert words_of(shared).replace("Show me the card", "").split() == ["John", "Smith"] * 2
    demo.press(shared, "card", user="U_GUEST", channel="C_SHARED")
    assert "members of this team alone" in words_of(demo.last("C_SHARED", "U_GUEST"))
    demo.type("find john smith", user="U_GUEST", channel="C_SHARED")
    assert "Acme" not in words_of(demo.last("C_SHARED", "U_GUEST"))


def test_sharing_where_the_app_is_not_says_so(demo: Demo) -> None:
    demo.type("john smith acme", channel="C_NOAPP")
    demo.press(demo.last("C_NOAPP"), "share", channel="C_NOAPP")
    assert "I am not in this channel" in words_of(demo.last("C_NOAPP"))


@pytest.mark.parametrize("line", ["log", "task", "add", "edit john smith acme"])
def test_a_line_that_needs_a_form_offers_it_where_slack_opens_none(demo: Demo, line: str) -> None:
    demo.say(line)
    message = demo.last(demo.direct())
    action = next(iter(_names(message)))
    demo.press(message, action, channel=demo.direct())
    dialog = demo.state()["views"][-1]
    assert dialog["type"] == "modal"
    demo.act(type="close_view", user="U_ADA", view_id=dialog["id"])


def test_a_choice_is_replaced_by_what_it_led_to(demo: Demo) -> None:
    demo.type("log globex: a choice that is answered")
    asked = demo.last()
    assert "pick_customer" in _names(asked)
    demo.press(asked, "pick_customer")
    (left,) = [one for one in demo.messages() if one["ts"] == asked["ts"]]
    assert "pick_customer" not in _names(left)
    assert "undo" in _names(left)


def test_a_bad_day_keeps_the_dialog_open_with_all_that_was_typed(demo: Demo) -> None:
    demo.act(type="slash_command", user="U_ADA", channel="C_SALES", command="/crm", text="task")
    demo.settle()
    dialog = demo.state()["views"][-1]
    answer = demo.act(
        type="submit",
        user="U_ADA",
        view_id=dialog["id"],
        values={"title": {"title": "send it"}, "due": {"due": "whenever"}},
    )
    assert "whenever" in answer["ack"]["errors"]["due"]
    demo.act(type="close_view", user="U_ADA", view_id=dialog["id"])


def test_a_message_logged_twice_is_said_to_be_there_already(demo: Demo) -> None:
    written = demo.act(type="message", user="U_BEN", channel="C_SALES", text="John Smith from Acme wants it in blue")
    for user in ("U_ADA", "U_BEN"):
        demo.act(type="reaction", user=user, channel="C_SALES", ts=written["ts"], name="memo")
        demo.settle()
    second = demo.last(user="U_BEN")
    assert "logged before" in words_of(second)
    assert "undo" not in _names(second)


@pytest.mark.parametrize(
    ("line", "said", "adds"),
    [
        ("show them", "Ann Lee", False),
        ("done 99", "list", False),
        ("deal john smith acme stage:nonsense", "no stage “nonsense”", False),
        ("who-knows acme", "What was said is not looked at", False),
        ("report nonsense", "`report week`", False),
        ('"', "What you can say", False),
        ("hello", "What you can say", False),
        ("qqzzx wwvvk", "Nobody fits", True),
    ],
)
def test_odd_lines_get_a_fitting_answer(demo: Demo, line: str, said: str, adds: bool) -> None:
    demo.type("ann lee globex")
    demo.type(line)
    answer = demo.last()
    assert said.replace("`", "") in words_of(answer).replace("`", "")
    assert ("add_contact" in _names(answer)) is adds


def test_jobs_and_channels_that_are_not_there_are_said_so_before_anything_happens(demo: Demo) -> None:
    demo.type("run nonsense", user="U_BEN")
    assert "There is no job “nonsense”" in words_of(demo.last(user="U_BEN"))
    demo.type("settings channel nowhere", user="U_BEN")
    assert "choose the channel" in words_of(demo.last(user="U_BEN"))
    demo.type("run nightly")
    assert "Only managers" in words_of(demo.last())


def test_files_that_are_no_lists_get_a_sentence_that_fits_the_chat(demo: Demo) -> None:
    assert "is no list that I can read" in _drop(demo, ("offer.pdf", b"%PDF-1.7 offer"))
    wrong = _drop(demo, ("colours.csv", b"colour,size\nred,4\n"))
    assert "first line of the file" in wrong
    assert "--map" not in wrong
    assert "this file alone" in _drop(demo, ("a.csv", b"Name\nAda Alone\n"), ("b.csv", b"Name\nBen Beside\n"))
