"""Who may be written to: each person in one suggestion at most, then consent, pauses, cap and control group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crm_store.values.marketing import Idea, Split, Standing, split
from crm_store.values.purposes import of_kind


@dataclass(frozen=True, slots=True)
class Planned:
    """An idea with the people left to it, and how its audience would be divided."""

    idea: Idea
    audience: Split


def allot(ideas: Sequence[Idea], standings: Mapping[str, Standing], taken: Iterable[str] = ()) -> tuple[Planned, ...]:
    """Give every person to the first idea that may write to them; ideas that reach nobody are dropped.

    `taken` are people in suggestions that are open already.
    """
    gone = set(taken)
    planned = []
    for idea in ideas:
        members = tuple(one for one in idea.members if one not in gone)
        left = replace(idea, members=members, elsewhere=len(idea.members) - len(members))
        audience = divide(left, standings, salt=f"{idea.kind}:{idea.target}")
        reached = {*audience.treated, *audience.holdout}
        if not audience.treated:
            continue
        gone |= reached
        planned.append(Planned(left, audience))
    return tuple(planned)


def divide(idea: Idea, standings: Mapping[str, Standing], salt: str) -> Split:
    """The audience of one idea."""
    return split(
        idea.members,
        standings,
        salt=salt,
        cap=idea.cap,
        holdout_share=idea.holdout_share,
        personal=idea.personal,
        purpose=of_kind(idea.kind),
        by_phone=idea.by_phone,
    )
