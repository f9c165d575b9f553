"""Which suggestions are shown: approvals of the last 50 of 300, over many made-up teams with 12 kinds each.

`./run bench thompson`; `thompson:300/1000` takes 300 other teams, from the thousandth on. A team's wishes are drawn
anew for each seed: a kind is approved with a chance from a beta distribution of mean .287, and teams are kept whose
best kind of twelve is approved with .577, give or take .05. Peers: plain Thompson sampling from a flat prior, random
choice, and always the best kind, which nobody can know.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, Final

from campaigns.choose import choose
from campaigns.learn import beliefs
from crm_store.values.learning import Decided

_TEAMS: Final = 300
_SHOWN, _LAST, _KINDS = 300, 50, 12
_A, _B = 1.57, 3.90
_BEST: Final = (0.527, 0.627)
_NOW: Final = datetime(2026, 11, 25, tzinfo=UTC)
Chooser = Callable[[list[str], list[Decided], Random], str]


def measure(asked: str = str(_TEAMS)) -> dict[str, Any]:
    """Share approved among the last 50, of ours and of each peer."""
    wanted, _, first = asked.partition("/")
    count, begin = int(wanted), int(first or 0)
    teams = range(begin, begin + count)
    approved = [last(team, ours) for team in teams]
    mean = sum(approved) / count
    spread = (sum((one - mean) ** 2 for one in approved) / max(1, count - 1)) ** 0.5
    flat = sum(last(team, _flat) for team in teams) / count
    return {
        "teams": count,
        "approved_of_last_50": round(mean, 4),
        "standard_error": round(spread / count**0.5, 4),
        "peer": "Thompson sampling from a flat prior",
        "peer_approved": round(flat, 4),
        "ratio": round(mean / flat, 3),
        "random": round(sum(last(team, at_random) for team in teams) / count, 4),
        "best_possible": round(sum(max(_rates(team).values()) for team in teams) / count, 4),
    }


@cache
def _rates(team: int) -> dict[str, float]:
    random = Random(f"team {team}")
    while True:
        rates = {f"kind {one}": random.betavariate(_A, _B) for one in range(_KINDS)}
        if _BEST[0] <= max(rates.values()) <= _BEST[1]:
            return rates


def last(team: int, chooser: Chooser) -> float:
    """The share approved of the last 50 that one team was shown."""
    rates, random = _rates(team), Random(f"decisions {team}")
    seen: list[Decided] = []
    for _ in range(_SHOWN):
        kind = chooser(list(rates), seen, random)
        seen.append(Decided(kind, random.random() < rates[kind], "", _NOW))
    return sum(one.approved for one in seen[-_LAST:]) / _LAST


def ours(kinds: list[str], seen: list[Decided], random: Random) -> str:
    """The kind that Rapport would show."""
    return choose(kinds, beliefs(kinds, seen, {}, _NOW), 1, random, draws=0)[0].kind


def _flat(kinds: list[str], seen: list[Decided], random: Random) -> str:
    counts = {kind: [1, 1] for kind in kinds}
    for one in seen:
        counts[one.kind][0 if one.approved else 1] += 1
    return max(kinds, key=lambda kind: random.betavariate(*counts[kind]))


def at_random(kinds: list[str], _seen: list[Decided], random: Random) -> str:
    """Any kind."""
    return random.choice(kinds)
