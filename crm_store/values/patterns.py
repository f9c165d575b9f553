"""Which products go together in the orders of a team."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

SETTING: Final = "goes_together"
"""Where a team's settings hold the pair that the last night found."""


@dataclass(frozen=True, slots=True)
class ProductPair:
    """Customers, not orders, are counted: `both` of the `of` who bought `product` bought `other` as well.

    `other_of` of all `buyers` bought `other`; `compared` is among how many such pairs this one was found.
    """

    product: str
    other: str
    both: int
    of: int
    other_of: int
    buyers: int
    compared: int

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def recalled(cls, stored: object) -> "ProductPair | None":
        """A pair from `stored`; None where another version kept something else."""
        names = {each.name for each in fields(cls)}
        return cls(**stored) if isinstance(stored, Mapping) and stored.keys() == names else None

    @property
    def confidence(self) -> float:
        """The share of those with `product` who have `other`."""
        return self.both / self.of

    @property
    def lift(self) -> float:
        """How many times likelier `other` is among those with `product` than among all buyers."""
        return self.confidence * self.buyers / self.other_of


@dataclass(frozen=True, slots=True)
class CrossSell:
    """A pair with those who bought the one product and not the other, whoever bought it last first."""

    pair: ProductPair
    members: tuple[str, ...]
