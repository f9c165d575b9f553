"""Journey: the global shortcuts and the menu of a card; fields search as one types, and errors stand at the field."""

from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of


def _shortcut(demo: Demo, name: str) -> dict[str, Any]:
    demo.act(type="global_shortcut", user="U_ADA", callback_id=name)
    demo.settle()
    return _dialog(demo)


def _dialog(demo: Demo) -> dict[str, Any]:
    view: dict[str, Any] = [one for one in demo.state()["views"] if one["type"] == "modal"][-1]
    return view


def _suggest(demo: Demo, view: dict[str, Any], action: str, text: str) -> list[dict[str, Any]]:
    answer = demo.act(type="suggest", user="U_ADA", view_id=view["id"], action_id=action, value=text)
    return list(answer["ack"]["options"])


def _send(demo: Demo, view: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Send a dialog; a text is typed, anything else is an element's value with the action id in front."""
    given = {
        block: {block: {"value": value}} if isinstance(value, str) else {value[0]: value[1]}
        for block, value in values.items()
    }
    answer = demo.act(type="submit", user="U_ADA", view_id=view["id"], values=given)
    demo.settle()
    return answer


def _option(option: dict[str, Any]) -> dict[str, Any]:
    return {"selected_option": option}


def test_a_new_deal_needs_its_name_alone(demo: Demo) -> None:
    view = _shortcut(demo, "new_deal")
    required = [one["block_id"] for one in view["blocks"] if one["type"] == "input" and not one.get("optional")]
    assert required == ["name"]
    _send(demo, view, name="Trial order from the shortcut")
    assert "New deal Trial order from the shortcut" in words_of(demo.last(demo.direct()))


def test_a_new_deal_finds_customer_and_company_as_one_types(demo: Demo) -> None:
    demo.type("add Torvald Ness at Nessfjord torvald@nessfjord.example")
    view = _shortcut(demo, "new_deal")
    people = _suggest(demo, view, "find_customer", "torvld nes")
    assert people[0]["text"]["text"] == "Torvald Ness, Nessfjord"
    firms = _suggest(demo, view, "find_company", "nessf")
    assert firms[0]["text"]["text"] == "Nessfjord"
    assert firms[-1]["value"] == "new:nessf"
    _send(
        demo, view, name="Expansion from the shortcut", amount="7.5k", close="in 2 weeks",
        who=("find_customer", _option(people[0])), company=("find_company", _option(firms[0])),
    )  # fmt: skip
    made = demo.last(demo.direct())
    assert "€7,500" in words_of(made)
    demo.press(made, "deal", channel=demo.direct())
    assert "Torvald Ness, Nessfjord" in words_of(demo.last(demo.direct()))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("amount", "lots", "is no amount"), ("close", "whenever", "whenever"), ("amount", "-5", "less than nothing")],
)
def test_what_cannot_be_read_is_said_at_its_field_and_the_rest_stays(
    demo: Demo, field: str, typed: str, said: str
) -> None:
    view = _shortcut(demo, "new_deal")
    answer = _send(demo, view, **{"name": "Kept name", field: typed})
    assert said in answer["ack"]["errors"][field]
    assert _dialog(demo)["state"]["values"]["name"]["name"]["value"] == "Kept name"
    demo.act(type="close_view", user="U_ADA", view_id=view["id"])


def test_a_new_contact_joins_a_company_that_is_not_there_yet(demo: Demo) -> None:
    view = _shortcut(demo, "new_contact")
    answer = _send(demo, view, name="Rhea Solberg", email="rhea at nowhere", phone="x")
    assert set(answer["ack"]["errors"]) == {"email", "phone"}
    offered = _suggest(demo, view, "find_company", "Solberg Masonry")
    assert offered[-1]["text"]["text"] == "New company: Solberg Masonry"
    _send(
        demo,
        view,
        name="Rhea Solberg",
        email="rhea@solberg.example",
        phone="",
        company=("find_company", _option(offered[-1])),
    )
    demo.type("rhea solberg")
    assert "Rhea Solberg, Solberg Masonry" in words_of(demo.last())


def test_a_dialog_that_could_not_open_in_time_is_opened_by_a_button_with_what_was_typed(demo: Demo) -> None:
    demo._post("faults", {"error": {"method": "views.open", "error": "expired_trigger_id", "times": 1}})
    demo.type('deal new "Kept by the button"')
    offered = demo.last()
    if "new_deal" not in {one.split(":")[0] for one in action_ids(offered)}:
        demo.type("deal new")
        offered = demo.last()
    demo.press(offered, "new_deal")
    view = _dialog(demo)
    assert view["callback_id"] == "deal"
    demo.act(type="close_view", user="U_ADA", view_id=view["id"])


def test_the_menu_of_a_card_changes_the_owner(demo: Demo) -> None:
    demo.type("add Sunniva Roe at Roehaven sunniva@roehaven.example")
    demo.type("sunniva@roehaven.example")
    _menu(demo, demo.last(), "Change owner")
    _send(demo, _dialog(demo), owner=("owner", {"selected_user": "U_BEN"}))
    assert "Ben Hartmann" in words_of(demo.last(demo.direct()))


def test_the_menu_of_a_card_shows_where_its_data_come_from_and_merges_after_a_look(demo: Demo) -> None:
    demo.type("add Tove Lund at Lundfield tove@lundfield.example")
    demo.type("add T. Lund at Lundfield t.lund@lundfield.example")
    demo.type("tove@lundfield.example")
    card = demo.last()
    _menu(demo, card, "Privacy")
    assert "Everybody of the team sees this customer" in words_of(demo.last())
    _menu(demo, card, "Merge")
    view = _dialog(demo)
    other = _suggest(demo, view, "find_customer", "t.lund@lundfield.example")[0]
    _send(demo, view, who=("find_customer", _option(other)))
    look = _dialog(demo)
    assert look["callback_id"] == "merge"
    demo.act(type="close_view", user="U_ADA", view_id=look["id"])


def _menu(demo: Demo, card: dict[str, Any], label: str) -> None:
    (menu,) = [
        one for block in card["blocks"] for one in block.get("elements") or [] if one.get("type") == "overflow"
    ]  # fmt: skip
    value = next(one["value"] for one in menu["options"] if one["text"]["text"] == label)
    demo.act(
        type="click", user="U_ADA", channel="C_SALES", ts=card["ts"], action_id=menu["action_id"], value=value
    )  # fmt: skip
    demo.settle()


def test_a_call_is_logged_for_the_deal_that_was_found_as_one_types(demo: Demo) -> None:
    demo.type("add Ylva Brekke at Brekkestone ylva@brekkestone.example")
    demo.type('deal new ylva@brekkestone.example "Quarry lease" 4k')
    demo.type('deal new ylva@brekkestone.example "Crane hire" 2k')
    view = _shortcut(demo, "log_call")
    who = _suggest(demo, view, "find_customer", "ylva brekke")[0]
    deal = _suggest(demo, view, "find_deal", "quary lease")[0]
    assert deal["text"]["text"] == "Quarry lease"
    _send(
        demo, view, text="called, they like the lease", who=("find_customer", _option(who)),
        deal=("find_deal", _option(deal)),
    )  # fmt: skip
    assert "Quarry lease" in words_of(demo.last(demo.direct()))
    demo.type('task "send lease" ylva@brekkestone.example fri deal:crane')
    assert "send lease" in words_of(demo.last())
    demo.type('task "send lease" ylva@brekkestone.example fri deal:zebra')
    assert "no open deal “zebra”" in words_of(demo.last())
