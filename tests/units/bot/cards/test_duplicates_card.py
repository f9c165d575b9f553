"""The tray of duplicates and the question before somebody is added twice: what they say and what can be pressed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards import duplicates as cards
from bot.local_slack.blocks.surfaces import message_blocks
from bot.names import Action, decode
from crm_store.values.acts import NewCustomer
from crm_store.values.duplicates import Likeness, PairView, Record, Side
from crm_store.values.people import CustomerBrief
from tests.journeys.house import action_ids, words_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def brief(customer_id: str, name: str, company: str) -> CustomerBrief:
    return CustomerBrief(
        customer_id=customer_id, name=name, company=company, company_id="com_1", email=None, owner=None,
        last_touch_at=NOW - timedelta(days=3), last_touch_kind="mail", last_touch_by=None, needs_check=False,
    )  # fmt: skip


def side(customer_id: str, name: str, company: str, days: int) -> Side:
    points = (f"{customer_id}@x.example",), ("+44 7911 123456",)
    return Side(brief(customer_id, name, company), "Buyer", *points, NOW - timedelta(days=days))


PAIR = PairView(
    side("cus_1", "Ann Lee", "Globex", 400), side("cus_2", "A. <b>Lee</b> <!channel>", "Initech", 10),
    0.97, 5.0, ("same mobile (+9.0)", "other company (-1.5)"), moved=True, others=4,
)  # fmt: skip


def shown(pair: PairView, record: Record = Record(10, 8)) -> dict[str, object]:
    return cards.pair(pair, record, now=NOW, zone=ZONE).to_json()


def test_answers_to_pairs_that_looked_as_much_alike_tell_what_to_expect() -> None:
    words = words_of(shown(PAIR, Record(40, 21, 10, 9)))
    assert "Of 10 decided so far that looked as much alike, 9 were one person." in words
    assert "Of 40 pairs decided so far, 21" in words_of(shown(PAIR, Record(40, 21, 4, 4)))


def test_a_pair_stands_side_by_side_with_its_reasons_and_lasting_answers() -> None:
    message = shown(PAIR)
    words = words_of(message)
    assert "Ann Lee and A. &lt;b&gt;Lee&lt;/b&gt; &lt;!channel&gt; may be one person: sure (0.97)." in words
    for part in ("same mobile (+9.0)", "known since", "4 more pairs after this one", "Of 10 pairs decided so far, 8"):
        assert part in words
    assert "Initech? Then press Changed company" in words
    pressed = [one.split(":")[0] for one in action_ids(message)]
    assert pressed == [
        Action.DUPLICATE_MOVED, Action.DUPLICATE_DIFFERENT, Action.DUPLICATE_SAME, Action.DUPLICATE_LATER,
        Action.DUPLICATE_CLOSER,
    ]  # fmt: skip


def test_joining_asks_once_more_and_the_first_answer_is_the_safe_one() -> None:
    message = shown(replace(PAIR, moved=False))
    row = next(one for one in message["blocks"] if one["type"] == "actions")  # type: ignore[attr-defined]
    assert [("confirm" in one) for one in row["elements"]] == [False, True, False, False]


@pytest.mark.parametrize("name", ["", " ", "x" * 3000, "\u202eevil", "*b* <@U1> `c`"])
def test_any_name_makes_a_message_that_slack_takes(name: str) -> None:
    odd = replace(PAIR, b=replace(PAIR.b, customer=replace(PAIR.b.customer, name=name, company=name or None)))
    assert len(message_blocks(shown(odd)["blocks"])) >= 4


def test_a_new_contact_is_carried_by_the_buttons_until_somebody_decides() -> None:
    like = (Likeness(brief("cus_1", "Ann Lee", "Globex"), "identity", 0.99, ("same mobile (+9.0)",), ""),)
    new = NewCustomer("Ann Lee", ("ann@x.example",), ("+44 7911 123456",), company="Globex")
    message = cards.may_be(like, new, now=NOW, zone=ZONE).to_json()
    assert "This may be Ann Lee, Globex. Nothing was made yet." in words_of(message)
    rows = [one.get("accessory") or one.get("elements", [{}])[0] for one in message["blocks"]]
    carried = [decode(one["value"]) for one in rows if one and "value" in one]
    assert [one["phones"] for one in carried] == ["+44 7911 123456"] * 2
    assert carried[0]["customer"] == "cus_1"


def test_an_empty_tray_says_so() -> None:
    assert "No duplicates wait about Ann to be looked at" in words_of(cards.none_left("Ann").to_json())
