"""The last look before a letter leaves: whether it ever may, and whether it may now, from facts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crm_store.values.limits import USUAL_PAUSE
from crm_store.values.marketing import GONE, NO_ADDRESS, NOT_CONSENTED, SUPPRESSED, Standing
from crm_store.values.purposes import REFUSED, Purpose

MAIL_PAUSE: Final = timedelta(hours=USUAL_PAUSE)
"""After any mail of the team to a person, no campaign writes to them for so long, unless the team set another time."""
HELD_OUT: Final = "held out for comparison"
TOO_LATE: Final = "the campaign's time was over"
ANSWERED: Final = "answered before"
OTHER_CAMPAIGN: Final = "in another campaign lately"


@dataclass(frozen=True, slots=True)
class MaySend:
    """Whether a letter may go: `skip` says why it never may, `later` when it may."""

    skip: str | None = None
    later: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known at the moment of sending; `standing` is None for somebody who is no customer any more."""

    standing: Standing | None
    arm: str | None
    personal: bool
    other_campaign: bool
    last_mail: datetime | None
    ends_at: datetime
    answered: bool = False
    """Whether somebody whom a further step is for has answered meanwhile."""
    purpose: Purpose = Purpose.OFFERS
    pause: timedelta = MAIL_PAUSE
    month_free: datetime | None = None
    """When somebody who had enough letters this month may get another; None is now."""


def may_send(seen: Looked, now: datetime) -> MaySend:
    """Consent, suppression, address and hold-out decide whether; a mail of the last hours decides when."""
    reason = _never(seen)
    free = max(now, seen.month_free or now, seen.last_mail + seen.pause if seen.last_mail else now)
    if reason is None and free > seen.ends_at:
        reason = TOO_LATE
    return MaySend(reason, free if free > now else None)


def within(
    order: Sequence[str], verdicts: Mapping[str, MaySend], left: int | None, then: datetime
) -> dict[str, MaySend]:
    """The verdicts once a budget is laid over them: the first of those that may go now, the rest later."""
    if left is None:
        return dict(verdicts)
    found = dict(verdicts)
    for one in order:
        if found[one] != MaySend():
            continue
        left -= 1
        if left < 0:
            found[one] = MaySend(later=then)
    return found


def _never(seen: Looked) -> str | None:
    standing = seen.standing
    if standing is None:
        return GONE
    checks = (
        (seen.arm != "treated", HELD_OUT),
        (seen.answered, ANSWERED),
        (standing.suppressed, SUPPRESSED),
        (not standing.has_address, NO_ADDRESS),
        (seen.purpose in standing.refused, REFUSED[seen.purpose]),
        (not seen.personal and not standing.consents(seen.purpose), NOT_CONSENTED),
        (seen.other_campaign, OTHER_CAMPAIGN),
    )
    return next((reason for applies, reason in checks if applies), None)
