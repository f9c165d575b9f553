"""What becomes of a file's rows, decided before anything is written, so that a dry run and an import agree."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from crm_store.actions.import_deals import deal_rows
from crm_store.ids import Prefix
from crm_store.matching import names
from crm_store.matching.normalise import clean, fold
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, FieldHistory
from crm_store.models.plumbing import ImportChange, ImportRow
from crm_store.models.trade import Order, OrderLine
from crm_store.queries.identity import keys_of, name_key
from crm_store.queries.import_standing import Person, Standing, deal_key
from crm_store.values.imports import ImportCounts, ImportedRow, RowKeys

SOURCE: Final = "import"
Mint = Callable[[Prefix], str]
Rows = dict[type[Any], list[dict[str, Any]]]


@dataclass(slots=True)
class Planner:
    """Takes row after row against how things stand; what is to be written gathers in `rows` and `updates`."""

    standing: Standing
    mint: Mint
    now: datetime
    import_id: str = ""
    actor: str = ""
    overwrite: frozenset[str] = frozenset()
    rows: Rows = field(default_factory=dict)
    updates: dict[tuple[type[Any], str], dict[str, Any]] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    new: dict[str, RowKeys] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    possible: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)

    @property
    def counts(self) -> ImportCounts:
        """What became of the rows so far."""
        made, changed, known = (self._counts.get(name, 0) for name in ("created", "updated", "duplicate"))
        return ImportCounts(made, changed, 0, known, tuple(self.errors), tuple(self.possible))

    def take(self, row: ImportedRow) -> None:
        """Decide about one row."""
        if row.company_only:
            self._company_alone(row)
        elif row.deal is not None:
            self._deal(row)
        elif row.order is not None:
            self._order(row)
        else:
            self._person(row)

    def add(self, model: type[Any], **values: Any) -> dict[str, Any]:
        """A row to be written; the dictionary may still be completed."""
        self.rows.setdefault(model, []).append(values)
        return values

    def _person(self, row: ImportedRow) -> None:
        customer_id = self.standing.find(row)
        if customer_id is None:
            perhaps = self.standing.possible(row)
            customer_id = self._make(row)
            if perhaps:
                self.possible.append((row.row, perhaps))
            self._note(row.row, "created", customer_id, perhaps)
        else:
            self._note(row.row, "updated" if self._complete(row, customer_id) else "duplicate", customer_id)

    def _who(self, row: ImportedRow) -> str:
        """The customer of an order or a deal; one that it brings along is noted below zero."""
        customer_id = self.standing.find(row)
        if customer_id is None:
            customer_id = self._make(row)
            self._write_note(-row.row, "created", customer_id)
        return customer_id

    def _order(self, row: ImportedRow) -> None:
        order = row.order
        if order is None:
            return
        if order.key in self.standing.orders:
            self._note(row.row, "duplicate", self.standing.orders[order.key])
            return
        customer_id = self._who(row)
        order_id = self.mint(Prefix.ORDER)
        self.standing.orders[order.key] = customer_id
        self.add(
            Order, order_id=order_id, external_key=order.key, customer_id=customer_id, ordered_at=order.ordered_at,
            total_minor=order.total.minor, currency=order.total.currency, source=SOURCE, import_id=self.import_id,
        )  # fmt: skip
        for position, line in enumerate(order.lines, 1):
            self.add(
                OrderLine, order_id=order_id, position=position, product=line.product, quantity=line.quantity,
                amount_minor=line.amount.minor,
            )  # fmt: skip
        self.ids.append(order_id)
        self._note(row.row, "created", order_id)

    def _deal(self, row: ImportedRow) -> None:
        deal = row.deal
        if deal is None:
            return
        has_person = bool(row.name or row.emails)
        known = self.standing.find(row) if has_person else None
        known_company = self._company_known(row)
        if deal_key(deal.name, known, known_company) in self.standing.deals:
            self._note(row.row, "duplicate", known)
            return
        if not self.standing.stages:
            self._fail(row.row, "There is no pipeline yet that a deal could stand in.")
            return
        customer_id = self._who(row) if has_person else None
        company_id = self._person_company(customer_id) or self._company(row)
        made = deal_rows(deal, self.standing.stages, self.mint, self.now)
        made.deal.update(customer_id=customer_id, company_id=company_id, owner=self._owner(row))
        for model, values in made.all(customer_id, self.actor):
            self.add(model, **values)
        self.standing.deals.add(deal_key(deal.name, customer_id, None if customer_id else company_id))
        self.ids.append(made.deal["deal_id"])
        self._note(row.row, "created", made.deal["deal_id"])

    def _company_alone(self, row: ImportedRow) -> None:
        company_id = self._company_known(row)
        if company_id is None:
            company_id = self._company(row)
            self._note(row.row, "created" if company_id else "duplicate", company_id)
            return
        known = self.standing.company_values.get(company_id)
        changes = {
            name: value
            for name in ("industry", "country")
            if (value := getattr(row, name)) and known is not None and not known[name]
        }
        domain = next(iter(keys_of(row).domains), "")
        if domain and domain not in self.standing.domains:
            self._own(domain, company_id)
            self._change(row.row, company_id, "domain", None, domain)
        elif not changes:
            self._note(row.row, "duplicate", company_id)
            return
        self._set(row, Company, company_id, known, changes)
        self._note(row.row, "updated", company_id)

    def _make(self, row: ImportedRow) -> str:
        keys = keys_of(row)
        name = keys.shown
        customer_id = self.mint(Prefix.CUSTOMER)
        company_id = self._company(row)
        values: dict[str, Any] = {
            "name": name, "title": row.title or None, "company_id": company_id, "owner": self._owner(row),
            "external_key": row.external_key[:200] or None, "version": 1,
        }  # fmt: skip
        self._pending[customer_id] = self.add(
            Customer, customer_id=customer_id, name_key=keys.shown_key, level="team", source=SOURCE,
            needs_check=False, created_at=self.now, **values,
        )  # fmt: skip
        self.standing.people[customer_id] = Person(values, keys.shown_key)
        self.new[customer_id] = keys
        if company_id:
            self._affiliate(customer_id, company_id, row.title)
        self._reach(row, customer_id)
        self.standing.learn(customer_id)
        self.touched.setdefault(customer_id)
        self.ids.append(customer_id)
        return customer_id

    def _complete(self, row: ImportedRow, customer_id: str) -> bool:
        """Fill what was empty, replace only what the mapping says; True where the row told something new."""
        person = self.standing.people[customer_id]
        wanted = {"title": row.title, "external_key": row.external_key[:200], "owner": self._owner(row)}
        if "name" in self.overwrite and row.name:
            wanted["name"] = names.display(row.name)
        changes = {
            name: value
            for name, value in wanted.items()
            if value and value != person.values[name] and (not person.values[name] or name in self.overwrite)
        }
        if row.company and (not person.values["company_id"] or "company" in self.overwrite):
            company_id = self._company(row)
            if company_id and company_id != person.values["company_id"]:
                changes["company_id"] = company_id
                new = self._affiliate(customer_id, company_id, row.title)
                self._change(row.row, new, "", None, None, unless=customer_id)
        reached = self._reach(row, customer_id)
        if changes:
            self._set(row, Customer, customer_id, person.values, changes)
            person.name_key = name_key(str(person.values["name"] or ""))
        if changes or reached:
            self.standing.learn(customer_id)
            self.touched.setdefault(customer_id)
        return bool(changes or reached)

    def _set(
        self,
        row: ImportedRow,
        model: type[Any],
        row_id: str,
        known: dict[str, str | int | None] | None,
        changes: dict[str, Any],
    ) -> None:
        """New values of a known row, with where they come from; of one made a moment ago they are simply its own."""
        if known is None or not changes:
            return
        before = dict(known)
        known.update(changes)
        if row_id in self._pending:
            more = {"name_key": name_key(str(changes["name"]))} if "name" in changes else {}
            self._pending[row_id].update(changes, **more)
            return
        known["version"] = int(known["version"] or 1) + 1
        for name in (*changes, "version"):
            self._change(row.row, row_id, name, before[name], known[name])
        self.updates.setdefault((model, row_id), {}).update(changes, version=known["version"])
        if model is Customer:
            self._remember(row, row_id, changes)

    def _remember(self, row: ImportedRow, customer_id: str, changes: dict[str, Any]) -> None:
        shown = {**changes, "company": clean(row.company)} if "company_id" in changes else changes
        for name, value in shown.items():
            if name in {"company_id", "external_key"}:
                continue
            history_id = self.mint(Prefix.HISTORY)
            self.add(
                FieldHistory, history_id=history_id, row_id=customer_id, field=name, value=str(value), source=SOURCE,
                confidence=1.0, actor=self.actor, at=self.now,
            )  # fmt: skip
            self._change(row.row, history_id, "", None, None)

    def _company_known(self, row: ImportedRow) -> str | None:
        key, owned = self._company_told(row)
        return self.standing.companies.get(key) or (owned if row.company_only or not key else None)

    def _company(self, row: ImportedRow) -> str | None:
        key, owned = self._company_told(row)
        if not key:
            return owned
        company_id = self.standing.companies.get(key)
        if company_id is None:
            company_id = self.standing.companies[key] = self.mint(Prefix.COMPANY)
            self.standing.company_keys[company_id] = key
            self.ids.append(company_id)
            values: dict[str, Any] = {"industry": row.industry or None, "country": row.country or None, "version": 1}
            self.standing.company_values[company_id] = values
            self._pending[company_id] = self.add(
                Company, company_id=company_id, name=clean(row.company), name_key=key, created_at=self.now, **values
            )
        if owned is None and (domains := keys_of(row).domains):
            self._own(domains[0], company_id)
        return company_id

    def _company_told(self, row: ImportedRow) -> tuple[str, str | None]:
        """The key of the row's company, and the company that has a domain of the row."""
        keys = keys_of(row)
        owned = (self.standing.domains[one] for one in keys.domains if one in self.standing.domains)
        return keys.company, next(owned, None)

    def _own(self, domain: str, company_id: str) -> None:
        if self.standing.domains.setdefault(domain, company_id) == company_id:
            self.add(CompanyDomain, domain=domain, company_id=company_id, source=SOURCE)

    def _person_company(self, customer_id: str | None) -> str | None:
        person = self.standing.people.get(customer_id or "")
        return str(person.values["company_id"]) if person and person.values["company_id"] else None

    def _owner(self, row: ImportedRow) -> str | None:
        return self.standing.owners.get(fold(row.owner.strip("@<> "))) if row.owner else None

    def _affiliate(self, customer_id: str, company_id: str, title: str) -> str:
        made = self.mint(Prefix.AFFILIATION)
        self.add(
            Affiliation, affiliation_id=made, customer_id=customer_id, company_id=company_id, title=title or None,
            since=None,
        )  # fmt: skip
        return made

    def _reach(self, row: ImportedRow, customer_id: str) -> bool:
        keys = keys_of(row)
        points = [("email", email, key) for email, key in zip(row.emails, keys.emails, strict=True)]
        points += [("phone", phone, key) for phone, key in zip(row.phones, keys.phones, strict=True)]
        known = self.standing.people[customer_id].points
        new = [(kind, value, key) for kind, value, key in points if key and (kind, key) not in known]
        for kind, value, key in new:
            if (kind, key) in known:
                continue
            known.add((kind, key))
            point_id = self.mint(Prefix.POINT)
            self.add(
                ContactPoint, point_id=point_id, owner_row=customer_id, kind=kind, value=clean(value), value_key=key,
                source=SOURCE, confidence=1.0, state="live", last_seen=self.now,
            )  # fmt: skip
            self._change(row.row, point_id, "", None, None, unless=customer_id)
        return bool(new)

    def _change(self, number: int, row_id: str, name: str, old: Any, new: Any, *, unless: str = "") -> None:
        """Keep what is to be taken back beyond the rows that are new; what hangs on a new row goes with it."""
        if row_id in self._pending or unless in self._pending:
            return
        place = self._places[number] = self._places.get(number, -1) + 1
        self.add(
            ImportChange, import_id=self.import_id, row=number, place=place, row_id=row_id, field=name,
            old=None if old is None else str(old), new=None if new is None else str(new),
        )  # fmt: skip

    def _fail(self, number: int, problem: str) -> None:
        self.errors.append((number, problem))
        self.add(ImportRow, import_id=self.import_id, row=number, outcome="error", row_id=None, problem=problem)

    def _note(self, number: int, outcome: str, row_id: str | None, perhaps: str | None = None) -> None:
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        self._write_note(number, outcome, row_id, perhaps)

    def _write_note(self, number: int, outcome: str, row_id: str | None, perhaps: str | None = None) -> None:
        self.add(ImportRow, import_id=self.import_id, row=number, outcome=outcome, row_id=row_id, problem=perhaps)
