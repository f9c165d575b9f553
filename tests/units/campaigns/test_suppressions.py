"""Addresses put down by hand get no campaign mail; what people said themselves is not taken back by us."""

import pytest

from bot.cards import suppressions as cards
from crm_store.actions import suppressions, undo
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.models.marketing import Suppression
from crm_store.queries import consents
from crm_store.queries import suggestions as asked
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import stock


async def stopped(cast: Cast, customer_id: str) -> bool:
    return (await cast.ada.read(asked.standings, [customer_id]))[customer_id].suppressed


async def test_an_address_is_suppressed_allowed_and_taken_back(cast: Cast) -> None:
    await cast.ada.write(stock, simulate(5, with_deals=False))
    done = await cast.ben.write(suppressions.suppress, "Somebody <CUS_0001@Shop.example>")
    assert done.sentence == "Campaigns no longer write to cus_0001@shop.example"
    assert await stopped(cast, "cus_0001")
    assert not await stopped(cast, "cus_0002")
    again = await cast.ben.write(suppressions.suppress, "cus_0001@shop.example")
    assert again.undo_id is None
    assert await cast.ben.read(consents.suppressed) == (("by hand", 1),)
    off = await cast.ben.write(suppressions.allow, "cus_0001@shop.example")
    assert not await stopped(cast, "cus_0001")
    assert off.undo_id is not None
    await cast.ben.write(undo.undo, off.undo_id)
    assert await stopped(cast, "cus_0001")
    assert await cast.cleo.read(consents.suppressed) == ()


@pytest.mark.parametrize("reason", ["unsubscribed", "complaint"])
async def test_who_said_so_themselves_stays_suppressed(cast: Cast, reason: str) -> None:
    def asked_for(work: Work) -> None:
        row = {"value_key": "x@shop.example", "scope": "marketing", "reason": reason, "at": work.now}
        work.insert(Suppression, [row])

    await cast.ben.write(asked_for)
    with pytest.raises(BadInput, match="Only they can take that back"):
        await cast.ben.write(suppressions.allow, "x@shop.example")
    assert await cast.ben.read(consents.suppressed) == ((reason, 1),)


async def test_what_is_no_address_or_not_there_or_not_allowed_is_said(cast: Cast) -> None:
    with pytest.raises(BadInput, match="no mail address"):
        await cast.ben.write(suppressions.suppress, "ann")
    with pytest.raises(NotFound):
        await cast.ben.write(suppressions.allow, "ann@acme.com")
    with pytest.raises(NotAllowed):
        await cast.ada.write(suppressions.suppress, "ann@acme.com")


def test_the_card_counts_and_names_nobody() -> None:
    assert "1,240 addresses" in cards.counts([("unsubscribed", 1200), ("hard bounce", 40)]).text
    assert "none is suppressed" in cards.counts([]).text
