"""`crm analyze potential`: the chance of a yes for each later row of any table, or why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from analytics import (
    calibrate,
    champion,
    design,
    drift,
    encode,
    evaluate,
    explain,
    few,
    grounds,
    leaks,
    luck,
    ridge,
    spelling,
    threads,
)
from analytics.calibrate import Calibration
from analytics.champion import BASE, Contest
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.few import Coding
from analytics.leaks import Suspect
from analytics.ridge import IntArray
from analytics.trial import follow, labels, tables
from analytics.trial.labels import Labels
from analytics.trial.tables import RawTable
from crm_store.errors import BadInput

_HEADER: Final = ("id", "probability", "low", "high", "reasons")
_LUCK: Final = 0.05
_LEVEL: Final = 0.95
_REPEATS: Final = 2
_FEWEST: Final = 10
_FEWEST_TO_TRY: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A table as asked: rows in time order, the first `cut` of them known; `ids` name the rows."""

    frame: Frame
    labels: Labels
    ids: tuple[str, ...]
    cut: int
    suspects: tuple[Suspect, ...]
    left_out: Mapping[str, str]

    def known(self) -> IntArray:
        """The rows to learn from."""
        return np.flatnonzero(self.labels.known[: self.cut])

    def later(self) -> Frame:
        """The rows to score."""
        return self.frame.take(slice(self.cut, self.frame.size))


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What is said of the later rows, (m,); without `chances` there is no score. `told` goes into the JSON line."""

    chances: FloatArray | None
    low: FloatArray
    high: FloatArray
    reasons: tuple[str, ...]
    told: Mapping[str, Any]


def run(
    *,
    table: Path,
    label: str,
    time: str | None,
    id: str | None,
    drop: str,
    train_fraction: float,
    rolling: bool,
    out: Path,
) -> dict[str, Any]:
    """Score the rows after the first `train_fraction`, write them to `out`, and return what was fitted and how good.

    Outcomes after that are not read, unless `rolling` lets each batch of rows learn from those before it.
    """
    found = _ask(tables.read(table), (label, time, id, drop), train_fraction, rolling=rolling)
    with threads.one():
        verdict = _judged(found, rolling=rolling)
    known = found.known()
    y = found.labels.y[known]
    tables.write(out, _HEADER, _rows(found, verdict))
    return {
        "rows": int(known.size),
        "later_rows": found.frame.size - found.cut,
        "yes_is": found.labels.yes,
        "yes": int(y.sum()),
        "no": int((~y).sum()),
        **verdict.told,
        "leak_suspects": [each.name for each in found.suspects],
        "leaks": {each.name: f"{each.why}; {'left out' if each.sure else 'kept'}" for each in found.suspects},
        "left_out": dict(found.left_out),
        "drift": {**follow.rates(y), "changed_columns": _changed(found, known)},
    }


def _judged(found: Ask, *, rolling: bool) -> Verdict:
    known = found.known()
    y = found.labels.y[known]
    rarer = min(int(y.sum()), int((~y).sum()))
    if not found.frame.columns:
        return _silent(found, y, "there is no column to learn from")
    if rarer < _FEWEST_TO_TRY:
        return _silent(found, y, f"at least {_FEWEST_TO_TRY} outcomes of either kind are needed to try")
    if rarer < champion.ENOUGH_TO_CHOOSE:
        return _few(found, known, y)
    return _many(found, known, y, rolling=rolling)


def _ask(raw: RawTable, names: tuple[str, str | None, str | None, str], fraction: float, *, rolling: bool) -> Ask:
    label, time, row_id, drop = names
    order, moments = _order(raw, time)
    cut = int(np.floor(fraction * len(raw.rows)))
    if not 1 <= cut < len(raw.rows):
        raise BadInput(f"{fraction:g} of {len(raw.rows)} rows leaves nothing to learn from or nothing to score.")
    outcomes = raw.column(label)
    cells = [outcomes[at] for at in order]
    first = labels.read(cells[:cut], label)
    every = labels.read(cells, label, first.yes) if rolling else first
    padding = np.zeros(len(order) - every.y.size, dtype=np.bool_)
    outcome = Labels(np.append(every.y, padding), np.append(every.known, padding), first.yes)
    asked = [each.strip() for each in drop.split(",") if each.strip()]
    unused = {raw.place(each) for each in (label, time, row_id, *asked) if each}
    used = [at for at in range(len(raw.names)) if at not in unused]
    columns = [[raw.rows[row][at] for row in order] for at in used]
    frame, left_out = encode.read([raw.names[at] for at in used], columns, cut, moments)
    known = np.flatnonzero(outcome.known[:cut])
    suspects = leaks.suspects(frame.take(known), outcome.y[known], frame.take(slice(cut, frame.size)))
    # A table without any usable column has rows all the same.
    frame = replace(frame.without([each.name for each in suspects if each.sure]), size=len(order))
    ids = raw.column(row_id) if row_id else tuple(str(at + 1) for at in range(len(raw.rows)))
    return Ask(frame, outcome, tuple(ids[at] for at in order), cut, suspects, left_out)


def _order(raw: RawTable, time: str | None) -> tuple[list[int], FloatArray | None]:
    """The rows by time, those without one first; and their moments in that order where the time is a day."""
    if not time:
        return list(range(len(raw.rows))), None
    cells = [cell.strip() for cell in raw.column(time)]
    first = bool(spelling.day_first(set(cells)))
    days = np.array([spelling.day(cell, first=first) for cell in cells])
    are_days = bool(np.isfinite(days).mean() > 0.5)
    values = days if are_days else np.array([spelling.number(cell) for cell in cells])
    if not np.isfinite(values).any():
        raise BadInput(f"“{time}” holds no times.")
    order = np.argsort(np.where(np.isfinite(values), values, -np.inf), kind="stable")
    return [int(at) for at in order], values[order] if are_days else None


def _few(found: Ask, known: IntArray, y: BoolArray) -> Verdict:
    """Below 200 of the rarer outcome: the logistic alone, and only where the outcomes do not look random."""
    seen = few.codings(found.frame, known)
    plain, by_rank = seen
    chance_of_luck = luck.of_chance(plain.matrix[known], y, plain.design.slices(), by_rank.rows[known])
    if chance_of_luck > _LUCK:
        why = f"outcomes dealt at random could be foreseen as well ({chance_of_luck:.0%} of shuffles)"
        return _silent(found, y, why, {"luck": round(chance_of_luck, 3)})
    said = np.mean([_held_out(seen, known, y, seed) for seed in range(_REPEATS)], axis=0)
    model, asked = few.fit(seen, known, y), np.arange(found.cut, found.frame.size)
    chances = ridge.chance(model.log_odds(asked))
    rarer = min(int(y.sum()), int((~y).sum()))
    grouped = calibrate.calibrate(said, y, rarer, _LEVEL)
    rate = np.full(y.size, y.mean())
    told = {
        "model": "logistic",
        "shown_as": "bands" if rarer >= _FEWEST else "base rate with interval",
        "judged_by": "outcomes held out in shuffled folds",
        **_measured(y, said, rate),
        "candidates": {"logistic": _figures(y, said), BASE: _figures(y, rate)},
        "luck": round(chance_of_luck, 3),
    }
    reasons = _reasons(found.frame.take(known), y, found.later(), model.effects(asked))
    return Verdict(chances, *_limits(grouped, chances), reasons, told)


def _held_out(seen: Sequence[Coding], known: IntArray, y: BoolArray, seed: int) -> FloatArray:
    said = np.empty(y.size)
    for held in ridge.folds(y, 5, seed):
        learn = np.setdiff1d(np.arange(y.size), held)
        said[held] = ridge.chance(few.fit(seen, known[learn], y[learn], 1).log_odds(known[held]))
    return said


def _many(found: Ask, known: IntArray, y: BoolArray, *, rolling: bool) -> Verdict:
    """From 200 on: the champion of the rolling cuts, or the base rate where no model beats it."""
    frame, plain = found.frame.take(known), np.ones(y.size)
    judged = champion.contest(frame, y, plain, champion.rolling(y.size))
    said, later = judged.said(), found.later()
    told: dict[str, Any] = {
        "model": judged.champion,
        "shown_as": "percent",
        "judged_by": "five later parts of the known rows",
        **_measured(judged.came, said, judged.plain),
        "candidates": judged.figures,
        "rate_moved": judged.moved,
        "correction": {"slope": round(judged.correction.slope, 3), "shift": round(judged.correction.shift, 3)},
    }
    beaten = evaluate.brier(judged.came, said) >= evaluate.brier(judged.came, judged.plain)
    if beaten and not rolling:
        verdict = _silent(found, y, "on later rows no model did better than the base rate", told)
        return replace(verdict, chances=np.full(later.size, y[-max(1_000, y.size // 10) :].mean()))
    chances, moved, extra = _scored(found, judged, known, y, rolling=rolling)
    grouped = calibrate.calibrate(said, judged.came, champion.ENOUGH_TO_CHOOSE, _LEVEL, judged.part)
    return Verdict(chances, *_limits(grouped, chances), _reasons(frame, y, later, moved), told | extra)


def _scored(
    found: Ask, judged: Contest, known: IntArray, y: BoolArray, *, rolling: bool
) -> tuple[FloatArray, FloatArray, dict[str, Any]]:
    if rolling:
        every = found.labels
        seen = follow.follow(found.frame, every.y, every.known, found.cut, judged, grounds.effects)
        return seen.chances, seen.effects, {"answers_given": seen.answers}
    later = found.later()
    model = champion.fit(judged.champion, found.frame.take(known), y, np.ones(y.size))
    chances = ridge.chance(judged.correction.apply(model.log_odds(later)))
    return chances, grounds.effects(model, later), {}


def _reasons(known: Frame, y: BoolArray, later: Frame, moved: FloatArray) -> tuple[str, ...]:
    otherwise = f"nothing stands out; {explain.percent(float(y.mean()))} of {y.size:,} known rows came out yes"
    told = grounds.Grounds(known, y).reasons(later, moved)
    return tuple(grounds.sentence(each, otherwise) for each in told)


def _silent(found: Ask, y: BoolArray, why: str, told: Mapping[str, Any] | None = None) -> Verdict:
    """No score: the plain rate with its interval, and why."""
    m = found.frame.size - found.cut
    hits = int(y.sum())
    low, high = evaluate.wilson(hits, y.size)
    rate = f"{explain.percent(hits / y.size)} ({round(low * 100)}-{round(high * 100)} %)" if y.size else "unknown"
    sentence = f"no score, since {why}; {hits:,} of {y.size:,} known rows came out yes = {rate}"
    told = {**(told or {}), "model": BASE, "shown_as": "no score", "why": sentence}
    return Verdict(None, np.full(m, low), np.full(m, high), (sentence,) * m, told)


def _limits(grouped: Calibration, chances: FloatArray) -> tuple[FloatArray, FloatArray]:
    place = grouped.place(chances)
    low, high = (np.array([getattr(each, name) for each in grouped.groups])[place] for name in ("low", "high"))
    return np.minimum(low, chances), np.maximum(high, chances)


def _measured(came: BoolArray, said: FloatArray, plain: FloatArray) -> dict[str, Any]:
    return {"error": _figures(came, said), "baseline": _figures(came, plain), "tested_rows": int(came.size)}


def _figures(came: BoolArray, said: FloatArray) -> dict[str, float]:
    return {
        "brier": round(evaluate.brier(came, said), 5),
        "auc": round(evaluate.auc(came, said), 4),
        "calibration_error": round(evaluate.calibration_error(came, said), 4),
    }


def _changed(found: Ask, known: IntArray) -> dict[str, float]:
    """The columns that look otherwise in the later rows than in the known ones."""
    if not known.size or not found.frame.columns:
        return {}
    learnt = design.learn(found.frame.take(known))
    before, lately = learnt.codes(found.frame.take(known)), learnt.codes(found.later())
    return drift.strange_columns([coder.name for coder in learnt.coders], before, lately)


def _rows(found: Ask, verdict: Verdict) -> list[tuple[str, str, str, str, str]]:
    silent = verdict.chances is None
    chances = verdict.low if verdict.chances is None else verdict.chances
    ids = found.ids[found.cut :]
    return [
        (each, "" if silent else f"{chance:.6f}", f"{low:.6f}", f"{high:.6f}", why)
        for each, chance, low, high, why in zip(ids, chances, verdict.low, verdict.high, verdict.reasons, strict=True)
    ]
