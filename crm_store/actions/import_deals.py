"""The rows of a deal that a file brings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crm_store.ids import Prefix
from crm_store.matching.normalise import clean, fold
from crm_store.models.trade import Deal, DealEvent, DealPerson
from crm_store.queries.import_standing import StageChoice
from crm_store.values.imports import ImportedDeal

_WON: Final = ("won", "gewonnen", "gagne", "ganado", "vinto")
_LOST: Final = ("lost", "verloren", "perdu", "perdido", "perso")


@dataclass(slots=True)
class DealRows:
    """A deal, whose customer, company and owner its caller fills in, and the name of its stage as the file has it."""

    deal: dict[str, Any]
    stage: str
    event_id: str
    at: datetime

    def all(self, customer_id: str | None, actor: str) -> Iterator[tuple[type[Any], dict[str, Any]]]:
        """The rows to be written."""
        yield Deal, self.deal
        if customer_id:
            yield DealPerson, {"deal_id": self.deal["deal_id"], "customer_id": customer_id, "role": "contact"}
        event = {"event_id": self.event_id, "deal_id": self.deal["deal_id"], "at": self.at, "actor": actor}
        yield DealEvent, {**event, "field": "stage", "old": None, "new": self.stage}


def deal_rows(
    deal: ImportedDeal, stages: Mapping[str, StageChoice], mint: Callable[[Prefix], str], now: datetime
) -> DealRows:
    """The deal in the stage of that name; won and lost are heeded, and else the first open stage is taken.

    Not audited: the import that asks for it is.
    """
    chosen = stages.get(fold(deal.stage))
    said = fold(deal.state or ("" if chosen else deal.stage))
    outcome = "won" if any(one in said for one in _WON) else "lost" if any(one in said for one in _LOST) else ""
    if chosen is None or outcome not in ("", chosen.outcome):
        fits = [one for one in stages.values() if one.outcome == (outcome or "open")]
        chosen = fits[0] if fits else chosen or next(iter(stages.values()))
    named = next(name for name, one in stages.items() if one is chosen)
    opened = deal.opened_at or now
    values: dict[str, Any] = {
        "deal_id": mint(Prefix.DEAL),
        "name": clean(deal.name)[:300],
        "stage_id": chosen.stage_id,
        "state": chosen.outcome,
        "close_on": deal.close_on,
        "opened_at": opened,
        "closed_at": None if chosen.outcome == "open" else max(opened, now),
        "version": 1,
        "amount_minor": deal.amount.minor if deal.amount else None,
        "currency": deal.amount.currency if deal.amount else deal.currency,
    }
    return DealRows(values, deal.stage or named, mint(Prefix.DEAL_EVENT), opened)
