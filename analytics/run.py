"""One order in the child: read the store, analyse in two halves, draw, and tell the results as plain lines."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from analytics import analyse, contacts, lanes
from analytics.analyse import Analysis
from analytics.charts import talks
from analytics.charts.data import Chart
from analytics.charts.draw import draw
from analytics.lanes import Tell, Voice
from analytics.lines import Line, plain
from crm_store.engine.store import Desk
from crm_store.queries import contacts as contact_queries
from crm_store.queries import periods, reports, scores_history
from crm_store.queries import segments as segment_queries
from crm_store.values.contacts import PastCampaign
from crm_store.values.history import Histories
from crm_store.values.history_pieces import pieces
from crm_store.values.marketing import SegmentView
from crm_store.values.score_batches import batches
from crm_store.values.scores import Json, ModelRecord

LATELY: Final = 31
"""Days of work and of moves between segments that are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """All that an analysis needs of the store: `shown` are the parameters of the segments that people see."""

    histories: Histories
    shown: Mapping[str, Json] | None
    past: tuple[PastCampaign, ...]
    charts: tuple[Chart, ...]
    """Charts of what the store keeps beside the histories."""


def read(desk: Desk, histories: Histories) -> Known:
    """The histories with all else, read once for both halves; never writes."""
    records = [each for each in desk.read_now(reports.latest) if each.kind.startswith("segments")]
    shown = _shown(records, desk.read_now(segment_queries.list))
    return Known(histories, shown, desk.read_now(contact_queries.past), _kept(desk, histories.as_of))


def tell_all(known: Known, voice: Voice, cores: int) -> None:
    """All lines of one analysis: records, scores, segments of the shown method, charts, and the end.

    With two cores each half has a process; with one they come after another. The histories are told as well, so that
    whoever makes ideas from them need not read them again.
    """
    for piece in pieces(known.histories):
        voice.tell({"line": "histories", **plain(asdict(piece))})
    if cores > 1 and lanes.HERE:
        with lanes.beside(voice, lambda tell: _value(known, tell)):
            _others(known, voice.tell)
    else:
        _value(known, voice.tell)
        _others(known, voice.tell)
    voice.tell({"line": "end"})


def _value(known: Known, tell: Tell) -> None:
    found = analyse.of_value(known.histories, _progress(tell))
    for line in lines(replace(found, charts=(*found.charts, *known.charts))):
        tell(line)


def _others(known: Known, tell: Tell) -> None:
    for line in lines(analyse.of_chances(known.histories, _progress(tell), known.shown)):
        tell(line)
    tell({"line": "progress", "text": "whom to contact"})
    for line in contacts.lines(known.histories, known.past):
        tell(line)


def _progress(tell: Tell) -> Callable[[str], None]:
    return lambda words: tell({"line": "progress", "text": words})


def _kept(desk: Desk, as_of: date) -> tuple[Chart, ...]:
    """Who logged what, and who moved between segments up to the night before."""
    since = as_of - timedelta(days=LATELY - 1)
    worked = desk.read_now(periods.worked, since, as_of, ZoneInfo("UTC"))
    moves = desk.read_now(scores_history.moves, since)
    found = (talks.activity_by_rep(worked, since, as_of), talks.segment_moves(moves, since, as_of))
    return tuple(each for each in found if each)


def lines(found: Analysis) -> Iterator[Line]:
    """An analysis, or half of one, as lines."""
    for record in found.records:
        yield {"line": "record", **plain(asdict(record))}
    for batch in batches((*found.scores, *found.deals)):
        yield {"line": "scores", "count": batch.count, "rows": batch.rows}
    for segment in found.segments:
        if segment.method == found.shown_method:
            yield {"line": "segment", **plain(asdict(segment))}
    for chart in found.charts:
        yield {
            "line": "chart",
            "key": chart.key,
            "title": chart.title,
            "subtitle": chart.subtitle,
            "alt_text": chart.alt_text,
            "headers": list(chart.headers),
            "rows": [list(row) for row in chart.rows],
            "shape": chart.shape.value,
            "cells": [list(row) for row in chart.cells],
            "png": base64.b64encode(draw(chart)).decode(),
        }


def _shown(records: Sequence[ModelRecord], segments: Sequence[SegmentView]) -> Mapping[str, Json] | None:
    """The parameters of the segments that people see, so that a new run keeps them unless others are clearly better."""
    methods = {each.method for each in segments}
    return next((each.parameters for each in records if each.parameters.get("method") in methods), None)
