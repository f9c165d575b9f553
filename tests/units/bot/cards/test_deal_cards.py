"""Cards and dialogs about deals, roles, links and the undo list are taken by Slack whatever things are called."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.cards import customer, deal_dialogs, deals, forms, links, roles, settings, undo
from bot.cards.settings import Setting
from crm_store.money import Money
from crm_store.values.acts import NewDeal, Receipt
from crm_store.values.deals import DealChange, DealDetails, Decision, StageView
from crm_store.values.teams import UserView
from crm_store.values.undo import UndoView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, buttons, takes, takes_dialog

LIMIT = Money(5_000_000, "EUR")


def _details(text: str, stages: int = 6, state: str = "open") -> DealDetails:
    named = tuple(StageView(f"stg_{n}", f"{text}{n}", "pip_1", text, "open") for n in range(stages))
    view = replace(figures.deal(text), stage_id="stg_1", state=state)
    return DealDetails(view, "cus_1", "com_1", "usr_ada", named, text, NOW, None if state == "open" else NOW)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_every_card_about_deals(text: str) -> None:
    wanted = DealChange(LIMIT, "stg_1", date(2026, 12, 1), "usr_ben", "lost", text, text)
    for state in ("open", "lost"):
        takes(deals.one(_details(text, 150, state), now=NOW, zone=BERLIN))
    many = [figures.deal(text, number) for number in range(60)]
    takes(deals.listed(many, text, now=NOW, zone=BERLIN, stages=_details(text).stages))
    takes(deals.listed(many, deals.YOU, now=NOW, zone=BERLIN, page=9, of={"owner": "usr_ada"}))
    takes(deals.listed([], text, now=NOW, zone=BERLIN))
    takes(deals.which(many, wanted, now=NOW, zone=BERLIN))
    takes(deals.nothing_open(text, "cus_1"))
    for asked in (wanted, replace(wanted, reason=""), DealChange(amount=LIMIT)):
        takes(deals.ask_first(_details(text), asked, "que_1", limit=LIMIT, now=NOW, zone=BERLIN))
    takes(deals.ask_new(NewDeal(text, "cus_1", None, "usr_ada", LIMIT, company=text), "que_1", LIMIT))
    takes(deals.decided(Decision("confirmed", "U_BEN", NOW), now=NOW, zone=BERLIN))
    takes(deals.done(Receipt("dea_1", "und_1", text)))
    takes(deals.pipelines(_details(text, 60).stages))
    takes(deals.left())


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_every_dialog_about_deals_and_customers(text: str) -> None:
    takes_dialog(deal_dialogs.deal_dialog(figures.brief(text), _details(text, 150).stages, ("com_1", text), text))
    takes_dialog(deal_dialogs.edit_dialog(_details(text)))
    takes_dialog(deal_dialogs.lost_dialog(figures.deal(text)))
    takes_dialog(deal_dialogs.owner_dialog(figures.brief(text)))
    takes_dialog(deal_dialogs.merge_with_dialog(figures.brief(text)))
    takes(customer.privacy(figures.card(text), now=NOW, zone=BERLIN))
    takes(roles.listed([UserView(f"usr_{n}", f"U_{n}", text, "rep", "UTC") for n in range(90)], has_admin=False))
    acts = [UndoView(f"und_{n}", text, NOW - timedelta(days=n), since=text) for n in range(10)]
    takes(undo.listed(acts, now=NOW, zone=BERLIN))
    takes(undo.listed([], now=NOW, zone=BERLIN))
    takes(settings.overview([Setting(text, text, text)] * 9, [Setting(text, "C_SALES", "")]))
    takes(links.deal_blocks(_details(text), outsiders=False, now=NOW, zone=BERLIN))


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_an_object_holds_data_alone_and_before_outsiders_a_name_alone(text: str) -> None:
    for in_pane in (False, True):
        made = [
            links.customer(
                figures.card(text), "https://x/cus_1", outsiders=False, in_pane=in_pane, now=NOW, zone=BERLIN
            ),
            links.deal(_details(text), "https://x/dea_1", outsiders=False, in_pane=in_pane, now=NOW, zone=BERLIN),
        ]
        for entity in made:
            fields = entity["entity_payload"]["custom_fields"]
            assert all(one.get("value", "x").strip() for one in fields)
            assert len({one["key"] for one in fields}) == len(fields)
            assert "\u202e" not in json.dumps(entity, ensure_ascii=False)
    hidden = links.customer(figures.card(text), "https://x/cus_1", outsiders=True, in_pane=False, now=NOW, zone=BERLIN)
    assert hidden["entity_payload"]["custom_fields"] == []
    assert "actions" not in hidden["entity_payload"]


def test_a_change_survives_its_button() -> None:
    wanted = DealChange(LIMIT, "stg_1", date(2026, 12, 1), "usr_ben", "lost", "too dear", "Renewal")
    assert deals.read_change(json.loads(json.dumps(deals.carried(wanted)))) == wanted
    assert deals.read_change({}) == DealChange()


def test_the_safe_button_of_a_question_comes_first_and_stands_out() -> None:
    message = deals.ask_first(
        _details("Renewal"), DealChange(outcome="won"), "que_1", limit=None, now=NOW, zone=BERLIN
    )  # fmt: skip
    first, *others = buttons(message.blocks)
    assert first["action_id"] == "deal_cancel"
    assert first["style"] == "primary"
    assert all("style" not in one for one in others)


def test_a_dialog_that_waited_too_long_keeps_what_was_typed_in_its_button() -> None:
    view = deal_dialogs.deal_dialog(None, _details("Stage").stages, name="A long name that nobody types twice")
    (button,) = buttons(forms.opener(view).blocks)
    again = forms.refilled(deal_dialogs.deal_dialog(None, ()), json.loads(button["value"]))
    assert again["blocks"][0]["element"]["initial_value"] == "A long name that nobody types twice"
    assert forms.refilled(view, {}) is view
