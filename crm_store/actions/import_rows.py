"""A batch of a file's rows written at once: companies, customers, how to reach them, and orders."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from crm_store.actions.touches import mark_dirty
from crm_store.engine.work import Work
from crm_store.ids import Prefix, new_id
from crm_store.lookup import tokens
from crm_store.matching import companies, names
from crm_store.matching.contact_points import company_domain, email_key, local_part, phone_digits
from crm_store.matching.normalise import clean, fold
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, User
from crm_store.models.plumbing import ImportRow
from crm_store.models.trade import Order, OrderLine
from crm_store.queries.identity import Known, known, name_key
from crm_store.values.imports import ImportCounts, ImportedRow


@dataclass(slots=True)
class Batch:
    """Rows of one import on their way into the store; `ids` are the rows it made."""

    work: Work
    import_id: str
    rows: list[ImportedRow]
    ids: list[str] = field(default_factory=list)
    _known: Known = field(default_factory=Known)
    _companies: dict[str, str] = field(default_factory=dict)
    _domains: dict[str, str] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)
    _new: dict[type[Any], list[dict[str, Any]]] = field(default_factory=dict)
    _points: set[tuple[str, str, str]] = field(default_factory=set)
    _touched: dict[str, None] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def apply(self) -> ImportCounts:
        """Write them all; the look-up finds the new ones at once."""
        self._prepare()
        for row in self.rows:
            self._one(row)
        for model in (Company, CompanyDomain, Customer, Affiliation, ContactPoint, Order, OrderLine, ImportRow):
            values = self._new.get(model, [])
            for start in range(0, len(values), 200):
                self.work.insert(model, values[start : start + 200], or_nothing=True)
        tokens.refresh_many(self.work, self._touched)
        mark_dirty(self.work, self._touched)
        count = self._counts.get
        return ImportCounts(created=count("created", 0), updated=count("updated", 0), duplicates=count("duplicates", 0))

    def _prepare(self) -> None:
        """Everything that tells known from new, in a few statements for the whole batch."""
        session = self.work.session
        self._known = known(self.work, self.rows)
        keys = sorted({companies.company_key(row.company)[:200] for row in self.rows if row.company})
        if keys:
            found = session.execute(
                select(Company.name_key, Company.company_id)
                .where(Company.name_key.in_(keys), Company.removed_at.is_(None))
                .order_by(Company.company_id.desc())
            )
            self._companies = dict(found.all())
        domains = sorted({domain for row in self.rows for domain in _domains(row)})
        if domains:
            owned = session.execute(
                select(CompanyDomain.domain, CompanyDomain.company_id).where(CompanyDomain.domain.in_(domains))
            )
            self._domains = dict(owned.all())
        if any(row.owner for row in self.rows):
            for user in session.scalars(select(User)):
                for name in (user.name, user.slack_user_id, user.name.split()[0] if user.name.split() else ""):
                    self._owners.setdefault(fold(name), user.user_id)
        people = sorted({one for row in self.rows if (one := self._known.find(row))})
        if people:
            points = session.execute(
                select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value_key).where(
                    ContactPoint.owner_row.in_(people)
                )
            )
            self._points = {(owner, kind, key) for owner, kind, key in points}

    def _one(self, row: ImportedRow) -> None:
        customer_id = self._known.find(row)
        if row.order is not None:
            self._order(row, customer_id)
            return
        if customer_id is None:
            customer_id = self._make(row)
            outcome = "created"
        else:
            outcome = "updated" if self._complete(row, customer_id) else "duplicate"
        self._note(row.row, outcome, customer_id)

    def _order(self, row: ImportedRow, customer_id: str | None) -> None:
        order = row.order
        if order is None:
            return
        if order.key in self._known.orders:
            self._note(row.row, "duplicate", customer_id)
            return
        if customer_id is None:
            customer_id = self._make(row)
            # The row's own number stands for its order; below zero it stands for the customer it brought along.
            self._write_note(-row.row, "created", customer_id)
        order_id = self.work.new_id(Prefix.ORDER)
        self._known.orders.add(order.key)
        self._add(
            Order,
            order_id=order_id,
            external_key=order.key,
            customer_id=customer_id,
            ordered_at=order.ordered_at,
            total_minor=order.total.minor,
            currency=order.total.currency,
            source="import",
            import_id=self.import_id,
        )
        for position, line in enumerate(order.lines, 1):
            self._add(
                OrderLine,
                order_id=order_id,
                position=position,
                product=line.product,
                quantity=line.quantity,
                amount_minor=line.amount.minor,
            )
        self._touched.setdefault(customer_id)
        self.ids.append(order_id)
        self._note(row.row, "created", order_id)

    def _make(self, row: ImportedRow) -> str:
        work, name = self.work, _name(row)
        customer_id = work.new_id(Prefix.CUSTOMER)
        company_id = self._company(row)
        self._add(
            Customer,
            customer_id=customer_id,
            name=name,
            name_key=name_key(name),
            title=row.title or None,
            company_id=company_id,
            owner=self._owners.get(fold(row.owner.strip("@<> "))) if row.owner else None,
            level="team",
            source="import",
            external_key=row.external_key[:200] or None,
            needs_check=False,
            created_at=work.now,
            version=1,
        )
        if company_id:
            self._add(
                Affiliation,
                affiliation_id=work.new_id(Prefix.AFFILIATION),
                customer_id=customer_id,
                company_id=company_id,
                title=row.title or None,
                since=None,
            )
        self._reach(row, customer_id)
        self._known.learn(row, customer_id)
        self._touched.setdefault(customer_id)
        self.ids.append(customer_id)
        return customer_id

    def _complete(self, row: ImportedRow, customer_id: str) -> bool:
        """Fill what was empty, never overwrite; True where the row told something new."""
        changed = self._reach(row, customer_id)
        if row.title or row.company or row.external_key:
            changed = self._fill(row, customer_id) or changed
        if changed:
            self._touched.setdefault(customer_id)
        return changed

    def _fill(self, row: ImportedRow, customer_id: str) -> bool:
        stored = self.work.session.get(Customer, (self.work.team_id, customer_id))
        if stored is None:
            return False  # Made a moment ago from a row above.
        missing: dict[str, Any] = {}
        if row.title and not stored.title:
            missing["title"] = row.title
        if row.external_key and not stored.external_key:
            missing["external_key"] = row.external_key[:200]
        if row.company and not stored.company_id:
            missing["company_id"] = self._company(row)
        if missing:
            self.work.session.execute(
                update(Customer)
                .where(Customer.customer_id == customer_id)
                .values(version=Customer.version + 1, **missing)
            )
        return bool(missing)

    def _company(self, row: ImportedRow) -> str | None:
        key = companies.company_key(row.company)[:200] if row.company else ""
        domains = _domains(row)
        owned = next((self._domains[domain] for domain in domains if domain in self._domains), None)
        if not key:
            return owned
        company_id = self._companies.get(key)
        if company_id is None:
            company_id = self._companies[key] = self.work.new_id(Prefix.COMPANY)
            self.ids.append(company_id)
            self._add(
                Company,
                company_id=company_id,
                name=clean(row.company),
                name_key=key,
                created_at=self.work.now,
                version=1,
            )
        for domain in domains[:1]:
            if self._domains.setdefault(domain, company_id) == company_id and owned is None:
                self._add(CompanyDomain, domain=domain, company_id=company_id, source="import")
        return company_id

    def _reach(self, row: ImportedRow, customer_id: str) -> bool:
        points = [("email", email, email_key(email)) for email in row.emails]
        points += [("phone", phone, phone_digits(phone)) for phone in row.phones]
        new = False
        for place, (kind, value, key) in enumerate(points):
            if not key or (customer_id, kind, key) in self._points:
                continue
            new = True
            self._points.add((customer_id, kind, key))
            self._add(
                ContactPoint,
                point_id=new_id(Prefix.POINT, self.work.now + timedelta(milliseconds=place)),
                owner_row=customer_id,
                kind=kind,
                value=clean(value),
                value_key=key[:320],
                source="import",
                confidence=1.0,
                state="live",
                last_seen=self.work.now,
            )
        return new

    def _add(self, model: type[Any], **values: Any) -> None:
        self._new.setdefault(model, []).append(values)

    def _note(self, number: int, outcome: str, row_id: str | None) -> None:
        count = "duplicates" if outcome == "duplicate" else outcome
        self._counts[count] = self._counts.get(count, 0) + 1
        self._write_note(number, outcome, row_id)

    def _write_note(self, number: int, outcome: str, row_id: str | None) -> None:
        self._add(ImportRow, import_id=self.import_id, row=number, outcome=outcome, row_id=row_id, problem=None)


def _domains(row: ImportedRow) -> list[str]:
    """Domains that tell of the row's company, the named one first."""
    found = [company_domain(one) for one in (row.domain, *row.emails) if one]
    return [domain for domain in dict.fromkeys(found) if domain]


def _name(row: ImportedRow) -> str:
    """The name; without one what the address, the company or the file's own key give."""
    if clean(row.name):
        return names.display(row.name)
    for email in row.emails:
        words = [word for word in local_part(email).replace("_", ".").replace("-", ".").split(".") if word]
        if words:
            return " ".join(word.capitalize() for word in words)
    return clean(row.company) or f"Customer {row.external_key}"
