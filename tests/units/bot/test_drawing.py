"""A chart that was left out is drawn apart and follows its answer; where it cannot be drawn, the words stand alone."""

import pytest

from analytics.charts import apart
from analytics.charts.apart import Figures, NotDrawn
from bot import blocks, drawing, tables
from bot.letters import Letter
from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.outbox import Outgoing
from tests.cast import Cast

POINTS = [("Ada", 40.0), ("Ben", 12.5)]


def _letter(refused: frozenset[str], via: str = "post") -> Letter:
    message = blocks.message("Calls: 52", tables.chart("Calls by owner", "calls", POINTS))
    return tables.lettered(Letter(via, "T1", message, channel="D_ADA", user="U_ADA"), refused)


def _answered(cast: Cast, letter: Letter, ref: str) -> list[Outgoing]:
    """What waits to leave once an answer has left so."""

    def sent(work: Work) -> None:
        outbox.enqueue(work, "answer", "answer:1", "answer:1", {})
        drawing.delivered(work, outbox.claim(work)[0], ref, letter)

    cast.ada.write_now(sent)
    return cast.store.house().write_now(outbox.claim)


@pytest.mark.parametrize(
    ("ref", "channel", "thread_ts"), [("C_SALES:7.1", "C_SALES", "7.1"), ("", "U_ADA", None)], ids=["seen", "whispered"]
)
def test_what_a_workspace_does_not_draw_follows_where_the_answer_is_read(
    cast: Cast, ref: str, channel: str, thread_ts: str | None
) -> None:
    (row,) = _answered(cast, _letter(frozenset({"data_visualization"})), ref)
    assert (row.kind, row.order_key) == (drawing.KIND, drawing.KIND)
    assert (row.payload["channel"], row.payload.get("thread_ts")) == (channel, thread_ts)


def test_what_a_workspace_draws_itself_comes_as_no_picture(cast: Cast) -> None:
    assert _answered(cast, _letter(frozenset()), "D_ADA:7.1") == []


def test_every_plainer_form_knows_what_it_does_not_draw() -> None:
    letter = _letter(frozenset())
    assert letter.undrawn == ()
    assert [len(plainer.undrawn) for _kind, plainer in letter.plainer] == [1]
    assert len(letter.as_text().undrawn) == 1


async def test_a_picture_tells_its_numbers_to_those_who_do_not_see_it(cast: Cast) -> None:
    (row,) = _answered(cast, _letter(frozenset({"data_visualization"})), "D_ADA:7.1")
    letter = await drawing.letter(row, "T1")
    assert letter is not None
    (picture,) = letter.pictures
    assert picture.content.startswith(b"\x89PNG")
    assert picture.alt_text == "Calls by owner: Ada 40, Ben 12.50."


async def test_what_makes_no_chart_is_not_drawn() -> None:
    with pytest.raises(NotDrawn):
        await apart.picture(Figures("Uneven", "n", ("a", "b"), (1.0,), ("1",), ""))


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(NotDrawn, match="too long"):
        await apart.picture(Figures("Calls", "calls", ("Ada",), (1.0,), ("1",), "Ada 1"), longest=0.0)
