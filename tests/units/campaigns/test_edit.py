"""A suggestion's audience is replaced by a segment or narrowed by a rule, and whoever is left out is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.cards import dialogs
from bot.cards import suggestion as cards
from bot.gestures import Did, Gesture
from bot.grammar import segment_rule
from bot.handlers.suggestions import check_edit
from bot.names import Field, decode
from crm_store.actions import segments, suggestions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.models.marketing import Consent, Send
from crm_store.models.people import Customer
from crm_store.queries import retarget
from crm_store.queries import suggestions as asked
from crm_store.values.marketing import HELD_OUT
from crm_store.values.retarget import Retarget
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, stock
from tests.units.campaigns.test_suggestions import PEOPLE, idea, proposed

__all__ = ["proposed"]
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def from_the_fair(work: Work) -> None:
    """Every fourth customer came from the fair."""
    for at in range(0, 40, 4):
        work.session.get_one(Customer, (work.team_id, PEOPLE[at])).source = "fair"


RULE = segment_rule.parse('source "fair"', NOW, ZONE)


async def test_a_rule_narrows_who_was_proposed_and_stands_on_the_card(cast: Cast, proposed: str) -> None:
    await cast.ada.write(from_the_fair)
    await cast.ada.write(suggestions.edit, proposed, 1, audience=Retarget(rule=RULE, words='source "fair"'))
    view = await cast.ada.read(asked.view, proposed)
    assert view.n + view.holdout == 10
    assert view.who == '2 or more orders; only who: source "fair"'
    assert view.version == 2


async def test_a_segment_of_the_teams_own_takes_the_place(cast: Cast, proposed: str) -> None:
    await cast.ada.write(from_the_fair)
    made = await cast.ada.write(segments.save, "From the fair", RULE)
    await cast.ada.write(suggestions.edit, proposed, 1, audience=Retarget(made.row_id))
    view = await cast.ada.read(asked.view, proposed)
    assert view.who == "the segment “From the fair”"
    assert view.n + view.holdout == 10
    assert view.order.startswith("The order is the simple rule")
    with pytest.raises(NotFound):
        await cast.ada.write(suggestions.edit, proposed, 2, audience=Retarget("seg_none"))


async def test_a_segment_in_the_place_of_open_deals_needs_consent(cast: Cast) -> None:
    def shop(work: Work) -> None:
        stock(work, simulate(40, with_deals=False))
        from_the_fair(work)
        work.session.get_one(Consent, (work.team_id, PEOPLE[0], "newsletter")).given = False

    await cast.ada.write(shop)
    made = await cast.ada.write(segments.save, "From the fair", RULE)
    about_deals = await cast.ada.write(suggestions.propose, replace(idea("nudge_deal"), personal=True))
    assert (await cast.ada.read(asked.view, about_deals or "")).left_out == ()
    await cast.ada.write(suggestions.edit, about_deals or "", 1, audience=Retarget(made.row_id))
    assert (await cast.ada.read(asked.view, about_deals or "")).left_out == (("no consent", 1),)


async def test_a_rule_that_leaves_nobody_changes_nothing(cast: Cast, proposed: str) -> None:
    nobody = Retarget(rule=segment_rule.parse('source "moon"', NOW, ZONE), words="x")
    with pytest.raises(BadInput, match="Nobody is left"):
        await cast.ada.write(suggestions.edit, proposed, 1, audience=nobody)
    assert (await cast.ada.read(asked.view, proposed)).version == 1


async def test_a_time_of_day_is_where_the_team_lives_and_alone_is_its_next(cast: Cast, proposed: str) -> None:
    now = cast.store.clock.now()
    day = now.date() + timedelta(days=3)
    await cast.ada.write(suggestions.edit, proposed, 1, send_on=day, send_time="09:30")
    view = await cast.ada.read(asked.view, proposed)
    assert (view.send_on, view.send_time) == (day, "09:30")
    other = await cast.ada.write(suggestions.propose, idea("welcome"))
    await cast.ben.write(suggestions.decide, proposed, 2, "approved")
    due = await cast.ben.read(lambda work: set(work.session.scalars(select(Send.due_at))))
    assert due == {datetime.combine(day, time(9, 30), UTC)}
    assert other is not None
    earlier = f"{(now - timedelta(hours=1)):%H:%M}" if now.hour else "00:00"
    await cast.ada.write(suggestions.edit, other, 1, send_time=earlier)
    assert (await cast.ada.read(asked.view, other)).send_on == now.date() + timedelta(days=1)


async def test_those_left_out_are_named_with_their_reason_page_by_page(cast: Cast, proposed: str) -> None:
    def refuse(work: Work) -> None:
        for one in work.session.scalars(select(Consent).where(Consent.customer_id.in_(PEOPLE[:25]))):
            one.given = False

    await cast.ada.write(refuse)
    view = await cast.ada.read(asked.view, proposed)
    first = await cast.ada.read(retarget.left_out, proposed)
    assert first.total == 25 + view.holdout
    assert [one.reason for one in first.people[: view.holdout]] == [HELD_OUT] * view.holdout
    rest = await cast.ada.read(retarget.left_out, proposed, first.next)
    assert {one.reason for one in rest.people} == {"no consent"}
    assert len(first.people) + len(rest.people) == first.total
    assert rest.next == 0
    shown = cards.left_out(first, proposed)
    assert f"1 to 20 of {first.total}" in shown.text
    assert "without consent" in str(shown.blocks)
    assert "suggestion_left_out" in str(shown.blocks)
    assert "suggestion_left_out" not in str(cards.left_out(rest, proposed).blocks)
    with pytest.raises(NotFound):
        await cast.cleo.read(retarget.left_out, proposed)


async def test_the_dialog_offers_the_teams_segments_and_knows_its_day(cast: Cast, proposed: str) -> None:
    view = await cast.ada.read(asked.view, proposed)
    made = cards.edit_dialog(view, [("seg_1", "From the fair")], TODAY)
    assert "From the fair" in str(made)
    assert decode(made["private_metadata"])["today"] == TODAY.isoformat()
    assert Field.SEGMENT.value not in {one.get("block_id") for one in cards.edit_dialog(view)["blocks"]}


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        (Field.NARROW, {"value": "flurb glarb"}, True),
        (Field.NARROW, {"value": "spent 500+"}, False),
        (Field.CLOCK, {"value": "25:00"}, True),
        (Field.CLOCK, {"value": "9:30"}, False),
        (Field.CAP, {"value": "none"}, True),
        (Field.HOLD_OUT, {"value": "51"}, True),
        (Field.SEND_ON, {"selected_date": (TODAY - timedelta(days=1)).isoformat()}, True),
        (Field.SEND_ON, {"selected_date": (TODAY + timedelta(days=61)).isoformat()}, True),
        (Field.SEND_ON, {"selected_date": TODAY.isoformat()}, False),
        (Field.OTHER_SUBJECT, {"value": "Hi {{ nobody }}"}, True),
    ],
)
def test_what_is_wrong_is_said_at_the_field(field: Field, value: dict[str, str], wrong: bool) -> None:
    typed = {Field.SUBJECT: {"value": "S"}, Field.BODY: {"value": "B"}, Field.CAP: {"value": "10"},
             Field.HOLD_OUT: {"value": "10"}, field: value}  # fmt: skip
    values = {one.value: {one.value: each} for one, each in typed.items()}
    metadata = f'{{"suggestion":"sug_1","version":1,"today":"{TODAY.isoformat()}"}}'
    gesture = Gesture(Did.SUBMITTED, "T", "U", values=values, metadata=metadata)
    assert (field.value in check_edit(gesture)) is wrong


def test_what_was_sent_is_read_back() -> None:
    values = {
        Field.SUBJECT: "S", Field.BODY: "B", Field.CAP: "10", Field.HOLD_OUT: "10%", Field.CLOCK: "9:05",
        Field.NARROW: " spent 500+ ",
    }  # fmt: skip
    typed: dict[str, dict[str, dict[str, object]]] = {
        one.value: {one.value: {"value": each}} for one, each in values.items()
    }
    typed[Field.SEGMENT.value] = {Field.SEGMENT.value: {"selected_option": {"value": "seg_1"}}}
    typed[Field.SEND_ON.value] = {Field.SEND_ON.value: {"selected_date": "2026-12-01"}}
    found = dialogs.read_suggestion(typed, '{"suggestion":"sug_1","version":4}')
    assert (found.send_time, found.narrow, found.segment_id) == ("09:05", "spent 500+", "seg_1")
    assert found.send_on == date(2026, 12, 1)
