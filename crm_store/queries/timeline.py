"""One timeline over all channels, newest first, each entry only as far as the asker may read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.people import Company, Customer, User
from crm_store.queries import files, mail_news
from crm_store.values.files import FileView
from crm_store.values.people import TimelineEntry, TimelinePage

_HIDDEN = ""
MOST_WORDS = 10


def timeline(
    work: Work,
    customer_ids: Sequence[str] = (),
    *,
    company_id: str | None = None,
    deal_id: str | None = None,
    kinds: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: datetime | None = None,
    text: str = "",
    most: int = 10,
) -> TimelinePage:
    """The communications of customers, a company or a deal as the actor may see them.

    Private notes of others are only counted; confidential ones are listed without their words.
    """
    wanted = [*_about(work, customer_ids, company_id, deal_id), *fitting(work, kinds, since, until, text)]
    visible = [*wanted, readable(work)]
    if before:
        visible.append(Communication.happened_at < before)
    rows = work.session.scalars(
        select(Communication)
        .where(*visible)
        .order_by(Communication.happened_at.desc(), Communication.communication_id.desc())
        .limit(most + 1)
    ).all()
    shown = _whole_moments(rows, most)
    older = shown[-1].happened_at if len(rows) > len(shown) else None
    return TimelinePage(entries(work, shown), older, others_private(work, wanted))


def fitting(
    work: Work, kinds: Sequence[str], since: datetime | None, until: datetime | None, text: str
) -> list[ColumnElement[bool]]:
    """What a filter leaves of the communications that are still there."""
    wanted: list[ColumnElement[bool]] = [Communication.removed_at.is_(None)]
    if kinds:
        wanted.append(Communication.kind.in_(kinds))
    if since:
        wanted.append(Communication.happened_at >= since)
    if until:
        wanted.append(Communication.happened_at < until)
    return wanted + [_says(work, word) for word in text.split()[:MOST_WORDS]]


def readable(work: Work) -> ColumnElement[bool]:
    """Others' private notes are left out."""
    return or_(Communication.level != "private", _mine(work))


def others_private(work: Work, wanted: Sequence[ColumnElement[bool]]) -> int:
    """How many private notes of others there are among what is wanted."""
    found = select(func.count()).select_from(Communication)
    return work.session.scalar(found.where(*wanted, Communication.level == "private", ~_mine(work))) or 0


def may_read(work: Work, row: Communication) -> bool:
    """Whether the actor may read the words of one communication."""
    return (
        row.level == "team"
        or work.session.scalar(
            select(Communication.communication_id).where(
                Communication.communication_id == row.communication_id, _mine(work)
            )
        )
        is not None
    )


def last_mails(work: Work, customer_id: str, most: int = 3) -> tuple[TimelineEntry, ...]:
    """The last mails with a customer."""
    return timeline(work, [customer_id], kinds=["mail"], most=most).entries


def _whole_moments(rows: Sequence[Communication], most: int) -> Sequence[Communication]:
    """The next page begins before a moment, so entries of one moment stay on one page where they fit."""
    if len(rows) <= most:
        return rows
    shown = list(rows[:most])
    while len(shown) > 1 and shown[-1].happened_at == rows[most].happened_at:
        shown.pop()
    return shown if shown[-1].happened_at != rows[most].happened_at else rows[:most]


def _about(
    work: Work, customer_ids: Sequence[str], company_id: str | None, deal_id: str | None
) -> list[ColumnElement[bool]]:
    if deal_id:
        return [Communication.deal_id == deal_id]
    taking_part = select(Participant.communication_id).where(
        Participant.team_id == Communication.team_id,
        Participant.communication_id == Communication.communication_id,
    )
    if company_id:
        of_company = select(Customer.customer_id).where(
            Customer.team_id == Communication.team_id, Customer.company_id == company_id
        )
        with_people = taking_part.where(Participant.customer_id.in_(of_company)).exists()
        return [or_(with_people, *_of_companies(work, [company_id]))]
    if customer_ids:
        theirs = work.session.scalars(select(Customer.company_id).where(Customer.customer_id.in_(customer_ids))).all()
        with_them = taking_part.where(Participant.customer_id.in_(customer_ids)).exists()
        return [or_(with_them, *_of_companies(work, [one for one in theirs if one]))]
    return []


def _of_companies(work: Work, company_ids: Sequence[str]) -> list[ColumnElement[bool]]:
    """What was said in the channels of companies, those that went into them included; most have none."""
    went_in = select(Company.company_id).where(
        Company.company_id.in_(company_ids) | Company.merged_into.in_(company_ids)
    )
    ids = list(work.session.scalars(went_in)) if company_ids else []
    some = select(Communication.company_id).where(Communication.company_id.in_(ids)).limit(1)
    return [Communication.company_id.in_(ids)] if ids and work.session.scalar(some) is not None else []


def _says(work: Work, word: str) -> ColumnElement[bool]:
    """The word stands in it; words that the actor may not read are not searched, since finding would tell them."""
    there = or_(
        Communication.subject.icontains(word, autoescape=True), Communication.new_text.icontains(word, autoescape=True)
    )
    return and_(there, or_(Communication.level == "team", _mine(work)))


def _mine(work: Work) -> ColumnElement[bool]:
    """Who logged it or brought a copy has read it already."""
    witness = select(Witness.user_id).where(
        Witness.team_id == Communication.team_id,
        Witness.communication_id == Communication.communication_id,
        Witness.user_id == work.actor,
    )
    return or_(Communication.logged_by == work.actor, witness.exists())


def entries(work: Work, rows: Sequence[Communication]) -> tuple[TimelineEntry, ...]:
    """Communications as the actor may see them."""
    ids = [row.communication_id for row in rows]
    slack = {user.user_id: user.slack_user_id for user in work.session.scalars(select(User))}
    names = _grouped(
        work.session.execute(
            select(Participant.communication_id, Customer.name)
            .join(
                Customer,
                and_(Customer.team_id == Participant.team_id, Customer.customer_id == Participant.customer_id),
            )
            .where(Participant.communication_id.in_(ids))
            .order_by(Participant.participant_id)
        ).all()
    )
    attached = files.of_several(work, ids)
    stand = mail_news.meetings(work, [row.communication_id for row in rows if row.kind == "meeting"])
    witnesses = _grouped(
        work.session.execute(
            select(Witness.communication_id, Witness.user_id)
            .where(Witness.communication_id.in_(ids))
            .order_by(Witness.at, Witness.user_id)
        ).all()
    )
    return tuple(
        _entry(
            work,
            row,
            slack,
            names.get(row.communication_id, ()),
            witnesses.get(row.communication_id, ()),
            attached.get(row.communication_id, ()),
            stand.get(row.communication_id, ""),
        )
        for row in rows
    )


def _entry(
    work: Work,
    row: Communication,
    slack: dict[str, str],
    names: tuple[str, ...],
    witnesses: tuple[str, ...],
    with_it: tuple[FileView, ...],
    note: str,
) -> TimelineEntry:
    hidden = row.level != "team" and work.actor != row.logged_by and work.actor not in witnesses
    return TimelineEntry(
        communication_id=row.communication_id,
        kind=row.kind,
        direction=row.direction,
        happened_at=row.happened_at,
        subject=None if hidden else row.subject,
        text=_HIDDEN if hidden else row.new_text,
        quoted=bool(row.quoted_text) and not hidden,
        by=slack.get(row.logged_by),
        customers=names,
        level=row.level,
        hidden=hidden,
        permalink=None if hidden else row.permalink,
        witnesses=tuple(slack[one] for one in witnesses if one in slack),
        files=() if hidden else with_it,
        note="" if hidden else note,
        by_mail=row.source == "mail" and not hidden,
    )


def _grouped(rows: Sequence[Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, value in rows:
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), value)))
    return found
