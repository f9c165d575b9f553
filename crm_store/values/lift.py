"""What a campaign added: those written to against those held out, with 90 % intervals that hold at small counts too."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

CONFIDENCE: Final = 0.90
FEWEST_PEOPLE: Final = 10
"""With fewer people on a side nothing is said, unless the interval is clear of zero all the same."""
FEWEST_ORDERS: Final = 5
_Z: Final = 1.6448536269514722
_OWN_SPREAD_FROM: Final = 200
_STEPS: Final = 60


class Finding(StrEnum):
    """What the interval of the share of buyers says."""

    MORE = "more"
    FEWER = "fewer"
    NO_DIFFERENCE = "no difference shown"
    TOO_FEW = "too few to say"
    NOBODY_HELD_OUT = "nobody was held out"


@dataclass(frozen=True, slots=True)
class Arm:
    """One side: people, how many of them ordered, what they spent, and the sum of the squares of what each spent.

    Amounts are whole units of one currency; refunds count against what was spent.
    """

    people: int
    ordered: int
    spent: float = 0.0
    squares: float = 0.0

    @property
    def rate(self) -> float:
        """The share that ordered."""
        return self.ordered / self.people if self.people else 0.0

    @property
    def mean(self) -> float:
        """What a person spent on average, those who spent nothing counted."""
        return self.spent / self.people if self.people else 0.0

    @property
    def variance(self) -> float:
        """How far people lie apart in what they spent; zero of a single one."""
        if self.people < 2:
            return 0.0
        return max(0.0, self.squares - self.people * self.mean**2) / (self.people - 1)


@dataclass(frozen=True, slots=True)
class Lift:
    """Both sides, and of each difference the point and its 90 % interval; None where no interval can be had."""

    treated: Arm
    holdout: Arm
    finding: Finding
    rate: float
    rate_low: float
    rate_high: float
    revenue: float
    revenue_low: float | None
    revenue_high: float | None
    currency: str = "EUR"

    def to_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)


def from_json(kept: Mapping[str, Any]) -> Lift:
    """What the store kept."""
    arms = {side: Arm(**kept[side]) for side in ("treated", "holdout")}
    return Lift(**{**kept, **arms, "finding": Finding(kept["finding"])})


def measure(treated: Arm, holdout: Arm, currency: str = "EUR") -> Lift:
    """The effect of having been assigned a letter, whether it arrived or not; both sides were drawn by lot."""
    low, high = shares_apart(treated.ordered, treated.people, holdout.ordered, holdout.people)
    less, more = means_apart(treated, holdout)
    return Lift(
        treated,
        holdout,
        _finding(treated, holdout, low, high),
        treated.rate - holdout.rate,
        low,
        high,
        treated.mean - holdout.mean,
        less if math.isfinite(less) else None,
        more if math.isfinite(more) else None,
        currency,
    )


def _finding(treated: Arm, holdout: Arm, low: float, high: float) -> Finding:
    if not holdout.people or not treated.people:
        return Finding.NOBODY_HELD_OUT
    if low > 0:
        return Finding.MORE
    if high < 0:
        return Finding.FEWER
    few = min(treated.people, holdout.people) < FEWEST_PEOPLE or treated.ordered + holdout.ordered < FEWEST_ORDERS
    return Finding.TOO_FEW if few else Finding.NO_DIFFERENCE


def shares_apart(hits: int, n: int, base_hits: int, base_n: int, z: float = _Z) -> tuple[float, float]:
    """The interval of the first share less the second, by scores (Miettinen & Nurminen 1985, Stat. Med. 4:213).

    It keeps its level at small counts and where a share is nought or one, where Wald's does not. Without people on one
    side it is everything.
    """
    if n <= 0 or base_n <= 0:
        return -1.0, 1.0
    seen = hits / n - base_hits / base_n

    def too_far(apart: float) -> bool:
        return abs(_score(hits, n, base_hits, base_n, apart)) > z

    return _edge(-1.0, seen, too_far), _edge(1.0, seen, too_far)


def _edge(outside: float, inside: float, too_far: Callable[[float], bool]) -> float:
    """Where differences begin to contradict the counts, by halving; the whole range where none does."""
    if not too_far(outside):
        return outside
    for _ in range(_STEPS):
        middle = (outside + inside) / 2
        if too_far(middle):
            outside = middle
        else:
            inside = middle
    return inside


def _score(hits: int, n: int, base_hits: int, base_n: int, apart: float) -> float:
    """How many standard errors the counts lie from a true difference."""
    base = _likeliest_base(hits, n, base_hits, base_n, apart)
    share = min(1.0, max(0.0, base + apart))
    total = n + base_n
    variance = (share * (1 - share) / n + base * (1 - base) / base_n) * total / (total - 1)
    off = hits / n - base_hits / base_n - apart
    if variance <= 1e-15:
        return 0.0 if abs(off) < 1e-9 else math.copysign(math.inf, off)
    return off / math.sqrt(variance)


def _likeliest_base(hits: int, n: int, base_hits: int, base_n: int, apart: float) -> float:
    """The likeliest second share where the first is larger by so much: the root of the paper's cubic."""
    total = n + base_n
    c2 = (n + 2 * base_n) * apart - total - hits - base_hits
    c1 = (base_n * apart - total - 2 * base_hits) * apart + hits + base_hits
    c0 = base_hits * apart * (1 - apart)
    q = (c2 / (3 * total)) ** 3 - c1 * c2 / (6 * total**2) + c0 / (2 * total)
    p = math.copysign(math.sqrt(max(0.0, (c2 / (3 * total)) ** 2 - c1 / (3 * total))), q)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, q / p**3 if p else 0.0)))) / 3
    root = 2 * p * math.cos(angle) - c2 / (3 * total)
    return min(1.0, 1.0 - apart, max(0.0, -apart, root))


def means_apart(treated: Arm, holdout: Arm) -> tuple[float, float]:
    """The interval of what a person spent on average, first side less second, by Student's t.

    Most people spend nothing and a few much, so that a small hold-out tells next to nothing of its own spread: often
    nobody in it bought, and Welch's interval is then far too narrow. The sides are one group divided by lot, hence
    below 200 people on a side the spread is taken from both together, above from each (Welch 1947).
    """
    n, m = treated.people, holdout.people
    if n < 1 or m < 1 or n + m < 3:
        return -math.inf, math.inf
    apart = treated.mean - holdout.mean
    if min(n, m) >= _OWN_SPREAD_FROM:
        a, b = treated.variance / n, holdout.variance / m
        freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1)) if a + b > 0 else n + m - 2.0
        half = _t(freedom) * math.sqrt(a + b)
    else:
        together = ((n - 1) * treated.variance + (m - 1) * holdout.variance) / (n + m - 2)
        half = _t(n + m - 2) * math.sqrt(together * (1 / n + 1 / m))
    return apart - half, apart + half


def _t(freedom: float) -> float:
    """Student's quantile for 90 %, by its expansion around the normal's (Abramowitz & Stegun 26.7.5)."""
    z, v = _Z, max(1.0, freedom)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / v + second / v**2 + third / v**3 + fourth / v**4
