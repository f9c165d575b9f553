"""A week's budget, a person's month and the pause after any mail hold letters back, also those that wait already."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import letter_limits as acts
from crm_store.actions import sends
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Send
from crm_store.models.people import Company, ContactPoint, Customer, Team
from crm_store.queries import letter_limits, suggestions
from crm_store.values import limits, sending
from crm_store.values.limits import Limits
from crm_store.values.purposes import Purpose
from crm_store.values.sending import SendHours
from tests.cast import Cast
from tests.units.campaigns import shop

ALWAYS = SendHours(always=True)


def campaign(work: Work, people: int = 5, kind: str = "win_back", name: str = "cam_1") -> None:
    """An approved campaign to so many people who consented."""
    for at in range(people):
        customer_id = f"cus_{at}"
        if work.session.get(Customer, (work.team_id, customer_id)) is None:
            work.add(
                Customer(
                    customer_id=customer_id, name=f"Ann{at} Lee", name_key=f"ann{at} lee", owner="usr_ada",
                    created_at=work.now,
                )
            )  # fmt: skip
            work.flush()
            shop.address(work, customer_id)
            shop.consent(work, customer_id)
        work.add(CampaignMember(campaign_id=name, customer_id=customer_id, arm="treated"))
    template = {"subject": "For {{ first_name }}", "body": "Hello {{ first_name }}"}
    work.add(
        Campaign(
            campaign_id=name, name=name, kind=kind, state="approved", approved_by="usr_ben", created_at=work.now,
            audience={}, template=template,
        )
    )  # fmt: skip
    work.flush()
    sends.start(work, name)


def left(work: Work) -> int:
    """So many were claimed now; they are taken to have left."""
    claimed = sends.claim(work, ALWAYS)
    for one in work.session.scalars(select(Send).where(Send.state == sending.HANDING)):
        one.state, one.at = sending.SENT, work.now
    return len(claimed)


def test_a_weeks_budget_is_never_passed_and_the_rest_leaves_on_monday(cast: Cast, clock: MovableClock) -> None:
    cast.ben.write_now(campaign)
    receipt = cast.ben.write_now(acts.change, limits.BUDGET, 3)
    assert receipt.sentence == "Campaigns send at most 3 letters a week"
    assert cast.ben.write_now(left) == 3
    assert cast.ben.write_now(left) == 0
    budget = cast.ben.read_now(letter_limits.budget)
    assert budget.sentence == "3 of 3 letters of this week's budget are used."
    waiting = cast.ben.read_now(
        lambda work: set(work.session.scalars(select(Send.due_at).where(Send.state == sending.WAITING)))
    )
    assert waiting == {budget.ends}
    clock.advance((budget.ends - clock.now()).total_seconds())
    assert cast.ben.write_now(left) == 2
    assert cast.ben.read_now(letter_limits.budget).used == 2


def test_whoever_had_enough_letters_this_month_waits_until_the_oldest_is_a_month_old(
    cast: Cast, clock: MovableClock
) -> None:
    cast.ben.write_now(campaign, 1)
    cast.ben.write_now(acts.change, limits.MONTHLY, 1)
    before = clock.now() - timedelta(days=20)

    def had_one(work: Work) -> None:
        work.add(
            Send(
                send_id="snd_old", campaign_id="cam_old", customer_id="cus_0", idempotency_key="old",
                state=sending.SENT, due_at=before, at=before,
            )
        )  # fmt: skip

    cast.ben.write_now(had_one)
    assert cast.ben.read_now(suggestions.standings, ["cus_0"])["cus_0"].enough
    assert cast.ben.write_now(left) == 0
    due = cast.ben.read_now(
        lambda work: work.session.scalars(select(Send.due_at).where(Send.state == sending.WAITING)).one()
    )
    assert due == before + limits.MONTH


def test_a_refused_purpose_stops_letters_for_it_and_no_others(cast: Cast) -> None:
    cast.ben.write_now(campaign, 2, "win_back", "cam_offer")
    cast.ben.write_now(campaign, 2, "thank", "cam_thanks")

    def refuse(work: Work) -> None:
        work.add(Consent(customer_id="cus_0", purpose=Purpose.OFFERS.value, basis="page", given=False, at=work.now))

    cast.ben.write_now(refuse)
    assert cast.ben.write_now(left) == 3

    def kept_back(work: Work) -> list[tuple[str, str, str | None]]:
        rows = work.session.scalars(select(Send).where(Send.state == sending.SKIPPED))
        return [(one.campaign_id, one.customer_id, one.reason) for one in rows]

    assert cast.ben.read_now(kept_back) == [("cam_offer", "cus_0", "wants no offers letters")]


def test_a_reader_is_written_to_in_the_hours_where_they_live(cast: Cast, clock: MovableClock) -> None:
    clock.advance((datetime(2027, 1, 13, 9, tzinfo=UTC) - clock.now()).total_seconds())
    cast.ben.write_now(campaign, 3)

    def live(work: Work) -> None:
        work.add(Company(company_id="com_tokyo", name="T", name_key="t", country="Japan", created_at=work.now))
        work.session.get_one(Customer, (work.team_id, "cus_1")).company_id = "com_tokyo"
        phone = "+14155550100"
        work.insert(
            ContactPoint,
            [
                {
                    "point_id": "cpt_phone", "owner_row": "cus_2", "kind": "phone", "value": phone, "value_key": phone,
                    "source": "chat", "last_seen": work.now,
                }
            ],
        )  # fmt: skip

    cast.ben.write_now(live)
    hours = SendHours.parse("8-18 mon-fri")
    claimed = cast.ben.write_now(sends.claim, hours)
    assert [one.customer_id for one in claimed] == ["cus_0"]
    due = cast.ben.read_now(lambda work: {one.customer_id: one.due_at for one in work.session.scalars(select(Send))})
    assert due["cus_1"] == datetime(2027, 1, 13, 23, tzinfo=UTC)
    assert due["cus_2"] == datetime(2027, 1, 13, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "-3", "many", "1e9", "0"])
def test_what_is_no_budget_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="A budget is a number"):
        limits.budget_of(text)


def test_limits_are_read_as_typed_and_as_kept(cast: Cast) -> None:
    assert limits.budget_of("1,500") == 1500
    assert limits.budget_of("off") is None
    assert limits.pause_of("24h") == 24
    cast.ben.write_now(acts.change, limits.PAUSE, 24)
    cast.ben.write_now(acts.change, limits.BUDGET, 9)
    cast.ben.write_now(acts.change, limits.BUDGET, None)
    assert cast.ben.read_now(letter_limits.of_team) == Limits(None, limits.USUAL_MONTHLY, 24)
    team = cast.ben.read_now(lambda work: dict(work.session.get_one(Team, (work.team_id,)).settings))
    assert limits.BUDGET not in team
