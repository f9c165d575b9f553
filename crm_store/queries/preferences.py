"""Which letters the reader of one gets, as the page behind its link shows them."""

from crm_store.engine.work import Work
from crm_store.models.marketing import Send
from crm_store.models.people import Customer
from crm_store.queries import letter_limits, suggestions
from crm_store.values.purposes import Purpose


def reader(work: Work, send_id: str) -> str | None:
    """Who got that letter, as the customer that was kept; None where the letter is not known."""
    row = work.session.get(Send, (work.team_id, send_id))
    if row is None:
        return None
    person = work.session.get(Customer, (work.team_id, row.customer_id))
    return (person.merged_into if person else None) or row.customer_id


def wanted(work: Work, send_id: str) -> frozenset[Purpose]:
    """The purposes that the reader has not refused; none for somebody who unsubscribed."""
    customer_id = reader(work, send_id)
    standing = suggestions.standings(work, [customer_id]).get(customer_id) if customer_id else None
    if customer_id is None or standing is None or standing.suppressed:
        return frozenset()
    return frozenset(Purpose) - letter_limits.purposes(work, [customer_id], given=False).get(customer_id, frozenset())
