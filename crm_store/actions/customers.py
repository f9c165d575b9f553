"""Customers: added, edited, checked and removed, and what the team calls them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import companies
from crm_store.actions.customer_fields import FIELDS, Known, affiliate, change_field, new_point
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.search import alias_key
from crm_store.matching.contact_points import email_key, is_role_mailbox, local_part, phone_digits
from crm_store.matching.normalise import clean
from crm_store.models.lookup import Alias
from crm_store.models.people import Affiliation, Customer, User
from crm_store.queries.identity import email_owners, name_key
from crm_store.values.acts import NewCustomer, Receipt


def add(work: Work, new: NewCustomer) -> Receipt:
    """A new customer; somebody with the same personal address is there already, and is given back instead."""
    known = _already(work, new)
    if known is not None:
        return Receipt(known.customer_id, None, f"{known.name} is already there")
    with audit.record(work, "add") as ledger:
        customer_id = write(ledger, new)
        row = work.session.get_one(Customer, (work.team_id, customer_id))
        ledger.row_id, ledger.sentence = customer_id, f"Added {row.name}"
    return Receipt(customer_id, ledger.undo_id, ledger.sentence, made=(customer_id,))


def write(ledger: Ledger, new: NewCustomer) -> str:
    """The rows of a new customer, within the action that needs one; look-up finds them at once."""
    work = ledger.work
    name = clean(new.name) or _name_from(new)
    if not name:
        raise BadInput("Say the customer's name.", field="name")
    company_id = new.company_id or _company(ledger, new)
    row = Customer(
        customer_id=work.new_id(Prefix.CUSTOMER),
        name=name,
        name_key=name_key(name),
        title=clean(new.title or "") or None,
        company_id=company_id,
        owner=new.owner or (work.actor if new.level != "team" else None),
        level=new.level,
        source=new.source,
        external_key=new.external_key,
        needs_check=new.needs_check,
        created_at=work.now,
    )
    ledger.add(row)
    if company_id:
        affiliate(ledger, row, company_id)
    _reach(ledger, row.customer_id, new)
    tokens.refresh(work, row.customer_id)
    return row.customer_id


def edit(work: Work, customer_id: str, changes: Mapping[str, str | None], source: str = "manual") -> Receipt:
    """Change name, title, company or owner, or add an e-mail address or a number; what was before stays on record."""
    row = _customer(work, customer_id)
    with audit.record(work, "edit", customer_id) as ledger:
        done = []
        for field, value in changes.items():
            known = FIELDS.get(field.strip().lower())
            if known is None:
                raise BadInput(f"“{field}” cannot be edited; name, title, company, owner, email and phone can.", field)
            said = change_field(ledger, row, known, clean(value or "") or None, source)
            done += [said] if said else []
        ledger.sentence = f"Changed {row.name}: {', '.join(done)}" if done else f"Nothing to change on {row.name}"
        ledger.undoable = bool(done)
        if done:
            ledger.change(row)
            row.version += 1
            tokens.refresh(work, customer_id)
    return Receipt(customer_id, ledger.undo_id if done else None, ledger.sentence)


def move(
    work: Work, customer_id: str, company: str, *, title: str | None = None, since: datetime | None = None,
    source: str = "manual",
) -> Receipt:  # fmt: skip
    """A customer works somewhere else now: the time at the company before ends on that day, the new one begins."""
    row = _customer(work, customer_id)
    day = min(since, work.now) if since else work.now
    if not clean(company):
        raise BadInput("Say where the customer works now.", field="company")
    with audit.record(work, "move customer", customer_id) as ledger:
        new_title = clean(title or "") or None
        if new_title:
            change_field(ledger, row, "title", new_title, source, Known(at=day))
        said = change_field(ledger, row, "company", clean(company), source, Known(at=day))
        ledger.undoable = bool(said)
        if said:
            ledger.change(row)
            row.version += 1
            _date(ledger, customer_id, day)
            tokens.refresh(work, customer_id)
        ledger.sentence = f"{row.name} has moved: {said}" if said else f"{row.name} is at {clean(company)} already"
    return Receipt(customer_id, ledger.undo_id if said else None, ledger.sentence)


def checked(work: Work, customer_id: str) -> Receipt:
    """Somebody looked at a customer that a mail or a file had brought, and it is right."""
    row = _customer(work, customer_id)
    with audit.record(work, "checked", customer_id, f"{row.name} is checked") as ledger:
        ledger.change(row)
        row.needs_check = False
    return Receipt(customer_id, ledger.undo_id, ledger.sentence)


def learn_alias(work: Work, text: str, customer_id: str) -> Receipt:
    """Remember whom the team means by these words."""
    row, key = _customer(work, customer_id), alias_key(text)
    if not key:
        raise BadInput("Say the words that mean this customer.")
    with audit.record(work, "alias", customer_id, f"“{clean(text)}” means {row.name} from now on") as ledger:
        known = work.session.get(Alias, (work.team_id, key))
        if known is None:
            ledger.add(Alias(text_key=key, customer_id=customer_id, chosen_by=work.actor))
        else:
            ledger.change(known)
            known.customer_id, known.chosen_by = customer_id, work.actor
    return Receipt(customer_id, ledger.undo_id, ledger.sentence)


def remove(work: Work, customer_id: str) -> Receipt:
    """Take a customer out of sight; undo brings them back."""
    row = _customer(work, customer_id)
    with audit.record(work, "remove", customer_id, f"Removed {row.name}") as ledger:
        ledger.change(row)
        row.removed_at = work.now
        row.version += 1
        tokens.refresh(work, customer_id)
    return Receipt(customer_id, ledger.undo_id, ledger.sentence)


def remember_shown(work: Work, customer_id: str) -> None:
    """Whom `them` means for the next half hour; no audit entry, since it is what the asker saw and no change."""
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None:
        user.last_shown = {**user.last_shown, "customer_id": customer_id, "at": work.now.isoformat()}


def _date(ledger: Ledger, customer_id: str, day: datetime) -> None:
    """Let the times at both companies meet on the day of the move, where that is not before the old one began."""
    work = ledger.work
    work.flush()
    rows = work.session.scalars(select(Affiliation).where(Affiliation.customer_id == customer_id)).all()
    for one in rows:
        ledger.change(one)
        if one.since == work.now and one.until is None:
            one.since = day
        elif one.until == work.now:
            one.until = max(day, one.since) if one.since else day


def _customer(work: Work, customer_id: str) -> Customer:
    row = work.session.get(Customer, (work.team_id, customer_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That customer is no longer there.", wanted=customer_id)
    return row


def _already(work: Work, new: NewCustomer) -> Customer | None:
    personal = [email for email in new.emails if not is_role_mailbox(email)]
    owners = email_owners(work, personal)
    for email in personal:
        owner = owners.get(email_key(email))
        if owner:
            return work.session.get(Customer, (work.team_id, owner))
    return None


def _name_from(new: NewCustomer) -> str:
    """Without a name, the first mailbox's words serve until somebody knows better."""
    for email in new.emails:
        words = [word for word in local_part(email).replace("_", ".").replace("-", ".").split(".") if word]
        if words:
            return " ".join(word.capitalize() for word in words)
    return clean(new.company or "")


def _company(ledger: Ledger, new: NewCustomer) -> str | None:
    """The company named; else the one that owns a domain of the addresses. A domain alone makes none."""
    domains = [*new.domains, *new.emails]
    if clean(new.company or ""):
        return companies.ensure(ledger, new.company or "", next(iter(domains), None))
    found = (companies.by_domain(ledger.work, domain) for domain in domains)
    return next((company_id for company_id in found if company_id), None)


def _reach(ledger: Ledger, customer_id: str, new: NewCustomer) -> None:
    """The addresses and numbers; their ids keep the order given, of which the first is the main one."""
    work = ledger.work
    points = [("email", email, email_key(email)) for email in new.emails]
    points += [("phone", phone, phone_digits(phone)) for phone in new.phones]
    seen = set()
    for place, (kind, value, key) in enumerate(points):
        if not key:
            raise BadInput(f"“{clean(value)}” is no {'address' if kind == 'email' else 'number'}.", field=kind)
        if (kind, key) in seen:
            continue
        seen.add((kind, key))
        ledger.add(new_point(work, customer_id, kind, clean(value), key, new.source, place))
