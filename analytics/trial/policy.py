"""`crm analyze policy`: whom to contact first, learnt from the rows of a table whose contacts are known."""

import math
import re
from pathlib import Path
from typing import Any, Final

import numpy as np

from analytics import design, encode, policy, spelling
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.policy import Policy
from analytics.trial import labels, tables
from analytics.uplift import Campaign
from crm_store.errors import BadInput

_ALONE: Final = frozenset(
    ("0", "no", "false", "none", "control", "control group", "holdout", "hold-out", "untreated", "nein", "kontrolle")
)
_NOT: Final = ("no ", "not ", "non-", "no-", "without ")
_SINCE: Final = re.compile(r"recency|since|days_ago|months_ago|last_(order|purchase|visit)", re.IGNORECASE)
_SPENT: Final = re.compile(r"history|spen[dt]|revenue|monetary|turnover|total|amount|sales", re.IGNORECASE)


def run(
    *, table: Path, treatment: str, outcome: str, id: str | None, train_fraction: float, out: Path
) -> dict[str, Any]:
    """Rank the rows after the known ones, write what a contact is expected to add, and say which policy won."""
    found = tables.read(table)
    known = math.floor(train_fraction * len(found.rows))
    taken = {found.place(each) for each in (treatment, outcome, *([id] if id else []))}
    ids = found.column(id) if id else tuple(str(at + 1) for at in range(len(found.rows)))
    treated, arms = _contacted(found.column(treatment)[:known], treatment)
    y = _numbers(found.column(outcome)[:known], outcome)
    names = [name for at, name in enumerate(found.names) if at not in taken]
    columns = [found.column(name) for name in names]
    frame, left_out = encode.read(names, columns, known)
    if not frame.columns:
        raise BadInput("There is no column that tells people apart, so no order of them can be learnt.")
    x = design.learn(frame.take(slice(0, known)), splines=False).matrix(frame)
    recent, spend = (_habit(frame, meaning, sign) for meaning, sign in ((_SINCE, -1.0), (_SPENT, 1.0)))
    rows = np.isfinite(y) & np.isfinite(treated)
    if rows.sum() < 2:
        raise BadInput("The known rows need a contact and an outcome, as numbers.")
    if np.unique(treated[rows]).size < 2:
        whom = "Everybody" if treated[rows][0] else "Nobody"
        raise BadInput(f"{whom} in the known rows was contacted; what a contact adds is told by both kinds of people.")
    campaign = Campaign(
        x[:known][rows], treated[rows] > 0, y[rows], _part(recent, known, rows), _part(spend, known, rows)
    )
    with np.errstate(all="ignore"):
        taught = policy.learn(campaign)
    score = policy.apply(taught, x[known:], *(None if each is None else each[known:] for each in (recent, spend)))
    expected = policy.claimed(taught, score)
    order = np.argsort(-score, kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(1, order.size + 1)
    answers = (
        [ids[known + at], int(rank[at]), f"{expected[at]:.6f}", taught.sentence] for at in range(len(ids) - known)
    )
    tables.write(out, ("id", "rank", "expected_uplift", "policy"), answers)
    return _told(taught, campaign, left_out) | ({"arms_contacted": list(arms)} if len(arms) > 1 else {})


def _told(taught: Policy, campaign: Campaign, left_out: dict[str, str]) -> dict[str, Any]:
    return {
        "rows": int(campaign.y.size),
        "contacted": int(campaign.treated.sum()),
        "policy": taught.name,
        "sentence": taught.sentence,
        "beats": taught.beaten or None,
        "margin": round(taught.margin, 6),
        "margin_error": round(taught.margin_error, 6),
        "average_uplift": round(taught.average, 6),
        "average_uplift_error": round(taught.average_error, 6),
        "compared": [
            {"policy": each.name, "area": round(each.area, 6), "error": round(each.error, 6)} for each in taught.judged
        ],
        "left_out": left_out,
    }


def _contacted(cells: tuple[str, ...], name: str) -> tuple[FloatArray, tuple[str, ...]]:
    """1 for who was contacted, 0 for who was not, not a number where nothing is said; and the arms that were contacted.

    Of several arms one must read like people left alone; all others count as contacted. Raises BadInput otherwise.
    """
    texts = [" ".join(cell.casefold().replace("_", " ").split()) for cell in cells]
    said = [text if text in _ALONE or not encode.is_empty(text) else "" for text in texts]
    arms = sorted({text for text in said if text})
    alone = [text for text in arms if text in _ALONE or text.startswith(_NOT)]
    if len(arms) > 1 and len(alone) == 1:
        values = [math.nan if not text else float(text != alone[0]) for text in said]
        return np.array(values, dtype=np.float64), tuple(text for text in arms if text != alone[0])
    try:
        return _yes(cells, name), ()
    except BadInput as problem:
        raise BadInput(
            f"“{name}” must say who was contacted, by 1 or yes, and who was left alone, by 0, no or control."
        ) from problem


def _yes(cells: tuple[str, ...], name: str) -> FloatArray:
    """1 for a yes, 0 for a no, and not a number where nothing is said."""
    found = labels.read(cells, name)
    return np.where(found.known, found.y, math.nan)


def _numbers(cells: tuple[str, ...], name: str) -> FloatArray:
    """What came of each row, as an amount or as yes and no."""
    comma = spelling.comma_is_decimal(set(cells))
    values = np.array([spelling.number(cell, comma=comma) for cell in cells], dtype=np.float64)
    return values if np.isfinite(values).any() else _yes(cells, name)


def _habit(frame: encode.Frame, meaning: re.Pattern[str], sign: float) -> FloatArray | None:
    """The first column of numbers whose name says what is meant, the missing ones as typical."""
    for column in frame.columns:
        if not column.is_words and meaning.search(column.name):
            values = column.numbers
            seen = values[np.isfinite(values)]
            return sign * np.where(np.isfinite(values), values, np.median(seen) if seen.size else 0.0)
    return None


def _part(values: FloatArray | None, known: int, rows: BoolArray) -> FloatArray | None:
    return None if values is None else values[:known][rows]
