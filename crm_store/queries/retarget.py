"""Whom a suggestion could write to instead, and whom it leaves out by name."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.lookup.tokens import in_groups
from crm_store.models.marketing import Suggestion
from crm_store.models.people import Customer
from crm_store.models.trade import Order
from crm_store.queries import own_segments, rule_segments, suggestions
from crm_store.values.marketing import HELD_OUT
from crm_store.values.retarget import LeftOut, LeftOutPage
from crm_store.values.segment_rules import Rule

PAGE: Final = 20
_AT_ONCE: Final = 400


def of_segment(work: Work, segment_id: str) -> list[str]:
    """The people of a segment of the team's own, whoever ordered last first; raises NotFound."""
    members = own_segments.members(work, segment_id)
    last: dict[str, float] = {}
    for group in in_groups(members, _AT_ONCE):
        rows = work.session.execute(
            select(Order.customer_id, func.max(Order.ordered_at))
            .where(Order.customer_id.in_(list(group)), Order.removed_at.is_(None))
            .group_by(Order.customer_id)
        )
        last |= {str(one): at.timestamp() for one, at in rows}
    return sorted(members, key=lambda one: (-last.get(one, 0.0), one))


def narrowed(work: Work, members: Sequence[str], rule: Rule) -> list[str]:
    """Those for whom the rule holds, in their order."""
    holds = rule_segments.holding(work, rule, own_segments.zone(work))
    kept: set[str] = set()
    for group in in_groups(list(members), _AT_ONCE):
        kept |= set(
            work.session.scalars(select(Customer.customer_id).where(Customer.customer_id.in_(list(group)), holds))
        )
    return [one for one in members if one in kept]


def left_out(work: Work, suggestion_id: str, start: int = 0) -> LeftOutPage:
    """Those left out from a place on, each with the reason; those held out by lot come first. Raises NotFound."""
    row = work.session.get(Suggestion, (work.team_id, suggestion_id)) or suggestions.missing()
    split = suggestions.audience_of(work, row)
    everybody = [*((one, HELD_OUT) for one in split.holdout), *split.excluded]
    page = everybody[start : start + PAGE]
    known = {one.customer_id: one for one in briefs(work, [one for one, _ in page])}
    people = tuple(
        LeftOut(one, known[one].name, known[one].company or "", why) if one in known else LeftOut(one, "", "", why)
        for one, why in page
    )
    after = start + PAGE
    return LeftOutPage(people, len(everybody), start, after if after < len(everybody) else 0)
