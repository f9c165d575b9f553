"""What is said unasked reaches its reader as it is when it leaves, or nobody where there is nothing to say any more."""

from sqlalchemy import select

from bot.render import Renderer
from crm_store import outbox
from crm_store.actions import alerts, deliveries
from crm_store.engine.work import Work
from crm_store.models.marketing import Suggestion
from crm_store.models.noise import Told
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import OutboxRow
from crm_store.models.trade import Deal
from crm_store.outbox import Outgoing
from crm_store.queries import alerts as queries
from tests.cast import Cast
from tests.units.bot.cards.figures import NOW, labels, shown


def _stepless(work: Work) -> None:
    work.add(Customer(customer_id="cus_ann", name="Ann Lee", owner="usr_ada", created_at=NOW, last_touch_at=NOW))
    opened = work.now.replace(day=work.now.day - 10)
    work.add(
        Deal(deal_id="dea_1", name="Renewal", customer_id="cus_ann", owner="usr_ada", stage_id="s", opened_at=opened)
    )


def _raise(work: Work) -> int:
    return alerts.raise_some(work, queries.risks(work, work.now))


def _row(work: Work) -> Outgoing:
    row = work.session.scalars(select(OutboxRow).order_by(OutboxRow.outbox_id.desc())).first()
    assert row
    return Outgoing(row.team_id, row.outbox_id, row.kind, row.order_key, row.payload, 1, row.created_at)


async def test_an_alert_reaches_the_owner_until_it_no_longer_holds(cast: Cast) -> None:
    cast.ada.write_now(_stepless)
    assert cast.ada.write_now(_raise) == 1
    row = cast.ada.read_now(_row)
    letter = await Renderer().render(cast.ada, row)
    assert letter
    assert letter.message
    assert letter.channel == "U_ADA"
    assert "Renewal has no next step" in " ".join(shown(letter.message).split())

    def leave(work: Work) -> None:
        work.session.get_one(User, (work.team_id, "usr_ada")).active = False

    cast.ada.write_now(leave)
    assert await Renderer().render(cast.ada, row) is None


async def test_a_channels_digest_names_the_suggestions_that_still_wait(cast: Cast) -> None:
    def propose(work: Work) -> None:
        for number in range(5):
            work.add(
                Suggestion(suggestion_id=f"sug_{number}", kind="k", target=f"t{number}", title=f"Idea {number}",
                           state="proposed" if number else "dismissed", created_at=NOW,
                           expires_at=work.now.replace(year=2030))
            )  # fmt: skip
            work.add(
                Told(outbox_id=f"out_{number}", place="channel:C_SALES", kind="suggestion", how="held", at=NOW,
                     due_at=NOW, row_kind="suggestion", payload={"suggestion_id": f"sug_{number}"})
            )  # fmt: skip

    cast.ada.write_now(propose)
    assert cast.ada.write_now(alerts.send_digest, "channel:C_SALES") == 5
    letter = await Renderer().render(cast.ada, cast.ada.read_now(_row))
    assert letter
    assert letter.message
    assert letter.channel == "C_SALES"
    assert "Idea 0" not in shown(letter.message)
    assert labels(letter.message) == ["Show why"] * 4


def test_whoever_cannot_be_reached_is_not_tried_again_and_nobody_is_told_of_a_channel(cast: Cast) -> None:
    cast.ada.write_now(_stepless)
    cast.ada.write_now(_raise)
    (row,) = cast.store.house().write_now(outbox.claim, 20)
    cast.ada.write_now(deliveries.undeliverable, row, "gone", "channel_not_found", elsewhere=True)
    assert cast.store.house().write_now(outbox.claim, 20) == []
    assert cast.ada.read_now(lambda work: work.session.scalars(select(OutboxRow.state)).all()) == ["failed"]
