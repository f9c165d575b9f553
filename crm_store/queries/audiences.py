"""Audiences for other tools: the people of a campaign or a segment who may leave, looked up at this moment."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import phonenumbers
from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.briefs import Person, people
from crm_store.lookup.tokens import in_groups
from crm_store.models.audiences import AudienceExport
from crm_store.models.marketing import Campaign, CampaignMember
from crm_store.models.people import Company
from crm_store.models.scoring import Segment, SegmentMember
from crm_store.models.trade import Order
from crm_store.queries import own_segments, suggestions
from crm_store.values.audiences import Audience, AudiencePerson, AudienceSource, ExportView
from crm_store.values.marketing import GONE, NO_ADDRESS, NOT_CONSENTED, SUPPRESSED, Standing
from crm_store.values.purposes import Purpose

_AT_ONCE: Final = 500
NOT_SEEN: Final = "private to a colleague"


def named(work: Work, name: str) -> AudienceSource:
    """The campaign or segment of that name, in any case of letters; of campaigns the latest. Raises NotFound."""
    wanted = own_segments.name_key(name)
    own = own_segments.named(work, name)
    if own is not None:
        return AudienceSource("segment", own.segment_id, own.name)
    rows = work.session.scalars(select(Campaign).order_by(Campaign.created_at.desc())).all()
    for row in rows:
        if wanted in (own_segments.name_key(row.name), row.campaign_id):
            return AudienceSource("campaign", row.campaign_id, row.name)
    raise NotFound(f"There is no segment and no campaign “{name[:60]}”.", wanted=name)


def audience(work: Work, source: AudienceSource) -> Audience:
    """Who may leave: consented, neither unsubscribed nor bounced, reachable, seen by the asker, never held out."""
    members = _members(work, source)
    standings = suggestions.standings(work, members)
    known = _people(work, members)
    left: Counter[str] = Counter()
    staying: list[Person] = []
    for one in members:
        person = known.get(one)
        reason = _reason(standings.get(one), person, work.actor)
        if reason or person is None:
            left[reason or GONE] += 1
        else:
            staying.append(person)
    facts = _Facts(work, staying)
    key = "".join(sign if sign.isalnum() else "-" for sign in own_segments.name_key(source.name)).strip("-")
    ordered = sorted(left.items(), key=lambda pair: (-pair[1], pair[0]))
    return Audience(source.name, key or "audience", tuple(facts.of(one) for one in staying), tuple(ordered))


def export(work: Work, export_id: str) -> ExportView:
    """One hand-over; raises NotFound."""
    row = work.session.get(AudienceExport, (work.team_id, export_id))
    if row is None:
        raise NotFound("That export is no longer there.", wanted=export_id)
    return _view(row)


def waiting(work: Work) -> tuple[ExportView, ...]:
    """What still has to be handed over, oldest first."""
    rows = work.session.scalars(
        select(AudienceExport)
        .where(AudienceExport.state == "waiting", AudienceExport.not_before <= work.now)
        .order_by(AudienceExport.at, AudienceExport.export_id)
    )
    return tuple(_view(row) for row in rows)


def anything(work: Work) -> bool:
    """Whether something waits to be handed over."""
    return bool(waiting(work))


def _view(row: AudienceExport) -> ExportView:
    kind: Any = row.source_kind
    tool: Any = row.tool
    left = tuple((str(why), int(count)) for why, count in row.counts.get("left_out", []))
    source = AudienceSource(kind, row.source_id, row.name)
    handed = int(row.counts.get("handed", 0))
    return ExportView(row.export_id, tool, source, row.by, row.at, row.state, handed, left, row.problem)


def _members(work: Work, source: AudienceSource) -> list[str]:
    if source.kind == "segment":
        return own_segments.members(work, source.row_id)
    if source.kind == "learned":
        inside = select(SegmentMember.customer_id).where(SegmentMember.segment_id == source.row_id)
        if work.session.get(Segment, (work.team_id, source.row_id)) is None:
            raise NotFound("That segment is no longer there. `/crm segment` lists those that are.")
        return list(work.session.scalars(inside.order_by(SegmentMember.customer_id)))
    treated = select(CampaignMember.customer_id).where(
        CampaignMember.campaign_id == source.row_id, CampaignMember.arm == "treated"
    )
    return list(work.session.scalars(treated.order_by(CampaignMember.customer_id)))


def _people(work: Work, ids: Sequence[str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for some in in_groups(ids, _AT_ONCE):
        found |= people(work, some)
    return found


def _reason(standing: Standing | None, person: Person | None, actor: str) -> str | None:
    if standing is None or person is None:
        return GONE
    checks = (
        (person.level != "team" and person.owner_id != actor, NOT_SEEN),
        (standing.suppressed, SUPPRESSED),
        (not standing.has_address or not person.brief.email, NO_ADDRESS),
        (not standing.consents(Purpose.OFFERS), NOT_CONSENTED),
    )
    return next((reason for applies, reason in checks if applies), None)


class _Facts:
    """What files hold beside names and addresses, read for all at once."""

    def __init__(self, work: Work, persons: Sequence[Person]) -> None:
        ids = [one.brief.customer_id for one in persons]
        self._orders = _last_orders(work, ids)
        self._countries = _countries(work, {one.brief.company_id for one in persons if one.brief.company_id})

    def of(self, person: Person) -> AudiencePerson:
        """One person as a row of a file."""
        brief = person.brief
        first, _, last = brief.name.partition(" ")
        country = self._countries.get(brief.company_id or "")
        return AudiencePerson(
            customer_id=brief.customer_id,
            email=(brief.email or "").strip().lower(),
            phone=next((number for number in (_e164(one, country) for one in person.phones) if number), None),
            first_name=first,
            last_name=last.strip(),
            company=brief.company,
            country=country,
            last_order=self._orders.get(brief.customer_id),
        )


def _last_orders(work: Work, ids: Sequence[str]) -> dict[str, date]:
    found: dict[str, date] = {}
    for some in in_groups(ids, _AT_ONCE):
        rows = work.session.execute(
            select(Order.customer_id, func.max(Order.ordered_at))
            .where(Order.customer_id.in_(some), Order.removed_at.is_(None))
            .group_by(Order.customer_id)
        )
        found |= {customer_id: at.date() for customer_id, at in rows}
    return found


def _countries(work: Work, company_ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in in_groups(sorted(company_ids), _AT_ONCE):
        rows = work.session.execute(select(Company.company_id, Company.country).where(Company.company_id.in_(some)))
        found |= {company_id: code for company_id, country in rows if (code := _code(country))}
    return found


def _code(country: str | None) -> str | None:
    """Two capital letters; what is written out is not guessed at."""
    code = (country or "").strip().upper()
    return {"UK": "GB"}.get(code, code) if len(code) == 2 and code.isalpha() and code.isascii() else None


def _e164(written: str, country: str | None) -> str | None:
    """A number as the tools want it; None where the country is not known or the number cannot be one."""
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
