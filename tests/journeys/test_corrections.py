"""What was understood of a log is shown, and put right from its receipt."""

from typing import Any

from tests.journeys.house import Demo, words_of


def _logged(demo: Demo, text: str) -> dict[str, Any]:
    demo.type(f"log john smith acme: {text}")
    return next(one for one in reversed(demo.messages()) if "Logged a" in words_of(one))


def _dialog(demo: Demo, receipt: dict[str, Any], button: str) -> dict[str, Any]:
    demo.press(receipt, button)
    return dict(demo.state()["views"][-1])


def _chosen(dialog: dict[str, Any], block_id: str, value: str) -> dict[str, Any]:
    element = next(one["element"] for one in dialog["blocks"] if one["block_id"] == block_id)
    option = next(one for one in element["options"] if one["value"] == value)
    return {block_id: {element["action_id"]: {"selected_option": option}}}


def _timeline(demo: Demo, who: str = "john smith acme") -> str:
    demo.type(f"timeline {who}")
    return words_of(demo.last())


def test_a_call_that_was_a_meeting_on_another_day_is_put_right_and_taken_back(demo: Demo) -> None:
    receipt = _logged(demo, "called about the brass funnel")
    assert "Call · " in words_of(receipt)
    dialog = _dialog(demo, receipt, "correct")
    values = _chosen(dialog, "kind", "meeting") | {
        "day": {"day": {"selected_date": "2020-03-04"}},
        "clock": {"clock": {"value": "11:15"}},
        "text": {"text": {"value": "met about the brass funnel"}},
    }
    demo.act(type="submit", user="U_ADA", view_id=dialog["id"], values=values)
    demo.settle()
    told = demo.last(demo.direct())
    assert "Corrected: a meeting" in words_of(told)
    demo.type("timeline john smith acme until:2020-12-31")
    shown = words_of(demo.last())
    assert "met about the brass funnel" in shown
    assert "Wed 4 Mar 2020 11:15" in shown
    demo.press(told, "undo", channel=demo.direct())
    assert "called about the brass funnel" in _timeline(demo)


def test_a_log_is_moved_to_whom_it_belongs(demo: Demo) -> None:
    demo.type("add Nora Quill at Globex nora.quill@globex.example")
    receipt = _logged(demo, "called about the tin funnel")
    dialog = _dialog(demo, receipt, "move_to")
    found = demo.act(
        type="suggest", user="U_ADA", view_id=dialog["id"], action_id="find_customer", value="nora quill"
    )  # fmt: skip
    option = found["ack"]["options"][0]
    values = {"who": {"find_customer": {"selected_option": option}}}
    demo.act(type="submit", user="U_ADA", view_id=dialog["id"], values=values)
    demo.settle()
    assert "tin funnel" in _timeline(demo, "nora quill")
    assert "tin funnel" not in _timeline(demo)


def test_a_log_is_made_private_and_shown_again(demo: Demo) -> None:
    receipt = _logged(demo, "called about the copper funnel")
    demo.press(receipt, "set_level")
    demo.type("timeline john smith acme", user="U_BEN")
    assert "copper funnel" not in words_of(demo.last(user="U_BEN"))
    assert "copper funnel" in _timeline(demo)


def test_a_task_that_was_read_wrongly_goes_and_the_log_stays(demo: Demo) -> None:
    receipt = _logged(demo, "called, send the zinc brochure on friday")
    demo.press(receipt, "drop_made")
    demo.type("due")
    assert "zinc brochure" not in words_of(demo.last())
    assert "zinc brochure" in _timeline(demo)
