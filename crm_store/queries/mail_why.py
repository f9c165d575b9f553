"""Why a mail is where it is, and the rules of the team about mail, in words."""

from typing import Final

from sqlalchemy import ColumnElement, or_, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.matching.contact_points import company_domain
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.mail import MailReason, MailRule
from crm_store.models.people import Company, CompanyDomain, Customer
from crm_store.models.plumbing import InboxRow, NeverLog
from crm_store.models.trade import Deal
from crm_store.values.mail import MailRuleView, Reason, WhyMail
from crm_store.values.marks import is_mark

_MOST_RULES: Final = 200
_MOST_ADDRESSES: Final = 5


def of_communication(work: Work, communication_id: str) -> WhyMail:
    """Why a communication is where it is; raises NotFound where the actor may not read it or it came by no mail."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None or not _may_read(work, row):
        raise NotFound("That entry is no longer there.")
    reasons = _reasons(work, MailReason.communication_id == communication_id)
    return _filed(work, row, reasons, "")


def of_inbox(work: Work, inbox_id: str) -> WhyMail:
    """Why a mail of one's own address became what it became."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None or row.source != "mail" or row.envelope.get("user_id") != work.actor:
        raise NotFound("That mail is no longer there.")
    reasons = _reasons(work, MailReason.inbox_id == inbox_id)
    filed = next((one.communication_id for one in reasons if one.communication_id), None)
    known = work.session.get(Communication, (work.team_id, filed)) if filed else None
    if known is not None and known.removed_at is None:
        return _filed(work, known, [one for one in reasons if one.communication_id == filed], inbox_id)
    head = row.envelope.get("head") or {}
    return WhyMail(
        inbox_id,
        None,
        str(head.get("subject") or ""),
        row.verdict or "It is being read.",
        row.state,
        tuple(Reason(one.rule, one.evidence, one.about or "") for one in reasons),
        addresses=tuple(dict.fromkeys(one.about for one in reasons if one.about and "@" in one.about)),
    )


def rules(work: Work) -> tuple[MailRuleView, ...]:
    """All rules of the team about mail, each in a sentence; trust is shown to whom it belongs."""
    found = [
        MailRuleView(f"never:{entry}", f"Mail with {entry} is never filed.")
        for entry in work.session.scalars(select(NeverLog.value_key).order_by(NeverLog.value_key).limit(_MOST_RULES))
        if not is_mark(entry)
    ]
    deals = {
        deal.deal_id: deal.name
        for deal in work.session.scalars(
            select(Deal).where(Deal.deal_id.in_(select(MailRule.target).where(MailRule.target.is_not(None))))
        )
    }
    rows = work.session.scalars(
        select(MailRule)
        .where(or_(MailRule.kind != "trust", MailRule.added_by == work.actor))
        .order_by(MailRule.kind, MailRule.created_at, MailRule.rule_id)
        .limit(_MOST_RULES)
    ).all()
    found += [MailRuleView(row.rule_id, _in_words(work, row, deals)) for row in rows]
    domains = work.session.execute(
        select(CompanyDomain.domain, Company.name)
        .join(Company, (Company.team_id == CompanyDomain.team_id) & (Company.company_id == CompanyDomain.company_id))
        .where(CompanyDomain.source == "rule")
        .order_by(CompanyDomain.domain)
        .limit(_MOST_RULES)
    ).all()
    return (*found, *(MailRuleView("", f"{domain} belongs to {name}.") for domain, name in domains))


def _in_words(work: Work, row: MailRule, deals: dict[str, str]) -> str:
    deal = deals.get(row.target or "", "a deal that is gone")
    match row.kind:
        case "deal_of_sender":
            return f"Mail from {row.match} is filed on {deal}."
        case "deal_of_thread":
            subject = work.session.scalars(
                select(Communication.subject)
                .where(Communication.thread_key == row.match, Communication.level == "team")
                .limit(1)
            ).first()
            where = f"is filed on {deal}" if row.target else "stays without a deal"
            return f"The conversation “{subject or 'without a subject'}” {where}."
        case "not_bulk":
            return f"Mail from {row.match} is not taken for bulk mail."
        case _:
            return f"Mail from {row.match.partition(':')[2]} to your address is let in."


def _filed(work: Work, row: Communication, reasons: list[MailReason], inbox_id: str) -> WhyMail:
    people = work.session.execute(
        select(Participant.address_key, Customer.company_id)
        .outerjoin(
            Customer, (Customer.team_id == Participant.team_id) & (Customer.customer_id == Participant.customer_id)
        )
        .where(Participant.communication_id == row.communication_id, Participant.user_id.is_(None))
        .order_by(Participant.participant_id)
    ).all()
    addresses = tuple(dict.fromkeys(address for address, _ in people if address))[:_MOST_ADDRESSES]
    deal = work.session.get(Deal, (work.team_id, row.deal_id)) if row.deal_id else None
    domain, company = _unowned(work, [(address, company_id) for address, company_id in people if address])
    return WhyMail(
        inbox_id or next((one.inbox_id for one in reasons), ""),
        row.communication_id,
        row.subject or "",
        "Filed.",
        "done",
        tuple(Reason(one.rule, one.evidence, one.about or "") for one in reasons),
        addresses=addresses,
        thread_key=row.thread_key or "",
        deal=(deal.deal_id, deal.name) if deal else None,
        unowned_domain=domain,
        company=company,
    )


def _unowned(work: Work, people: list[tuple[str, str | None]]) -> tuple[str, tuple[str, str] | None]:
    """A domain of somebody whose company is known, while nobody said yet whose the domain is."""
    for address, company_id in people:
        domain = company_domain(address)
        if domain and company_id and work.session.get(CompanyDomain, (work.team_id, domain)) is None:
            company = work.session.get(Company, (work.team_id, company_id))
            if company is not None:
                return domain, (company.company_id, company.name)
    return "", None


def _reasons(work: Work, which: ColumnElement[bool]) -> list[MailReason]:
    return list(work.session.scalars(select(MailReason).where(which).order_by(MailReason.inbox_id, MailReason.place)))


def _may_read(work: Work, row: Communication) -> bool:
    if row.level == "team" or row.logged_by == work.actor:
        return True
    return work.session.get(Witness, (work.team_id, row.communication_id, work.actor)) is not None
