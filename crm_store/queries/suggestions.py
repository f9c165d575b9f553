"""Suggestions as their cards show them, who may be written to, and what earlier campaigns achieved."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NoReturn

from sqlalchemy import Row, func, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.lookup.briefs import briefs, slack_ids
from crm_store.lookup.tokens import in_groups
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Send, Suggestion, Suppression
from crm_store.models.people import ContactPoint, Customer, Team, User
from crm_store.models.trade import Deal, DealPerson, Order
from crm_store.queries import campaigns, letter_limits, send_times
from crm_store.queries.listed import Ids, listed
from crm_store.values import drafts, plans
from crm_store.values.marketing import (
    OPEN_STATES,
    OTHER_SUGGESTION,
    CampaignView,
    Idea,
    LiftView,
    Split,
    Standing,
    SuggestionView,
    split,
    why_no_call,
    why_no_letter,
)
from crm_store.values.marks import mark
from crm_store.values.people import CustomerBrief
from crm_store.values.purposes import of_kind

PURPOSES: Final = ("newsletter", "marketing", "campaign")
BOUNCED: Final = "hard bounce"
CAMPAIGN_PAUSE: Final = timedelta(days=14)
_AT_ONCE: Final = 400
_LISTED: Final = 5000


def view(work: Work, suggestion_id: str) -> SuggestionView:
    """One suggestion; raises NotFound. While it is open, who may be written to is looked up anew."""
    row = _row(work, suggestion_id)
    audience = audience_of(work, row)
    shown = row.content
    example, fields = _example(work, [*audience.treated, *audience.holdout, *row.members][:1])
    subject, body = _rendered(str(shown["subject"]), str(shown["body"]), fields)
    return SuggestionView(
        suggestion_id=row.suggestion_id,
        kind=row.kind,
        title=row.title,
        who=shown["who"],
        n=len(audience.treated),
        holdout=len(audience.holdout),
        why=tuple(shown["why"]),
        expected=shown["expected"],
        left_out=_left_out(row, audience),
        subject=subject,
        body=body,
        example=example,
        subject_template=shown["subject"],
        body_template=shown["body"],
        cap=shown["cap"],
        holdout_share=shown["holdout_share"],
        window_days=shown["window_days"],
        state=row.state if row.state not in OPEN_STATES or row.expires_at > work.now else "expired",
        version=row.version,
        created_at=row.created_at,
        expires_at=row.expires_at,
        decided_by=slack_ids(work).get(row.decided_by or ""),
        decided_at=row.decided_at,
        reason=row.reason,
        campaign=_campaign(work, row.campaign_id),
        because=shown.get("because", ""),
        steps=plans.read(shown.get("steps", ())),
        other_subject=shown.get("other_subject") or "",
        send_on=date.fromisoformat(shown["send_on"]) if shown.get("send_on") else None,
        send_time=shown.get("send_time") or "",
        by_phone=by_phone(row),
        order=shown.get("order", ""),
        leaves=send_times.sentence(work),
        budget=letter_limits.budget(work).sentence,
    )


def _left_out(row: Suggestion, audience: Split) -> tuple[tuple[str, int], ...]:
    """How many are left out for each reason; while it is open, those in another suggestion as well."""
    elsewhere = int(row.content.get("elsewhere", 0))
    return (*audience.left_out, *([(OTHER_SUGGESTION, elsewhere)] if elsewhere and not row.campaign_id else []))


def people(work: Work, suggestion_id: str, most: int = 10) -> tuple[CustomerBrief, ...]:
    """Who would be, or is, written to, best first."""
    return briefs(work, audience_of(work, _row(work, suggestion_id)).treated[:most])


def open_now(work: Work) -> tuple[str, ...]:
    """The ids of suggestions that wait for a decision, oldest first."""
    rows = work.session.scalars(
        select(Suggestion.suggestion_id)
        .where(Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at > work.now)
        .order_by(Suggestion.created_at, Suggestion.suggestion_id)
    )
    return tuple(rows)


def reviews(work: Work) -> dict[tuple[str, str], tuple[str, datetime]]:
    """What waits for a decision, by kind and target: its title, and since when."""
    rows = work.session.scalars(
        select(Suggestion).where(Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at > work.now)
    )
    return {(row.kind, row.target): (row.title, row.created_at) for row in rows}


def taken(work: Work) -> frozenset[str]:
    """Everybody whom a suggestion that waits for a decision would reach or hold out."""
    rows = work.session.scalars(
        select(Suggestion).where(Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at > work.now)
    ).all()
    audiences = [audience_of(work, row) for row in rows]
    return frozenset(one for audience in audiences for one in (*audience.treated, *audience.holdout))


def lifts(work: Work) -> dict[str, LiftView]:
    """What is measured of each kind of campaign so far; kinds without a hold-out are not in it."""
    kinds = work.session.scalars(select(Campaign.kind).distinct()).all()
    found = {kind: evidence(work, kind) for kind in kinds}
    return {kind: lift for kind, lift in found.items() if lift is not None}


def audience_of(work: Work, row: Suggestion) -> Split:
    """Who a suggestion reaches: as approved, or as it would be now."""
    if row.campaign_id:
        arms: dict[str, list[Any]] = {"treated": [], "holdout": [], "excluded": []}
        members = select(CampaignMember).where(CampaignMember.campaign_id == row.campaign_id)
        place = {customer_id: at for at, customer_id in enumerate(row.members)}
        for member in sorted(work.session.scalars(members), key=lambda one: place.get(one.customer_id, len(place))):
            excluded = member.arm == "excluded"
            arms[member.arm].append((member.customer_id, member.excluded_because) if excluded else member.customer_id)
        return Split(tuple(arms["treated"]), tuple(arms["holdout"]), tuple(arms["excluded"]))
    return split(
        row.members,
        standings(work, row.members),
        salt=row.suggestion_id,
        cap=row.content["cap"],
        holdout_share=row.content["holdout_share"],
        personal=row.content["personal"],
        purpose=of_kind(row.kind),
        by_phone=by_phone(row),
    )


def reaches_anybody(work: Work, idea: Idea, likely: Sequence[str] = ()) -> bool:
    """Whether any of its people may be written to, or called, as things stand; the `likely` are asked first."""
    why = why_no_call if idea.by_phone else why_no_letter
    for group in in_groups([*likely, *idea.members], _AT_ONCE):
        standing = _standings(work, list(group))
        if any(why(standing.get(one), of_kind(idea.kind), personal=idea.personal) is None for one in group):
            return True
    return False


def by_phone(row: Suggestion) -> bool:
    """Whether a suggestion is to call, and not to write."""
    return row.content.get(plans.CHANNEL) == plans.CALL


def standings(work: Work, customer_ids: Sequence[str]) -> dict[str, Standing]:
    """Consent, suppression, address, last letter and open deals of each live customer; others are left out."""
    found: dict[str, Standing] = {}
    for group in in_groups(list(dict.fromkeys(customer_ids)), _LISTED):
        found |= _standings(work, listed(work, group))
    return found


def _standings(work: Work, ids: Ids) -> dict[str, Standing]:
    live = work.session.scalars(
        select(Customer.customer_id).where(
            Customer.customer_id.in_(ids), Customer.removed_at.is_(None), Customer.merged_into.is_(None)
        )
    ).all()
    consented, withdrew = _consented(work, ids)
    points = _points(work, ids)
    blocked = _suppressed(work, [one.value_key for one in points if one.kind == "email"])
    lately, dealing = _written_lately(work, ids), _in_open_deals(work, ids)
    alive = [one for one in points if one.state == "live"]
    reached = {(one.owner_row, one.kind) for one in alive}
    # One suppressed address stops all letters to its owner: the person asked, not the address.
    stopped = {one.owner_row for one in alive if one.value_key in blocked}
    objected = withdrew | {one.owner_row for one in points if blocked.get(one.value_key, BOUNCED) != BOUNCED}
    enough = letter_limits.full(work, ids)
    agreed, refused = (letter_limits.purposes(work, ids, given=given) for given in (True, False))
    return {
        one: Standing(
            consented=one in consented,
            suppressed=one in stopped,
            has_address=(one, "email") in reached,
            written_lately=one in lately,
            open_deal=one in dealing,
            enough=one in enough,
            has_phone=(one, "phone") in reached,
            objected=one in objected,
            agreed=agreed.get(one, frozenset()),
            refused=refused.get(one, frozenset()),
        )
        for one in live
    }


def _points(work: Work, ids: Ids) -> Sequence[Row[str, str, str, str]]:
    return work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value_key, ContactPoint.state).where(
            ContactPoint.owner_row.in_(ids), ContactPoint.kind.in_(("email", "phone"))
        )
    ).all()


def _consented(work: Work, ids: Ids) -> tuple[set[str], set[str]]:
    """Who agreed to letters, and who said no to them."""
    rows = work.session.execute(
        select(Consent.customer_id, Consent.given).where(Consent.customer_id.in_(ids), Consent.purpose.in_(PURPOSES))
    ).all()
    # A consent taken back for any of these purposes outweighs one given.
    withdrew = {one for one, given in rows if not given}
    return {one for one, given in rows if given} - withdrew, withdrew


def _suppressed(work: Work, values: list[str]) -> dict[str, str]:
    """Of these addresses those that get no campaign mail, with the reason."""
    team = work.session.get_one(Team, (work.team_id,))
    # Whoever was erased is known by a digest alone; should they be there again, they are still not written to.
    digests = {mark(team.pseudonym_key, one): one for one in values}
    found = work.session.execute(
        select(Suppression.value_key, Suppression.reason).where(Suppression.value_key.in_([*values, *digests]))
    )
    return {digests.get(one, one): reason for one, reason in found}


def _written_lately(work: Work, ids: Ids) -> set[str]:
    mails = (
        select(Participant.customer_id)
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Participant.customer_id.in_(ids),
            Communication.direction.in_(("outgoing", "out")),
            Communication.happened_at > work.now - letter_limits.of_team(work).pause,
            Communication.happened_at <= work.now,
            Communication.removed_at.is_(None),
        )
    )
    letters = (
        select(CampaignMember.customer_id)
        .join(
            Campaign,
            (Campaign.team_id == CampaignMember.team_id) & (Campaign.campaign_id == CampaignMember.campaign_id),
        )
        .where(
            CampaignMember.customer_id.in_(ids),
            # The held-out rest as long as those written to: else other campaigns reach them more, and blur the effect.
            CampaignMember.arm.in_(("treated", "holdout")),
            Campaign.created_at > work.now - CAMPAIGN_PAUSE,
        )
    )
    sent = select(Send.customer_id).where(Send.customer_id.in_(ids), Send.at > work.now - CAMPAIGN_PAUSE)
    return {str(one) for query in (mails, letters, sent) for one in work.session.scalars(query)}


def _in_open_deals(work: Work, ids: Ids) -> set[str]:
    """Whose deal is open: their own, or one that they are among the people of. Each is asked for by its customers."""
    is_open = (Deal.state == "open", Deal.removed_at.is_(None))
    own = work.session.scalars(select(Deal.customer_id).where(Deal.customer_id.in_(ids), *is_open))
    found = {str(one) for one in own}
    people = work.session.execute(
        select(DealPerson.deal_id, DealPerson.customer_id).where(DealPerson.customer_id.in_(ids))
    ).all()
    deals = listed(work, sorted({row.deal_id for row in people}))
    still = set(work.session.scalars(select(Deal.deal_id).where(Deal.deal_id.in_(deals), *is_open)) if people else ())
    return found | {row.customer_id for row in people if row.deal_id in still}


def evidence(work: Work, kind: str) -> LiftView | None:
    """The measured lift of ended campaigns of a kind, as a 95 % interval; nothing without hold-out members.

    Everybody assigned counts, whether the letter arrived or not, and each campaign has its own window. Difference of
    two shares with Agresti and Caffo's interval (2000, American Statistician 54:280).
    """
    # Of letters to one person nobody is held out: they say nothing of what a letter adds.
    rows_of_kind = work.session.scalars(select(Campaign).where(Campaign.kind == kind, Campaign.control_share > 0)).all()
    counts = {"treated": [0, 0], "holdout": [0, 0]}
    ended = 0
    for campaign in rows_of_kind:
        until = campaign.created_at + timedelta(days=campaign.window_days)
        if until > work.now:
            continue
        ended += 1
        ordered = (
            select(Order.order_id)
            .where(
                Order.team_id == CampaignMember.team_id,
                Order.customer_id == CampaignMember.customer_id,
                Order.ordered_at > campaign.created_at,
                Order.ordered_at <= until,
                Order.removed_at.is_(None),
            )
            .exists()
        )
        for extra, column in (((), 1), ((ordered,), 0)):
            rows = work.session.execute(
                select(CampaignMember.arm, func.count())
                .where(CampaignMember.campaign_id == campaign.campaign_id, *extra)
                .group_by(CampaignMember.arm)
            )
            for arm, count in rows:
                if arm in counts:
                    counts[arm][column] += count
    return _lift(kind, ended, counts["treated"], counts["holdout"])


def _lift(kind: str, campaigns: int, treated: Sequence[int], holdout: Sequence[int]) -> LiftView | None:
    if not treated[1] or not holdout[1]:
        return None
    lift = treated[0] / treated[1] - holdout[0] / holdout[1]
    shares = [((hits + 1) / (n + 2), n + 2) for hits, n in (treated, holdout)]
    middle = shares[0][0] - shares[1][0]
    half = 1.96 * math.sqrt(sum(share * (1 - share) / n for share, n in shares))
    return LiftView(kind, campaigns, treated[1], holdout[1], lift, max(-1.0, middle - half), min(1.0, middle + half))


def _row(work: Work, suggestion_id: str) -> Suggestion:
    row = work.session.get(Suggestion, (work.team_id, suggestion_id))
    return row if row is not None else missing()


def missing() -> NoReturn:
    """Say that a suggestion is gone."""
    raise NotFound("That suggestion is no longer there.")


def _campaign(work: Work, campaign_id: str | None) -> CampaignView | None:
    row = work.session.get(Campaign, (work.team_id, campaign_id)) if campaign_id else None
    if row is None:
        return None
    counts: dict[str, int] = dict(
        work.session.execute(
            select(CampaignMember.arm, func.count())
            .where(CampaignMember.campaign_id == row.campaign_id)
            .group_by(CampaignMember.arm)
        ).all()
    )
    treated, holdout, excluded = (counts.get(arm, 0) for arm in ("treated", "holdout", "excluded"))
    numbers = campaigns.numbers(work, row.campaign_id)
    return CampaignView(row.campaign_id, row.state, treated, holdout, excluded, numbers)


def draft_fields(work: Work, customer_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """What a draft may name of each customer: first name, company, and who looks after them."""
    names = dict(work.session.execute(select(User.slack_user_id, User.name)).all())
    team = next(iter(sorted(names.values())), "")
    return {
        one.customer_id: {
            "first_name": (one.name.split() or [one.name])[0],
            "company": one.company or "your company",
            "owner_name": names.get(one.owner or "", team),
        }
        for one in briefs(work, customer_ids)
    }


def _example(work: Work, ids: list[str]) -> tuple[str | None, dict[str, str]]:
    found = briefs(work, ids)
    if not found:
        return None, {"first_name": "Ann", "company": "Acme", "owner_name": "Ada"}
    return found[0].name, draft_fields(work, ids)[found[0].customer_id]


def _rendered(subject: str, body: str, fields: dict[str, str]) -> tuple[str, str]:
    try:
        return drafts.render(subject, fields), drafts.render(body, fields)
    except BadInput:
        # A draft kept from before a field was renamed is shown as it stands; approving it is refused.
        return subject, body
