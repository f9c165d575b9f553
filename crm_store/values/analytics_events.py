"""Answers to campaigns as web analytics are told of them: what happened to whom, and nothing personal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LATEST: Final = timedelta(hours=72)
"""Google takes no event that is older (Measurement Protocol, `timestamp_micros`)."""


@dataclass(frozen=True, slots=True)
class Untold:
    """An answer that was not told of yet; `may` says whether its person allows campaign mail at this moment."""

    response_id: str
    kind: str
    customer_id: str
    campaign_id: str
    at: datetime
    may: bool
    amount: float | None = None
    currency: str | None = None
