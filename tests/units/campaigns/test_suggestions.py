"""From an idea to a campaign: one open suggestion a kind, one decision, and who is left out for which reason."""

import asyncio
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from campaigns import lifecycle
from crm_store import audit
from crm_store.actions import suggestions
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, Stale
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Decision, Suppression
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import suggestions as asked
from crm_store.values.marketing import Idea, Standing, split
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, letter, noon, stock

PEOPLE = tuple(f"cus_{number:04d}" for number in range(40))


def idea(kind: str = "win_back", *, members: tuple[str, ...] = PEOPLE, body: str = "Hello {{ first_name }}") -> Idea:
    return Idea(kind, "all", "Win back", "2 or more orders", ("Silent for 90 days.",), members, "No evidence yet.",
                "News for {{ company }}", body)  # fmt: skip


@pytest.fixture
async def proposed(cast: Cast) -> str:
    await cast.ada.write(stock, simulate(40, with_deals=False))
    suggestion_id = await cast.ada.write(suggestions.propose, idea())
    assert suggestion_id is not None
    return suggestion_id


async def test_a_suggestion_shows_all_that_its_card_needs(cast: Cast, proposed: str) -> None:
    view = await cast.ada.read(asked.view, proposed)
    assert view.n + view.holdout == 40
    assert 0 < view.holdout < 12
    assert view.left_out == ()
    assert view.subject == "News for Acme"
    assert view.body == "Hello Customer"
    assert (view.state, view.version, view.campaign) == ("proposed", 1, None)
    assert len(await cast.ada.read(asked.people, proposed, 3)) == 3
    rows = await cast.ada.read(lambda work: [*work.session.scalars(select(OutboxRow))])
    assert [(row.kind, row.order_key, row.payload) for row in rows] == [
        ("suggestion", "channel:C_SALES", {"suggestion_id": proposed})
    ]


async def test_only_one_suggestion_of_a_kind_is_open(cast: Cast, proposed: str) -> None:
    assert await cast.ada.write(suggestions.propose, idea()) is None
    assert await cast.ada.write(suggestions.propose, idea("welcome")) is not None
    assert proposed in await cast.ada.read(asked.open_now)


def test_no_lot_holds_out_everybody_of_a_small_audience() -> None:
    free = Standing(consented=True, has_address=True)
    for lot in range(300):
        for size in (1, 2, 3):
            members = PEOPLE[:size]
            found = split(members, dict.fromkeys(members, free), salt=f"sug_{lot}", holdout_share=0.5)
            assert found.treated
            assert {*found.treated, *found.holdout} == {*members}
        alone = split(PEOPLE, dict.fromkeys(PEOPLE, free), salt=f"sug_{lot}", cap=1, holdout_share=0.5)
        assert len(alone.treated) == 1


async def test_a_suggestion_that_reaches_nobody_is_not_made(cast: Cast) -> None:
    await cast.ada.write(stock, simulate(3, with_deals=False))
    assert await cast.ada.write(suggestions.propose, idea(members=("cus_gone",))) is None
    await cast.ada.write(letter, "cmm_new", "cus_0000", noon(TODAY) - timedelta(hours=6), incoming=False)
    assert await cast.ada.write(suggestions.propose, idea(members=PEOPLE[:1])) is None
    assert await cast.ada.write(suggestions.propose, idea(members=PEOPLE[:2])) is not None


async def test_who_may_not_be_written_to_is_counted_by_reason(cast: Cast, proposed: str) -> None:
    def obstacles(work: Work) -> None:
        work.insert(
            Suppression,
            [{"value_key": "cus_0001@shop.example", "scope": "all", "reason": "unsubscribed", "at": work.now}],
        )
        row = work.session.get(Consent, (work.team_id, "cus_0002", "newsletter"))
        assert row is not None
        row.given = False
        letter(work, "cmm_new", "cus_0003", work.now - timedelta(hours=2), incoming=False)

    await cast.ada.write(obstacles)
    await cast.ada.write(suggestions.edit, proposed, 1, cap=30)
    view = await cast.ada.read(asked.view, proposed)
    assert dict(view.left_out) == {
        "unsubscribed or bounced": 1,
        "no consent": 1,
        "written to lately": 1,
        "over the cap": 7,
    }
    assert view.n + view.holdout == 30


async def test_an_approval_makes_a_campaign_with_its_control_group(cast: Cast, proposed: str) -> None:
    before = await cast.ada.read(asked.view, proposed)
    outcome = await cast.ben.write(suggestions.decide, proposed, 1, "approved")
    assert outcome.first
    assert outcome.campaign_id is not None
    view = await cast.ada.read(asked.view, proposed)
    assert (view.state, view.decided_by) == ("approved", "U_BEN")
    assert view.campaign is not None
    assert (view.campaign.treated, view.campaign.holdout) == (before.n, before.holdout)
    assert (await cast.ada.read(audit.verify)).ok


async def test_the_second_presser_reads_who_was_first_and_when(cast: Cast, proposed: str, clock: MovableClock) -> None:
    await cast.ada.write(suggestions.decide, proposed, 1, "approved")
    clock.advance(600)
    second = await cast.ben.write(suggestions.decide, proposed, 1, "dismissed", "too early")
    assert (second.first, second.by_slack_id, second.verdict) == (False, "U_ADA", "approved")
    assert lifecycle.told(second, "Ada", ZoneInfo("Europe/Berlin")) == "Ada approved this at 10:00."
    assert await cast.ada.read(lambda work: work.session.scalar(select(func.count()).select_from(Decision))) == 1


async def test_of_twenty_presses_at_once_one_counts(cast: Cast, proposed: str) -> None:
    presses = [
        (cast.ada if turn % 2 else cast.ben).write(suggestions.decide, proposed, 1, "approved") for turn in range(20)
    ]
    outcomes = await asyncio.gather(*presses)
    assert sum(outcome.first for outcome in outcomes) == 1
    assert await cast.ada.read(lambda work: work.session.scalar(select(func.count()).select_from(Campaign))) == 1


async def test_a_button_of_an_earlier_version_decides_nothing(cast: Cast, proposed: str) -> None:
    await cast.ada.write(suggestions.edit, proposed, 1, subject="Hello from {{ owner_name }}")
    with pytest.raises(Stale):
        await cast.ben.write(suggestions.decide, proposed, 1, "approved")
    with pytest.raises(Stale):
        await cast.ben.write(suggestions.edit, proposed, 1, cap=3)
    view = await cast.ada.read(asked.view, proposed)
    assert (view.state, view.version) == ("edited", 2)
    assert view.subject.startswith("Hello from Ada")
    assert (await cast.ben.write(suggestions.decide, proposed, 2, "approved")).first


@pytest.mark.parametrize(
    "body",
    ["{{ salary }}", "{{ first_name", "{% for x in y %}{% endfor %}", "{{ 'a' * 1000000000 }}", "   ", "x" * 10_001,
     "{{ first_name.__class__ }}"],
)  # fmt: skip
async def test_a_draft_that_cannot_be_filled_in_is_refused_before_approval(
    cast: Cast, proposed: str, body: str
) -> None:
    with pytest.raises(BadInput):
        await cast.ada.write(suggestions.edit, proposed, 1, body=body)
    assert (await cast.ada.read(asked.view, proposed)).version == 1


async def test_a_suggestion_nobody_decides_expires(cast: Cast, proposed: str, clock: MovableClock) -> None:
    clock.advance(8 * 86_400)
    assert (await cast.ada.read(asked.view, proposed)).state == "expired"
    with pytest.raises(Stale, match="expired"):
        await cast.ada.write(suggestions.decide, proposed, 1, "approved")
    assert await cast.ada.write(suggestions.expire) == 1
    assert await cast.ada.write(suggestions.expire) == 0
    assert await cast.ada.write(suggestions.propose, idea()) is not None


async def test_what_was_dismissed_rests_for_a_month(cast: Cast, proposed: str, clock: MovableClock) -> None:
    await cast.ben.write(suggestions.decide, proposed, 1, "dismissed", "not now")
    assert (await cast.ada.read(asked.view, proposed)).reason == "not now"
    clock.advance(29 * 86_400)
    assert await cast.ada.write(suggestions.propose, idea()) is None
    clock.advance(2 * 86_400)
    assert await cast.ada.write(suggestions.propose, idea()) is not None


async def test_who_was_written_to_or_held_out_rests_for_two_weeks(cast: Cast, proposed: str) -> None:
    other = await cast.ada.write(suggestions.propose, idea("expand"))
    assert other is not None
    await cast.ben.write(suggestions.decide, proposed, 1, "approved")
    view = await cast.ada.read(asked.view, other)
    of_campaign = await cast.ada.read(
        lambda work: work.session.scalar(
            select(func.count()).select_from(CampaignMember).where(CampaignMember.arm.in_(("treated", "holdout")))
        )
    )
    assert dict(view.left_out)["written to lately"] == of_campaign


async def test_an_approval_that_reaches_nobody_is_refused_and_leaves_it_open(cast: Cast, proposed: str) -> None:
    lonely = await cast.ada.write(suggestions.propose, idea("welcome", members=PEOPLE[:1]))
    assert lonely is not None
    await cast.ada.write(letter, "cmm_new", PEOPLE[0], noon(TODAY) - timedelta(hours=6), incoming=False)
    with pytest.raises(BadInput, match="Nobody is left"):
        await cast.ada.write(suggestions.decide, lonely, 1, "approved")
    assert (await cast.ada.read(asked.view, lonely)).state == "proposed"
    assert proposed in await cast.ada.read(asked.open_now)


async def test_another_team_sees_and_decides_nothing(cast: Cast, proposed: str) -> None:
    for attempt in (
        cast.cleo.read(asked.view, proposed),
        cast.cleo.write(suggestions.decide, proposed, 1, "approved"),
        cast.cleo.write(suggestions.edit, proposed, 1, cap=1),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await cast.cleo.read(asked.standings, PEOPLE) == {}


async def test_lift_is_claimed_from_the_control_group_alone(cast: Cast, proposed: str, clock: MovableClock) -> None:
    assert await cast.ada.read(asked.lifts) == {}
    await cast.ben.write(suggestions.decide, proposed, 1, "approved")
    assert await cast.ada.read(asked.lifts) == {}
    clock.advance(31 * 86_400)
    lift = (await cast.ada.read(asked.lifts))["win_back"]
    assert lift.treated + lift.holdout == 40
    assert lift.low < lift.lift < lift.high
    assert noon(TODAY).tzinfo is UTC
