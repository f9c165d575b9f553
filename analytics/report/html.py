"""A report as one HTML file that needs nothing beside it."""

import base64
import re
from collections.abc import Sequence
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from analytics.report.document import Report
from analytics.report.page import PAGE
from analytics.report.phrases import day

_NUMBER: Final = re.compile(r"[−+-]?[€$£¥]?[\d,.]+( ?(%|[A-Z]{3}))?( \(.*\))?|–|")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def page(report: Report) -> str:
    """The whole page; whatever comes from outside is escaped and shown as words."""
    own = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    own.finalize = _clean
    own.filters["coded"] = _coded
    own.filters["inlined"] = _inlined
    own.globals["numeric"] = numeric
    pictured = [one for one in report.charts if one.png]
    return own.from_string(PAGE).render(report=report, pictured=pictured, made=day(report.as_of))


def numeric(rows: Sequence[Sequence[str]]) -> frozenset[int]:
    """The columns that hold numbers alone, which stand better when they end below each other."""
    width = min((len(row) for row in rows), default=0)
    return frozenset(
        at
        for at in range(1, width)
        if all(_NUMBER.fullmatch(row[at]) for row in rows) and any(row[at].strip("–") for row in rows)
    )


def _clean(value: object) -> object:
    """Text without signs that would break the page or turn the reading direction."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _CONTROLS.sub("", value)


def _coded(text: str) -> Markup:
    """What is to be typed, between backticks, as code."""
    parts = _CONTROLS.sub("", text).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    pieces = [Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)]
    return Markup("").join(pieces)


def _inlined(png: bytes) -> str:
    return base64.b64encode(png).decode("ascii")
