"""One order in the child: read the store, analyse, draw, and tell the results as plain lines."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from analytics import contacts, reading
from analytics.analyse import Analysis, analyse
from analytics.charts import talks
from analytics.charts.data import Chart
from analytics.charts.draw import draw
from analytics.lines import Line, plain
from crm_store.engine.store import Desk, Store
from crm_store.queries import contacts as contact_queries
from crm_store.queries import periods, reports, scores_history
from crm_store.queries import segments as segment_queries
from crm_store.values.marketing import SegmentView
from crm_store.values.score_batches import batches
from crm_store.values.scores import Json, ModelRecord

LATELY: Final = 31
"""Days of work and of moves between segments that are drawn."""


def answer(store: Store, team_id: str, as_of: date, progress: Callable[[str], None]) -> Iterator[Line]:
    """All lines of one analysis: records, scores, segments of the shown method, charts, and the end; never writes."""
    progress("reading histories")
    desk = store.team(team_id)
    histories = reading.everything(desk, as_of, progress)
    shown = [each for each in desk.read_now(reports.latest) if each.kind.startswith("segments")]
    found = analyse(histories, progress, _shown(shown, desk.read_now(segment_queries.list)))
    progress("whom to contact")
    yield from contacts.lines(histories, desk.read_now(contact_queries.past))
    yield from lines(replace(found, charts=(*found.charts, *_kept(desk, as_of))))


def _kept(desk: Desk, as_of: date) -> tuple[Chart, ...]:
    """Charts of what the store keeps beside the histories: who logged what, and who moved up to the night before."""
    since = as_of - timedelta(days=LATELY - 1)
    worked = desk.read_now(periods.worked, since, as_of, ZoneInfo("UTC"))
    moves = desk.read_now(scores_history.moves, since)
    found = (talks.activity_by_rep(worked, since, as_of), talks.segment_moves(moves, since, as_of))
    return tuple(each for each in found if each)


def lines(found: Analysis) -> Iterator[Line]:
    """An analysis as lines."""
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
    yield {"line": "end", "scores": len(found.scores) + len(found.deals), "horizon_days": found.horizon_days}


def _shown(records: Sequence[ModelRecord], segments: Sequence[SegmentView]) -> Mapping[str, Json] | None:
    """The parameters of the segments that people see, so that a new run keeps them unless others are clearly better."""
    methods = {each.method for each in segments}
    return next((each.parameters for each in records if each.parameters.get("method") in methods), None)
