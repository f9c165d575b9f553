"""How much mail a team lets its campaigns send: a budget of letters a week, and caps for each person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from crm_store.errors import BadInput

BUDGET, MONTHLY, PAUSE = "letters_a_week", "letters_a_month", "mail_pause_hours"
"""The team's settings that hold them."""
MONTH: Final = timedelta(days=30)
USUAL_MONTHLY: Final = 4
USUAL_PAUSE: Final = 16
_MOST_BUDGET, _MOST_MONTHLY, _MOST_PAUSE = 1_000_000, 31, 24 * 14


@dataclass(frozen=True, slots=True)
class Limits:
    """Letters a week of the whole team (None is no limit), letters in 30 days to one person, and after how many hours
    since any mail of the team a person may be written to again.
    """

    budget: int | None = None
    monthly: int = USUAL_MONTHLY
    pause_hours: int = USUAL_PAUSE

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Limits":
        """As a team's settings have them."""
        budget = settings.get(BUDGET)
        return cls(
            int(budget) if budget is not None else None,
            int(settings.get(MONTHLY, USUAL_MONTHLY)),
            int(settings.get(PAUSE, USUAL_PAUSE)),
        )

    @property
    def pause(self) -> timedelta:
        """After any mail of the team to a person."""
        return timedelta(hours=self.pause_hours)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many letters left this week, of how many that may; `week` begins on a Monday where the team lives."""

    used: int
    of: int | None
    begins: datetime
    ends: datetime

    @property
    def left(self) -> int | None:
        """How many may still leave; None is no limit."""
        return None if self.of is None else max(0, self.of - self.used)

    @property
    def sentence(self) -> str:
        """As cards say it; empty where there is no budget."""
        return "" if self.of is None else f"{self.used:,} of {self.of:,} letters of this week's budget are used."


def week(moment: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The week of a moment where the team lives, from Monday to Monday, in the moment's own zone."""
    monday = moment.astimezone(zone).date() - timedelta(days=moment.astimezone(zone).weekday())
    begins, ends = (datetime.combine(monday + timedelta(days=7 * at), time(), zone) for at in (0, 1))
    return begins.astimezone(moment.tzinfo), ends.astimezone(moment.tzinfo)


def free_again(letters: Sequence[datetime], monthly: int, now: datetime) -> datetime | None:
    """When a person with these letters may get another; None is now."""
    lately = sorted(at for at in letters if at > now - MONTH)
    return lately[-monthly] + MONTH if len(lately) >= monthly else None


def budget_of(text: str) -> int | None:
    """A budget as typed; `off` takes it away."""
    return None if text.casefold() in ("off", "none", "no") else _number(text, _MOST_BUDGET, "A budget is a number")


def monthly_of(text: str) -> int:
    """A cap for each person as typed."""
    return _number(text, _MOST_MONTHLY, "A person's cap is a number")


def pause_of(text: str) -> int:
    """Hours as typed, with or without an h."""
    return _number(text.casefold().removesuffix("h"), _MOST_PAUSE, "A pause is a number of hours", least=0)


def _number(text: str, most: int, what: str, least: int = 1) -> int:
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most):
        raise BadInput(f"{what} from {least} to {most:,}.")
    return int(digits)
