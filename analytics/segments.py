"""Groups of buyers that differ in what they order later: a decision tree, K-means, and plain rules to be beaten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics import explain, features, provenance, rules, segment_choice, segment_names
from analytics.features import Table
from analytics.rules import Rule
from analytics.segment_choice import LESS_STEADY, MOST, NOTICEABLE, SMALLEST_SHARE, Choice, Evidence
from crm_store.values.history import Histories
from crm_store.values.scores import Json, ModelRecord, SegmentMethod, SegmentResult, Verdict

FEWEST_BUYERS = 30
MONTH = 30
LATER_WINDOWS = (180, 90, 30)

PLAIN_RULES = tuple(
    Rule().narrowed(0, 90, below=recent).narrowed(1, 1, below=once)
    for recent in (True, False)
    for once in (True, False)
)
"""The plain rules to be beaten: ordered within 90 days or not, once or more often."""
_PLAINER = (PLAIN_RULES, tuple(Rule().narrowed(1, 1, below=once) for once in (True, False)), (Rule(),))


@dataclass(frozen=True, slots=True)
class SegmentsResult:
    """Segments of every method that found some, the method to show first, and a record a method."""

    segments: tuple[SegmentResult, ...]
    shown: SegmentMethod | None
    records: tuple[ModelRecord, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Segments of an earlier run: their method, and each rule with its key and name."""

    method: SegmentMethod
    named: Mapping[Rule, tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What a method came to: named segments with their rules, figures beside the plain rules', and whether kept."""

    method: SegmentMethod
    groups: tuple[SegmentResult, ...]
    rules: tuple[Rule, ...]
    choice: Choice
    baseline: Mapping[str, float]
    kept: bool

    @property
    def published(self) -> bool:
        """Whether it says anything noticeable that the plain rules do not; as good as these, those would do."""
        if len(self.groups) < 2 or not self.baseline:
            return len(self.groups) > 1
        ours, plain = (segment_choice.together(each) for each in (self.choice.figures, self.baseline))
        return ours > plain + (0.0 if self.kept else NOTICEABLE)


def analyse(histories: Histories, previous: Mapping[str, Json] | None = None) -> SegmentsResult:
    """Segments by a tree and by K-means; with few buyers plain rules only, and without buyers none.

    `previous` are the parameters of the record whose segments are shown: their cuts, keys and names stay unless new
    ones separate later revenue better by more than one standard error.
    """
    past = features.known_by(histories, histories.as_of)
    day, table = past.as_of, features.buyers(past, past.as_of)
    n = len(table.ids)
    if not n:
        return SegmentsResult(
            (), None, (provenance.abstained("segments", day, "No segments: nobody has ordered yet."),)
        )
    before = features.buyers(past, day - timedelta(days=MONTH))
    if n < FEWEST_BUYERS:
        return _plain(table, before, past.currency)
    evidence = _evidence(past, table)
    known = recalled(previous)
    found = [learn(method, evidence, past.currency, known=known) for method in segment_choice.METHODS]
    shown = best(found, known, evidence)
    records = tuple(_judged(each, evidence, before, shown=each is shown) for each in found)
    if shown is None:
        plain = segments_of("rule", plain_rules(table), table, past.currency)
        return SegmentsResult(plain, "rule", records)
    groups = tuple(group for each in found if each.published for group in each.groups)
    return SegmentsResult(groups, shown.method, records)


def plain_rules(table: Table, most: int = MOST) -> tuple[Rule, ...]:
    """The plain rules, or plainer ones where a group of these would be too small, or they are more than `most`."""
    fewest = SMALLEST_SHARE * len(table.ids) if len(table.ids) >= FEWEST_BUYERS else 0.0
    for found in _PLAINER:
        sizes = np.bincount(rules.assign(found, table), minlength=len(found))
        if len(found) <= most and (not fewest or float(sizes.min()) >= fewest):
            return found
    return _PLAINER[-1]


def learn(
    method: SegmentMethod, evidence: Evidence, currency: str, *, most: int = MOST, known: Known | None = None
) -> Learnt:
    """Segments by one method, at most `most`; known ones stay unless new ones are clearly better."""
    choice = segment_choice.choose(method, evidence, most)
    baseline: Mapping[str, float] = {}
    if evidence.earlier is not None and evidence.later is not None:
        plain = PLAIN_RULES if most >= len(PLAIN_RULES) else plain_rules(evidence.now, most)
        baseline = segment_choice.separation(plain, evidence.earlier, evidence.later)
    kept = known is not None and known.method == method and _still_good(tuple(known.named), choice, evidence)
    if known is None or not kept:
        groups = segments_of(method, choice.rules, evidence.now, currency)
        return Learnt(method, groups, choice.rules, choice, baseline, False)
    old = tuple(known.named)
    figures = dict(choice.figures) | {"k": float(len(old))}
    if evidence.earlier is not None and evidence.later is not None:
        figures |= segment_choice.separation(old, evidence.earlier, evidence.later)
    groups = segments_of(method, old, evidence.now, currency, known.named)
    return Learnt(method, groups, old, Choice(old, figures), baseline, True)


def best(found: Sequence[Learnt], known: Known | None = None, evidence: Evidence | None = None) -> Learnt | None:
    """The method to show: the one shown before, or else the tree, unless the other separates noticeably better.

    With `evidence` of later time the other must do so by two standard errors. Segments that were kept give way, keys
    and names with them, only to others that are clearly better on it.
    """
    fit = [each for each in found if each.published]
    if not fit:
        return None
    kept = next((each for each in fit if each.kept), None)
    if kept is not None:
        rivals = [each for each in fit if each is not kept and evidence and _clearly_better(each, kept, evidence)]
        return max(rivals, key=_score, default=kept)
    usual = next((each for each in fit if known and each.method == known.method), fit[0])
    if evidence and evidence.later is not None:
        # Two methods that do about as well would take turns from one draw of customers to the next.
        rivals = [each for each in fit if each is not usual and _clearly_better(each, usual, evidence)]
        return max(rivals, key=_score, default=usual)
    steady = [each for each in fit if each is usual or _as_steady(each, usual)]
    return max(steady, key=lambda each: (_score(each) + (NOTICEABLE if each is usual else 0.0), each is usual))


def _clearly_better(new: Learnt, old: Learnt, evidence: Evidence) -> bool:
    """Whether rules of the other method separate noticeably better, by two standard errors, and are as steady.

    As with cuts of one method both are judged as they stand now; what is shown by other keys must earn it twice.
    """
    more, error = segment_choice.gain(new.rules, old.rules, evidence)
    return more > max(2 * error, NOTICEABLE) and _as_steady(new, old)


def _as_steady(new: Learnt, old: Learnt) -> bool:
    return new.choice.figures["steadiness"] >= old.choice.figures["steadiness"] - LESS_STEADY


def place(past: Histories, parameters: Mapping[str, Json]) -> Mapping[str, str]:
    """The segment key of every buyer, by the rules of a record's parameters; loads no model and learns nothing."""
    return place_rows(features.buyers(past, past.as_of), parameters)


def place_rows(table: Table, parameters: Mapping[str, Json]) -> Mapping[str, str]:
    """Like `place`, for a table of buyers that has the columns of rules."""
    known = recalled(parameters)
    if known is None or not table.ids:
        return {}
    keys = [key for key, _ in known.named.values()]
    places = rules.assign(tuple(known.named), table)
    return {each: keys[at] for each, at in zip(table.ids, places.tolist(), strict=True)}


def recalled(parameters: Mapping[str, Json] | None) -> Known | None:
    """Segments from a record's parameters; nothing where they are of another make."""
    told = parameters.get("segments") if parameters else None
    method = parameters.get("method") if parameters else None
    if not isinstance(told, list) or method not in ("tree", "kmeans", "rule"):
        return None
    named: dict[Rule, tuple[str, str]] = {}
    for each in told:
        if not isinstance(each, dict):
            return None
        try:
            named[Rule.from_json(each)] = (str(each["key"]), str(each["name"]))
        except (ValueError, KeyError):
            return None
    chosen: SegmentMethod = "tree" if method == "tree" else "kmeans" if method == "kmeans" else "rule"
    return Known(chosen, named) if named else None


def segments_of(
    method: SegmentMethod,
    found: Sequence[Rule],
    table: Table,
    currency: str,
    known: Mapping[Rule, tuple[str, str]] | None = None,
) -> tuple[SegmentResult, ...]:
    """Each rule that holds for somebody as a named segment, those that spent most a head first."""
    places = rules.assign(found, table)
    spent = table.column("spend")
    taken = sorted({int(each) for each in places}, key=lambda place: (-float(spent[places == place].mean()), place))
    names = segment_names.distinct([segment_names.habits(found[place], table, places == place) for place in taken])
    results = []
    for at, name in zip(taken, names, strict=True):
        members = tuple(each for each, place in zip(table.ids, places.tolist(), strict=True) if place == at)
        key, told = (known or {}).get(found[at], (f"{method}-{segment_names.slug(name)}", name))
        share = len(members) / len(table.ids)
        results.append(SegmentResult(key, told, found[at].sentence(currency), method, members, len(members), share))
    return tuple(results)


def parameters_of(method: SegmentMethod, groups: Sequence[SegmentResult], found: Sequence[Rule], table: Table) -> Json:
    """The segments as a list of plain JSON: key, name, rule in words, and its ranges."""
    places = dict(zip(table.ids, rules.assign(found, table).tolist(), strict=True))
    return [
        {"key": each.key, "name": each.name, "rule": each.rule, **found[places[each.members[0]]].to_json()}
        for each in groups
    ]


def _score(learnt: Learnt) -> float:
    figures = learnt.choice.figures
    return segment_choice.together(figures) if "explained" in figures else 0.0


def _still_good(old: tuple[Rule, ...], choice: Choice, evidence: Evidence) -> bool:
    """Whether known rules still part all buyers into segments that are large enough and hardly worse than new ones."""
    values = evidence.now.columns(rules.COLUMNS)
    held = np.stack([rule.holds(values) for rule in old])
    if not (held.sum(axis=0) == 1).all() or held.mean(axis=1).min() < SMALLEST_SHARE or len(old) < 2:
        return False
    # Both are judged as they stand now, since rules of the earlier day would have the advantage of their own day.
    more, error = segment_choice.gain(choice.rules, old, evidence)
    return more <= error + 1e-9


def _plain(table: Table, before: Table, currency: str) -> SegmentsResult:
    groups = segments_of("rule", PLAIN_RULES, table, currency)
    told = f"{explain.count(len(table.ids), 'buyer')} in {explain.count(len(groups), 'group')} by plain rules"
    sentence = f"{told}; learnt groups need {FEWEST_BUYERS} buyers."
    learnt = Learnt("rule", groups, PLAIN_RULES, Choice(PLAIN_RULES, {}), {}, False)
    record = _record("segments", learnt, Evidence(table), before, sentence, Verdict.BASE_RATE, shown=True)
    return SegmentsResult(groups, "rule", (record,))


def _evidence(past: Histories, table: Table) -> Evidence:
    """Buyers as of an earlier day and what they ordered after it; without them where that tells little."""
    first = past.as_of - timedelta(days=int(table.column("days_since_first").max()))
    for window in LATER_WINDOWS:
        cut = past.as_of - timedelta(days=window)
        if (cut - first).days < window:
            continue
        earlier = features.buyers(past, cut)
        if len(earlier.ids) >= FEWEST_BUYERS:
            later = features.revenue_between(past, earlier.ids, cut, past.as_of)
            if int((later > 0).sum()) >= 10:
                return Evidence(table, earlier, later, window)
    return Evidence(table)


def _judged(learnt: Learnt, evidence: Evidence, before: Table, *, shown: bool) -> ModelRecord:
    words = {"kmeans": "K-means", "tree": "a decision tree", "rule": "plain rules"}[learnt.method]
    n = explain.count(len(evidence.now.ids), "buyer")
    figures, baseline = learnt.choice.figures, learnt.baseline
    tested = "not yet tested on later time"
    if baseline:
        ours, plain = explain.percent(figures["explained"]), explain.percent(baseline["explained"])
        top, plainly = explain.percent(figures["best_fifth"]), explain.percent(baseline["best_fifth"])
        tested = (
            f"of the revenue of {evidence.window} later days they explain {ours} (plain rules {plain}), "
            f"and their best fifth held {top} ({plainly})"
        )
    kind = f"segments_{learnt.method}"
    if not learnt.published:
        told = tested if len(learnt.groups) > 1 else "all buyers are alike"
        sentence = f"No segments by {words} of {n}: {told}."
        return _record(kind, learnt, evidence, before, sentence, Verdict.BASE_RATE, shown=False)
    kept = " The rules are those of the last run, since new ones would hardly do better." if learnt.kept else ""
    sentence = f"{explain.count(len(learnt.groups), 'segment')} of {n} by {words}: {tested}.{kept}"
    return _record(kind, learnt, evidence, before, sentence, Verdict.PUBLISHED, shown=shown)


def _record(
    kind: str, learnt: Learnt, evidence: Evidence, before: Table, sentence: str, verdict: Verdict, *, shown: bool
) -> ModelRecord:
    table = evidence.now
    told = parameters_of(learnt.method, learnt.groups, learnt.rules, table)
    parameters: dict[str, Json] = {"method": learnt.method, "shown": shown, "kept": learnt.kept, "segments": told}
    moves = _moves(parameters, table, before)
    moved = sum(came for came, _ in moves.values())
    parameters["moves"] = {key: [came, went] for key, (came, went) in moves.items()}
    if verdict is Verdict.PUBLISHED:
        sentence = f"{sentence} {moved} moved in {MONTH} days."
    return provenance.record(
        kind,
        table.as_of,
        sentence,
        verdict,
        rows=len(table.ids),
        features=rules.COLUMNS,
        parameters=parameters,
        metrics={**learnt.choice.figures, "moved": float(moved)},
        baseline_name="plain rules: ordered within 90 days, ordered once",
        baseline_metrics=learnt.baseline,
    )


def _moves(parameters: Mapping[str, Json], table: Table, before: Table) -> dict[str, tuple[int, int]]:
    """Of the buyers known a month ago: how many came into each segment since then, and how many left it."""
    now, then = place_rows(table, parameters), place_rows(before, parameters)
    moved = [(old, now[each]) for each, old in then.items() if each in now and now[each] != old]
    known = recalled(parameters)
    keys = [key for key, _ in known.named.values()] if known else []
    return {key: (sum(new == key for _, new in moved), sum(old == key for old, _ in moved)) for key in keys}
