"""Rules about mail that a team makes for itself: rows that are audited, listed, and taken back like anything else."""

from typing import Final

from sqlalchemy import select

from crm_store import audit
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.matching.contact_points import company_domain, email_key, is_free_mail, registrable_domain
from crm_store.matching.normalise import clean
from crm_store.models.history import Communication
from crm_store.models.mail import MailRule
from crm_store.models.people import Company, CompanyDomain, UserAddress
from crm_store.models.plumbing import NeverLog
from crm_store.models.trade import Deal
from crm_store.values.acts import Receipt

DEAL_OF_SENDER: Final = "deal_of_sender"
DEAL_OF_THREAD: Final = "deal_of_thread"
NOT_BULK: Final = "not_bulk"
TRUST: Final = "trust"
NEVER: Final = "never:"


def never_log(work: Work, text: str) -> Receipt:
    """Mail with this address or domain in it is never filed from now on."""
    entry = _entry(text)
    if work.session.get(UserAddress, (work.team_id, entry)) is not None:
        raise BadInput(f"{entry} is a colleague's address; mail of colleagues among themselves is not filed anyway.")
    with audit.record(work, "never-log", "never_log", f"Mail with {entry} is never filed from now on") as ledger:
        if work.session.get(NeverLog, (work.team_id, entry)) is None:
            ledger.add(NeverLog(value_key=entry, added_by=work.actor))
        else:
            ledger.undoable = False
            ledger.sentence = f"{entry} is on the never-log list already"
    return Receipt(f"{NEVER}{entry}", ledger.undo_id if ledger.undoable else None, ledger.sentence)


def log_again(work: Work, text: str) -> Receipt:
    """Take an address or domain off the never-log list."""
    entry = _entry(text)
    row = work.session.get(NeverLog, (work.team_id, entry))
    if row is None:
        raise NotFound(f"{entry} is not on the never-log list. `/crm settings mail` shows what is.")
    with audit.record(work, "log-again", "never_log", f"Mail with {entry} is filed again") as ledger:
        ledger.remove(row)
    return Receipt(f"{NEVER}{entry}", ledger.undo_id, ledger.sentence)


def file_sender_on(work: Work, address: str, deal_id: str) -> Receipt:
    """Mail from this address goes to that deal while it is open."""
    key, deal = email_key(address), _deal(work, deal_id)
    if not key:
        raise BadInput(f"“{clean(address)}” is no mail address.")
    with audit.record(work, "mail-rule", sentence=f"Mail with {key} is filed on {deal.name} from now on") as ledger:
        ledger.row_id = _put(work, ledger, DEAL_OF_SENDER, key, deal_id)
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def file_thread_on(work: Work, thread_key: str, deal_id: str | None) -> Receipt:
    """A conversation goes to that deal from now on, and what is filed of it so far with it; None keeps it without."""
    name = _deal(work, deal_id).name if deal_id else ""
    said = f"This conversation is filed on {name}" if name else "This conversation stays without a deal"
    with audit.record(work, "mail-rule", sentence=said) as ledger:
        ledger.row_id = keep_thread(work, ledger, thread_key, deal_id)
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def keep_thread(work: Work, ledger: Ledger, thread_key: str, deal_id: str | None) -> str:
    """The rows of a conversation's rule, within the action that decides it."""
    rule_id = _put(work, ledger, DEAL_OF_THREAD, thread_key, deal_id)
    if deal_id:
        for row in work.session.scalars(
            select(Communication).where(Communication.thread_key == thread_key, Communication.removed_at.is_(None))
        ).all():
            if row.deal_id != deal_id:
                ledger.change(row)
                row.deal_id = deal_id
                row.version += 1
    return rule_id


def not_bulk(work: Work, text: str) -> Receipt:
    """Mail of this address or domain is nobody's newsletter, whatever its headers say."""
    entry = _entry(text)
    with audit.record(work, "mail-rule", sentence=f"Mail from {entry} is not taken for bulk mail") as ledger:
        ledger.row_id = _put(work, ledger, NOT_BULK, entry, None)
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def trust(work: Work, address: str) -> Receipt:
    """Mail from this address to the actor's own ingest address is let in without proof."""
    key = email_key(address)
    if not key:
        raise BadInput(f"“{clean(address)}” is no mail address.")
    with audit.record(work, "mail-rule", sentence=f"Mail from {key} to your address is let in from now on") as ledger:
        ledger.row_id = _put(work, ledger, TRUST, f"{work.actor}:{key}"[:320], None)
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def own_domain(work: Work, domain: str, company_id: str) -> Receipt:
    """A domain belongs to a company from now on; a mail provider's belongs to none."""
    host = company_domain(domain) or clean(domain).lower().strip(" .")
    company = work.session.get(Company, (work.team_id, company_id))
    if company is None or company.removed_at is not None:
        raise NotFound("That company is no longer there.")
    if not host or "." not in host or is_free_mail(host):
        raise BadInput(f"“{clean(domain)}” is no domain of a company.")
    with audit.record(work, "domain", company_id, f"{host} belongs to {company.name} from now on") as ledger:
        known = work.session.get(CompanyDomain, (work.team_id, host))
        if known is None:
            ledger.add(CompanyDomain(domain=host, company_id=company_id, source="rule"))
        else:
            ledger.change(known)
            known.company_id, known.source = company_id, "rule"
    return Receipt(company_id, ledger.undo_id, ledger.sentence)


def remove(work: Work, rule_id: str) -> Receipt:
    """Take a rule away; `never:…` is an entry of the never-log list."""
    if rule_id.startswith(NEVER):
        return log_again(work, rule_id.removeprefix(NEVER))
    row = work.session.get(MailRule, (work.team_id, rule_id))
    if row is None:
        raise NotFound("That rule is no longer there.")
    with audit.record(work, "mail-rule-off", rule_id, "Removed a rule about mail") as ledger:
        ledger.remove(row)
    return Receipt(rule_id, ledger.undo_id, ledger.sentence)


def _put(work: Work, ledger: Ledger, kind: str, match: str, target: str | None) -> str:
    """The rule of that kind for that match, of which there is one."""
    known = work.session.scalars(select(MailRule).where(MailRule.kind == kind, MailRule.match == match)).one_or_none()
    if known is not None:
        ledger.change(known)
        known.target, known.added_by = target, work.actor
        return known.rule_id
    row = MailRule(
        rule_id=work.new_id(Prefix.RULE),
        kind=kind,
        match=match,
        target=target,
        added_by=work.actor,
        created_at=work.now,
    )
    ledger.add(row)
    work.flush()  # A second rule for the same match within this unit must find it.
    return row.rule_id


def _entry(text: str) -> str:
    """An address or a domain as the lists hold it."""
    word = clean(text).lower().strip(" <>,;").removeprefix("mailto:")
    if "@" in word.lstrip("@"):
        key = email_key(word)
        if key:
            return key
    host = word.lstrip("@*.")
    plain = host.replace(".", "").replace("-", "").isalnum()
    if plain and ("." in host.strip(".") or registrable_domain(host)):
        return host
    raise BadInput(f"“{clean(text)[:80]}” is neither a mail address nor a domain, such as acme.com.")


def _deal(work: Work, deal_id: str) -> Deal:
    row = work.session.get(Deal, (work.team_id, deal_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That deal is no longer there.")
    return row
