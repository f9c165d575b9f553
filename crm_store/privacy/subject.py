"""Who a request is about: every record of theirs, what was said with them, and the signs they are known by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.lookup.tokens import in_groups
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.matching.normalise import fold
from crm_store.models.history import Communication, FollowedThread, Participant, Witness
from crm_store.models.marketing import Send
from crm_store.models.people import ContactPoint, Customer, FieldHistory, Need
from crm_store.models.plumbing import InboxRow
from crm_store.models.trade import Task
from crm_store.privacy.personal import By
from crm_store.queries import customers as customer_queries

_AT_ONCE: Final = 400
_FEWEST_DIGITS: Final = 7
_SHORTEST_NAME: Final = 5
_SHORTEST_WORD: Final = 3
_SHORTEST_SAYING: Final = 12
_GESTURE: Final = "gesture:"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person in this store; `alone` was said with nobody else from outside, `shared` with others as well.

    `signs` are full names, addresses and numbers as they may stand in a text, the longest first; `words` are the parts
    of the names, by which people call them in a line that they type; `sayings` are the tasks and needs kept of them.
    """

    name: str
    ids: dict[By, tuple[str, ...]]
    shared: tuple[str, ...]
    signs: tuple[str, ...]
    words: tuple[str, ...]
    sayings: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def customers(self) -> tuple[str, ...]:
        """All records of the person, merged ones too."""
        return self.ids[By.CUSTOMER]

    @property
    def alone(self) -> tuple[str, ...]:
        """What was said with this person alone."""
        return self.ids[By.COMMUNICATION]


def of(work: Work, who: str) -> Subject:
    """The person of an id or an address; raises NotFound, and BadInput for a name, which may be somebody else's."""
    wanted = who.strip()
    if wanted.startswith("cus_"):
        row = work.session.get(Customer, (work.team_id, wanted))
        if row is None:
            raise NotFound(f"There is no customer {wanted}.", wanted=wanted)
        return _gathered(work, customer_queries.survivor(work, wanted))
    address = email_key(wanted)
    if not address:
        raise BadInput("Name the person by their id (cus_…) or an e-mail address; a name may be somebody else's.")
    owner = work.session.scalar(
        select(ContactPoint.owner_row).where(ContactPoint.value_key == address, ContactPoint.kind == "email").limit(1)
    )
    if owner is None:
        raise NotFound(f"Nobody in the store has the address {address}.", wanted=address)
    return _gathered(work, customer_queries.survivor(work, owner))


def _gathered(work: Work, survivor: str) -> Subject:
    customers = _cluster(work, survivor)
    points = list(work.session.scalars(select(ContactPoint).where(ContactPoint.owner_row.in_(customers))))
    said, shared = _said(work, customers)
    inbox = _some(work, select(Witness.inbox_id), Witness.communication_id, said) + _typed_in(work, said)
    names = set(work.session.scalars(select(Customer.name).where(Customer.customer_id.in_(customers))))
    names |= _former(work, customers, "name")
    names |= {one for one in _named(work, customers) if one}
    emails = {one.value_key for one in points if one.kind == "email"} | _addresses(work, customers)
    phones = {one.value for one in points if one.kind == "phone"}
    needs = work.session.scalars(select(Need.need_id).where(Need.customer_id.in_(customers))).all()
    sends = work.session.scalars(select(Send.send_id).where(Send.customer_id.in_(customers))).all()
    threads = _some(work, select(FollowedThread.root_ts), FollowedThread.communication_id, said)
    point_ids = tuple(one.point_id for one in points)
    ids = {
        By.CUSTOMER: tuple(customers),
        By.POINT: point_ids,
        By.COMMUNICATION: said,
        By.ADDRESS: tuple(sorted({*emails, *(one.value_key for one in points)})),
        By.INBOX: tuple(sorted({one for one in inbox if one})),
        By.SEND: tuple(sends),
        By.THREAD: tuple(threads),
        By.ROW: (*customers, *point_ids, *said, *needs),
    }
    main = work.session.get_one(Customer, (work.team_id, survivor)).name
    signs, words = _signs(names, emails, phones), sorted({word for name in names for word in name.split()})
    called = tuple(word for word in words if len(word) >= _SHORTEST_WORD)
    return Subject(main, ids, shared, signs, called, _sayings(work, customers), tuple(sorted(emails)))


def _cluster(work: Work, survivor: str) -> list[str]:
    found = [survivor]
    for one in found:
        found += [
            merged
            for merged in work.session.scalars(select(Customer.customer_id).where(Customer.merged_into == one))
            if merged not in found
        ]
    return found


def _said(work: Work, customers: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was said with the person alone, and what with other customers as well."""
    own = select(Participant.communication_id).where(Participant.customer_id.in_(customers)).distinct()
    every = sorted(work.session.scalars(own))
    with_others: set[str] = set()
    for some in in_groups(every, _AT_ONCE):
        with_others |= set(
            work.session.scalars(
                select(Participant.communication_id).where(
                    Participant.communication_id.in_(list(some)),
                    Participant.customer_id.is_not(None),
                    Participant.customer_id.not_in(customers),
                )
            )
        )
        # What belongs to a company's own channel is the conversation of all who are there.
        with_others |= set(
            work.session.scalars(
                select(Communication.communication_id).where(
                    Communication.communication_id.in_(list(some)), Communication.company_id.is_not(None)
                )
            )
        )
    return tuple(one for one in every if one not in with_others), tuple(sorted(with_others))


def _some(work: Work, wanted: Select[Any], column: InstrumentedAttribute[Any], ids: Iterable[str]) -> list[str]:
    found: list[str] = []
    for some in in_groups(list(ids), _AT_ONCE):
        found += [one for one in work.session.scalars(wanted.where(column.in_(list(some)))) if one]
    return found


def _typed_in(work: Work, said: Iterable[str]) -> list[str]:
    """What arrived and was logged from what somebody typed."""
    sources = _some(work, select(Communication.source_key), Communication.communication_id, said)
    keys = [one.removeprefix(_GESTURE) for one in sources if one.startswith(_GESTURE)]
    return _some(work, select(InboxRow.inbox_id), InboxRow.key, keys)


def _sayings(work: Work, customers: list[str]) -> tuple[str, ...]:
    """Titles of tasks and texts of needs, if they are long enough to be nobody else's."""
    titles = work.session.scalars(select(Task.title).where(Task.customer_id.in_(customers)))
    texts = work.session.scalars(select(Need.text).where(Need.customer_id.in_(customers)))
    return tuple(sorted({one.strip() for one in (*titles, *texts) if len(one.strip()) >= _SHORTEST_SAYING}))


def _former(work: Work, customers: list[str], field: str) -> set[str]:
    rows = select(FieldHistory.value).where(FieldHistory.row_id.in_(customers), FieldHistory.field == field)
    return {one for one in work.session.scalars(rows) if one}


def _named(work: Work, customers: list[str]) -> set[str | None]:
    return set(work.session.scalars(select(Participant.name).where(Participant.customer_id.in_(customers)).distinct()))


def _addresses(work: Work, customers: list[str]) -> set[str]:
    rows = select(Participant.address_key).where(Participant.customer_id.in_(customers)).distinct()
    return {one for one in work.session.scalars(rows) if one}


def _signs(names: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> tuple[str, ...]:
    found: set[str] = set(emails)
    for name in names:
        clean = " ".join(name.split())
        # A single short word may be anybody's, or no name at all; the records that bear it go all the same.
        if " " in clean and len(clean) >= _SHORTEST_NAME:
            first, _, last = clean.rpartition(" ")
            found |= {clean, f"{last}, {first}", fold(clean)}
    for phone in phones:
        digits = phone_digits(phone)
        if len(digits) >= _FEWEST_DIGITS:
            found |= {phone, digits, digits[::-1]}
    return tuple(sorted({one for one in found if one}, key=lambda one: (-len(one), one)))
