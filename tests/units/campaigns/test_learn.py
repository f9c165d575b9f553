"""What decisions teach: which kinds are shown, with which chance, and why in words."""

from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks import thompson
from campaigns.choose import because, choose
from campaigns.learn import beliefs
from crm_store.values.learning import Decided
from crm_store.values.marketing import LiftView

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def decided(kind: str, approved: int, dismissed: int, reason: str = "", days: int = 1) -> list[Decided]:
    at = NOW - timedelta(days=days)
    return [Decided(kind, True, "", at)] * approved + [Decided(kind, False, reason, at)] * dismissed


def mean(kind: str, decisions: list[Decided]) -> float:
    one = beliefs([kind], decisions, {}, NOW)[kind]
    return one.wanted_a / (one.wanted_a + one.wanted_b)


def test_a_bad_moment_says_less_against_a_kind_than_not_us() -> None:
    means = [
        mean("renew", decided("renew", 1, 4, why))
        for why in ("wrong_time", "wrong_text", "wrong_people", "not_worth_it")
    ]
    assert means == sorted(means, reverse=True)
    assert means[0] > means[-1] + 0.1


def test_what_is_long_ago_counts_less() -> None:
    assert mean("renew", decided("renew", 5, 0, days=1)) > mean("renew", decided("renew", 5, 0, days=700))


def test_a_new_kind_is_believed_to_be_as_wanted_as_the_teams_others() -> None:
    assert mean("thank", decided("renew", 20, 0)) > 0.5
    assert mean("thank", decided("renew", 0, 20)) < 0.25


def test_few_kinds_are_all_shown_with_certainty() -> None:
    known = beliefs(["renew", "thank"], [], {}, NOW)
    assert [(one.kind, one.chance) for one in choose(["renew", "thank"], known, 4, Random(1))] == [
        ("renew", 1.0),
        ("thank", 1.0),
    ]


def test_the_chance_that_is_logged_is_the_share_of_nights_on_which_a_kind_is_shown() -> None:
    kinds = ["renew", "thank", "expand"]
    known = beliefs(kinds, decided("renew", 6, 1) + decided("thank", 2, 3) + decided("expand", 1, 5), {}, NOW)
    nights = [choose(kinds, known, 1, Random(night), draws=0)[0].kind for night in range(2000)]
    said = {one.kind: one.chance for night in range(40) for one in choose(kinds, known, 1, Random(night))}
    assert said
    for kind, chance in said.items():
        assert abs(nights.count(kind) / 2000 - chance) < 0.08


def test_a_kind_that_harms_is_shown_less_than_one_that_helps() -> None:
    kinds = ["renew", "thank"]
    same = decided("renew", 3, 3) + decided("thank", 3, 3)
    lifts = {
        "renew": LiftView("renew", 3, 900, 300, 0.06, 0.03, 0.09),
        "thank": LiftView("thank", 3, 900, 300, -0.06, -0.09, -0.03),
    }
    known = beliefs(kinds, same, lifts, NOW)
    shown = [choose(kinds, known, 1, Random(night), draws=0)[0].kind for night in range(300)]
    assert shown.count("renew") > 240
    unsure = {kind: LiftView(kind, 1, 40, 5, one.lift / 3, -0.2, 0.2) for kind, one in lifts.items()}
    known = beliefs(kinds, same, unsure, NOW)
    assert 60 < [choose(kinds, known, 1, Random(night), draws=0)[0].kind for night in range(300)].count("thank") < 160


def test_why_a_kind_is_shown_is_said_from_plain_counts() -> None:
    known = beliefs(["renew", "thank", "expand"], decided("renew", 4, 1) + decided("thank", 1, 4), {}, NOW)
    assert because(known["renew"]) == "Shown because you approved 4 of 5 of this kind."
    assert because(known["thank"]).startswith("You approved only 1 of 5 of this kind")
    assert because(known["expand"]).startswith("Shown to learn")


def test_choosing_gets_more_approvals_than_chance() -> None:
    ours = sum(thompson.last(team, thompson.ours) for team in range(3)) / 3
    plain = sum(thompson.last(team, thompson.at_random) for team in range(3)) / 3
    assert ours > plain + 0.05


def test_a_kind_that_was_shown_often_says_no_more_of_new_kinds_than_one_shown_less() -> None:
    seldom = decided("renew", 8, 0) + decided("expand", 0, 8)
    often = decided("renew", 80, 0) + decided("expand", 0, 8)
    assert abs(mean("thank", often) - mean("thank", seldom)) < 0.05
