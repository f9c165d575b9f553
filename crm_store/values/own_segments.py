"""Segments as people see them: a rule with a live count, who moved, and what the people in it are worth."""

from dataclasses import dataclass
from datetime import date

from crm_store.values.people import CustomerBrief
from crm_store.values.segment_rules import Rule


@dataclass(frozen=True, slots=True)
class OwnSegment:
    """A team's own rule with its name; `came` and `went` count those who moved by the last night, `counted_on`."""

    segment_id: str
    name: str
    rule: Rule
    made_by: str | None
    version: int
    counted_on: date | None
    came: int = 0
    went: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """Scores of the people in a group: how many have one, what the values come to, and the mean of the chances.

    `banded` counts chances that are shown as a band, since they rest on too few outcomes for a percentage.
    """

    valued: int = 0
    value: float = 0.0
    judged: int = 0
    chance: float = 0.0
    banded: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of customers as it stands now: how many of all, some of them, and what they are worth."""

    count: int
    everybody: int
    examples: tuple[CustomerBrief, ...]
    worth: Worth
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    """Names of some who moved by the last night."""


@dataclass(frozen=True, slots=True)
class People:
    """Some of a group's people, and where the next ones begin; empty at the end."""

    briefs: tuple[CustomerBrief, ...]
    after: str
