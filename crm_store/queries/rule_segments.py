"""Segments by a rule of one's own, counted live: the customers that a rule holds for, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, not_, or_, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.matching.companies import company_key
from crm_store.models.people import Company, Customer, Team
from crm_store.models.scoring import Score, Segment, SegmentMember
from crm_store.models.segments import OwnSegment, SegmentName
from crm_store.models.trade import Deal, Order, Stage
from crm_store.money import from_major
from crm_store.values.people import CustomerBrief
from crm_store.values.rule_codec import from_json
from crm_store.values.scores import ScoreKind
from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window

EXAMPLES: Final = 5
_POINTS: Final = {Measure.VALUE: ScoreKind.VALUE.value, Measure.POTENTIAL: ScoreKind.POTENTIAL.value}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many customers a rule holds for, and some of them."""

    count: int
    examples: tuple[CustomerBrief, ...]


def counted(work: Work, rule: Rule, zone: ZoneInfo) -> Counted:
    """The live count of a rule and a few examples, those in touch last first; `zone` tells when a day begins."""
    found = work.session.execute(
        select(Customer.customer_id, func.count().over())
        .where(holding(work, rule, zone))
        .order_by(Customer.last_touch_at.is_(None), Customer.last_touch_at.desc(), Customer.customer_id)
        .limit(EXAMPLES)
    ).all()
    return Counted(int(found[0][1]) if found else 0, briefs(work, [row[0] for row in found]))


def members(work: Work, rule: Rule, zone: ZoneInfo, most: int | None = None, after: str = "") -> list[str]:
    """The ids of all customers a rule holds for, in the order of ids; page by page with `most` and `after`."""
    query = select(Customer.customer_id).where(holding(work, rule, zone), Customer.customer_id > after)
    return [str(one) for one in work.session.scalars(query.order_by(Customer.customer_id).limit(most))]


def holding(work: Work, rule: Rule, zone: ZoneInfo) -> ColumnElement[bool]:
    """The condition on `customers` that says of whom a rule holds, for statements of other queries."""
    team = work.session.get(Team, (work.team_id,))
    currency = str(team.settings.get("currency", "EUR")) if team else "EUR"
    rows = work.session.scalars(select(OwnSegment)).all() if _names(rule) else ()
    own = {row.name_key: from_json(row.rule) for row in rows}
    terms = _Terms(work.now, zone, currency, own)
    return and_(Customer.removed_at.is_(None), Customer.merged_into.is_(None), terms.of(rule))


@dataclass(frozen=True, slots=True)
class _Terms:
    """Turns a rule into a condition on `customers`; sets of ids are asked for, so that each table is read once."""

    now: datetime
    zone: ZoneInfo
    currency: str
    own: Mapping[str, Rule]
    within: frozenset[str] = frozenset()
    """Segments of one's own that this condition stands in: a rule that leads back to itself holds for nobody."""

    def of(self, rule: Rule) -> ColumnElement[bool]:
        """The condition of any rule."""
        if isinstance(rule, Not):
            return not_(self.of(rule.part))
        if isinstance(rule, All | Any):
            return reduce(and_ if isinstance(rule, All) else or_, [self.of(each) for each in rule.parts])
        if isinstance(rule, Named):
            return self._named(rule)
        return self._number(rule)

    def _number(self, rule: Number) -> ColumnElement[bool]:
        since = self._ago(rule.amount)
        if rule.measure is Measure.CONTACT_AGE:
            lately = func.coalesce(Customer.last_touch_at >= since, False)
            return lately if _is_within(rule) else not_(lately)
        if rule.measure is Measure.ORDER_AGE:
            ordered = Customer.customer_id.in_(self._orders(Window()).where(Order.ordered_at >= since))
            return ordered if _is_within(rule) else not_(ordered)
        if rule.measure in _POINTS:
            points = select(Score.about).where(Score.kind == _POINTS[rule.measure])
            return Customer.customer_id.in_(points.where(_compared(Score.point, rule.comparison, rule.amount)))
        orders = self._orders(rule.window or Window()).group_by(Order.customer_id)
        if rule.measure is Measure.ORDERS:
            return _summed(orders, func.count(), rule.comparison, rule.amount)
        orders = orders.where(Order.currency == self.currency)
        minor = from_major(rule.amount, self.currency).minor
        return _summed(orders, func.sum(Order.total_minor), rule.comparison, minor)

    def _orders(self, window: Window) -> Select[str]:
        """The customers of orders in a window that ends now."""
        orders = select(Order.customer_id).where(Order.removed_at.is_(None), Order.ordered_at <= self.now)
        if window.days is not None:
            return orders.where(Order.ordered_at >= self._ago(window.days))
        if window.since is not None:
            begin = datetime.combine(window.since, time(), self.zone).astimezone(UTC)
            return orders.where(Order.ordered_at >= begin)
        return orders

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(days=min(days, 36_500.0))

    def _named(self, rule: Named) -> ColumnElement[bool]:
        name = rule.name.casefold()
        if rule.trait is Trait.SOURCE:
            return func.lower(Customer.source) == name
        if rule.trait is Trait.COMPANY:
            same = Company.name_key == company_key(rule.name)[:200]
            return func.coalesce(
                Customer.company_id.in_(select(Company.company_id).where(same, Company.removed_at.is_(None))), False
            )
        if rule.trait is Trait.SEGMENT:
            return self._segment(rule.name)
        stages = select(Stage.stage_id).where((func.lower(Stage.name) == name) | (Stage.name == rule.name))
        open_deals = select(Deal.customer_id).where(
            Deal.stage_id.in_(stages), Deal.state == "open", Deal.removed_at.is_(None), Deal.customer_id.is_not(None)
        )
        return Customer.customer_id.in_(open_deals)

    def _segment(self, called: str) -> ColumnElement[bool]:
        """A segment of one's own by its rule, else a learned one by its name, the name given to it, or its key."""
        name = called.casefold()
        if name in self.own:
            if name in self.within:
                return false()
            return replace(self, within=self.within | {name}).of(self.own[name])
        given = select(SegmentName.segment_key).where(
            SegmentName.method == Segment.method, func.lower(SegmentName.name) == name
        )
        named = or_(func.lower(Segment.name) == name, Segment.key.in_((name, called)), Segment.name == called)
        current = select(Segment.segment_id).where(Segment.current.is_(True), or_(named, Segment.key.in_(given)))
        return Customer.customer_id.in_(select(SegmentMember.customer_id).where(SegmentMember.segment_id.in_(current)))


def _names(rule: Rule) -> bool:
    """Whether a rule speaks of a segment."""
    if isinstance(rule, Not):
        return _names(rule.part)
    if isinstance(rule, All | Any):
        return any(_names(part) for part in rule.parts)
    return isinstance(rule, Named) and rule.trait is Trait.SEGMENT


def _summed(
    orders: Select[str], figure: ColumnElement[int], comparison: Comparison, amount: float
) -> ColumnElement[bool]:
    """Customers whose figure compares so; who has no orders has a figure of nought, and is in no group."""
    nought = {
        Comparison.AT_LEAST: amount <= 0,
        Comparison.OVER: amount < 0,
        Comparison.AT_MOST: amount >= 0,
        Comparison.UNDER: amount > 0,
        Comparison.EXACTLY: amount == 0,
    }[comparison]
    if not nought:
        return Customer.customer_id.in_(orders.having(_compared(figure, comparison, amount)))
    return not_(Customer.customer_id.in_(orders.having(not_(_compared(figure, comparison, amount)))))


def _compared(
    figure: SQLColumnExpression[int] | SQLColumnExpression[float], comparison: Comparison, amount: float
) -> ColumnElement[bool]:
    compared: dict[Comparison, ColumnElement[bool]] = {
        Comparison.AT_LEAST: figure >= amount,
        Comparison.OVER: figure > amount,
        Comparison.AT_MOST: figure <= amount,
        Comparison.UNDER: figure < amount,
        Comparison.EXACTLY: figure == amount,
    }
    return compared[comparison]


def _is_within(rule: Number) -> bool:
    """Whether an age is asked to be small: something happened within so many days."""
    return rule.comparison in (Comparison.AT_MOST, Comparison.UNDER)
