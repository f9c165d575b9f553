"""Journey 2: a call is logged in one line, and Undo really undoes."""

import json

from tests.journeys.house import Demo, action_ids, words_of

LINE = "log ann lee globex: called, wants a quote for 200 seats, follow up friday"


def _timeline(demo: Demo, who: str) -> str:
    demo.type(f"timeline {who}")
    return words_of(demo.last())


def test_one_line_makes_a_communication_a_need_and_a_task_and_undo_takes_all_back(demo: Demo) -> None:
    demo.type("log ann lee globex: called, wants a quote for 217 seats, follow up friday")
    receipt = demo.last()
    said = words_of(receipt)
    assert "Ann Lee" in said
    assert "217 seats" in said
    assert "follow up" in said.lower()
    assert "217 seats" in _timeline(demo, "ann lee globex")
    demo.type("ann lee globex")
    assert "217 seats" in words_of(demo.last())
    demo.press(receipt, "undo")
    assert "217 seats" not in _timeline(demo, "ann lee globex")
    demo.type("ann lee globex")
    assert "217 seats" not in words_of(demo.last())


def test_the_same_line_works_as_a_mention(demo: Demo) -> None:
    answer = demo.act(
        type="mention", user="U_ADA", channel="C_SALES", text="log john smith acme: met at the fair, talked of meters"
    )
    demo.settle()
    assert answer["event_id"]
    assert any("John Smith" in words_of(one) and "undo" in json.dumps(action_ids(one)) for one in demo.messages())
    assert "talked of meters" in _timeline(demo, "john smith acme")


def test_the_same_line_works_in_the_direct_channel(demo: Demo) -> None:
    demo.say("log john smith acme: sent him the data sheet for pumps")
    receipt = demo.last(demo.direct())
    assert "John Smith" in words_of(receipt)
    assert "data sheet for pumps" in _timeline(demo, "john smith acme")


def test_an_event_that_comes_twice_has_one_effect(demo: Demo) -> None:
    demo._post("faults", {"duplicate_next": 1})
    demo.say("log john smith acme: the only call about valves")
    demo._post("faults", {})
    demo.settle()
    assert _timeline(demo, "john smith acme").count("only call about valves") == 1


def test_a_task_in_one_line_is_listed_and_done(demo: Demo) -> None:
    demo.type('task "send the valve catalogue" john smith acme: fri')
    assert "send the valve catalogue" in words_of(demo.last())
    demo.type("due")
    assert "send the valve catalogue" in words_of(demo.last())


def test_a_private_note_is_read_by_its_author_alone(demo: Demo) -> None:
    demo.type("log john smith acme: she is leaving in May private")
    assert "leaving in May" in _timeline(demo, "john smith acme")
    demo.type("timeline john smith acme", user="U_BEN")
    assert "leaving in May" not in words_of(demo.last(user="U_BEN"))
