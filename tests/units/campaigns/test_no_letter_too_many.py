"""Over 100,000 random plans nobody gets a letter who unsubscribed, is suppressed, capped, resting or held out."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import pytest

from crm_store.values.last_look import MAIL_PAUSE, Looked, MaySend, may_send
from crm_store.values.marketing import OVER_CAP, Standing, split

PLANS: Final = 100_000
NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
WINDOW: Final = timedelta(days=30)
Look = Callable[[Looked, datetime], MaySend]


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of somebody when the letter is due, whatever was known at the approval."""

    before: Standing
    after: Standing | None
    other_campaign: bool
    last_mail: datetime | None


def person(random: Random) -> Person:
    """Mostly somebody who may be written to, and of whom now and then something changes before the letter is due."""
    bits = random.getrandbits(16)
    before = Standing(
        consented=bits % 8 != 0,
        suppressed=bits // 8 % 16 == 0,
        has_address=bits // 128 % 16 != 0,
        written_lately=bits // 2048 % 16 == 0,
        open_deal=bits // 32768 == 0,
    )
    turn = random.randrange(12)
    changes: dict[int, Standing | None] = {
        0: replace(before, consented=False),
        1: replace(before, suppressed=True),
        2: replace(before, has_address=False),
        3: None,
    }
    last_mail = NOW - timedelta(hours=random.randrange(1, 40)) if turn in {4, 5} else None
    return Person(before, changes.get(turn, before), turn == 6, last_mail)


def violations(plans: int, look: Look, seed: int = 7) -> tuple[Counter[str], int]:
    """Letters that must not have left, by what spoke against them, and how many left in all."""
    random = Random(seed)
    wrong: Counter[str] = Counter()
    sent = 0
    crowd = [person(random) for _ in range(4_000)]
    for plan in range(plans):
        members = {f"cus_{at}": random.choice(crowd) for at in range(random.randrange(1, 7))}
        cap, share, personal = random.randrange(1, 6), random.choice((0.0, 0.1, 0.3)), random.random() < 0.2
        standings = {name: one.before for name, one in members.items()}
        chosen = split([*members], standings, salt=f"sug_{plan}", cap=cap, holdout_share=share, personal=personal)
        arms = {**dict.fromkeys(chosen.treated, "treated"), **dict.fromkeys(chosen.holdout, "holdout")}
        arms |= {name: "excluded" for name, _ in chosen.excluded}
        over_cap = {name for name, why in chosen.excluded if why == OVER_CAP}
        left = 0
        for name, one in members.items():
            seen = Looked(one.after, arms[name], personal, one.other_campaign, one.last_mail, NOW + WINDOW)
            verdict = look(seen, NOW)
            if verdict.skip is not None or verdict.later is not None:
                continue
            left += 1
            wrong.update(against(one, arms[name], personal=personal, over_cap=name in over_cap))
        wrong["more than the cap"] += left > cap
        sent += left
    return +wrong, sent


def against(one: Person, arm: str, *, personal: bool, over_cap: bool) -> Iterator[str]:
    """What speaks against a letter to them now, worked out from what is true alone."""
    if arm == "holdout":
        yield "held out"
    if over_cap:
        yield "over the cap"
    if one.after is None:
        yield "no customer any more"
    elif one.after.suppressed:
        yield "suppressed"
    elif not one.after.has_address:
        yield "no address"
    elif not personal and not one.after.consented:
        yield "unsubscribed"
    if one.other_campaign:
        yield "another campaign"
    if one.last_mail is not None and one.last_mail > NOW - MAIL_PAUSE:
        yield "resting"


def test_no_letter_leaves_that_must_not_in_a_hundred_thousand_plans() -> None:
    wrong, sent = violations(PLANS, may_send)
    assert wrong == {}
    assert sent > PLANS / 2


@pytest.mark.parametrize(
    ("blind", "found"),
    [
        (lambda seen: replace(seen, arm="treated"), {"held out", "over the cap", "more than the cap"}),
        (
            lambda seen: replace(seen, standing=Standing(consented=True, has_address=True)),
            {"suppressed", "unsubscribed"},
        ),
        (lambda seen: replace(seen, last_mail=None), {"resting"}),
        (lambda seen: replace(seen, other_campaign=False), {"another campaign"}),
        (lambda seen: replace(seen, personal=True), {"unsubscribed"}),
    ],
    ids=["arms", "standing", "pause", "campaigns", "consent"],
)
def test_a_look_that_is_blind_to_one_thing_is_caught(blind: Callable[[Looked], Looked], found: set[str]) -> None:
    wrong, _ = violations(1_000, lambda seen, now: may_send(blind(seen), now))
    assert found <= set(wrong)
