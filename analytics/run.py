"""One order in the child: read the store, analyse, draw, and tell the results as plain lines."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from analytics.analyse import Analysis, analyse
from analytics.charts.draw import draw
from crm_store.engine.store import Store
from crm_store.queries import features

Line = dict[str, Any]


def answer(store: Store, team_id: str, as_of: date, progress: Callable[[str], None]) -> Iterator[Line]:
    """All lines of one analysis: records, scores, segments of the shown method, charts, and the end; never writes."""
    progress("reading histories")
    histories = store.team(team_id).read_now(features.histories, as_of)
    found = analyse(histories, progress)
    yield from lines(found)


def lines(found: Analysis) -> Iterator[Line]:
    """An analysis as lines."""
    for record in found.records:
        yield {"line": "record", **_plain(asdict(record))}
    for score in found.scores:
        yield {"line": "score", **_plain(asdict(score))}
    for deal in found.deals:
        yield {"line": "deal_score", **_plain(asdict(deal))}
    for segment in found.segments:
        if segment.method == found.shown_method:
            yield {"line": "segment", **_plain(asdict(segment))}
    for chart in found.charts:
        yield {
            "line": "chart",
            "key": chart.key,
            "title": chart.title,
            "subtitle": chart.subtitle,
            "alt_text": chart.alt_text,
            "headers": list(chart.headers),
            "rows": [list(row) for row in chart.rows],
            "png": base64.b64encode(draw(chart)).decode(),
        }
    yield {"line": "end", "scores": len(found.scores) + len(found.deals), "horizon_days": found.horizon_days}


def _plain(value: Any) -> Any:
    """Days as text, tuples as lists, at any depth."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
