"""Whom campaigns contact first, learnt from the team's own hold-outs: policies compared, the simple rule kept in doubt.

What is known of a person is what was known the day before their campaign began.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

import numpy as np

from analytics import columns, features, policy
from analytics.features import FloatArray
from analytics.lines import Line, plain
from analytics.policy import FEWEST_EACH, Policy
from analytics.provenance import record
from analytics.uplift import LEARNERS, Campaign
from crm_store.values.contacts import SIMPLE_RULE, ContactOrder, PastCampaign
from crm_store.values.history import Histories, TouchColumns
from crm_store.values.scores import Json, ModelRecord, Verdict

NAMES: Final = (
    "orders", "spend", "mean_order", "days_since_order", "days_since_first", "orders_90", "orders_180", "spend_90",
    "touches_in_90", "touches_out_90", "days_since_touch",
)  # fmt: skip
_NEVER: Final = 3650.0
"""Days that stand for never."""
_SURE: Final = NormalDist().inv_cdf(1 - 0.05 / (len(LEARNERS) + 3))
"""Standard errors by which a policy must be ahead: the best of several is ahead by luck, so its 5 % are divided."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """By which numbers of different sizes become comparable: both (p,)."""

    middle: FloatArray
    spread: FloatArray

    def of(self, values: FloatArray) -> FloatArray:
        """Rows (n, p) on the scale."""
        return np.asarray((_plain(values) - self.middle) / self.spread, dtype=np.float64)


def learn(histories: Histories, past: Sequence[PastCampaign]) -> tuple[ModelRecord, tuple[ContactOrder, ...]]:
    """The orders of people, one for each kind with evidence of its own, and how they were judged.

    A kind with too few people on a side learns from all kinds together, with the kind as one of the facts; where those
    are too few as well, the simple rule is kept. The sentence says which it is. The order for kinds that never had a
    campaign stands under no name.
    """
    today = features.customers(histories, histories.as_of)
    kinds = sorted({one.kind for one in past})
    own = {kind: [one for one in past if one.kind == kind] for kind in kinds}
    poor = tuple(kind for kind in kinds if fewest(own[kind]) < FEWEST_EACH)
    found = [one for kind in kinds if kind not in poor for one in _judged(histories, own[kind], (kind,), today)]
    found += _judged(histories, past, (*poor, ""), today)
    return _record(histories.as_of, past, found), tuple(order for order, _ in found)


def lines(histories: Histories, past: Sequence[PastCampaign]) -> Iterator[Line]:
    """What was learnt, as the child tells it."""
    made, orders = learn(histories, past)
    yield {"line": "record", **plain(asdict(made))}
    for order in orders:
        yield {"line": "contacts", **plain(asdict(order))}


def fewest(past: Sequence[PastCampaign]) -> int:
    """The people on the smaller side."""
    treated = sum(person.treated for one in past for person in one.people)
    return min(treated, sum(len(one.people) for one in past) - treated)


def _judged(
    histories: Histories, past: Sequence[PastCampaign], kinds: tuple[str, ...], today: features.Table
) -> list[tuple[ContactOrder, Policy | None]]:
    """What these campaigns teach of these kinds: one order for all of them, or one each where the kind is a fact."""
    smaller = fewest(past)
    if smaller < FEWEST_EACH:
        sentence = (
            f"The order is the simple rule “{SIMPLE_RULE}”: {FEWEST_EACH} people written to and as many held out are "
            f"needed to learn a better one, and there are {smaller} so far."
        )
        return [(ContactOrder(kinds, "", sentence), None)]
    facts = _kinds_told(past)
    known, scale = _campaign(histories, past, facts)
    taught = policy.learn(known, _SURE)
    people = sum(len(one.people) for one in past)
    if not is_sure(taught):
        sentence = (
            f"The order is the simple rule “{SIMPLE_RULE}”: among {people:,} people of your own campaigns no other "
            "order was surely better."
        )
        return [(ContactOrder(kinds, "", sentence), taught)]
    of = "of all kinds, the kind being one of the facts" if facts else "of this kind alone" if kinds[-1] else ""
    sentence = f"The order is learnt from {people:,} people of your own campaigns{f' {of}' if of else ''}; "
    sentence += f"{taught.sentence}."
    alone = [(kind,) for kind in kinds if kind in facts]
    together = tuple(kind for kind in kinds if kind not in facts)
    return [
        (_order(group, taught, sentence, today, scale, _as_facts(group[0], facts, past)), taught)
        for group in (*alone, together)
        if group
    ]


def _order(
    kinds: tuple[str, ...], taught: Policy, sentence: str, today: features.Table, scale: _Scale, facts: Sequence[float]
) -> ContactOrder:
    raw = today.columns(NAMES)
    rows = np.hstack([raw, np.tile(np.asarray(facts, dtype=np.float64), (len(raw), 1))])
    scores = policy.apply(taught, scale.of(rows), _recent(raw), _spend(raw))
    return ContactOrder(
        kinds, taught.name, sentence, today.ids, tuple(round(float(one), 6) for one in scores),
        taught.average, taught.slope, taught.middle,
    )  # fmt: skip


def _kinds_told(past: Sequence[PastCampaign]) -> tuple[str, ...]:
    """The kinds that are facts of their own: those with enough people, where there are several; a few people of one
    would only be luck.
    """
    people = Counter(kind for one in past for kind in [one.kind] * len(one.people))
    told = tuple(sorted(kind for kind, count in people.items() if count >= FEWEST_EACH))
    return told if len(people) > 1 else ()


def _as_facts(kind: str, facts: Sequence[str], past: Sequence[PastCampaign]) -> tuple[float, ...]:
    """A campaign of this kind as columns; one of an unknown kind is a little of each, as far as each is known."""
    if kind in facts:
        return tuple(float(kind == one) for one in facts)
    everybody = sum(len(one.people) for one in past)
    return tuple(sum(len(one.people) for one in past if one.kind == each) / everybody for each in facts)


def is_sure(taught: Policy) -> bool:
    """Whether another order than the simple rule's was surely better."""
    return bool(taught.beaten) and taught.name != policy.RECENT


def _campaign(histories: Histories, past: Sequence[PastCampaign], facts: Sequence[str] = ()) -> tuple[Campaign, _Scale]:
    """All past contacts as one experiment; each row keeps the chance with which it was written to.

    Behind the columns of `NAMES` stands one for each kind of `facts`.
    """
    some = _of_people(histories, {person.customer_id for one in past for person in one.people})
    rows: list[FloatArray] = []
    treated: list[bool] = []
    ordered: list[float] = []
    chance: list[float] = []
    tables: dict[date, features.Table] = {}
    for one in past:
        day = one.began - timedelta(days=1)
        table = tables.setdefault(day, features.customers(some, day))
        places = {customer_id: at for at, customer_id in enumerate(table.ids)}
        values = table.columns(NAMES)
        share, kind = one.share, np.array(_as_facts(one.kind, facts, past))
        for person in one.people:
            at = places.get(person.customer_id)
            rows.append(np.concatenate([values[at] if at is not None else _unknown(), kind]))
            treated.append(person.treated)
            ordered.append(float(person.ordered))
            chance.append(share)
    raw = np.array(rows, dtype=np.float64)
    plain_rows = _plain(raw)
    spread = plain_rows.std(axis=0)
    scale = _Scale(plain_rows.mean(axis=0), np.where(spread > 0, spread, 1.0))
    known = Campaign(
        scale.of(raw), np.array(treated, dtype=np.bool_), np.array(ordered), _recent(raw), _spend(raw), np.array(chance)
    )
    return known, scale


def _of_people(histories: Histories, wanted: set[str]) -> Histories:
    """The histories of some people alone, so that a day long ago costs no more than they do."""
    touches = [one for one in TouchColumns.of(histories.touches) if one.customer_id in wanted]
    return replace(
        histories,
        customers=tuple(one for one in histories.customers if one.customer_id in wanted),
        orders=columns.of_customers(columns.orders_known(histories.orders, histories.as_of), wanted),
        touches=touches,
        deals=tuple(one for one in histories.deals if one.customer_id in wanted),
    )


def _unknown() -> FloatArray:
    """Of somebody of whom nothing was known yet."""
    return np.array([np.nan if name.startswith("days") else 0.0 for name in NAMES])


def _plain(values: FloatArray) -> FloatArray:
    """Logarithms, since money and days spread over sizes; never is long ago."""
    return np.asarray(np.log1p(np.clip(np.nan_to_num(values, nan=_NEVER), 0.0, None)), dtype=np.float64)


def _recent(values: FloatArray) -> FloatArray:
    return np.asarray(-np.nan_to_num(values[:, NAMES.index("days_since_order")], nan=_NEVER), dtype=np.float64)


def _spend(values: FloatArray) -> FloatArray:
    return np.asarray(values[:, NAMES.index("spend")], dtype=np.float64)


def _record(
    as_of: date, past: Sequence[PastCampaign], found: Sequence[tuple[ContactOrder, Policy | None]]
) -> ModelRecord:
    """The provenance of a night's choices, kept like that of any model; figures are those of the last, joined one."""
    joined = found[-1][1]
    judged = joined.judged if joined else ()
    chosen: dict[str, Json] = {kind or "other": order.name or SIMPLE_RULE for order, _ in found for kind in order.kinds}
    verdict = Verdict.ABSTAINED
    if any(taught is not None for _, taught in found):
        verdict = Verdict.PUBLISHED if any(order.name for order, _ in found) else Verdict.BASE_RATE
    made = record(
        "contacts",
        as_of,
        found[-1][0].sentence,
        verdict,
        rows=sum(len(one.people) for one in past),
        features=NAMES,
        parameters={"policies": chosen, "campaigns": len(past)},
        metrics={one.name: one.area for one in judged if one.name in LEARNERS},
        baseline_name=SIMPLE_RULE,
        baseline_metrics={one.name: one.area for one in judged if one.name not in LEARNERS},
    )
    told = repr(sorted((one.campaign_id, one.people) for one in past))
    return replace(made, data_hash=hashlib.sha256(told.encode()).hexdigest()[:16])
