"""Steps after a letter are found and taken alike on both engines."""

from sqlalchemy import select

from crm_store.actions import plans as acts
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, Send
from crm_store.values import plans
from tests.cast import gather
from tests.units.campaigns import shop
from tests.units.campaigns.test_send import campaign


def test_a_step_is_put_down_once_for_the_silent_alone(store: Store, clock: MovableClock) -> None:
    ben = gather(store).ben

    def begin(work: Work) -> None:
        campaign(work)
        row = work.session.scalars(select(Campaign)).one()
        row.template, row.window_days = {**row.template, "steps": plans.stored(plans.planned(plans.REMIND, 3))}, 30
        for letter in work.session.scalars(select(Send)):
            letter.state, letter.at = "sent", work.now

    ben.write_now(begin)
    clock.advance(3600)
    ben.write_now(lambda work: shop.letter(work, "cmm_reply", "cus_00000", work.now, incoming=True))
    clock.advance(3 * 24 * 3600)
    assert ben.write_now(acts.advance) == 3
    assert ben.write_now(acts.advance) == 0
    further = select(Send.state).where(Send.step == 1).order_by(Send.customer_id)
    assert ben.read_now(lambda work: list(work.session.scalars(further))) == ["skipped", "waiting", "waiting"]
