"""Scores of a few customers from the models that were stored: what changed since the night is said within seconds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import ModuleType
from typing import Any, Final

import numpy as np

from analytics import potential, segments, value
from analytics.lines import Line, plain
from crm_store.engine.store import Store
from crm_store.queries import features, reports
from crm_store.values.fresh import Fresh
from crm_store.values.history import Histories
from crm_store.values.scores import DealScore, Json, Score, ScoreKind, Verdict

PAGE: Final = 200
"""Customers whose histories are read, scored and told together."""
Models = Mapping[str, Mapping[str, Json]]
"""Parameters of the shown models by the kind of their record."""


def answer(
    store: Store, team_id: str, as_of: date, customer_ids: Sequence[str], progress: Callable[[str], None]
) -> Iterator[Line]:
    """Scores of these customers and of their deals, and the segment of each; nothing is learnt and nothing written."""
    desk = store.team(team_id)
    records = desk.read_now(reports.latest)
    models = {each.kind: each.parameters for each in records if each.verdict is not Verdict.ABSTAINED}
    for start in range(0, len(customer_ids), PAGE):
        some = tuple(customer_ids[start : start + PAGE])
        past = desk.read_now(features.histories, as_of, some)
        yield {"line": "fresh", **plain(asdict(fresh(past, some, models)))}
        progress(f"scores of {min(start + PAGE, len(customer_ids))} of {len(customer_ids)} customers")
    yield {"line": "end", "scores": len(customer_ids), "horizon_days": 0}


def fresh(past: Histories, customer_ids: tuple[str, ...], models: Models) -> Fresh:
    """What the stored models say; a model that cannot work with these numbers leaves its scores as they are."""
    kinds: set[str] = set()
    scores: list[Score] = []
    deals: list[DealScore] = []
    with np.errstate(all="ignore"):
        worth = _asked(value, past, models.get(ScoreKind.VALUE))
        if worth is not None:
            kinds |= {ScoreKind.VALUE, ScoreKind.ALIVE}
            scores.extend(worth)
        chances = _asked(potential, past, models)
        if chances is not None:
            kinds |= {ScoreKind.POTENTIAL, ScoreKind.LEAD, ScoreKind.DEAL} & models.keys()
            scores.extend(chances[0])
            deals.extend(chances[1])
        placed = {
            str(parameters["method"]): dict(segments.place(past, parameters))
            for kind, parameters in models.items()
            if kind.startswith("segments") and "method" in parameters
        }
    told = tuple(each for each in scores if each.kind in kinds)
    return Fresh(customer_ids, tuple(sorted(kinds)), told, tuple(deals), placed)


def _asked(module: ModuleType, past: Histories, parameters: Mapping[str, Any] | None) -> Any:
    """What a model that can be asked again says; None where it cannot, or where its numbers do not work."""
    rescore = getattr(module, "rescore", None)
    if rescore is None or not parameters:
        return None
    try:
        return rescore(past, parameters)
    except (ValueError, ArithmeticError, KeyError, np.linalg.LinAlgError):
        return None
