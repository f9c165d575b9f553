"""The record of a model run: hash of the facts it saw, versions, and figures that JSON can carry."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from importlib.metadata import version

from analytics import columns
from crm_store.values.history import Histories
from crm_store.values.scores import Json, ModelRecord, Verdict

_NOTHING: Mapping[str, Json] = {}
_NAMES = ("customers", "kind_names")


def data_hash(histories: Histories) -> str:
    """A short SHA-256 of the facts, the same in whatever order they come; names of customers are not part of it."""
    digest = hashlib.sha256(histories.as_of.isoformat().encode())
    known = sorted((each.customer_id, each.created_on.isoformat()) for each in histories.customers)
    digest.update(repr(known).encode())
    past = (
        columns.orders_known(histories.orders, histories.as_of),
        columns.touches_known(histories.touches, histories.as_of),
    )
    for group in past:
        for name in (each.name for each in fields(group)):
            digest.update(repr(getattr(group, name)).encode() if name in _NAMES else getattr(group, name).tobytes())
    digest.update(repr(sorted(repr(each) for each in histories.deals)).encode())
    return digest.hexdigest()[:16]


def record(
    kind: str,
    day: date,
    sentence: str,
    verdict: Verdict,
    *,
    rows: int = 0,
    features: tuple[str, ...] = (),
    parameters: Mapping[str, Json] = _NOTHING,
    metrics: Mapping[str, float] | None = None,
    baseline_name: str = "",
    baseline_metrics: Mapping[str, float] | None = None,
) -> ModelRecord:
    """A record without its data hash, which `analyse` adds once for all."""
    return ModelRecord(
        kind=kind,
        as_of=day,
        rows=rows,
        data_hash="",
        features=features,
        verdict=verdict,
        sentence=sentence,
        baseline_name=baseline_name,
        parameters=dict(parameters),
        metrics=_rounded(metrics or {}),
        baseline_metrics=_rounded(baseline_metrics or {}),
        versions={name: version(name) for name in ("numpy", "scipy", "scikit-learn")},
    )


def abstained(kind: str, day: date, sentence: str, rows: int = 0) -> ModelRecord:
    """The record of a question that there is too little to answer."""
    return record(kind, day, sentence, Verdict.ABSTAINED, rows=rows)


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(figure), 6) for name, figure in figures.items() if math.isfinite(figure)}
