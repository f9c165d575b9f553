"""Several people who are merged, edited, written to and taken apart again, beside a house where nobody is merged."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import communications, companies, customers, deals, merges, tasks, unmerge
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.columns import TeamRow
from crm_store.models.lookup import Alias
from crm_store.models.marketing import Consent
from crm_store.models.people import CustomField, CustomValue
from crm_store.models.scoring import Score
from crm_store.queries import customers as customer_queries
from crm_store.queries import merging
from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal, NewTask, Person

PEOPLE: Final = (
    NewCustomer("Ann Lee", ("ann@globex.example",), ("+44 20 7946 0917",), company="Globex", title="Buyer"),
    NewCustomer("A. Lee", ("a.lee@globex.example",), company="Globex Ltd", source="mail"),
    NewCustomer("Anne Lee-Wong", ("anne@home.example",), ("+44 20 7946 0123",), title="Head", source="import"),
    NewCustomer("Annie", ("annie@initech.example",), company="Initech", source="signature", external_key="K7"),
)
FIRMS: Final = (
    ("Globex", "globex.co.uk"), ("Initech", "initech.co.uk"), ("Globex Trading", "globex-trading.co.uk"),
    ("Umbra", "umbra.co.uk"),
)  # fmt: skip
# Merges and what follows from rows is left out: the log of changes, and who is to be scored anew.
_LEFT_OUT: Final = frozenset(
    {"merges", "merge_origins", "merge_overlays", "undo_log", "audit", "lookup_changes", "dirty_customers"}
    | {"pair_verdicts", "duplicate_pairs"}
)
_ID: Final = re.compile(r"\b[a-z]{3}_[0-9a-z]{22}\b")
Op = tuple[str, int, int]


@dataclass(slots=True)
class House:
    """One store with the four people and four companies, and the merges that stand in it."""

    desk: Desk
    clock: MovableClock
    people: list[str] = field(default_factory=list)
    firms: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    count: int = 0

    def move_in(self) -> "House":
        """Add the people, each with what may hang on a customer."""
        self.desk.write_now(deals.add_pipeline, "Sales")
        for number, new in enumerate(PEOPLE):
            self.clock.advance(60)
            self.people.append(self.desk.write_now(customers.add, new).row_id)
            self.desk.write_now(self._furnish, number)
            self._log(number, "first")
        for name, domain in FIRMS:
            self.firms.append(self.desk.write_now(companies.ensure, name, domain))
        return self

    def _furnish(self, work: Work, number: int) -> None:
        one = self.people[number]
        if number == 0:
            work.add(CustomField(field_id="fld_" + "0" * 22, name="tier", kind="text"))
        if number != 1:
            work.add(CustomValue(row_id=one, field_id="fld_" + "0" * 22, value=f"tier {number}"))
            work.add(Consent(customer_id=one, purpose="offers", basis="asked", given=number != 2, at=work.now))
        work.add(_score(one, number))
        work.add(Alias(text_key=f"the lee {number}", customer_id=one, chosen_by=work.actor))

    def root(self, number: int) -> str:
        """Under whom this person is known now."""
        return self.desk.read_now(merging.survivor, self.people[number])

    def firm(self, number: int) -> str:
        """Under which company this one is known now."""
        return self.desk.read_now(merging.survivor, self.firms[number])

    def _log(self, number: int, text: str) -> None:
        """A mail from the person's own address, filed with whoever has that address now."""
        address = PEOPLE[number].emails[0]
        whose = self.desk.read_now(customer_queries.by_points, [address])[address]
        self._write(text, Person("from", address=address, customer_id=whose.customer_id))

    def _write(self, text: str, person: Person) -> None:
        self.count += 1
        task = NewTask(f"answer {self.count}", None, "usr_ada", person.customer_id)
        new = NewCommunication(
            "email", "incoming", self.clock.now(), text, "mail", f"key-{self.count}", (person,),
            needs=(f"need {self.count}",), tasks=(task,),
        )  # fmt: skip
        self.desk.write_now(communications.log, new)


@dataclass(slots=True)
class Twins:
    """The house where people are merged, and the control where they never are."""

    merged: House
    control: House

    def play(self, ops: list[Op], *, to_the_end: bool = True) -> None:
        """Do the same in both, but for the merges; then take back every merge that stands."""
        for what, one, other in ops:
            for house in (self.merged, self.control):
                house.clock.advance(60)
            getattr(self, f"_{what}")(one, other)
        for number in range(len(self.merged.edges) if to_the_end else 0):
            self._unmerge(number, 0)

    def _merge(self, one: int, other: int) -> None:
        house = self.merged
        try:
            house.edges += house.desk.write_now(merges.merge, house.people[one], house.people[other]).made
        except BadInput:
            assert house.root(one) == house.root(other)

    def _join(self, one: int, other: int) -> None:
        """Merge two companies."""
        house = self.merged
        try:
            house.edges += house.desk.write_now(merges.merge, house.firms[one], house.firms[other]).made
        except BadInput:
            assert house.firm(one) == house.firm(other)

    def _unmerge(self, number: int, _: int) -> None:
        edges = self.merged.edges
        if edges:
            self.merged.desk.write_now(unmerge.unmerge, edges.pop(number % len(edges)))

    def _edit(self, one: int, other: int) -> None:
        """Somebody edits the card that is seen; without a merge it is the card of the one who is kept."""
        root = self.merged.people.index(self.merged.root(one))
        for house in (self.merged, self.control):
            house.count += 1
            field, value = (
                ("title", f"Title {house.count}"),
                ("name", f"Name {house.count}"),
                ("email", f"new{house.count}@globex.example"),
                ("phone", f"+44 20 7946 {house.count:04}"),
            )[other]
            house.desk.write_now(customers.edit, house.people[root], {field: value})

    def _mail(self, one: int, other: int) -> None:
        for house in (self.merged, self.control):
            house._log(one, f"mail {other}")

    def _note(self, one: int, other: int) -> None:
        """A note names no address: it stays with the one who is kept."""
        root = self.merged.people.index(self.merged.root(one))
        for house in (self.merged, self.control):
            house._write(f"note {other}", Person("to", customer_id=house.people[root]))

    def _deal(self, one: int, other: int) -> None:
        root = self.merged.people.index(self.merged.root(one))
        for house in (self.merged, self.control):
            house.count += 1
            house.desk.write_now(deals.add, NewDeal(f"Deal {house.count} {other}", house.people[root], None, None))
            house.desk.write_now(tasks.add, NewTask(f"call {house.count}", None, "usr_ada", house.people[root]))

    def _newcomer(self, firm: int, _: int) -> None:
        """Somebody new who is at a company by its name and by an address of its own."""
        name, domain = FIRMS[firm]
        for house in (self.merged, self.control):
            house.count += 1
            new = NewCustomer(f"New {house.count}", (f"new{house.count}@{domain}",), company=name)
            house.desk.write_now(customers.add, new)

    def _trade(self, firm: int, _: int) -> None:
        """A deal with nobody but a company stays with the one that is kept."""
        root = self.merged.firms.index(self.merged.firm(firm))
        for house in (self.merged, self.control):
            house.count += 1
            house.desk.write_now(deals.add, NewDeal(f"Deal {house.count}", None, house.firms[root], None))


def _score(about: str, number: int) -> Score:
    return Score(
        about=about, kind="purchase", run_id="run_" + "0" * 22, as_of=date(2026, 11, 25), point=number / 4, low=0.0,
        high=1.0, band="warm", reasons=[], n=number,
    )  # fmt: skip


def dump(desk: Desk) -> dict[str, list[str]]:
    """Every row of the team, table by table, with ids replaced by their place in the order of making."""
    rows = desk.read_now(_rows)
    ids = sorted({one for table in rows.values() for row in table for one in _ID.findall(row)})
    counts: Counter[str] = Counter()
    places: dict[str, str] = {}
    for one in ids:
        counts[one[:3]] += 1
        places[one] = f"{one[:3]}#{counts[one[:3]]}"
    return {
        name: sorted(_ID.sub(lambda found: places[found.group()], row) for row in table) for name, table in rows.items()
    }


def _rows(work: Work) -> dict[str, list[str]]:
    models: list[type[TeamRow]] = [mapper.class_ for mapper in TeamRow.registry.mappers]
    return {
        model.__tablename__: [_line(audit.values(row)) for row in work.session.scalars(select(model))]
        for model in models
        if model.__tablename__ not in _LEFT_OUT
    }


def _line(values: dict[str, Any]) -> str:
    return repr(sorted(values.items()))
