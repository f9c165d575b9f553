"""Over 100,000 random plans nobody gets a letter who unsubscribed, refused its purpose, is suppressed, capped, resting
or held out, and no week's budget is passed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import pytest

from crm_store.values.last_look import MAIL_PAUSE, Looked, MaySend, may_send, within
from crm_store.values.limits import MONTH, free_again
from crm_store.values.marketing import OVER_CAP, Standing, split
from crm_store.values.purposes import Purpose

PLANS: Final = 100_000
NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
WINDOW: Final = timedelta(days=30)
MONDAY: Final = NOW + timedelta(days=4)
MONTHLY: Final = 3
PURPOSES: Final = tuple(Purpose)
NAMES: Final = tuple(f"cus_{at}" for at in range(6))
Look = Callable[[Looked, datetime], MaySend]


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of somebody when the letter is due, whatever was known at the approval."""

    before: Standing
    after: Standing | None
    other_campaign: bool
    last_mail: datetime | None
    letters: tuple[datetime, ...]
    month_free: datetime | None
    """When they may get another after these letters."""


def person(random: Random) -> Person:
    """Mostly somebody who may be written to, and of whom now and then something changes before the letter is due."""
    bits = random.getrandbits(16)
    before = Standing(
        consented=bits % 8 != 0,
        suppressed=bits // 8 % 16 == 0,
        has_address=bits // 128 % 16 != 0,
        written_lately=bits // 2048 % 16 == 0,
        open_deal=bits // 32768 == 0,
        refused=frozenset({Purpose.OFFERS}) if random.random() < 0.05 else frozenset(),
        agreed=frozenset({Purpose.OFFERS}) if random.random() < 0.05 else frozenset(),
    )
    turn = random.randrange(12)
    changes: dict[int, Standing | None] = {
        0: replace(before, consented=False),
        1: replace(before, suppressed=True),
        2: replace(before, has_address=False),
        3: None,
        7: replace(before, refused=frozenset({Purpose.SERVICE, Purpose.NEWS})),
    }
    last_mail = NOW - timedelta(hours=random.randrange(1, 40)) if turn in {4, 5} else None
    letters = tuple(NOW - timedelta(days=random.randrange(1, 45)) for _ in range(random.randrange(MONTHLY + 2)))
    free = free_again(letters, MONTHLY, NOW)
    return Person(before, changes.get(turn, before), turn == 6, last_mail, letters, free)


def violations(plans: int, look: Look, seed: int = 7) -> tuple[Counter[str], int]:
    """Letters that must not have left, by what spoke against them, and how many left in all."""
    random = Random(seed)
    wrong: Counter[str] = Counter()
    sent = 0
    crowd = [person(random) for _ in range(4_000)]
    for plan in range(plans):
        members = dict(zip(NAMES, random.choices(crowd, k=random.randrange(1, 7)), strict=False))
        cap, share, personal = random.randrange(1, 6), random.choice((0.0, 0.1, 0.3)), random.random() < 0.2
        purpose, budget = PURPOSES[plan % 3], (None, 0, 1, 3)[plan % 4]
        standings = {name: one.before for name, one in members.items()}
        chosen = split(
            [*members], standings, salt=f"sug_{plan}", cap=cap, holdout_share=share, personal=personal, purpose=purpose
        )
        arms = {**dict.fromkeys(chosen.treated, "treated"), **dict.fromkeys(chosen.holdout, "holdout")}
        arms |= {name: "excluded" for name, _ in chosen.excluded}
        over_cap = {name for name, why in chosen.excluded if why == OVER_CAP}
        verdicts = {
            name: look(
                Looked(
                    one.after, arms[name], personal, one.other_campaign, one.last_mail, NOW + WINDOW, purpose=purpose,
                    month_free=one.month_free,
                ),
                NOW,
            )
            for name, one in members.items()
        }  # fmt: skip
        verdicts = within([*members], verdicts, budget, MONDAY)
        leaving = [name for name, verdict in verdicts.items() if verdict == MaySend()]
        for name in leaving:
            wrong.update(against(members[name], arms[name], purpose, personal=personal, over_cap=name in over_cap))
        left = len(leaving)
        wrong["more than the cap"] += left > cap
        wrong["over the budget"] += budget is not None and left > budget
        sent += left
    return +wrong, sent


def against(one: Person, arm: str, purpose: Purpose, *, personal: bool, over_cap: bool) -> Iterator[str]:
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
    elif purpose in one.after.refused:
        yield "refused"
    elif not personal and not one.after.consented and purpose not in one.after.agreed:
        yield "unsubscribed"
    yield from lately(one)


def lately(one: Person) -> Iterator[str]:
    """What speaks against another letter to them since they had others."""
    if one.other_campaign:
        yield "another campaign"
    if one.last_mail is not None and one.last_mail > NOW - MAIL_PAUSE:
        yield "resting"
    if sum(at > NOW - MONTH for at in one.letters) >= MONTHLY:
        yield "full"


def test_no_letter_leaves_that_must_not_in_a_hundred_thousand_plans() -> None:
    wrong, sent = violations(PLANS, may_send)
    assert wrong == {}
    assert sent > PLANS / 4


@pytest.mark.parametrize(
    ("blind", "found"),
    [
        (lambda seen: replace(seen, arm="treated"), {"held out", "over the cap", "more than the cap"}),
        (
            lambda seen: replace(seen, standing=Standing(consented=True, has_address=True)),
            {"suppressed", "unsubscribed", "refused"},
        ),
        (lambda seen: replace(seen, last_mail=None), {"resting"}),
        (lambda seen: replace(seen, month_free=None), {"full"}),
        (lambda seen: replace(seen, other_campaign=False), {"another campaign"}),
        (lambda seen: replace(seen, personal=True), {"unsubscribed"}),
    ],
    ids=["arms", "standing", "pause", "month", "campaigns", "consent"],
)
def test_a_look_that_is_blind_to_one_thing_is_caught(blind: Callable[[Looked], Looked], found: set[str]) -> None:
    wrong, _ = violations(1_000, lambda seen, now: may_send(blind(seen), now))
    assert found <= set(wrong)


def test_a_budget_goes_to_the_first_and_counts_only_what_may_leave() -> None:
    later, never, now = MaySend(later=NOW), MaySend(skip="held out"), MaySend()
    seen = {"a": never, "b": now, "c": later, "d": now, "e": now}
    found = within([*seen], seen, 2, MONDAY)
    assert found == {**seen, "e": MaySend(later=MONDAY)}
    assert within([*seen], seen, None, MONDAY) == seen
