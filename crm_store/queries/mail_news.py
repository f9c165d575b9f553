"""What mail told beside what was said: who is away, which address is dead, how a meeting stands."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.history import Participant
from crm_store.models.mail import Absence, AddressReport, Meeting, MeetingAnswer
from crm_store.models.people import Company, ContactPoint, Customer
from crm_store.values.mail import Failure

_SPOKEN = {"accepted": "Accepted", "declined": "Declined", "tentative": "May come"}
_ADDRESS = {
    Failure.DEAD: "takes no mail",
    Failure.COMPLAINT: "called our mail unwanted",
    Failure.FULL: "had a full mailbox",
    Failure.POLICY: "refused our mail by its rules",
}


def of_customer(work: Work, customer_id: str) -> tuple[str, ...]:
    """Sentences for a customer's card: absence, stand-in, and addresses that cannot be written to."""
    return (*_absence(work, customer_id), *_addresses(work, customer_id))


def meetings(work: Work, communication_ids: Sequence[str]) -> dict[str, str]:
    """How the meetings among these communications stand: cancelled, and who answered what."""
    rows = work.session.scalars(select(Meeting).where(Meeting.communication_id.in_(communication_ids))).all()
    found = {}
    for row in rows:
        parts = ["Cancelled"] if row.state == "cancelled" else []
        answers = work.session.execute(
            select(MeetingAnswer.address_key, MeetingAnswer.answer)
            .where(MeetingAnswer.meeting_key == row.meeting_key)
            .order_by(MeetingAnswer.answer, MeetingAnswer.address_key)
        ).all()
        names = _names(work, row.communication_id)
        for answer, said in _SPOKEN.items():
            who = [names.get(address, address) for address, given in answers if given == answer]
            parts += (
                [f"{said}: {', '.join(who[:5])}{f' and {len(who) - 5} more' if len(who) > 5 else ''}"] if who else []
            )
        found[row.communication_id] = ". ".join(parts)
    return found


def _names(work: Work, communication_id: str) -> dict[str, str]:
    rows = work.session.execute(
        select(Participant.address_key, Participant.name, Customer.name)
        .outerjoin(
            Customer, (Customer.team_id == Participant.team_id) & (Customer.customer_id == Participant.customer_id)
        )
        .where(Participant.communication_id == communication_id)
    ).all()
    return {address: customer or name or address for address, name, customer in rows if address}


def _absence(work: Work, customer_id: str) -> list[str]:
    row = work.session.get(Absence, (work.team_id, customer_id))
    if row is None:
        return []
    stand_in = row.stand_in or row.stand_in_key
    beside = f"; {stand_in} stands in" if stand_in else ""
    if row.kind == "left":
        customer = work.session.get(Customer, (work.team_id, customer_id))
        company_id = customer.company_id if customer else None
        company = work.session.get(Company, (work.team_id, company_id)) if company_id else None
        where = company.name if company else "the company"
        return [f"Has left {where}, as an automatic reply of {_day(row.noted_at.date())} said{beside}."]
    if row.until is not None and row.until < work.now.date():
        return []
    until = f" until {_day(row.until)}" if row.until else f", as of {_day(row.noted_at.date())}"
    return [f"Away{until}{beside}."]


def _addresses(work: Work, customer_id: str) -> list[str]:
    rows = work.session.execute(
        select(ContactPoint.value, AddressReport)
        .join(
            AddressReport,
            (AddressReport.team_id == ContactPoint.team_id) & (AddressReport.value_key == ContactPoint.value_key),
        )
        .where(ContactPoint.owner_row == customer_id, ContactPoint.kind == "email", ContactPoint.state != "live")
        .order_by(ContactPoint.point_id)
    ).all()
    said = []
    for value, report in rows:
        reason = f" ({report.reason.rstrip('.')})" if report.reason else ""
        what = _ADDRESS.get(Failure(report.kind), "takes no mail")
        said.append(f"{value} {what} since {_day(report.last_at.date())}{reason}.")
    return said


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
