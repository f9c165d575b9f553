"""Un-merging: both records as if never merged, and what came between on the side it belongs to."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from crm_store import audit
from crm_store.actions import clusters, merges
from crm_store.actions.touches import recompute
from crm_store.engine.work import Work
from crm_store.errors import NotFound, NotUndoable
from crm_store.matching.contact_points import company_domain
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, Need
from crm_store.models.plumbing import Merge, Undo
from crm_store.models.trade import Deal, Order, Task
from crm_store.queries import merging
from crm_store.values.acts import Receipt
from crm_store.values.merging import MergeKind


def unmerge(work: Work, merge_id: str) -> Receipt:
    """Take one merge back, whatever was merged before or after it. Raises NotFound, NotUndoable."""
    work.lock_team()
    work.session.expire_all()
    edge = work.session.get(Merge, (work.team_id, merge_id))
    if edge is None:
        raise NotFound("There is no such merge.", wanted=merge_id)
    _claim(work, edge)
    seat = merging.survivor(work, edge.kept)
    members = clusters.take_apart(work, seat)
    kept, absorbed = merging.record(work, edge.kept), merging.record(work, edge.absorbed)
    if kept is None or absorbed is None:
        raise NotFound("One of the two was erased; what is left stays as it is.")
    with audit.record(work, "unmerge", edge.kept, f"Took {absorbed.name} out of {kept.name} again") as ledger:
        # An un-merge is taken back by merging again.
        ledger.undoable = False
        ledger.note = {"merge": merge_id}
        mine = frozenset(merging.members(work, edge.absorbed))
        between = _Between(work, edge.at, mine, frozenset(members) - mine)
        between.give_back()
        _split(work, absorbed)
        merges.decide(ledger, edge.kept, edge.absorbed, "different")
        ledger.sentence = f"{ledger.sentence}. {between.told(kept.name, absorbed.name)}".strip()
    _follow(work, seat, edge.absorbed, members, between.touched)
    return Receipt(edge.kept, None, ledger.sentence, made=(edge.absorbed, *between.left))


def of_undo(work: Work, undo_id: str) -> str | None:
    """The merge that an undo would take back. Not audited: reads only."""
    return work.session.scalars(select(Merge.merge_id).where(Merge.undo_id == undo_id)).first()


def _claim(work: Work, edge: Merge) -> None:
    """Of two people who take the same merge back the first does."""
    taken = work.session.execute(
        update(Merge)
        .where(Merge.merge_id == edge.merge_id, Merge.undone_at.is_(None))
        .values(undone_at=work.now)
        .returning(Merge.merge_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        raise NotUndoable("That merge was taken back already.")
    work.session.execute(
        update(Undo)
        .where(Undo.undo_id == edge.undo_id, Undo.undone_at.is_(None))
        .values(undone_at=work.now, undone_by=work.actor)
        .execution_options(synchronize_session=False)
    )


def _split(work: Work, absorbed: Customer | Company) -> None:
    absorbed.merged_into = None
    if isinstance(absorbed, Company):
        absorbed.removed_at = None
    work.flush()  # Who belongs together is read from the rows.


def _follow(work: Work, seat: str, absorbed: str, members: tuple[str, ...], touched: Set[str]) -> None:
    """Put the two clusters together that are left, with their last contacts, look-up words and scores."""
    work.session.expire_all()
    if merging.kind_of(seat) is MergeKind.CUSTOMER:
        spoken = work.session.scalars(
            select(Participant.customer_id).where(Participant.customer_id.in_(members)).distinct()
        )
        recompute(work, {*touched, *(one for one in spoken if one)})
    work.flush()
    for root in (seat, absorbed):
        clusters.put_together(work, root)
    merges.settle(work, members)


@dataclass(slots=True)
class _Between:
    """What came between a merge and its end, with everything at home: which side it belongs to."""

    work: Work
    since: datetime
    mine: Set[str]
    theirs: Set[str]
    moved: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def give_back(self) -> None:
        """Give to the other side what came through a contact point of its own; note what cannot be decided."""
        if merging.kind_of(min(self.mine)) is MergeKind.COMPANY:
            self._people()
        else:
            self._spoken()
            self._following(Task, Task.created_at)
            self._following(Need, Need.created_at)
            self._undecided("order", Order, Order.order_id, Order.ordered_at)
            self._undecided("deal", Deal, Deal.deal_id, Deal.opened_at)
        self.work.flush()

    def told(self, kept: str, absorbed: str) -> str:
        """What went where, in two sentences at most; empty where nothing came between."""
        said = []
        if self.moved:
            said.append(f"{_counted(len(self.moved), 'log')} since then went to the one it came through.")
        stays = ", ".join(_counted(count, what) for what, count in self.counts.items() if count)
        if stays:
            said.append(f"What tells of neither stays with {kept}, not {absorbed}: {stays} since then.")
        return " ".join(said)

    def _side(self, row_id: str | None) -> Set[str]:
        return self.mine if row_id in self.mine else self.theirs

    def _owners(self) -> dict[str, set[str]]:
        owners: dict[str, set[str]] = {}
        for owner, key in self.work.session.execute(
            select(ContactPoint.owner_row, ContactPoint.value_key).where(
                ContactPoint.owner_row.in_(self.mine | self.theirs)
            )
        ):
            owners.setdefault(key, set()).add(owner)
        return owners

    def _spoken(self) -> None:
        owners = self._owners()
        rows = self.work.session.execute(
            select(Participant, Communication.communication_id)
            .join(
                Communication,
                (Communication.team_id == Participant.team_id)
                & (Communication.communication_id == Participant.communication_id),
            )
            .where(Participant.customer_id.in_(self.mine | self.theirs), Communication.logged_at >= self.since)
            .order_by(Communication.communication_id, Participant.participant_id)
        ).all()
        for row, communication_id in rows:
            found = owners.get(row.address_key or "", set())
            if found & self._side(row.customer_id):
                self.settled.add(communication_id)
                continue
            if len(found) == 1:
                self.touched.add(str(row.customer_id))
                row.customer_id = self.moved[communication_id] = next(iter(found))
            elif row.customer_id in self.theirs:
                self._stays("log", communication_id)

    def _following(self, model: Any, made_at: Any) -> None:
        """Tasks and needs go with the log they came from."""
        what = model.__tablename__.removesuffix("s")
        for row in self.work.session.scalars(
            select(model).where(model.customer_id.in_(self.mine | self.theirs), made_at >= self.since)
        ).all():
            new = self.moved.get(row.communication_id or "")
            if new is not None and new not in self._side(row.customer_id):
                row.customer_id = new
            elif row.customer_id in self.theirs and row.communication_id not in self.settled:
                self._stays(what, str(audit.key(row)[-1]))

    def _undecided(self, what: str, model: Any, key: Any, at: Any) -> None:
        for row_id in self.work.session.scalars(
            select(key).where(model.customer_id.in_(self.theirs), at >= self.since)
        ).all():
            self._stays(what, row_id)

    def _stays(self, what: str, row_id: str) -> None:
        if row_id in self.left:
            return
        self.left.append(row_id)
        self.counts[what] = self.counts.get(what, 0) + 1

    def _people(self) -> None:
        """Customers who came since go to the company that owns the domain of their address."""
        domains = dict(
            self.work.session.execute(
                select(CompanyDomain.domain, CompanyDomain.company_id).where(
                    CompanyDomain.company_id.in_(self.mine | self.theirs)
                )
            ).all()
        )
        since = self.work.session.execute(
            select(Customer, ContactPoint.value)
            .join(
                ContactPoint,
                (ContactPoint.team_id == Customer.team_id) & (ContactPoint.owner_row == Customer.customer_id),
            )
            .where(
                Customer.company_id.in_(self.mine | self.theirs), Customer.created_at >= self.since,
                ContactPoint.kind == "email",
            )
        ).all()  # fmt: skip
        for row, address in since:
            home = domains.get(company_domain(address))
            if home is not None and home not in self._side(row.company_id):
                self._employ(row, home)

    def _employ(self, row: Customer, home: str) -> None:
        """Let a customer belong to a company of the other side, also in what is known of where they work."""
        side = self._side(row.company_id)
        self.work.session.execute(
            update(Affiliation)
            .where(Affiliation.customer_id == row.customer_id, Affiliation.company_id.in_(side))
            .values(company_id=home)
            .execution_options(synchronize_session=False)
        )
        row.company_id = home


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
