"""Numbers, segments by a rule, and reasons of scores, asked for in chat, typed wrongly too."""

from typing import Any

from tests.journeys.house import Demo, action_ids, words_of


def _pressable(message: dict[str, Any]) -> set[str]:
    return {one.split(":")[0] for one in action_ids(message)}


def _fill(demo: Demo, **typed: str) -> dict[str, Any]:
    """Type into the fields of the open dialog and send it."""
    view = demo.state()["views"][-1]
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    answer = demo.act(type="submit", user="U_ADA", view_id=view["id"], values=values)
    demo.settle()
    return answer


def _count(demo: Demo, **typed: str) -> None:
    """Type into the fields of the open dialog and have the rule counted there."""
    view = demo.state()["views"][-1]
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    demo.act(type="click", user="U_ADA", view_id=view["id"], action_id="segment_count", values=values)
    demo.settle()


def _dialog(demo: Demo) -> str:
    return str(demo.state()["views"][-1])


def test_a_number_is_answered_with_what_was_understood_and_its_query(demo: Demo) -> None:
    demo.type("ask how many deals did we win this year by owner?")
    answer = demo.last()
    assert answer["ephemeral"]
    assert "Deals won:" in words_of(answer)
    assert "/crm ask deals won by owner since" in words_of(answer)
    demo.press(answer, "number_query")
    assert "SELECT" in words_of(demo.last())
    assert "team_id" in words_of(demo.last())


def test_a_question_typed_wrongly_is_answered_by_the_nearest_which_can_be_pressed(demo: Demo) -> None:
    demo.type("ask revnue by month")
    answer = demo.last()
    assert "Did you mean “revenue”?" in words_of(answer)
    demo.press(answer, "did_you_mean")
    assert "Revenue: €" in words_of(demo.last())


def test_a_question_for_nothing_shows_what_can_be_asked(demo: Demo) -> None:
    demo.type("ask")
    assert "/crm ask revenue by month this year" in words_of(demo.last())
    demo.type("ask revenue company Acmee")
    assert "There is no company called “Acmee”" in words_of(demo.last())


def test_another_team_asks_of_its_own_rows_alone(demo: Demo) -> None:
    demo.type("ask customers")
    ours = words_of(demo.last())
    demo.type("ask customers", user="U_CLEO", channel="C_OTHER")
    assert words_of(demo.last("C_OTHER", "U_CLEO")) != ours


def test_a_rule_is_counted_saved_edited_deleted_and_taken_back(demo: Demo) -> None:
    demo.type('segment "2+ orders since May"')
    counted = demo.last()
    assert "at least 2 orders since" in words_of(counted)
    assert {"segment_save", "segment_people"} <= _pressable(counted)
    demo.press(counted, "segment_people")
    assert "Who fits the rule" in words_of(demo.last())
    demo.press(counted, "segment_save")
    assert "name" in str(_fill(demo, name="", rule="2+ orders"))
    assert "no condition I know" in str(_fill(demo, name="Faithful", rule="twice or more"))
    _fill(demo, name="Faithful", rule="2+ orders since May")
    saved = demo.last(demo.direct())
    assert "Saved the segment Faithful" in words_of(saved)
    demo.press(saved, "segment_edit", channel=demo.direct())
    assert "Now" in _dialog(demo)
    assert "2+ ordrs" not in _dialog(demo)
    _count(demo, rule="2+ ordrs")
    assert "no condition I know" in _dialog(demo)
    _count(demo, rule="1+ orders")
    assert "2+ ordrs" not in _dialog(demo)
    assert "Examples" in _dialog(demo)
    _fill(demo, name="Faithful ones", rule="3+ orders since May")
    demo.type("segment faithful ones")
    shown = demo.last()
    assert "at least 3 orders since" in words_of(shown)
    demo.press(shown, "segment_delete")
    deleted = demo.last()
    demo.type("segment")
    assert "Faithful" not in words_of(demo.last())
    demo.press(deleted, "undo")
    demo.type("segment")
    assert "Faithful ones" in words_of(demo.last())


def test_a_segment_typed_wrongly_is_answered_by_the_nearest_condition(demo: Demo) -> None:
    demo.type('segment "spnd over 500"')
    assert "did you mean something like “spend over 500 in the last quarter”?" in words_of(demo.last())
    demo.type('segment "stage Dreaming" save:dreamers')
    assert "There is no stage called “Dreaming” at present." in words_of(demo.last())
    demo.type('segment "1+ orders" save:Dreamers')
    assert "There is a segment called “Dreamers” already" in words_of(demo.last())


def test_why_says_what_is_missing_where_there_is_no_score(demo: Demo) -> None:
    demo.type("add Quinn Newcomer at Globex quinn@newcomer.example")
    demo.type("why quinn newcomer")
    assert "There is no score for Quinn Newcomer, Globex yet." in words_of(demo.last())
    demo.type("why zzyqx wwvvkk")
    assert "add_contact" in _pressable(demo.last())
