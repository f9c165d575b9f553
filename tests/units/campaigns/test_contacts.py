"""The people of an idea stand in the order that was learnt; the card says which order it is, and the store keeps it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from analytics.child import AnalysisOrder, Result
from campaigns import contacts, night
from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, CampaignMember, Suggestion
from crm_store.models.trade import Order
from crm_store.queries import contacts as evidence
from crm_store.queries import suggestions as asked
from crm_store.values.contacts import ContactOrder
from crm_store.values.marketing import Idea
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, stock

WHY = "The order is learnt from 900 people of your own campaigns; T-learner: beats propensity."


def idea(kind: str = "win_back", *, personal: bool = False) -> Idea:
    return Idea(kind, "all", "Title", "who", (), ("ann", "bob", "cid"), "", "Hello", "Text", personal=personal, cap=2)


def test_the_learnt_order_replaces_the_simple_one_and_says_what_it_promises() -> None:
    order = ContactOrder(("win_back",), "T-learner", WHY, ("bob", "cid"), (0.1, 0.9), 0.1, 0.5, 0.5)
    (found,) = contacts.ordered([idea()], [order])
    assert found.members == ("cid", "ann", "bob")
    assert found.policy == "T-learner"
    assert found.order == f"{WHY} By it the first 2 bring about +0.4 orders that else would not come."


def test_without_a_better_order_the_simple_rule_is_kept_and_named() -> None:
    (found,) = contacts.ordered([idea()], [ContactOrder(("", "expand"), "", "Kept since nothing was better.")])
    assert found.members == idea().members
    assert (found.policy, found.order) == ("most recent first", "Kept since nothing was better.")
    (alone,) = contacts.ordered([idea()], [])
    assert alone.order == contacts.UNTAUGHT


def test_letters_of_deals_owners_keep_their_own_order() -> None:
    order = ContactOrder(("", "nudge_deal"), "T-learner", WHY, ("cid",), (9.0,))
    (found,) = contacts.ordered([idea("nudge_deal", personal=True)], [order])
    assert found == replace(idea("nudge_deal", personal=True), order="The largest open deal comes first.")


async def test_a_night_proposes_in_the_learnt_order_and_keeps_the_policy_with_it(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(120))
    names = tuple(f"cus_{at:04}" for at in range(120))
    learnt = ContactOrder(("",), "T-learner", WHY, names, tuple(float(at) for at in range(120)))

    async def analyst(_order: AnalysisOrder, _progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        yield learnt

    order = AnalysisOrder("tea_rapport", TODAY, f"sqlite:///{tmp_path / 'crm.db'}")
    found = await night.run(cast.ada, order, lambda _words: None, analyst)

    def kept(work: Work) -> list[Suggestion]:
        return [*work.session.scalars(select(Suggestion).where(Suggestion.suggestion_id.in_(found.suggestions)))]

    rows = [row for row in await cast.ada.read(kept) if row.kind != "nudge_deal"]
    assert rows
    for row in rows:
        assert row.members == sorted(row.members, reverse=True)
        assert row.content["policy"] == "T-learner"
        assert row.run_id == found.run_id
        assert 0 < row.chance_shown <= 1
        assert (await cast.ada.read(asked.view, row.suggestion_id)).order.startswith(WHY)


async def test_only_campaigns_that_are_over_and_held_somebody_out_teach(cast: Cast) -> None:
    await cast.ada.write(stock, simulate(6))

    def begun(work: Work) -> None:
        for name, days, arms in (
            ("over", 60, ("treated", "holdout", "excluded")),
            ("going", 10, ("treated", "holdout")),
            ("whole", 60, ("treated", "treated")),
        ):
            at = work.now - timedelta(days=days)
            work.add(
                Campaign(
                    campaign_id=name, name=name, kind="expand", state="measured", approved_by=work.actor,
                    created_at=at, window_days=30,
                )
            )  # fmt: skip
            for place, arm in enumerate(arms):
                work.add(CampaignMember(campaign_id=name, customer_id=f"cus_000{place}", arm=arm))
        work.add(
            Order(
                order_id="ord_in", external_key="in", customer_id="cus_0001", total_minor=5, currency="EUR",
                source="", ordered_at=work.now - timedelta(days=50),
            )
        )  # fmt: skip

    await cast.ada.write(begun)
    (one,) = await cast.ada.read(evidence.past)
    assert one.campaign_id == "over"
    assert [(each.customer_id, each.treated) for each in one.people] == [("cus_0000", True), ("cus_0001", False)]
    assert one.people[1].ordered
