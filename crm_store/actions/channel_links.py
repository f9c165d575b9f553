"""Linking a channel to a company and taking the link away again; what was logged stays."""

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.models.history import ChannelLink
from crm_store.models.people import Company
from crm_store.queries import channel_links as link_queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import Right


def link(work: Work, channel: str, company_id: str, *, outsiders: bool = False) -> Receipt:
    """Let a channel belong to a company; `outsiders` says that people from outside read it, which takes an admin."""
    company = link_queries.survivor(work, company_id)
    if company is None or company.removed_at is not None:
        raise NotFound("That company is no longer there.")
    if outsiders:
        _admin_only(work)
    known = work.session.get(ChannelLink, (work.team_id, channel))
    if known is not None:
        other = work.session.get(Company, (work.team_id, known.company_id))
        raise BadInput(
            f"This channel belongs to {other.name if other else 'a company'} already. `/crm unlink` takes that away."
        )
    with audit.record(work, "link", channel, f"Linked a channel to {company.name}") as ledger:
        ledger.add(
            ChannelLink(
                channel=channel,
                company_id=company.company_id,
                linked_by=work.actor,
                linked_at=work.now,
                outsiders=outsiders,
            )
        )
    return Receipt(channel, ledger.undo_id, ledger.sentence)


def unlink(work: Work, channel: str) -> Receipt:
    """Take the link of a channel away; what was logged by it stays."""
    known = work.session.get(ChannelLink, (work.team_id, channel))
    if known is None:
        raise NotFound("This channel belongs to no company.")
    company = link_queries.survivor(work, known.company_id)
    name = company.name if company else "a company"
    with audit.record(work, "unlink", channel, f"Unlinked a channel from {name}") as ledger:
        ledger.remove(known)
    return Receipt(channel, ledger.undo_id, ledger.sentence)


def _admin_only(work: Work) -> None:
    """What outsiders take part in becomes ours to keep: as with a person's data, an admin answers for that."""
    if not team_queries.may(work, work.actor, Right.PRIVACY):
        raise NotAllowed("People from outside read this channel, so only an admin can link it.")
