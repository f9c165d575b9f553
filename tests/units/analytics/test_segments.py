"""Segments: rules a person can check, steady from night to night, and told in plain JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import features, rules, segment_choice, segment_names, segments  # noqa: E402 - the marker must stand first
from analytics.features import Table  # noqa: E402 - the same
from analytics.grow import Ground, clusters, grow  # noqa: E402 - the same
from analytics.rules import Rule  # noqa: E402 - the same
from analytics.segment_choice import Choice, Evidence  # noqa: E402 - the same
from analytics.segments import Learnt, SegmentsResult  # noqa: E402 - the same
from analytics.trial import segments as trial  # noqa: E402 - the same
from crm_store.errors import BadInput  # noqa: E402 - the same
from crm_store.values.history import Histories  # noqa: E402 - the same
from crm_store.values.scores import Json, SegmentMethod  # noqa: E402 - the same
from tests.units.analytics.simulated import TODAY, simulate  # noqa: E402 - the same


@pytest.fixture(scope="module")
def team() -> Histories:
    return simulate(500, seed=4, with_deals=False)


@pytest.fixture(scope="module")
def found(team: Histories) -> SegmentsResult:
    return segments.analyse(team)


def _table(rows: Sequence[tuple[float, float, float]]) -> Table:
    ids = tuple(f"c{at}" for at in range(len(rows)))
    return Table(TODAY, ids, rules.COLUMNS, np.array(rows, dtype=np.float64))


def _shown(result: SegmentsResult) -> dict[str, Json]:
    return dict(next(each.parameters for each in result.records if each.parameters.get("shown")))


@pytest.mark.parametrize("method", ["kmeans", "tree"])
def test_segments_have_rules_that_a_person_can_check(team: Histories, method: str) -> None:
    table = features.buyers(team, TODAY)
    chosen = "kmeans" if method == "kmeans" else "tree"
    groups = segments.segments_of(
        "tree", segment_choice.METHODS["kmeans" if chosen == "kmeans" else "tree"](table)(8, None), table, "PLN"
    )
    assert 3 <= len(groups) <= 8
    assert sorted(each for group in groups for each in group.members) == sorted(table.ids)
    assert len({group.name for group in groups}) == len({group.rule for group in groups}) == len(groups)
    for group in groups:
        assert len(group.rule.split()) <= 15
        assert group.share >= segment_choice.SMALLEST_SHARE
        assert group.size == len(group.members)


def test_a_rule_says_exactly_who_is_in() -> None:
    rule = Rule((30.0, 1.0, 100.0), (90.0, 4.0, 5000.0))
    assert rule.sentence("EUR") == "Last order 31–90 days ago, 2–4 orders, spent over €100 to €5,000"
    rows = [(31, 2, 101), (90, 4, 5000), (30, 2, 101), (31, 1, 101), (31, 2, 100), (91, 4, 200)]
    held = rule.holds(np.array(rows, dtype=np.float64))
    assert held.tolist() == [True, True, False, False, False, False]
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_the_tree_cuts_where_the_target_changes_and_at_the_roundest_point_there() -> None:
    table = _table([(10, 1, spend) for spend in range(1, 201)])
    target = (table.column("spend") > 95).astype(np.float64)
    assert grow(Ground.of(table, target), 2, 0.03) == (
        Rule().narrowed(2, 100, below=True),
        Rule().narrowed(2, 100, below=False),
    )


def test_nobody_is_parted_from_people_who_are_alike() -> None:
    table = _table([(10, 1, 50)] * 60)
    assert grow(Ground.of(table, np.ones(60)), 8, 0.03) == (Rule(),)


def test_no_segment_is_smaller_than_asked() -> None:
    random = np.random.default_rng(1)
    table = _table(
        [
            (float(d), float(n), float(s))
            for d, n, s in zip(
                random.integers(0, 700, 400), random.integers(1, 30, 400), random.gamma(1, 900, 400), strict=True
            )
        ]
    )
    places = rules.assign(grow(Ground.of(table, table.column("spend")), 8, 0.05), table)
    assert np.bincount(places).min() >= 20


def test_clusters_that_are_apart_are_told_by_their_rules() -> None:
    table = _table([(10, 1, 50)] * 30 + [(300, 9, 4000)] * 30)
    labels = np.array([0] * 30 + [1] * 30)
    places = rules.assign(grow(Ground.of(table, clusters(labels)), 2, 0.03), table)
    assert segment_choice.agreement(labels, places) == 1


def test_agreement_is_one_for_equal_groups_and_about_nought_by_chance() -> None:
    random = np.random.default_rng(0)
    one, other = random.integers(0, 4, 3000), random.integers(0, 4, 3000)
    assert segment_choice.agreement(one, (one + 1) % 4) == pytest.approx(1)
    assert abs(segment_choice.agreement(one, other)) < 0.02


def test_learnt_segments_beat_plain_rules_on_later_time(found: SegmentsResult) -> None:
    shown = next(each for each in found.records if each.parameters.get("shown"))
    assert segment_choice.together(shown.metrics) > segment_choice.together(shown.baseline_metrics)
    assert shown.metrics["steadiness"] > 0.5
    assert found.shown == shown.parameters["method"]


def test_segments_learnt_from_most_customers_are_those_learnt_from_all() -> None:
    team = simulate(900, seed=8, with_deals=False)
    table = features.buyers(team, TODAY)
    evidence = Evidence(table)
    whole = rules.assign(segments.learn("tree", evidence, "EUR").rules, table)
    agreed = []
    for seed in range(4):
        keep = np.random.default_rng(seed).random(len(table.ids)) < 0.8
        part = segments.learn("tree", Evidence(table.rows(keep)), "EUR").rules
        agreed.append(segment_choice.agreement(whole, rules.assign(part, table)))
    assert np.mean(agreed) > 0.75


def test_place_gives_everybody_the_segment_of_the_run(team: Histories, found: SegmentsResult) -> None:
    parameters = json.loads(json.dumps(_shown(found)))
    groups = [each for each in found.segments if each.method == found.shown]
    assert segments.place(team, parameters) == {each: group.key for group in groups for each in group.members}
    assert segments.place(team, {"rules": {}}) == {}
    assert segments.place(Histories(TODAY), parameters) == {}


def test_last_nights_cuts_names_and_keys_stay_where_new_ones_are_no_better(
    team: Histories, found: SegmentsResult
) -> None:
    old = json.loads(json.dumps(_shown(found)))
    for each in old["segments"]:
        each["key"], each["name"] = f"our-{each['key']}", f"Our {each['name']}"
    again = segments.analyse(team, old)
    assert _shown(again)["kept"] is True
    before, now = (
        {(each.key, each.name, each.members) for each in one.segments if each.method == one.shown}
        for one in (found, again)
    )
    assert now == {(f"our-{key}", f"Our {name}", members) for key, name, members in before}


def _one_method(name: str, found: Sequence[Rule], evidence: Evidence, *, kept: bool) -> Learnt:
    assert evidence.earlier is not None
    assert evidence.later is not None
    method: SegmentMethod = "kmeans" if name == "kmeans" else "tree"
    figures = {"k": 2.0, "steadiness": 0.9, **segment_choice.separation(found, evidence.earlier, evidence.later)}
    groups = segments.segments_of(method, found, evidence.now, "EUR")
    return Learnt(method, groups, tuple(found), Choice(tuple(found), figures), {}, kept)


@pytest.mark.parametrize("kept", ["kmeans", "tree"])
def test_kept_segments_give_way_to_a_clearly_better_method_alone(team: Histories, kept: str) -> None:
    table = features.buyers(team, TODAY)
    later = table.column("orders") ** 2
    evidence = Evidence(table, table, later, 90)
    blunt, sharp = ([Rule().narrowed(1, cut, below=True), Rule().narrowed(1, cut, below=False)] for cut in (1.0, 6.0))
    known = segments.Known("kmeans" if kept == "kmeans" else "tree", {})
    rival = "tree" if kept == "kmeans" else "kmeans"
    old, new = _one_method(kept, blunt, evidence, kept=True), _one_method(rival, sharp, evidence, kept=False)
    assert segments.best([old, new], known, evidence) is new
    like_old = _one_method(rival, blunt, evidence, kept=False)
    assert segments.best([old, like_old], known, evidence) is old
    shaky = replace(new, choice=Choice(new.rules, {**new.choice.figures, "steadiness": 0.6}))
    assert segments.best([old, shaky], known, evidence) is old


def test_at_first_the_tree_is_shown_unless_the_other_is_clearly_better(team: Histories) -> None:
    table = features.buyers(team, TODAY)
    evidence = Evidence(table, table, table.column("orders") ** 2, 90)
    blunt, sharp = ([Rule().narrowed(1, cut, below=True), Rule().narrowed(1, cut, below=False)] for cut in (1.0, 6.0))
    tree = _one_method("tree", blunt, evidence, kept=False)
    assert segments.best([tree, _one_method("kmeans", blunt, evidence, kept=False)], None, evidence) is tree
    better = _one_method("kmeans", sharp, evidence, kept=False)
    assert segments.best([tree, better], None, evidence) is better


def test_groups_hardly_better_than_plain_rules_are_not_shown(team: Histories) -> None:
    table = features.buyers(team, TODAY)
    rules = [Rule().narrowed(1, 6, below=True), Rule().narrowed(1, 6, below=False)]
    found = _one_method("tree", rules, Evidence(table, table, table.column("orders"), 90), kept=False)
    near = {name: found.choice.figures[name] - 0.005 for name in ("explained", "best_fifth")}
    assert not replace(found, baseline=near).published
    assert replace(found, baseline=near, kept=True).published, "what people know stays while it is no worse"
    assert replace(found, baseline={name: each - 0.02 for name, each in near.items()}).published


def test_plain_groups_are_never_tiny(team: Histories) -> None:
    table = features.buyers(team, TODAY)
    assert segments.plain_rules(table) == segments.PLAIN_RULES
    assert len(segments.plain_rules(table, 3)) == 2
    values = table.values.copy()
    values[:, table.names.index("orders")] = 1.0
    assert segments.plain_rules(replace(table, values=values)) == (Rule(),)


def test_cuts_that_part_nobody_any_more_are_given_up(team: Histories, found: SegmentsResult) -> None:
    old = _shown(found) | {
        "segments": [
            {"key": "a", "name": "A", **Rule().narrowed(2, 10.0**9, below=True).to_json()},
            {"key": "b", "name": "B", **Rule().narrowed(2, 10.0**9, below=False).to_json()},
        ]
    }
    again = segments.analyse(team, old)
    assert _shown(again)["kept"] is False
    assert _shown(again)["segments"] == _shown(found)["segments"]


@pytest.mark.parametrize(
    "parameters",
    [{}, {"method": "tree"}, {"method": "tree", "segments": [{"key": "a"}]}, {"method": "other", "segments": []}],
)
def test_parameters_of_another_make_are_no_known_segments(parameters: dict[str, Json]) -> None:
    assert segments.recalled(parameters) is None


def test_who_moved_is_counted_on_both_sides(found: SegmentsResult) -> None:
    record = next(each for each in found.records if each.parameters.get("shown"))
    moves = record.parameters["moves"]
    assert isinstance(moves, dict)
    pairs = [each for each in moves.values() if isinstance(each, list)]
    came, went = (sum(int(str(pair[at])) for pair in pairs) for at in (0, 1))
    assert came == went == record.metrics["moved"] > 0
    assert f"{came} moved in 30 days" in record.sentence


def test_names_say_what_the_rules_say() -> None:
    table = _table([(200, 5, 9000)] * 4 + [(5, 1, 20)] * 96)
    members = table.column("spend") > 100
    lapsed = segment_names.habits(Rule().narrowed(0, 90, below=False), table, members)
    recent = segment_names.habits(Rule().narrowed(0, 90, below=True), table, ~members)
    assert segment_names.distinct([lapsed, recent]) == ["Lapsed top spenders", "Recent one-time buyers"]
    assert len(set(segment_names.distinct([recent, recent, recent]))) == 3


def _orders(path: Path, team: Histories) -> Path:
    rows = [f"{each.customer_id},{each.day.isoformat()},{each.amount}" for each in team.orders]
    path.write_text("\n".join(["customer,date,amount", *rows]) + "\n", encoding="utf-8")
    return path


def _run(path: Path, out: Path, until: date = TODAY, most: int = 8) -> tuple[dict[str, object], list[str]]:
    told = trial.run(
        orders=path, customer="customer", date="date", amount="amount", until=until, max_segments=most, out=out
    )
    return told, out.read_text(encoding="utf-8").splitlines()


def test_a_file_of_orders_gets_a_segment_for_every_customer(tmp_path: Path, team: Histories) -> None:
    path = _orders(tmp_path / "orders.csv", team)
    told, lines = _run(path, tmp_path / "one.csv")
    assert lines[0] == "customer,segment,name,rule"
    assert len(lines) - 1 == told["customers"] == len({each.customer_id for each in team.orders if each.day < TODAY})
    assert _run(path, tmp_path / "two.csv")[1] == lines
    assert len({line.split(",")[1] for line in _run(path, tmp_path / "few.csv", most=3)[1][1:]}) == 3


def test_orders_after_the_day_change_nothing(tmp_path: Path, team: Histories) -> None:
    until = TODAY - timedelta(days=90)
    known = replace(team, orders=tuple(each for each in team.orders if each.day < until))
    whole, cut = _orders(tmp_path / "whole.csv", team), _orders(tmp_path / "cut.csv", known)
    assert _run(whole, tmp_path / "a.csv", until)[1] == _run(cut, tmp_path / "b.csv", until)[1]


def test_few_customers_are_parted_by_plain_rules_and_none_is_refused(tmp_path: Path) -> None:
    path = _orders(tmp_path / "few.csv", simulate(20, with_deals=False))
    told, lines = _run(path, tmp_path / "out.csv")
    assert told["model"] == "plain rules"
    assert 1 < len(lines) <= 21
    with pytest.raises(BadInput, match="choose a later --until"):
        _run(path, tmp_path / "out.csv", date(2000, 1, 1))
