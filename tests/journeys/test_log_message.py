"""Journey 3: any Slack message is logged by shortcut in two clicks, or by reaction in none."""

from typing import Any

from tests.journeys.house import Demo, words_of


def _write(demo: Demo, text: str, user: str = "U_BEN") -> dict[str, Any]:
    demo.act(type="message", user=user, channel="C_SALES", text=text)
    demo.settle()
    return next(one for one in reversed(demo.messages()) if text[:20] in str(one["text"]))


def test_the_message_shortcut_logs_a_message_in_two_clicks(demo: Demo) -> None:
    message = _write(demo, "John Smith from Acme asked for the shortcut manual")
    demo.act(type="message_shortcut", user="U_ADA", channel="C_SALES", ts=message["ts"], callback_id="log_to_crm")
    demo.settle()
    dialog = demo.state()["views"][-1]
    demo.act(type="submit", user="U_ADA", view_id=dialog["id"], values={})
    demo.settle()
    assert not demo.state()["views"]
    demo.type("timeline john smith acme")
    assert "shortcut manual" in words_of(demo.last())


def test_a_reaction_logs_a_message_and_taking_it_off_takes_it_back(demo: Demo) -> None:
    message = _write(demo, "John Smith from Acme likes the reaction brochure")
    for kind in ("reaction", "unreaction"):
        demo.act(type=kind, user="U_ADA", channel="C_SALES", ts=message["ts"], name="memo")
        demo.settle()
        demo.type("timeline john smith acme")
        assert ("reaction brochure" in words_of(demo.last())) is (kind == "reaction")


def test_a_logged_message_that_is_edited_stays_in_step(demo: Demo) -> None:
    message = _write(demo, "John Smith from Acme wants it on Monday morning", user="U_ADA")
    demo.act(type="reaction", user="U_ADA", channel="C_SALES", ts=message["ts"], name="memo")
    demo.settle()
    new = "John Smith from Acme wants it on Tuesday noon"
    demo.act(type="edit_message", user="U_ADA", channel="C_SALES", ts=message["ts"], text=new)
    demo.settle()
    demo.type("timeline john smith acme")
    assert "Tuesday noon" in words_of(demo.last())
