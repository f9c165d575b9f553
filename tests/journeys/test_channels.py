"""A channel that belongs to a company becomes part of its timeline, for as long as it is linked."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.house import Demo, words_of

CHANNEL = "C_CAMPAIGNS"


def _write(demo: Demo, text: str, user: str = "U_BEN", channel: str = CHANNEL, **more: Any) -> str:
    made = demo.act(type="message", user=user, channel=channel, text=text, **more)
    demo.settle()
    return str(made["ts"])


def _timeline(demo: Demo) -> str:
    demo.type("timeline john smith acme", channel="C_SALES")
    return words_of(demo.last())


def _announcement(demo: Demo) -> dict[str, Any]:
    return next(one for one in reversed(demo.messages(CHANNEL)) if "channel_unlink" in str(one.get("blocks")))


@pytest.fixture
def linked(demo: Demo) -> Iterator[Demo]:
    demo.type("link acme", channel=CHANNEL)
    yield demo
    demo.type("unlink", channel=CHANNEL)


def test_what_is_said_in_a_linked_channel_is_in_the_companys_timeline_one_entry_a_thread(linked: Demo) -> None:
    assert "linked this channel to" in words_of(_announcement(linked))
    root = _write(linked, "The silver crane has arrived")
    _write(linked, "Good, I will look at the silver crane", "U_ADA", thread_ts=root)
    shown = _timeline(linked)
    assert "Ben Hartmann: The silver crane has arrived" in shown
    assert shown.count("The silver crane has arrived") == 1
    _write(linked, "<@U_RAPPORT> due", "U_ADA")
    linked.act(type="delete_message", user="U_BEN", channel=CHANNEL, ts=root)
    linked.settle()
    assert "The silver crane has arrived" not in _timeline(linked)


def test_after_unlink_nothing_new_is_logged_and_what_was_logged_stays(demo: Demo) -> None:
    demo.type("link acme", channel=CHANNEL)
    root = _write(demo, "The golden crane has arrived")
    demo.press(_announcement(demo), "channel_unlink", user="U_BEN", channel=CHANNEL)
    _write(demo, "It has left again", thread_ts=root)
    _write(demo, "A second golden crane")
    shown = _timeline(demo)
    assert "The golden crane has arrived" in shown
    assert "left again" not in shown
    assert "second golden crane" not in shown
    assert any("unlinked this channel" in words_of(one) for one in demo.messages(CHANNEL, "U_BEN"))


def test_links_are_listed_and_a_second_company_is_refused(linked: Demo) -> None:
    linked.type("settings links")
    assert "Acme" in words_of(linked.last())
    linked.type("link globex", channel=CHANNEL)
    assert "belongs to Acme" in words_of(linked.last(CHANNEL))


def test_a_direct_message_or_a_channel_without_us_is_refused(demo: Demo) -> None:
    demo.say("link acme")
    assert "cannot belong to a company" in words_of(demo.last(demo.direct()))
    demo.type("link acme", channel="C_NOAPP")
    assert "/invite @Rapport" in words_of(demo.last("C_NOAPP"))


def test_a_channel_with_outsiders_takes_an_admin_who_is_asked_first(demo: Demo) -> None:
    demo.type("link acme", channel="C_SHARED")
    assert "only an admin" in words_of(demo.last("C_SHARED"))
    # The demo has no admin, so its manager stands in for one.
    demo.type("link acme", user="U_BEN", channel="C_SHARED")
    asked = demo.last("C_SHARED", "U_BEN")
    assert "Link it to Acme Corporation all the same?" in words_of(asked)
    _write(demo, "The glass crane is ours", "U_GUEST", "C_SHARED")
    assert "glass crane" not in _timeline(demo)
    demo.press(asked, "channel_link", "U_BEN", "C_SHARED")
    _write(demo, "The paper crane is ours", "U_GUEST", "C_SHARED")
    shown = _timeline(demo)
    assert "paper crane" in shown
    assert "from them" in shown
    demo.type("unlink", user="U_BEN", channel="C_SHARED")
