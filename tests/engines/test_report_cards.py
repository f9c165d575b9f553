"""Report cards on both engines: predictions that came due within the month, by tenths, beside the simple rule."""

from datetime import date, timedelta

import pytest

from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.scoring import ModelRun, Prediction
from crm_store.queries import report_cards
from tests.cast import Cast, gather

TODAY = date(2026, 11, 25)


@pytest.fixture
def house(store: Store) -> Cast:
    return gather(store)


def _predicted(work: Work) -> None:
    work.add(
        ModelRun(run_id="run_1.lead", kind="lead", as_of=TODAY, rows=300, verdict="published", sentence="Fine.",
                 at=work.now)
    )  # fmt: skip
    for number in range(50):
        row = Prediction(run_id="run_0", kind="lead", about=f"cus_{number:02d}", as_of=TODAY - timedelta(days=95))
        row.due_on, row.point, row.low, row.high = TODAY - timedelta(days=5), number / 50, 0.0, 1.0
        row.actual, row.settled_on = float(number >= 30), TODAY - timedelta(days=4)
        work.add(row)
    old = Prediction(run_id="run_0", kind="lead", about="cus_old", as_of=date(2026, 1, 1), due_on=date(2026, 4, 1))
    old.point = old.low = old.high = old.actual = 1.0
    old.settled_on = date(2026, 4, 2)
    work.add(old)
    still = Prediction(run_id="run_1", kind="lead", about="cus_new", as_of=TODAY, due_on=TODAY + timedelta(days=90))
    still.point, still.low, still.high = 0.5, 0.2, 0.8
    work.add(still)


def test_the_likeliest_fifth_and_the_tenths_are_those_of_the_last_month_alone(house: Cast) -> None:
    house.ada.write_now(_predicted)
    (card,) = house.ben.read_now(report_cards.cards, TODAY)
    told = card.settled
    assert told is not None
    assert (told.n, told.came, told.top.n, told.top.came) == (50, 20.0, 10, 1.0)
    assert [one.n for one in told.deciles] == [5] * 10
    assert [one.came for one in told.deciles] == [0.0] * 6 + [1.0] * 4
    assert told.error < told.plain_error == pytest.approx(0.24)
    assert (card.open, card.due_on) == (1, TODAY + timedelta(days=90))


def test_without_a_settled_prediction_there_is_no_figure(house: Cast) -> None:
    house.ada.write_now(_predicted)
    (card,) = house.ben.read_now(report_cards.cards, TODAY - timedelta(days=60))
    assert card.settled is None


def test_another_team_has_no_card(house: Cast) -> None:
    house.ada.write_now(_predicted)
    assert house.cleo.read_now(report_cards.cards, TODAY) == ()
