"""Several people who are merged, edited, written to and taken apart again, beside a house where nobody is merged."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import channel_links as linking
from crm_store.actions import (
    communications,
    companies,
    customers,
    deals,
    merges,
    needs,
    orders,
    tasks,
    undo,
    unmerge,
)  # fmt: skip
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.columns import TeamRow
from crm_store.models.lookup import Alias
from crm_store.models.mail import Absence
from crm_store.models.marketing import CampaignMember, Consent, Send
from crm_store.models.people import CustomField, CustomValue, Need
from crm_store.models.scoring import Score, SegmentMember
from crm_store.models.segments import OwnSegmentMember, ScoreAlert
from crm_store.models.trade import Deal, DealPerson, Task
from crm_store.money import Money
from crm_store.queries import channel_links, merging
from crm_store.queries import customers as customer_queries
from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal, NewOrder, NewTask, Person

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
        for row in _hanging(one, number, work.now):
            work.add(row)
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

    def _order(self, one: int, other: int) -> None:
        """An order, a need and a short name that somebody is known by."""
        root = self.merged.people.index(self.merged.root(one))
        for house in (self.merged, self.control):
            house.count += 1
            key, total = f"order-{house.count}", Money(1_000 + other, "EUR")
            house.desk.write_now(orders.add, NewOrder(key, house.people[root], house.clock.now(), total))
            house.desk.write_now(needs.add, house.people[root], f"wants {house.count}")
            house.desk.write_now(customers.learn_alias, f"short {house.count}", house.people[root])

    def _progress(self, one: int, other: int) -> None:
        """Some task is done, some deal moves on and some need is met, whoever has them."""
        for house in (self.merged, self.control):
            open_deals = house.desk.read_now(_ids_of, Deal.deal_id, Deal.state == "open")
            for rows, act, more in (
                (house.desk.read_now(_ids_of, Task.task_id, Task.state == "open"), tasks.done, ()),
                (open_deals, deals.move, ("Proposal",)),
                (house.desk.read_now(_ids_of, Need.need_id, Need.state == "open"), needs.met, ()),
            ):
                if rows:
                    house.desk.write_now(act, rows[(one + other) % len(rows)], *more)

    def _link(self, firm: int, other: int) -> None:
        """A channel comes to belong to a company, or no longer does."""
        root = self.merged.firms.index(self.merged.firm(firm))
        for house in (self.merged, self.control):
            if house.desk.read_now(channel_links.of_channel, f"C{other}") is None:
                house.desk.write_now(linking.link, f"C{other}", house.firms[root])
            else:
                house.desk.write_now(linking.unlink, f"C{other}")

    def _second_thoughts(self, one: int, other: int) -> None:
        """Somebody writes a title and takes it back at once."""
        root = self.merged.people.index(self.merged.root(one))
        for house in (self.merged, self.control):
            house.count += 1
            receipt = house.desk.write_now(customers.edit, house.people[root], {"title": f"No {house.count} {other}"})
            assert receipt.undo_id is not None
            house.desk.write_now(undo.undo, receipt.undo_id)

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


def _hanging(one: str, number: int, at: datetime) -> list[TeamRow]:
    """What campaigns, segments and mail keep of a person: of some kinds both of two who are merged have a row."""
    day, campaign = date(2026, 11, 20), f"cam_{number % 2:022}"
    rows: list[TeamRow] = [
        CampaignMember(campaign_id=campaign, customer_id=one, arm="treated", excluded_because=None),
        Send(send_id=f"snd_{number:022}", campaign_id=campaign, customer_id=one, idempotency_key=f"{campaign}-{number}",
             state="sent", due_at=at, at=at),
        SegmentMember(segment_id=f"seg_{number % 3:022}", customer_id=one, since=day),
        OwnSegmentMember(segment_id="own_" + "0" * 22, customer_id=one, since=day),
        ScoreAlert(about=one, kind="purchase", told_on=day, point=number / 8),
        DealPerson(deal_id=f"dea_{number % 2:022}", customer_id=one, role="contact"),
    ]  # fmt: skip
    if number != 2:
        rows.append(Absence(customer_id=one, kind="away", until=day, stand_in=None, stand_in_key=None, noted_at=at))
    return rows


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


def _ids_of(work: Work, key: Any, condition: Any) -> list[str]:
    return list(work.session.scalars(select(key).where(condition).order_by(key)))


def _line(values: dict[str, Any]) -> str:
    return repr(sorted(values.items()))
