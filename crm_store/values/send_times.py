"""At which hour a person is written to: their own, where the team's past replies show that it does better."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SETTING: Final = "own_hours"
"""The team's setting that holds what the last night found."""
FEWEST: Final = 4
"""Replies of a person, from which an hour of their own is read."""
_FEWEST_PEOPLE: Final = 50
_NEAR: Final = 1
"""Hours around the chosen one in which a reply counts as met."""
_SURE: Final = 1.645
"""Standard errors by which own hours must be ahead: 5 % of teams without any habit pass by luck."""
_AT_ONCE: Final = "Letters leave as soon as the hours for sending allow"
_PRIOR: Final = 2.0
"""What the whole team's customers do weighs as much as so many replies of one's own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Of `people` with replies enough, how many last replies each choice of an hour met."""

    people: int
    own: int
    fixed: int
    fixed_hour: int
    better: bool

    @property
    def sentence(self) -> str:
        """As cards say it."""
        if not self.people:
            return f"{_AT_ONCE}: too few replies are known to say when people answer."
        told = (
            f"their own hour met {self.own} of {self.people} last replies within the hour, "
            f"{self.fixed_hour}:00 for everybody {self.fixed}"
        )
        if self.better:
            return f"Letters leave at the hour at which each person usually answers: {told}."
        return f"{_AT_ONCE}: {told}, which is no sure difference."

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"better": self.better, "sentence": self.sentence}


def judge(replies: Mapping[str, Sequence[int]]) -> Judged:
    """Own hours against the best fixed hour, each learnt from all replies but a person's last, and tried on that.

    `replies` are the hours of the day, 0 to 23 in the person's own zone, the oldest first. People are compared with
    themselves: the mean difference must clear its error.
    """
    known = {person: hours for person, hours in replies.items() if len(hours) > FEWEST}
    if len(known) < _FEWEST_PEOPLE:
        return Judged(0, 0, 0, 0, better=False)
    everybody = Counter(hour for hours in known.values() for hour in hours[:-1])
    fixed_hour = best(everybody, {})
    own = [_met(best(Counter(hours[:-1]), everybody), hours[-1]) for hours in known.values()]
    fixed = [_met(fixed_hour, hours[-1]) for hours in known.values()]
    apart = [mine - usual for mine, usual in zip(own, fixed, strict=True)]
    mean = sum(apart) / len(apart)
    error = (sum((one - mean) ** 2 for one in apart) / (len(apart) - 1) / len(apart)) ** 0.5
    return Judged(len(known), sum(own), sum(fixed), fixed_hour, better=mean > _SURE * error)


def best(own: Mapping[int, int], everybody: Mapping[int, int]) -> int:
    """The hour around which most replies lie; what others do decides where one's own say little."""
    total = sum(everybody.values()) or 1

    def weight(hour: int) -> float:
        near = [(hour + step) % 24 for step in range(-_NEAR, _NEAR + 1)]
        return sum(own.get(one, 0) + _PRIOR * everybody.get(one, 0) / total for one in near)

    return max(range(24), key=lambda hour: (weight(hour), own.get(hour, 0), -hour))


def _met(chosen: int, hour: int) -> int:
    apart = abs(chosen - hour) % 24
    return int(min(apart, 24 - apart) <= _NEAR)
