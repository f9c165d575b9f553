"""What came back to a campaign, and a campaign in figures, as they cross borders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crm_store.money import Money
from crm_store.values.lift import Lift
from crm_store.values.variants import Variant


class Answer(StrEnum):
    """What a person, or a mail server, did after a letter. That a letter was opened is never counted."""

    REPLY = "reply"
    AWAY = "away"
    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft bounce"
    UNSUBSCRIBE = "unsubscribe"
    ORDER = "order"
    DEAL = "deal"
    CLICK = "click"
    CALL = "call"
    """A call that was asked for and made: the person was reached, which is no answer yet."""


ENDS_IT: Final = frozenset({Answer.REPLY, Answer.BOUNCE, Answer.UNSUBSCRIBE, Answer.ORDER})
"""After these the person gets nothing more of the campaign; an absence or a full mailbox passes."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer with the letter that it is attributed to: the last one before it whose window was still open.

    `source_id` is the row that tells of it, which counts once; `amount_minor` is in the team's own currency.
    """

    kind: Answer
    source_id: str
    send_id: str
    campaign_id: str
    customer_id: str
    at: datetime
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignNumbers:
    """A campaign so far: people of each kind, and what those written to and those held out have ordered.

    Ordered and revenue count everybody assigned, whether their letter left or not, as the measurement will;
    `after_letters` is what followed a letter, or a call that was made, of this campaign as the last. Neither says what
    came anyway.
    """

    sent: int
    waiting: int
    bounced: int
    replied: int
    unsubscribed: int
    deals: int
    treated: int
    treated_ordered: int
    revenue: Money
    after_letters: Money
    holdout: int
    holdout_ordered: int
    clicked: int = 0
    calls: int = 0
    """Tasks to call that owners got, as a campaign's beginning or as one of its steps."""
    called: int = 0
    """How many of these are done."""


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """All that the card of a campaign shows; `approved_by` is a Slack id."""

    campaign_id: str
    suggestion_id: str | None
    name: str
    kind: str
    state: str
    approved_by: str | None
    created_at: datetime
    ends_at: datetime
    excluded: int
    numbers: CampaignNumbers
    lift: Lift | None = None
    tried: tuple[Variant, ...] = ()
    by_phone: bool = False
