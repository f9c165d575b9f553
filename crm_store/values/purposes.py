"""What letters are for: people may refuse one purpose and keep the others."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """For what a letter of a campaign is written."""

    NEWS = "news"
    OFFERS = "offers"
    SERVICE = "service"


WORDS: Final[Mapping[Purpose, str]] = {
    Purpose.NEWS: "News and introductions",
    Purpose.OFFERS: "Offers and reminders to order",
    Purpose.SERVICE: "Letters about your own orders and talks",
}
_OF_KIND: Final[Mapping[str, Purpose]] = {
    "nudge_deal": Purpose.SERVICE,
    "call_deal": Purpose.SERVICE,
    "welcome": Purpose.SERVICE,
    "thank": Purpose.SERVICE,
    "refer": Purpose.NEWS,
    "attract": Purpose.NEWS,
}
REFUSED: Final = {one: f"wants no {one.value} letters" for one in Purpose}


def of_kind(kind: str) -> Purpose:
    """The purpose of a kind of campaign; what is not known otherwise is an offer."""
    return _OF_KIND.get(kind, Purpose.OFFERS)
