"""Stages as the team names them, the limit, endings, and the question before them."""

import pytest

from crm_store.actions import customers, deals, stages, teams
from crm_store.actions import undo as undo_actions
from crm_store.errors import BadInput, NotAllowed, NotFound, Stale
from crm_store.money import Money
from crm_store.queries import company_names
from crm_store.queries import deals as queries
from crm_store.queries import teams as team_queries
from crm_store.queries import undo as undo_queries
from crm_store.values.acts import NewCustomer, NewDeal
from crm_store.values.deals import DealChange, is_above
from tests.cast import Cast
from tests.units.crm_store.history.acme import customer
from tests.units.crm_store.trade.test_deals import deal


def _names(cast: Cast) -> list[str]:
    return [one.name for one in cast.ada.read_now(queries.stages)]


def test_stages_are_put_in_another_order_and_back(cast: Cast) -> None:
    cast.ada.write_now(deals.add_pipeline, "Sales", [("A", "open"), ("B", "open"), ("Won", "won"), ("Lost", "lost")])
    first = cast.ada.write_now(stages.arrange, "", [("B", "open"), ("C", "open"), ("A", "open")])
    assert _names(cast) == ["B", "C", "A", "Won", "Lost"]
    cast.ada.write_now(stages.arrange, "sales", [("C", "open"), ("Signed", "won")])
    assert _names(cast) == ["C", "Signed", "Lost"]
    assert "A, B, Won, Lost → B, C, A, Won, Lost" in first.sentence


def test_a_new_order_is_taken_back(cast: Cast) -> None:
    cast.ada.write_now(deals.add_pipeline, "Sales", [("A", "open"), ("B", "open"), ("Won", "won"), ("Lost", "lost")])
    changed = cast.ada.write_now(stages.arrange, "", [("B", "open"), ("C", "open")])
    assert _names(cast) == ["B", "C", "Won", "Lost"]
    assert changed.undo_id is not None
    cast.ada.write_now(undo_actions.undo, changed.undo_id)
    assert _names(cast) == ["A", "B", "Won", "Lost"]


def test_a_stage_with_deals_stays_and_a_renamed_one_keeps_them(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    with pytest.raises(BadInput, match="1 deal is in “Proposal”"):
        cast.ada.write_now(stages.arrange, "", [("Lead", "open"), ("Offer", "open")])
    cast.ada.write_now(stages.rename, "proposal", "Offer")
    view = cast.ada.read_now(queries.by_id, renewal)
    assert view is not None
    assert view.stage == "Offer"
    with pytest.raises(BadInput, match="already"):
        cast.ada.write_now(stages.rename, "offer", "lead")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([("Won", "won")], "needs a stage that is open"),
        ([("A", "open"), ("a", "open")], "same name"),
        ([(f"S{n}", "open") for n in range(50)], "at most 40"),
    ],
)
def test_stages_that_make_no_pipeline_are_refused(cast: Cast, named: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        cast.ada.write_now(stages.arrange, "New one", named)


def test_a_deal_ends_in_the_stage_that_was_named_with_its_last_amount(cast: Cast) -> None:
    wanted = [("Talk", "open"), ("Signed", "won"), ("Lost", "lost"), ("Not for us", "lost")]
    cast.ada.write_now(stages.arrange, "", wanted)
    new = NewDeal("Renewal", customer(cast.ada), None, "usr_ada", Money(1_000, "EUR"))
    made = cast.ada.write_now(deals.add, new).row_id
    stage = cast.ada.read_now(queries.stage_named, "not for us")
    change = DealChange(Money(900, "EUR"), stage.stage_id, outcome="lost", reason="no  budget")
    done = cast.ada.write_now(deals.carry_out, made, change)
    assert done.sentence == "Renewal: Talk → lost, €10 → €9, because: no budget"
    shown = cast.ada.read_now(queries.details, made)
    assert (shown.view.stage, shown.lost_reason) == ("Not for us", "no budget")


def test_a_question_is_answered_once(cast: Cast) -> None:
    cast.ada.write_now(deals.decide, "que_1", "dea_1", "confirmed")
    with pytest.raises(Stale, match="confirmed at"):
        cast.ben.write_now(deals.decide, "que_1", "dea_1", "cancelled")
    before = cast.ben.read_now(queries.decision, "que_1")
    assert before is not None
    assert (before.verdict, before.who) == ("confirmed", "U_ADA")


def test_the_limit_is_set_and_taken_away(cast: Cast) -> None:
    assert cast.ben.read_now(queries.limit) is None
    limit = Money(5_000_000, "EUR")
    done = cast.ben.write_now(teams.set_limit, limit)
    assert "before: no limit" in done.sentence
    assert cast.ben.read_now(queries.limit) == limit
    cast.ben.write_now(teams.set_limit, None)
    assert cast.ben.read_now(queries.limit) is None
    with pytest.raises(BadInput):
        cast.ben.write_now(teams.set_limit, Money(0, "EUR"))


@pytest.mark.parametrize(
    ("amount", "above"),
    [(Money(5_000_000, "EUR"), False), (Money(5_000_001, "EUR"), True), (Money(1, "USD"), True), (None, False)],
)
def test_what_is_above_the_limit(amount: Money | None, above: bool) -> None:
    assert is_above(amount, Money(5_000_000, "EUR")) is above
    assert is_above(amount, None) is False


def test_another_persons_private_customer_hides_its_deals(cast: Cast) -> None:
    made = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", level="private", owner="usr_ada")).row_id
    secret = deal(cast, made, "Secret plan")
    assert [one.name for one in cast.ada.read_now(queries.owned, None)] == ["Secret plan"]
    assert cast.ben.read_now(queries.owned, None) == ()
    assert cast.ben.read_now(queries.named, "secret plan") == ((), False)
    with pytest.raises(NotFound):
        cast.ben.read_now(queries.details, secret)


def test_the_last_admin_stays_one(cast: Cast) -> None:
    cast.ben.write_now(teams.set_role, "usr_ben", "admin")
    with pytest.raises(NotAllowed, match="one admin at least"):
        cast.ben.write_now(teams.set_role, "usr_ben", "rep")
    with pytest.raises(NotAllowed, match="one admin at least"):
        cast.ben.write_now(teams.deactivate, "usr_ben")
    cast.ben.write_now(teams.set_role, "usr_ada", "admin")
    cast.ben.write_now(teams.set_role, "usr_ben", "rep")
    assert cast.ben.read_now(team_queries.count_admins) == 1
    with pytest.raises(BadInput, match="no role"):
        cast.ada.write_now(teams.set_role, "usr_ben", "king")


def test_the_undo_list_says_who_built_on_an_act_and_keeps_its_numbers(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    cast.ben.write_now(deals.move, renewal, "negotiation")
    first, *_ = cast.ada.read_now(undo_queries.listed, "usr_ada")
    assert first.since == "Ben Okafor"
    cast.ada.write_now(teams.remember_undo_list, [first.undo_id])
    deal(cast, customer(cast.ada, "Bo Ek"), "Later")
    assert cast.ada.read_now(undo_queries.numbered, 1) == first.undo_id
    with pytest.raises(BadInput, match="The list you saw has 1"):
        cast.ada.read_now(undo_queries.numbered, 2)
    assert cast.ben.read_now(undo_queries.numbered, 1) is None


def test_companies_are_found_as_one_types(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Globex Industries"))
    cast.ada.write_now(customers.add, NewCustomer("Bo Ek", company="Initech"))
    for typed in ("glo", "globex", "globx", "ann lee globex"[8:]):
        assert [name for _, name in cast.ada.read_now(company_names.fitting, typed)] == ["Globex Industries"], typed
    assert cast.ada.read_now(company_names.fitting, "") == ()
    assert cast.cleo.read_now(company_names.fitting, "globex") == ()
