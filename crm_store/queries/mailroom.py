"""What the store knows about the people, deals and conversations a mail names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup import search
from crm_store.lookup.tokens import in_groups
from crm_store.matching.contact_points import is_role_mailbox, registrable_domain
from crm_store.models.history import Communication
from crm_store.models.lookup import Alias
from crm_store.models.people import Company, CompanyDomain, Customer, Team, User, UserAddress
from crm_store.models.plumbing import InboxRow, NeverLog
from crm_store.models.trade import Deal, DealPerson
from crm_store.queries import customers, deals, mail_memory
from crm_store.queries.teams import view
from crm_store.values.mail import KnownFacts, MailLine, Sought
from crm_store.values.marks import is_mark, mark
from crm_store.values.people import DealView

_MOST_CANDIDATES = 5
_MOST_DEALS_LOOKED_UP = 25
_AT_ONCE = 500
_LINES = select(InboxRow.inbox_id, InboxRow.received_at, InboxRow.state, InboxRow.verdict, InboxRow.envelope)

_WITH_DEALS = select(Customer.customer_id).where(
    Customer.customer_id.in_(bindparam("customer_ids", expanding=True)),
    select(Deal.deal_id)
    .where(
        Deal.team_id == Customer.team_id,
        Deal.state == "open",
        Deal.removed_at.is_(None),
        or_(
            Deal.customer_id == Customer.customer_id,
            (Deal.company_id == Customer.company_id) & Deal.customer_id.is_(None),
            Deal.deal_id.in_(
                select(DealPerson.deal_id).where(
                    DealPerson.team_id == Customer.team_id, DealPerson.customer_id == Customer.customer_id
                )
            ),
        ),
    )
    .exists(),
)


def known_of_all(work: Work, user_id: str, soughts: Sequence[Sought]) -> tuple[KnownFacts, ...]:
    """What plans of several mails need, read once for all; of one sender's mails each counts those before it."""
    facts = known(work, user_id, Sought.together(soughts), len(soughts))
    flows = {sender: mail_memory.recent(work, user_id, sender) for sender in {one.mail_from for one in soughts}}
    before: Counter[str] = Counter()
    found = []
    for one in soughts:
        number, allowed = flows[one.mail_from]
        found.append(replace(facts, recent=number + before[one.mail_from], burst_allowed=allowed))
        before[one.mail_from] += 1
    return tuple(found)


def known(work: Work, user_id: str, sought: Sought, mails: int = 1) -> KnownFacts:
    """Everything a plan needs, in one read; raises NotFound where the owner of the address is gone.

    `mails` says for how many mails together, each of which may have its share of deals and conversations.
    """
    owner = work.session.get(User, (work.team_id, user_id))
    if owner is None:
        raise NotFound("The owner of that address is no longer in the team.")
    by_point = customers.by_points(work, list(sought.addresses)) if sought.addresses else {}
    colleagues = {row.address_key: row.user_id for row in work.session.scalars(select(UserAddress))}
    companies = _companies(work, sought.addresses)
    # A name beside a new address tells somebody only where the address is a known company's, or nobody's own.
    unknown = (
        name
        for name, address in sought.senders
        if address not in by_point and address not in colleagues and _tells_by_name(address, companies)
    )
    names = tuple(dict.fromkeys((*sought.names, *unknown)))
    look_ups = {name: search.search(work, name, _MOST_CANDIDATES) for name in names}
    learned = _aliases(work, (*names, *sought.addresses))
    people = dict.fromkeys(brief.customer_id for brief in by_point.values())
    people |= dict.fromkeys(found.customer.customer_id for one in look_ups.values() for found in one.found)
    people |= dict.fromkeys(learned.values())
    threads = mail_memory.threads(work, sought.mail_keys)
    earlier = mail_memory.earlier(work, sought.subjects, (brief.customer_id for brief in by_point.values()), mails)
    of_mail = (*sought.thread_keys, *threads.values(), *(one.thread_key for one in earlier))
    recent, allowed = mail_memory.recent(work, user_id, sought.mail_from)
    return KnownFacts(
        owner=view(owner),
        now=work.now,
        colleagues=colleagues,
        never_log=_never_log(work, sought.addresses),
        by_point=by_point,
        companies=companies,
        look_ups=look_ups,
        learned=learned,
        deals_of=_deals_of(work, list(people)[: _MOST_DEALS_LOOKED_UP * mails]),
        deals_named={text: deals.by_name(work, text) for text in sought.deals},
        thread_deals=_thread_deals(work, of_mail),
        threads=threads,
        earlier=earlier,
        staff=mail_memory.staff(work, sought.addresses, companies),
        rules=mail_memory.rules(work, user_id, sought.addresses, of_mail),
        recent=recent,
        burst_allowed=allowed,
    )


def _tells_by_name(address: str, companies: Mapping[str, str]) -> bool:
    hosts = (address.rpartition("@")[2], registrable_domain(address))
    return not address or is_role_mailbox(address) or any(host in companies for host in hosts)


def _never_log(work: Work, addresses: Iterable[str]) -> frozenset[str]:
    """The list as it is kept, and of these addresses those that stand on it as a digest, since they were erased."""
    listed = set(work.session.scalars(select(NeverLog.value_key)))
    if not any(is_mark(one) for one in listed):
        return frozenset(listed)
    key = work.session.get_one(Team, (work.team_id,)).pseudonym_key
    return frozenset(listed | {one for one in addresses if mark(key, one) in listed})


def why(work: Work, user_id: str | None = None, most: int = 10) -> tuple[MailLine, ...]:
    """What became of the last mails, newest first; of one person's address where a person is given."""
    rows = work.session.execute(
        _LINES.where(InboxRow.source == "mail")
        .order_by(InboxRow.received_at.desc(), InboxRow.inbox_id.desc())
        .limit(most if user_id is None else most * 20)
    ).all()
    return _lines([(*row,) for row in rows], user_id, "It is being read.")[:most]


def held(work: Work, user_id: str | None = None, most: int = 50) -> tuple[MailLine, ...]:
    """The mails that wait for a person's word, oldest first."""
    rows = work.session.execute(
        _LINES.where(InboxRow.source == "mail", InboxRow.state.in_(("held", "set_aside"))).order_by(
            InboxRow.received_at, InboxRow.inbox_id
        )
    ).all()
    return _lines([(*row,) for row in rows], user_id, "")[:most]


def _lines(
    rows: Iterable[tuple[str, datetime, str, str | None, dict[str, Any]]], user_id: str | None, without: str
) -> tuple[MailLine, ...]:
    return tuple(
        MailLine(
            inbox_id,
            received_at,
            state,
            verdict or without,
            str((envelope.get("head") or {}).get("from") or ""),
            str((envelope.get("head") or {}).get("subject") or ""),
        )
        for inbox_id, received_at, state, verdict, envelope in rows
        if user_id is None or envelope.get("user_id") == user_id
    )


def _aliases(work: Work, texts: Iterable[str]) -> dict[str, str]:
    """What was answered before, by the text it was asked for; only customers who are still there."""
    keys = {search.alias_key(text): text for text in texts}
    if not keys:
        return {}
    rows = work.session.execute(
        select(Alias.text_key, Alias.customer_id)
        .join(Customer, (Customer.team_id == Alias.team_id) & (Customer.customer_id == Alias.customer_id))
        .where(Alias.text_key.in_(keys), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
    ).all()
    return {keys[key]: customer_id for key, customer_id in rows}


def _companies(work: Work, addresses: Iterable[str]) -> dict[str, str]:
    domains = {one.rpartition("@")[2] for one in addresses} | {registrable_domain(one) for one in addresses}
    rows = work.session.execute(
        select(CompanyDomain.domain, CompanyDomain.company_id)
        .join(Company, (Company.team_id == CompanyDomain.team_id) & (Company.company_id == CompanyDomain.company_id))
        .where(CompanyDomain.domain.in_(domains - {""}), Company.removed_at.is_(None))
    ).all()
    return {row.domain: row.company_id for row in rows}


def _deals_of(work: Work, customer_ids: Iterable[str]) -> dict[str, tuple[DealView, ...]]:
    """Open deals of those who have any; most people of a mail have none, which one statement tells of all."""
    found: list[str] = []
    for some in in_groups(list(customer_ids), _AT_ONCE):
        found += work.session.scalars(_WITH_DEALS, {"customer_ids": some})
    return {customer_id: deals.open_for(work, customer_id) for customer_id in found}


def _thread_deals(work: Work, thread_keys: Iterable[str]) -> dict[str, str]:
    rows = work.session.execute(
        select(Communication.thread_key, Communication.deal_id)
        .where(
            Communication.thread_key.in_(list(thread_keys)),
            Communication.deal_id.is_not(None),
            Communication.removed_at.is_(None),
        )
        .order_by(Communication.happened_at)
    ).all()
    return {thread_key: deal_id for thread_key, deal_id in rows if thread_key and deal_id}
