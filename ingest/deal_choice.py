"""Which deal a mail is filed on: ruled, its conversation's, named, or the only open one; of several none is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_store.values.acts import NewDeal
from crm_store.values.mail import KnownFacts, Reason
from crm_store.values.people import DealView
from ingest.address import FileOnDeal
from ingest.people import Crowd

_MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class DealChoice:
    """The deal, one to open, or those to ask about; `reason` says by which rule."""

    deal_id: str | None = None
    new: NewDeal | None = None
    ask: tuple[str, ...] = ()
    named: str = ""
    warnings: tuple[str, ...] = ()
    reason: Reason | None = None


def choose(
    thread_key: str, sender: str, crowd: Crowd, known: KnownFacts, wanted: FileOnDeal | None
) -> DealChoice:  # fmt: skip
    """The rules in their order; `sender` is the address key of who wrote the mail."""
    ruled = _ruled(thread_key, known, wanted)
    if ruled is not None:
        return ruled
    if wanted is not None:
        return _named(wanted, crowd, known)
    of_sender = known.rules.deal_of_sender.get(sender)
    if of_sender:
        return DealChoice(
            of_sender, reason=Reason("deal-of-sender", f"a rule of the team files {sender} on this deal", sender)
        )
    deals = _open(crowd, known)
    if len(deals) == 1:
        return DealChoice(deals[0].deal_id, reason=Reason("only-deal", "it is the only open deal of these people"))
    return _asked(deals)


def _ruled(thread_key: str, known: KnownFacts, wanted: FileOnDeal | None) -> DealChoice | None:
    """What is settled for the conversation: by a person's word, or by the mails of it that are filed."""
    if thread_key in known.rules.deal_of_thread:
        deal_id = known.rules.deal_of_thread[thread_key]
        reason = Reason("deal-of-thread", "somebody of the team said where this conversation goes", thread_key)
        if deal_id is not None or wanted is None:
            return DealChoice(deal_id, reason=reason, warnings=_passed_over(deal_id, known, wanted))
        return None
    deal_id = known.thread_deals.get(thread_key)
    if deal_id is None:
        return None
    reason = Reason("thread-deal", "the conversation is on this deal", thread_key)
    return DealChoice(deal_id, reason=reason, warnings=_passed_over(deal_id, known, wanted))


def _passed_over(deal_id: str | None, known: KnownFacts, wanted: FileOnDeal | None) -> tuple[str, ...]:
    if wanted is None or deal_id in {deal.deal_id for deal in known.deals_named.get(wanted.name, ())}:
        return ()
    return (f"The thread is on another deal already, so “{wanted.name}” was not used.",)


def _named(wanted: FileOnDeal, crowd: Crowd, known: KnownFacts) -> DealChoice:
    """A deal that was named is taken only where it is a deal of the people in the mail; else somebody is asked."""
    if wanted.create:
        first = crowd.customers[0]
        new = NewDeal(wanted.name.title(), first, crowd.companies.get(first), known.owner.user_id)
        return DealChoice(new=new, reason=Reason("named-deal", f"you asked for a new deal “{wanted.name}”"))
    fitting, own = known.deals_named.get(wanted.name, ()), _open(crowd, known)
    ids = {deal.deal_id for deal in own}
    theirs = tuple(deal for deal in fitting if deal.deal_id in ids)
    if len(theirs) == 1:
        return DealChoice(theirs[0].deal_id, reason=Reason("named-deal", f"you named “{wanted.name}”"))
    if theirs:
        return _asked(theirs, wanted.name)
    if fitting:
        return _asked((*fitting, *own), wanted.name, "is a deal of other people")
    return _asked(own, wanted.name, "is no open deal")


def _open(crowd: Crowd, known: KnownFacts) -> tuple[DealView, ...]:
    found = {deal.deal_id: deal for one in crowd.customers for deal in known.deals_of.get(one, ())}
    return tuple(found.values())


def _asked(deals: Sequence[DealView], named: str = "", why: str = "") -> DealChoice:
    if not deals:
        said = f"There is no open deal “{named}”, so it is with the customer alone."
        return DealChoice(warnings=(said,) if named else ())
    different = list(dict.fromkeys(deal.name for deal in deals))
    names = ", ".join(different[:3]) + (" and others" if len(different) > 3 else "")
    if why:
        said = f"“{named}” {why}; which is meant? Until you say, it is with the customer alone."
    else:
        said = f"Which deal is it for: {names}? Until you say, it is with the customer alone."
    ids = tuple(dict.fromkeys(deal.deal_id for deal in deals[:_MOST_CHOICES]))
    return DealChoice(ask=ids, named=named, warnings=(said,))
