"""Customers by address, by id and by whatever a person types."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, NotFound
from crm_store.ids import Prefix
from crm_store.lookup import briefs as lookup_briefs
from crm_store.lookup.search import search
from crm_store.lookup.tokens import in_groups
from crm_store.matching.contact_points import email_key
from crm_store.models.people import Customer, User
from crm_store.queries import channel_links
from crm_store.queries.card import card
from crm_store.queries.identity import email_owners
from crm_store.values.people import CustomerBrief, LookUp

__all__ = ["briefs", "by_id", "by_points", "card", "resolve"]

THEM_FOR: Final = timedelta(minutes=30)
_CHOICES: Final = 3
_CLOSE: Final = 0.1
_AT_ONCE: Final = 500
_LONGEST_CHAIN: Final = 20


def briefs(work: Work, ids: Iterable[str]) -> tuple[CustomerBrief, ...]:
    """Several customers in the order asked for; who was removed or merged is left out."""
    return lookup_briefs.briefs(work, ids)


def by_id(work: Work, customer_id: str) -> CustomerBrief:
    """One customer; a merged one is found as the one it was merged into. Raises NotFound."""
    found = lookup_briefs.briefs(work, [survivor(work, customer_id)])
    if not found:
        raise NotFound("That customer is no longer there.", wanted=customer_id)
    return found[0]


def survivor(work: Work, customer_id: str) -> str:
    """The id under which a customer is known now, after whatever merges."""
    for _ in range(_LONGEST_CHAIN):
        row = work.session.get(Customer, (work.team_id, customer_id))
        if row is None or row.merged_into is None:
            break
        customer_id = row.merged_into
    return customer_id


def by_points(work: Work, emails: Sequence[str]) -> dict[str, CustomerBrief]:
    """The customers behind these addresses, by the address's key; unknown addresses are left out."""
    owners: dict[str, str] = {}
    for some in in_groups(list(emails), _AT_ONCE):
        owners |= email_owners(work, some)
    found = {one.customer_id: one for one in briefs(work, owners.values())}
    return {key: found[owner] for key, owner in owners.items() if owner in found}


def resolve(work: Work, who: str, channel: str = "") -> CustomerBrief:
    """Who is meant by a name, address, number, company, id or `them`; raises NotFound, or Ambiguous with candidates.

    In a channel that belongs to a company the one of its people who may be meant is meant.
    """
    wanted = who.strip()
    if wanted.casefold() in {"them", "him", "her"}:
        return _last_shown(work, wanted)
    if wanted.startswith(f"{Prefix.CUSTOMER}_") and " " not in wanted:
        return by_id(work, wanted)
    exact = by_points(work, [wanted]) if email_key(wanted) else {}
    if exact:
        return next(iter(exact.values()))
    answer = search(work, wanted, channel=channel or None)
    if not answer.found:
        raise NotFound(f"Nobody fits “{wanted}”.", wanted=wanted)
    if answer.certain:
        return answer.found[0].customer
    if channel and (here := _of_the_channel(work, answer, channel)) is not None:
        return here
    raise Ambiguous(f"“{wanted}” may be several people; choose one.", wanted=wanted, candidates=answer.found[:_CHOICES])


def _of_the_channel(work: Work, answer: LookUp, channel: str) -> CustomerBrief | None:
    """The only one of about equal candidates who works where the channel belongs to."""
    link = channel_links.of_channel(work, channel)
    if link is None:
        return None
    close = [one.customer for one in answer.found if one.score >= answer.found[0].score - _CLOSE]
    there = [one for one in close if one.company_id == link.company_id]
    return there[0] if len(there) == 1 else None


def _last_shown(work: Work, wanted: str) -> CustomerBrief:
    user = work.session.get(User, (work.team_id, work.actor))
    shown = user.last_shown if user else {}
    at = datetime.fromisoformat(shown["at"]) if shown.get("at") else None
    if at is None or work.now - at > THEM_FOR:
        raise NotFound(f"I showed you nobody in the last 30 minutes, so “{wanted}” is nobody yet; say a name.", wanted)
    return by_id(work, str(shown["customer_id"]))
