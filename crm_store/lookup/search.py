"""The look-up: a few candidates by words, numbers and addresses, then each weighed field by field."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import Person, people
from crm_store.lookup.holding import held
from crm_store.lookup.reading import TEAM, moment, of_team, plain, read_plain, rows
from crm_store.lookup.retrieval import Gathered, Retriever, read
from crm_store.lookup.sql_candidates import SQL
from crm_store.matching.normalise import fold
from crm_store.matching.rerank import Candidate, Ranked, Sureness, rank, verdict
from crm_store.models.history import ChannelLink
from crm_store.models.people import Company
from crm_store.values.people import Found, LookUp

_ALIKE: Final = 0.02
_LEAST_RANKED: Final = 8
_LEAST_JUDGED: Final = 2
_RECENT: Final = timedelta(days=30)
SYSTEM: Final = "system"

_TAUGHT: Final = plain("SELECT customer_id FROM aliases WHERE team_id = ? AND text_key = ?")
_STANDING: Final = plain(
    "SELECT customer_id, owner, last_touch_at FROM customers WHERE team_id = ? AND customer_id IN {many}"
)
_CHANNEL: Final = of_team(
    select(func.coalesce(Company.merged_into, Company.company_id))
    .join(ChannelLink, (ChannelLink.team_id == Company.team_id) & (ChannelLink.company_id == Company.company_id))
    .where(ChannelLink.channel == bindparam("channel")),
    Company,
    ChannelLink,
)


def search(
    work: Work,
    text: str,
    limit: int = 5,
    *,
    prefer_owner: str | None = None,
    channel: str | None = None,
    retriever: Retriever | None = None,
) -> LookUp:
    """Who is meant, best first.

    Between equals the order is decided by whose customers they are (`prefer_owner`, a user id), by a recent contact,
    and by the company that the Slack `channel` belongs to. Without a `retriever` the team's index in memory is asked,
    where this process holds one, else the tables.
    """
    query = read(text)
    if query.empty:
        return LookUp(query.text, (), certain=False)
    work.flush()
    owner = prefer_owner or work.actor
    taught = next((row[0] for row in read_plain(work, _TAUGHT, TEAM, alias_key(query.text))), None)
    gathered = (retriever or held(work) or SQL).candidates(work, query, owner)
    seen, ranked = _ranked(work, query.text, gathered, [taught] if taught else [], limit, owner)
    judged = verdict(ranked)
    certain = judged.sureness is Sureness.CERTAIN
    if not certain:
        ranked = _in_context(ranked, seen, owner, work.now, _company_of(work, channel))
    found = [Found(seen[one.candidate.id].brief, round(one.score, 4), one.why) for one in ranked]
    if taught not in seen:
        return LookUp(query.text, tuple(found[:limit]), certain, judged.exact)
    brief = seen[taught].brief
    first = Found(brief, 1.0, f"{query.text} = {brief.name}, as chosen before")
    others = [one for one in found if one.customer.customer_id != taught]
    return LookUp(query.text, (first, *others)[:limit], certain=True, exact=True, taught=True)


def alias_key(text: str) -> str:
    """Under what an answer to `who is meant?` is remembered."""
    return fold(text)[:200]


def _ranked(
    work: Work, text: str, gathered: Gathered, also: Sequence[str], limit: int, owner: str
) -> tuple[dict[str, Person], list[Ranked]]:
    """The best candidates whom the asker may see, and all that was read of them and of those asked for `also`."""
    most = max(limit, _LEAST_RANKED)
    if not gathered.known:
        seen = _seen(work, [*also, *gathered.customer_ids])
        ranked = rank(text, _candidates(seen, gathered.customer_ids), gathered.idf, len(gathered.customer_ids))
        return seen, ranked if _are_alike(ranked[:most], most) else ranked[:most]
    # Ranked as they are remembered, few need to be read; where one of these reads otherwise, all are ranked anew.
    hoped = rank(text, gathered.known, gathered.idf, most, gathered.hopes, max(limit, _LEAST_JUDGED))
    seen = _seen(work, [*also, *(one.candidate.id for one in hoped)])
    if not all(one.candidate.id in seen and seen[one.candidate.id].candidate == one.candidate for one in hoped):
        seen |= _seen(work, gathered.customer_ids)
        return seen, rank(text, _candidates(seen, gathered.customer_ids), gathered.idf, most)
    others = _preferred(work, gathered.customer_ids, owner) if _are_alike(hoped, most) else []
    if not others:
        return seen, hoped
    seen |= _seen(work, others)
    chosen = dict.fromkeys([*(one.candidate.id for one in hoped), *others])
    return seen, rank(text, _candidates(seen, chosen), gathered.idf, len(chosen))


def _candidates(seen: Mapping[str, Person], customer_ids: Iterable[str]) -> list[Candidate]:
    return [seen[one].candidate for one in customer_ids if one in seen]


def _are_alike(ranked: Sequence[Ranked], most: int) -> bool:
    """Whether so many fit alike that others do as well, of whom the name must not decide who comes first."""
    return len(ranked) == most and ranked[0].score - ranked[-1].score < _ALIKE


def _preferred(work: Work, customer_ids: Sequence[str], owner: str) -> list[str]:
    """Those who come first among equals: the asker's own and who was lately in touch."""
    return [
        customer_id
        for customer_id, owned_by, touched in read_plain(work, _STANDING, TEAM, list(customer_ids))
        if owned_by == owner or ((at := moment(touched)) is not None and work.now - at <= _RECENT)
    ]


def _seen(work: Work, customer_ids: Sequence[str]) -> dict[str, Person]:
    """Those of the customers whom the asker may see."""
    found = people(work, customer_ids)
    if work.actor == SYSTEM:
        return found
    return {one: person for one, person in found.items() if person.level == "team" or person.owner_id == work.actor}


def _company_of(work: Work, channel: str | None) -> str | None:
    """The company whose channel this is."""
    return next((row[0] for row in rows(work, _CHANNEL, channel=channel)), None) if channel else None


def _in_context(
    ranked: Iterable[Ranked], seen: Mapping[str, Person], owner: str, now: datetime, company_id: str | None
) -> list[Ranked]:
    """Among equals first the channel's and the asker's own, then those lately in touch; never changes the sureness."""

    def standing(one: Ranked) -> float:
        person = seen[one.candidate.id]
        touched = person.brief.last_touch_at
        here = company_id is not None and person.brief.company_id == company_id
        recent = touched is not None and now - touched <= _RECENT
        return one.score + _ALIKE * (person.owner_id == owner) + _ALIKE * here + _ALIKE / 2 * recent

    return sorted(ranked, key=lambda one: -standing(one))
