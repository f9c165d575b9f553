"""Journey: a deal from its first line to its end, by command, mention, direct message and button."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of


def _names(message: dict[str, Any]) -> set[str]:
    return {one.split(":")[0] for one in action_ids(message)}


def _add(demo: Demo, name: str, company: str) -> None:
    demo.type(f"add {name} at {company} {name.split(maxsplit=1)[0].lower()}@{company.lower()}.example")
    assert "Added" in words_of(demo.last())


def _choose(demo: Demo, message: dict[str, Any], action: str, label: str, channel: str = "C_SALES") -> None:
    """Choose an option of a menu in a message by what it says."""
    menus = [one for block in message["blocks"] for one in block.get("elements") or [] if "options" in one]
    menu = next(one for one in menus if one["action_id"].split(":")[0] == action)
    value = next(one["value"] for one in menu["options"] if one["text"]["text"] == label)
    demo.act(
        type="click", user="U_ADA", channel=channel, ts=message["ts"], action_id=menu["action_id"], value=value
    )  # fmt: skip
    demo.settle()


@pytest.fixture(scope="module")
def with_deals(demo: Demo) -> Iterator[Demo]:
    """Two customers of companies that nobody else's journey knows."""
    _add(demo, "Odile Varga", "Quarrystone")
    _add(demo, "Pavel Brandt", "Fennelworks")
    yield demo
    demo.type("settings limit off", "U_BEN")


def test_a_deal_is_opened_changed_and_undone_with_old_and_new_shown(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "Renewal" 12k close:eom')
    made = demo.last()
    assert "New deal Renewal" in words_of(made)
    assert "€12,000" in words_of(made)
    demo.type("deal odile varga 14k stage:proposal owner:@ben")
    changed = words_of(demo.last())
    assert "→ Proposal" in changed
    assert "€12,000 → €14,000" in changed
    assert "now with Ben" in changed
    demo.press(demo.last(), "undo")
    demo.type("deal odile varga")
    shown = words_of(demo.last())
    assert "€12,000" in shown
    assert {"deal_stage", "deal_win", "deal_lose", "deal_edit"} <= _names(demo.last())


def test_a_stage_is_chosen_from_the_menu_of_the_card(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new pavel brandt "Line two" 3k')
    demo.type("pavel brandt fennelworks")
    demo.press(demo.last(), "customer_stage")
    _choose(demo, demo.last(), "deal_stage", "Negotiation")
    assert "→ Negotiation" in words_of(demo.last())
    assert "undo" in _names(demo.last())


def test_won_is_asked_first_and_a_second_press_is_told_who_answered(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "Rollout" 5k')
    demo.type('deal win odile varga "Rollout"')
    asked = demo.last()
    assert "as won?" in words_of(asked)
    assert action_ids(asked)[0].startswith("deal_cancel"), "the safe button comes first"
    confirm = next(one for one in action_ids(asked) if one.startswith("deal_confirm"))
    demo.act(type="click", user="U_ADA", channel="C_SALES", ts=asked["ts"], action_id=confirm)
    demo.act(type="click", user="U_ADA", channel="C_SALES", ts=asked["ts"], action_id=confirm)
    demo.settle()
    texts = [words_of(one) for one in demo.messages()]
    assert [one for one in texts if "Rollout" in one and "→ won" in one]
    assert [one for one in texts if "answered before (confirmed" in one]


def test_lost_keeps_its_reason_and_cancel_changes_nothing(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new pavel brandt "Spare parts" 900')
    demo.type('deal lose pavel brandt "Spare parts": went to a cheaper shop')
    assert "went to a cheaper shop" in words_of(demo.last())
    demo.press(demo.last(), "deal_cancel")
    assert "Nothing was changed" in words_of(demo.last())
    demo.type('deal pavel brandt "Spare parts" lost: went to a cheaper shop')
    demo.press(demo.last(), "deal_confirm")
    done = demo.last()
    assert "→ lost, because: went to a cheaper shop" in words_of(done)
    demo.press(done, "deal")
    assert "went to a cheaper shop" in words_of(demo.last())


def test_several_open_deals_are_asked_with_buttons_and_the_choice_goes_on(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "North hall" 1k')
    demo.type('deal new odile varga "South hall" 2k')
    demo.type("move odile varga to negotiation")
    asked = demo.last()
    assert "Which deal is it?" in words_of(asked)
    demo.press(asked, "deal_pick")
    (left,) = [one for one in demo.messages() if one["ts"] == asked["ts"]]
    assert "→ Negotiation" in words_of(left)


def test_an_amount_above_the_limit_is_asked_first(with_deals: Demo) -> None:
    demo = with_deals
    demo.type("settings limit 50k", "U_BEN")
    assert "above €50,000" in words_of(demo.last(user="U_BEN"))
    demo.type('deal pavel brandt "Line two" 60k')
    asked = demo.last()
    assert "above your team's limit of €50,000" in words_of(asked)
    demo.press(asked, "deal_confirm")
    assert "€3,000 → €60,000" in words_of(demo.last())
    demo.type('deal new pavel brandt "Whole plant" 900k')
    demo.press(demo.last(), "deal_cancel")
    demo.type('deal pavel brandt "Whole plant"')
    assert "€900,000" not in words_of(demo.last())


def test_a_mention_in_a_thread_and_a_direct_message_do_the_same(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new pavel brandt "Pilot" 700')
    root = demo.act(type="message", user="U_ADA", channel="C_SALES", text="the pilot goes on")
    demo.act(
        type="mention", user="U_ADA", channel="C_SALES", thread_ts=root["ts"],
        text='deal pavel brandt "Pilot" stage:qualified',
    )  # fmt: skip
    demo.settle()
    said = [one for one in demo.messages() if "→ Qualified" in words_of(one)]
    assert said[-1]["thread_ts"] == root["ts"]
    demo.say('deal pavel brandt "Pilot" stage:proposal')
    assert "Qualified → Proposal" in words_of(demo.last(demo.direct()))


def test_the_list_shows_open_deals_by_stage_and_leads_to_each(with_deals: Demo) -> None:
    demo = with_deals
    demo.type("deals")
    listed = demo.last()
    assert "open deals" in words_of(listed)
    demo.press(listed, "deal")
    assert "deal_stage" in _names(demo.last())
    demo.type("deals all")
    first = demo.last()
    assert "1 to 20 of" in words_of(first)
    demo.press(first, "deal_page")
    (second,) = [one for one in demo.messages() if one["ts"] == first["ts"]]
    assert "21 to 40 of" in words_of(second)
    demo.type("deals owner:@ben")
    assert "Ben" in words_of(demo.last())


def test_stages_are_named_by_the_team_and_a_stage_with_deals_is_not_left_out(with_deals: Demo) -> None:
    demo = with_deals
    demo.type("settings stages Partners: Talk, Trial, Signed=won, Gone=lost", "U_BEN")
    assert "New pipeline Partners" in words_of(demo.last(user="U_BEN"))
    demo.type("settings stages", "U_BEN")
    assert "Talk → Trial → Signed (won) → Gone (lost)" in words_of(demo.last(user="U_BEN"))
    demo.type('deal new odile varga "Alliance" stage:trial')
    assert "Trial" in words_of(demo.last())
    demo.type("settings stages Partners: Talk, Deal, Signed=won, Gone=lost", "U_BEN")
    assert "1 deal is in “Trial”" in words_of(demo.last(user="U_BEN"))
    demo.type("settings stage Trial to Test run", "U_BEN")
    assert "called Test run now" in words_of(demo.last(user="U_BEN"))
    demo.type('move odile varga "Alliance" to signed')
    assert "as won?" in words_of(demo.last())


def test_the_undo_list_is_numbered_and_its_numbers_stay(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "First of two" 1k')
    demo.type('deal new odile varga "Second of two" 1k')
    demo.type("undo list")
    listed = demo.last()
    assert "1. New deal Second of two" in words_of(listed)
    assert "2. New deal First of two" in words_of(listed)
    demo.type("undo 1")
    assert "Second of two" in words_of(demo.last())
    demo.type("undo 2")
    assert "Taken back: New deal First of two" in words_of(demo.last())


def test_the_undo_list_says_who_built_on_an_act_since(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "Shared work" 1k')
    demo.type('deal odile varga "Shared work" 2k', user="U_BEN")
    demo.type("undo list")
    assert "Ben Hartmann changed some of it since" in words_of(demo.last())


def test_a_deal_is_meant_by_its_own_name_and_only_nearly_meant_ones_are_asked(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new odile varga "Zeppelin hangar" 8k')
    demo.type("deal zeppelin hangar 9k")
    assert "€8,000 → €9,000" in words_of(demo.last())
    demo.type("deal zepelin hanger 10k")
    asked = demo.last()
    assert "Which deal is it?" in words_of(asked)
    demo.press(asked, "deal_pick")
    (left,) = [one for one in demo.messages() if one["ts"] == asked["ts"]]
    assert "€9,000 → €10,000" in words_of(left)


def test_a_line_that_means_nothing_open_offers_the_form_for_a_new_deal(with_deals: Demo) -> None:
    demo = with_deals
    _add(demo, "Runa Falk", "Falkenrath")
    demo.type("deal win runa falk")
    assert "has no open deal" in words_of(demo.last())
    demo.press(demo.last(), "new_deal")
    view = demo.state()["views"][-1]
    demo.act(type="submit", user="U_ADA", view_id=view["id"], values={"name": {"name": "First order"}})
    demo.settle()
    demo.type("deal runa falk")
    assert "First order" in words_of(demo.last())
    demo.press(demo.last(), "deal_lose")
    view = demo.state()["views"][-1]
    demo.act(type="submit", user="U_ADA", view_id=view["id"], values={"reason": {"reason": "no budget"}})
    demo.settle()
    assert "→ lost, because: no budget" in words_of(demo.last(demo.direct()))


def test_a_deal_is_edited_in_its_dialog_with_errors_at_the_field(with_deals: Demo) -> None:
    demo = with_deals
    demo.type('deal new pavel brandt "Boiler" 2k')
    demo.press(demo.last(), "deal")
    demo.press(demo.last(), "deal_edit")
    view = demo.state()["views"][-1]
    send = {"type": "submit", "user": "U_ADA", "view_id": view["id"]}
    answer = demo.act(**send, values={"amount": {"amount": "many"}})
    assert "is no amount" in answer["ack"]["errors"]["amount"]
    demo.act(**send, values={"amount": {"amount": "2,500"}, "close": {"close": "eom"}, "name": {"name": "Big boiler"}})
    demo.settle()
    said = words_of(demo.last(demo.direct()))
    assert "now called Big boiler" in said
    assert "€2,000 → €2,500" in said
