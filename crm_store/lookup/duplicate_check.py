"""The look before an insert: whom of those known a new contact may be, found by the look-up and by contact points."""

from collections.abc import Iterator, Sequence
from typing import Final

from crm_store.engine.work import Work
from crm_store.lookup.briefs import Person, people
from crm_store.lookup.holding import held
from crm_store.lookup.reading import TEAM, plain, read_plain
from crm_store.lookup.retrieval import read
from crm_store.lookup.search import SYSTEM
from crm_store.lookup.sql_candidates import SQL
from crm_store.matching.contact_points import company_domain, email_key, phone_digits
from crm_store.matching.decide import Decision, Zone, decide
from crm_store.matching.pair_facts import facts
from crm_store.matching.rerank import Candidate
from crm_store.values.duplicates import FoundPair, Likeness

_LOOKED_AT: Final = 20
_SAME_POINT: Final = 20
_SAME_NAME, _NEAR_NAME = 7.0, 5.0
# One point after another: of several at once SQLite, knowing no statistics, would walk all of the team's.
_SHARING: Final = plain("SELECT owner_row FROM contact_points WHERE team_id = ? AND kind = ? AND value_key = ? LIMIT ?")
_TEAMS: Final = "team"
_MOVED: Final = "moved?"


def like(
    work: Work,
    name: str,
    company: str = "",
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    *,
    most: int = 3,
    but: str = "",
) -> tuple[Likeness, ...]:
    """Known customers whom a contact with these facts may be, the likeliest first; `but` is left out.

    Identity means the same personal address or mobile number under a name that does not speak against it; all else is
    for a person to judge. Somebody's private customers are seen by that person alone.
    """
    new = Candidate("", name, company, tuple(emails), tuple(phones))
    found = []
    for person, judged in _judged(work, new, _NEAR_NAME):
        if person.brief.customer_id == but or not _seen(work, person):
            continue
        brief, evidence = person.brief, judged.evidence
        zone = Zone.IDENTITY if judged.zone is Zone.IDENTITY else Zone.REVIEW
        likeness = Likeness(brief, zone.value, evidence.probability, judged.why, judged.hint)
        found.append((evidence.weight, likeness))
    found.sort(key=lambda one: (one[1].zone != Zone.IDENTITY.value, -one[0], one[1].customer.customer_id))
    return tuple(one for _, one in found[:most])


def pairs_of(work: Work, customer_ids: Sequence[str]) -> tuple[FoundPair, ...]:
    """The pairs of these customers of the team with others who may be the same, for people to decide."""
    found: dict[tuple[str, str], FoundPair] = {}
    for one in people(work, list(customer_ids)).values():
        for other, judged in _judged(work, one.candidate, _NEAR_NAME) if one.level == _TEAMS else ():
            _keep(found, one, other, judged)
    return _heaviest_first(found)


def pairs_among(work: Work, asked: Sequence[tuple[str, str]]) -> tuple[FoundPair, ...]:
    """Those of the given pairs of the team's customers who may be one, for people to decide: nobody else is looked for.

    For lists, of which far more is asked than the look-up could be.
    """
    there = people(work, [one for pair in asked for one in pair])
    found: dict[tuple[str, str], FoundPair] = {}
    for a, b in asked:
        if a in there and b in there and there[a].level == _TEAMS:
            judged = decide(there[a].candidate, there[b].candidate)
            if _worth_asking(judged, _SAME_NAME):
                _keep(found, there[a], there[b], judged)
    return _heaviest_first(found)


def _keep(found: dict[tuple[str, str], FoundPair], one: Person, other: Person, judged: Decision) -> None:
    a, b = sorted((one.brief.customer_id, other.brief.customer_id))
    if a == b or other.level != _TEAMS or (a, b) in found:
        return
    evidence = judged.evidence
    found[a, b] = FoundPair(
        a, b, evidence.probability, round(evidence.weight, 3), judged.why,
        facts(one.candidate, other.candidate, judged), moved=judged.hint == _MOVED,
    )  # fmt: skip


def _heaviest_first(found: dict[tuple[str, str], FoundPair]) -> tuple[FoundPair, ...]:
    return tuple(sorted(found.values(), key=lambda one: (-one.weight, one.a, one.b)))


def _judged(work: Work, new: Candidate, least_name: float) -> Iterator[tuple[Person, Decision]]:
    """Those near a contact who are not plainly somebody else."""
    for person in people(work, _near(work, new)).values():
        judged = decide(new, person.candidate)
        if _worth_asking(judged, least_name):
            yield person, judged


def _worth_asking(judged: Decision, least_name: float) -> bool:
    """Among all customers two of one name in one company may be two; beside a new one they are worth a question.

    Whoever types somebody new, here, in a list or in a form, may mistype the name; a long list, of which nobody but
    namesakes is looked at, needs the same name.
    """
    alike_in_one_company = judged.evidence.of("name") >= least_name and judged.evidence.of("company") > 0
    return judged.zone is not Zone.DISTINCT or alike_in_one_company


def _near(work: Work, new: Candidate) -> list[str]:
    """Who shares a contact point, and the twenty whom the look-up finds by name, company and domain."""
    found = dict.fromkeys(_owners(work, new))
    domains = {company_domain(address) for address in new.emails} - {""}
    texts = [" ".join(part for part in (new.name, new.company) if part.strip())]
    texts += [f"{new.name} {domain.partition('.')[0]}" for domain in sorted(domains)[:1] if not new.company.strip()]
    for text in texts:
        found |= dict.fromkeys(_found_by(work, text))
    return list(found)


def _found_by(work: Work, text: str) -> Sequence[str]:
    """The twenty who share most with a text: what follows weighs them better than a ranking would, and once."""
    asked = read(text)
    if asked.empty:
        return ()
    work.flush()
    gathered = (held(work) or SQL).candidates(work, asked, work.actor)
    if gathered.hopes is None:
        return gathered.customer_ids[:_LOOKED_AT]
    hoped = sorted(zip(gathered.hopes.scores, gathered.customer_ids, strict=True), reverse=True)
    return [customer_id for _, customer_id in hoped[:_LOOKED_AT]]


def _owners(work: Work, new: Candidate) -> list[str]:
    points = {("email", email_key(address)) for address in new.emails}
    points |= {("phone", phone_digits(number)) for number in new.phones}
    shared = (
        owner
        for kind, value_key in sorted(points)
        if value_key
        for (owner,) in read_plain(work, _SHARING, TEAM, kind, value_key, _SAME_POINT)
    )
    return list(dict.fromkeys(shared))[:_SAME_POINT]


def _seen(work: Work, person: Person) -> bool:
    return work.actor == SYSTEM or person.level == "team" or person.owner_id == work.actor
