"""Journey 1: a seller types a name, with errors, and sees who it is."""

import json

import pytest

from tests.journeys.house import Demo, action_ids, words_of


@pytest.mark.parametrize("typed", ["jhon smth acme", "find jhon smth acme", "john smith", "find smith acme corp"])
def test_a_mistyped_name_shows_the_right_card(demo: Demo, typed: str) -> None:
    demo.type(typed)
    card = demo.last()
    assert card["ephemeral"]
    assert "John Smith" in words_of(card)
    assert "Acme" in words_of(card)
    assert {"log_dialog", "task_dialog", "timeline"} <= {one.split(":")[0] for one in action_ids(card)}


def test_the_card_says_what_was_matched(demo: Demo) -> None:
    demo.type("jhon smth acme")
    assert "jhon smth acme" in words_of(demo.last())


def test_beside_a_certain_answer_nobody_is_offered_who_fits_far_less(demo: Demo) -> None:
    demo.type("smith")
    assert "John Smith" in words_of(demo.last())
    assert "Or did you mean" not in words_of(demo.last())


def test_nobody_else_sees_the_answer(demo: Demo) -> None:
    before = demo.messages(user="U_BEN")
    demo.type("find raine group")
    assert "Raine Group" in words_of(demo.last())
    assert demo.messages(user="U_BEN") == before


def test_an_unknown_customer_is_said_to_be_unknown_with_a_way_on(demo: Demo) -> None:
    demo.type("find zzyqx wwvvkk")
    answer = demo.last()
    assert "zzyqx wwvvkk" in words_of(answer)
    assert "add_contact" in {one.split(":")[0] for one in action_ids(answer)}


def test_an_ambiguous_name_is_asked_and_the_choice_completes_the_line(demo: Demo) -> None:
    demo.type("find ann")
    if "pick_customer" in {one.split(":")[0] for one in action_ids(demo.last())}:
        demo.press(demo.last(), "pick_customer")
    assert "log_dialog" in {one.split(":")[0] for one in action_ids(demo.last())}


def test_an_unknown_verb_is_answered_with_the_nearest_and_an_example(demo: Demo) -> None:
    demo.type("fnid acme")
    answer = demo.last()
    assert "find acme" in words_of(answer)
    demo.press(answer, "did_you_mean")
    assert "Acme" in words_of(demo.last())


def test_another_team_never_shows_up(demo: Demo) -> None:
    demo.type("find ann lee umbrella foods")
    assert "Umbrella" not in words_of(demo.last()).replace("ann lee umbrella foods", "")
    demo.type("find ann lee", user="U_CLEO", channel="C_OTHER")
    answer = demo.last("C_OTHER", "U_CLEO")
    assert "Umbrella Foods" in words_of(answer)
    assert "CLEO-ONLY" not in json.dumps(demo.state("U_ADA"))


def test_a_card_can_be_shared_with_the_channel(demo: Demo) -> None:
    demo.type("find john smith acme")
    demo.press(demo.last(), "share")
    shared = [one for one in demo.messages(user="U_BEN") if "John Smith" in words_of(one) and not one["ephemeral"]]
    assert shared


def test_a_companys_name_shows_the_company_with_its_people_and_the_choice_shows_the_card(demo: Demo) -> None:
    demo.type("globex")
    answer = demo.last()
    assert "Globex" in words_of(answer)
    if "pick_customer" in {one.split(":")[0] for one in action_ids(answer)}:
        assert "people" in words_of(answer)
        demo.press(answer, "pick_customer")
    assert "log_dialog" in {one.split(":")[0] for one in action_ids(demo.last())}


def test_a_deals_name_shows_the_deals(demo: Demo) -> None:
    demo.type("find gateway upgrade")
    answer = demo.last()
    assert "gateway upgrade" in words_of(answer).replace("“gateway upgrade”", "").lower()
    assert "open deal" in words_of(answer)
