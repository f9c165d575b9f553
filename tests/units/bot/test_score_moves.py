"""A jump of a chance reaches whoever owns the customer, with the name as it is when the letter leaves."""

from datetime import date, timedelta

from sqlalchemy import select

from bot.render import Renderer
from crm_store.actions import score_alerts
from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.models.scoring import Score, ScorePoint
from crm_store.outbox import Outgoing
from tests.cast import Cast
from tests.units.bot.cards.figures import shown

TODAY = date(2026, 11, 25)


def _jump(work: Work) -> None:
    work.add(Customer(customer_id="cus_ann", name="Ann Lee", owner="usr_ben", created_at=work.now))
    work.add(ScorePoint(about="cus_ann", kind="potential", day=TODAY - timedelta(days=8), point=0.62))
    work.add(
        Score(about="cus_ann", kind="potential", run_id="run", as_of=TODAY, point=0.41, low=0.3, high=0.5, reasons=[])
    )


def _letter(work: Work) -> Outgoing:
    row = work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "score_moves")).one()
    return Outgoing(row.team_id, row.outbox_id, row.kind, row.order_key, row.payload, 1, row.created_at)


def _erase(work: Work) -> None:
    customer = work.session.get(Customer, (work.team_id, "cus_ann"))
    assert customer
    customer.removed_at = work.now


async def test_the_owner_of_a_customer_reads_of_a_jump(cast: Cast) -> None:
    cast.ada.write_now(_jump)
    cast.ada.write_now(score_alerts.tell, TODAY)
    row = cast.ada.read_now(_letter)
    letter = await Renderer().render(cast.ada, row)
    assert letter is not None
    assert letter.message is not None
    assert letter.channel == "U_BEN"
    assert "Ann Lee" in shown(letter.message)
    assert "potential down 21 points, 62 % to 41 %" in shown(letter.message)
    cast.ada.write_now(_erase)
    assert await Renderer().render(cast.ada, row) is None
