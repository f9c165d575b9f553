"""A whole analysis: true figures on simulated teams, sentences instead of errors on odd ones."""

import json
from dataclasses import asdict, replace
from datetime import date, timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import analyse as analysis  # noqa: E402 - the marker must stand first
from analytics import features, potential, provenance, segments, value  # noqa: E402 - the same
from analytics.analyse import Analysis, Progress  # noqa: E402 - the same
from analytics.segments import SegmentsResult  # noqa: E402 - the same
from analytics.value import ValueResult  # noqa: E402 - the same
from crm_store.values.history import CustomerFact, DealFact, Histories, OrderFact, TouchFact  # noqa: E402 - the same
from crm_store.values.scores import DealScore, Score, ScoreKind, Verdict  # noqa: E402 - the same
from tests.units.analytics.simulated import TODAY, simulate  # noqa: E402 - the same


def analyse(histories: Histories, progress: Progress) -> Analysis:
    """Both halves as one."""
    worth, others = analysis.of_value(histories, progress), analysis.of_chances(histories, progress)
    return replace(
        others,
        scores=(*worth.scores, *others.scores),
        horizon_days=worth.horizon_days,
        records=(*worth.records, *others.records),
        charts=(*worth.charts, *others.charts),
    )


def _silent(_step: str) -> None:
    return None


@pytest.fixture(scope="module")
def team() -> Histories:
    return simulate(220)


@pytest.fixture(scope="module")
def found(team: Histories) -> Analysis:
    return analyse(team, _silent)


def test_every_score_has_an_interval_around_it_and_counts_what_it_learnt_from(found: Analysis) -> None:
    assert {each.kind for each in found.scores} >= {ScoreKind.VALUE, ScoreKind.ALIVE, ScoreKind.POTENTIAL}
    everything: list[Score | DealScore] = [*found.scores, *found.deals]
    for score in everything:
        assert 0 <= score.low <= score.point <= score.high
        assert score.n > 0
        assert len(score.reasons) <= 6


def test_chances_lie_between_nought_and_one(found: Analysis) -> None:
    chances = [each.high for each in found.scores if each.kind is not ScoreKind.VALUE]
    assert max(chances) <= 1


def test_the_published_value_beats_the_own_rate_on_later_time(found: Analysis) -> None:
    record = next(each for each in found.records if each.kind == "value")
    assert record.verdict is Verdict.PUBLISHED
    assert record.metrics["rmse"] < record.baseline_metrics["rmse"]
    assert abs(record.metrics["total"]) < abs(record.baseline_metrics["total"])


def test_deals_of_customers_who_talk_are_said_to_be_likelier(team: Histories, found: Analysis) -> None:
    assert next(each for each in found.records if each.kind == "deal").verdict is Verdict.PUBLISHED
    table = features.deals(team, [(each.deal_id, TODAY) for each in found.deals])
    points = np.array([each.point for each in found.deals])
    talk = table.column("touches_in_30")
    assert points[talk >= 3].mean() > points[talk == 0].mean()


def test_only_open_deals_are_scored(team: Histories, found: Analysis) -> None:
    assert {each.deal_id for each in found.deals} == {each.deal_id for each in team.deals if each.state == "open"}


def test_who_bought_has_a_potential_and_who_did_not_is_a_lead(team: Histories, found: Analysis) -> None:
    table = features.customers(team, TODAY)
    bought = {
        each
        for each, orders, won in zip(table.ids, table.column("orders"), table.column("deals_won"), strict=True)
        if orders or won
    }
    assert {each.customer_id for each in found.scores if each.kind is ScoreKind.POTENTIAL} == bought
    assert not {each.customer_id for each in found.scores if each.kind is ScoreKind.LEAD} & bought


def test_every_record_names_its_data_day_and_versions(found: Analysis) -> None:
    assert len({each.data_hash for each in found.records}) == 1
    for record in found.records:
        assert record.as_of == TODAY
        assert record.sentence.endswith(".")
        assert "scikit-learn" in record.versions


def test_the_whole_analysis_can_be_told_in_json(found: Analysis) -> None:
    assert len(json.dumps(asdict(found), default=str, allow_nan=False)) > 1000


def test_the_order_of_facts_and_a_second_run_change_nothing(team: Histories, found: Analysis) -> None:
    turned = replace(
        team,
        customers=team.customers[::-1],
        orders=team.orders[::-1],
        touches=team.touches[::-1],
        deals=team.deals[::-1],
    )
    assert analyse(turned, _silent) == found


def test_facts_after_the_day_change_nothing() -> None:
    team = simulate(120)
    as_of = TODAY - timedelta(days=120)
    cut = features.known_by(team, as_of)
    assert analyse(replace(team, as_of=as_of), _silent) == analyse(cut, _silent)


def test_few_buyers_are_grouped_by_plain_rules() -> None:
    result = segments.analyse(simulate(25, with_deals=False))
    assert result.shown == "rule"
    assert result.records[0].verdict is Verdict.BASE_RATE
    assert sum(each.size for each in result.segments) == len(features.buyers(simulate(25, with_deals=False), TODAY).ids)


def _people(n: int) -> tuple[CustomerFact, ...]:
    return tuple(CustomerFact(f"c{each:03d}", f"C {each}", TODAY - timedelta(days=400)) for each in range(n))


def _touches(n: int) -> tuple[TouchFact, ...]:
    return tuple(TouchFact(f"c{each % n:03d}", TODAY - timedelta(days=each), "mail", "in") for each in range(3 * n))


def _alike(n: int, times: int, amount: float) -> tuple[OrderFact, ...]:
    days = [TODAY - timedelta(days=30 * back) for back in range(times)]
    return tuple(OrderFact(each.customer_id, day, amount) for each in _people(n) for day in days)


ODD = {
    "nothing": Histories(TODAY),
    "one customer without anything": Histories(TODAY, _people(1)),
    "one order": Histories(TODAY, _people(1), (OrderFact("c000", TODAY, 10.0),)),
    "only touches": Histories(TODAY, _people(40), touches=_touches(40)),
    "all orders alike": Histories(TODAY, _people(60), _alike(60, 13, 50.0)),
    "free orders": Histories(TODAY, _people(60), _alike(60, 13, 0.0)),
    "everybody ordered once today": Histories(TODAY, _people(60), _alike(60, 1, 50.0)),
    "orders of strangers": Histories(TODAY, (), _alike(60, 13, 50.0)),
    "no number": Histories(TODAY, _people(2), (OrderFact("c000", TODAY, float("inf")), OrderFact("c001", TODAY, -5.0))),
    "closed deals without a day": Histories(
        TODAY, _people(30), deals=tuple(DealFact(f"d{n}", TODAY, "won", "Won", 4, f"c{n:03d}") for n in range(30))
    ),
    "deals opened and closed at once": Histories(
        TODAY,
        _people(30),
        deals=tuple(
            DealFact(f"d{n}", TODAY, "won" if n % 2 else "lost", "x", 4, None, closed_on=TODAY) for n in range(30)
        ),
    ),
    "a deal that closed before it opened": Histories(
        TODAY, deals=(DealFact("d", TODAY, "won", "Won", 4, closed_on=date(2020, 1, 1)),)
    ),
    "an open deal without a customer": Histories(TODAY, deals=(DealFact("d", TODAY, "open", "$New$ 新", 0),)),
    "huge amounts": Histories(TODAY, _people(60), tuple(replace(each, amount=1e300) for each in _alike(60, 13, 1.0))),
    "only the future": Histories(date(2020, 1, 1), _people(60), _alike(60, 13, 50.0), _touches(60)),
}


@pytest.mark.parametrize("histories", ODD.values(), ids=ODD.keys())
def test_odd_histories_give_sentences_and_no_error(histories: Histories) -> None:
    result = analyse(histories, _silent)
    assert {each.kind for each in result.records} >= {"value", "potential"}
    assert all(each.sentence for each in result.records)
    assert not result.deals
    json.dumps(asdict(result), default=str, allow_nan=False)


def test_no_model_is_published_of_what_is_not_known() -> None:
    result = analyse(ODD["only touches"], _silent)
    assert {each.verdict for each in result.records} == {Verdict.ABSTAINED}
    assert result.scores == ()


def test_random_outcomes_of_deals_get_no_score() -> None:
    random = np.random.default_rng(5)
    team = simulate(150, seed=9)
    deals = tuple(
        replace(each, state="won" if random.random() < 0.5 else "lost") if each.state != "open" else each
        for each in team.deals
    )
    touches: tuple[TouchFact, ...] = ()
    record = potential.analyse(replace(team, deals=deals, touches=touches, orders=())).records[2]
    assert record.verdict is Verdict.BASE_RATE
    assert "no better than the average" in record.sentence


def test_a_short_history_says_how_much_longer_it_must_be() -> None:
    people, orders = _people(40), _alike(40, 3, 20.0)
    record = value.analyse(Histories(TODAY, people, orders)).records[0]
    assert record.verdict is Verdict.ABSTAINED
    assert "60 days, 90 are needed" in record.sentence


def test_progress_is_told_in_order() -> None:
    told: list[str] = []
    analyse(Histories(TODAY), told.append)
    assert told[0] == "what customers are worth"
    assert told[-1] == "charts"


def test_numbers_that_cannot_be_worked_with_become_a_sentence() -> None:
    def fails() -> SegmentsResult:
        raise np.linalg.LinAlgError("singular matrix")

    (record,) = analysis._guarded(fails, _abstaining).records
    assert record.verdict is Verdict.ABSTAINED
    assert record.sentence.endswith("singular matrix")


def test_a_figure_that_came_out_as_none_keeps_its_scores_back_and_is_named() -> None:
    odd = provenance.record("segments", TODAY, "Six groups.", Verdict.PUBLISHED, parameters={"cuts": [1.0, np.nan]})
    (record,) = analysis._guarded(lambda: SegmentsResult((), None, (odd,)), _abstaining).records
    assert record.verdict is Verdict.ABSTAINED
    assert record.sentence.endswith("0.parameters.cuts.1 is no number")


def test_scores_that_came_out_as_none_are_kept_back_with_their_question() -> None:
    fine = Score("cus_1", ScoreKind.VALUE, 1.0, 0.0, 2.0)
    odd = ValueResult(
        (fine, replace(fine, high=np.inf)), (provenance.record("value", TODAY, "", Verdict.PUBLISHED),), 90
    )
    found = analysis._guarded(lambda: odd, lambda why: ValueResult((), (analysis._failed("value", TODAY, why),), 0))
    assert found.scores == ()
    assert found.records[0].sentence.endswith("what 1 of 2 scores say is no number")


def _abstaining(why: str) -> SegmentsResult:
    return SegmentsResult((), None, (analysis._failed("segments", TODAY, why),))
