"""What the team's memory adds to a mail: its rules, the conversation it belongs to, who works where it came from."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.matching.contact_points import is_role_mailbox, registrable_domain
from crm_store.models.history import Communication, Participant
from crm_store.models.mail import MailFlow, MailKey, MailRule
from crm_store.models.people import Customer
from crm_store.models.trade import Deal
from crm_store.values.mail import EarlierMail, MailRules, SoughtSubject

SAME_SUBJECT_FOR: Final = timedelta(days=60)
_WINDOW: Final = timedelta(hours=2)
_BUCKET_SECONDS: Final = 600
_MOST_EARLIER: Final = 200
_MOST_STAFF: Final = 3
_AT_ONCE: Final = 500


def rules(work: Work, user_id: str, addresses: Iterable[str], thread_keys: Iterable[str]) -> MailRules:
    """The team's own rules that can speak about these addresses and conversations."""
    named = _with_domains(addresses)
    rows: list[MailRule] = []
    for some in in_groups(sorted({*named, *thread_keys, *(f"{user_id}:{one}" for one in named)}), _AT_ONCE):
        rows += work.session.scalars(select(MailRule).where(MailRule.match.in_(some)))
    if not rows:
        return MailRules()
    targets = {row.target for row in rows if row.target}
    live = set(
        work.session.scalars(
            select(Deal.deal_id).where(Deal.deal_id.in_(targets), Deal.state == "open", Deal.removed_at.is_(None))
        )
    )
    return MailRules(
        deal_of_sender={row.match: row.target for row in rows if row.kind == "deal_of_sender" and row.target in live},
        deal_of_thread={row.match: row.target for row in rows if row.kind == "deal_of_thread"},
        not_bulk=frozenset(row.match for row in rows if row.kind == "not_bulk"),
        trusted=frozenset(row.match.partition(":")[2] for row in rows if row.kind == "trust"),
    )


def threads(work: Work, mail_keys: Sequence[str]) -> dict[str, str]:
    """The conversations of mails that are filed, by the key of their Message-ID."""
    if not mail_keys:
        return {}
    rows = work.session.execute(
        select(MailKey.mail_key, Communication.thread_key)
        .join(
            Communication,
            (Communication.team_id == MailKey.team_id) & (Communication.communication_id == MailKey.communication_id),
        )
        .where(MailKey.mail_key.in_(mail_keys), Communication.removed_at.is_(None))
        .order_by(Communication.happened_at)
    ).all()
    return {mail_key: thread_key for mail_key, thread_key in rows if thread_key}


def earlier(
    work: Work, subjects: Sequence[SoughtSubject], customers: Iterable[str], mails: int = 1
) -> tuple[EarlierMail, ...]:
    """Mails with these customers in the weeks around, each with those of them who took part."""
    ids = list(dict.fromkeys(customers))[:_AT_ONCE]
    if not subjects or not ids:
        return ()
    first = min(one.at for one in subjects) - SAME_SUBJECT_FOR
    last = max(one.at for one in subjects) + SAME_SUBJECT_FOR
    rows = work.session.execute(
        select(Communication.thread_key, Communication.subject, Communication.happened_at, Participant.customer_id)
        .join(
            Participant,
            (Participant.team_id == Communication.team_id)
            & (Participant.communication_id == Communication.communication_id),
        )
        .where(
            Participant.customer_id.in_(ids),
            Communication.source == "mail",
            Communication.kind == "mail",
            Communication.removed_at.is_(None),
            Communication.happened_at >= first,
            Communication.happened_at <= last,
        )
        .order_by(Communication.happened_at.desc())
        .limit(_MOST_EARLIER * mails)
    ).all()
    return tuple(
        EarlierMail(thread_key, subject, happened_at, frozenset({customer_id}))
        for thread_key, subject, happened_at, customer_id in rows
        if thread_key and subject and customer_id
    )


def staff(work: Work, addresses: Iterable[str], companies: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Who of a company may be behind its shared mailbox: those last talked to."""
    found = {}
    for address in addresses:
        company_id = companies.get(address.rpartition("@")[2]) or companies.get(registrable_domain(address))
        if company_id is None or not is_role_mailbox(address):
            continue
        found[address] = tuple(
            work.session.scalars(
                select(Customer.customer_id)
                .where(Customer.company_id == company_id, Customer.removed_at.is_(None), Customer.merged_into.is_(None))
                .order_by(Customer.last_touch_at.is_(None), Customer.last_touch_at.desc(), Customer.customer_id)
                .limit(_MOST_STAFF)
            )
        )
    return found


def recent(work: Work, user_id: str, sender_key: str) -> tuple[int, bool]:
    """How many mails of a sender came to a colleague in the last two hours, and whether that was allowed."""
    row = work.session.get(MailFlow, (work.team_id, user_id, sender_key)) if sender_key else None
    if row is None:
        return 0, False
    oldest = int((work.now - _WINDOW).timestamp() // _BUCKET_SECONDS)
    number = sum(int(count) for bucket, count in row.counts.items() if int(bucket) > oldest)
    return number, row.allowed_until is not None and row.allowed_until > work.now


def _with_domains(addresses: Iterable[str]) -> set[str]:
    own = {one for one in addresses if one}
    return own | {one.rpartition("@")[2] for one in own} | {registrable_domain(one) for one in own} - {""}
