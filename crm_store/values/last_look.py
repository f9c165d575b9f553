"""The last look before a letter leaves: whether it ever may, and whether it may now, from facts alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crm_store.values.marketing import GONE, NO_ADDRESS, NOT_CONSENTED, SUPPRESSED, Standing

MAIL_PAUSE: Final = timedelta(hours=16)
"""After any mail of the team to a person, no campaign writes to them for so long."""
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


def may_send(seen: Looked, now: datetime) -> MaySend:
    """Consent, suppression, address and hold-out decide whether; a mail of the last hours decides when."""
    reason = _never(seen)
    free = seen.last_mail + MAIL_PAUSE if seen.last_mail else None
    if reason is None and (free or now) > seen.ends_at:
        reason = TOO_LATE
    return MaySend(reason, free if free and free > now else None)


def _never(seen: Looked) -> str | None:
    standing = seen.standing
    if standing is None:
        return GONE
    checks = (
        (seen.arm != "treated", HELD_OUT),
        (seen.answered, ANSWERED),
        (standing.suppressed, SUPPRESSED),
        (not standing.has_address, NO_ADDRESS),
        (not seen.personal and not standing.consented, NOT_CONSENTED),
        (seen.other_campaign, OTHER_CAMPAIGN),
    )
    return next((reason for applies, reason in checks if applies), None)
