"""A report as one PDF file: headings, tables, pictures and page numbers, with names in the scripts of their bearers."""

import io
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from reportlab.lib import colors, pagesizes, styles, units, utils
from reportlab.pdfbase import cidfonts, pdfmetrics, ttfonts
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from analytics.report import scripts
from analytics.report.document import Report, Section, Table
from analytics.report.html import numeric
from analytics.report.phrases import day
from crm_store.values.marketing import ChartView

_INK, _QUIET, _LINE, _KEY = (colors.HexColor(one) for one in ("#22313f", "#5b6875", "#d5dbe1", "#2f5f87"))
_BODY: Final = "Rapport"
_BOLD: Final = "Rapport-Bold"
_MARGIN: Final = 20 * units.mm
_WIDTH: Final = pagesizes.A4[0] - 2 * _MARGIN
_NARROW: Final = 0.09
"""The least share of the page that a column of words gets."""
_LONGEST: Final = 33
_GAP: Final = 2
"""As many letters more for a column of figures, for the space at its right."""
_WHOLE: Final = 14
"""A table of so few rows stays on one page."""
_ROOM: Final = 50 * units.mm


def document(report: Report) -> bytes:
    """The PDF as bytes, with its title and the texts of its pictures for those who have it read to them."""
    _fonts()
    stream = io.BytesIO()
    paper = SimpleDocTemplate(
        stream, pagesize=pagesizes.A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=report.title, author="Rapport", lang="en",
    )  # fmt: skip
    paper.build(_story(report), canvasmaker=_numbered(f"{report.title} · {day(report.as_of)}"))
    return stream.getvalue()


def _fonts() -> None:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in ((_BODY, "DejaVuSans.ttf"), (_BOLD, "DejaVuSans-Bold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(ttfonts.TTFont(name, folder / file))
    for name in scripts.ASIAN:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(name))


def _style(size: float, *, font: str = _BODY, colour: Any = _INK, **more: Any) -> styles.ParagraphStyle:
    return styles.ParagraphStyle(
        f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.4, textColor=colour, **more
    )


def _story(report: Report) -> list[Flowable]:
    parts: list[Flowable] = [
        Paragraph(_marked(report.title), _style(18, font=_BOLD)),
        Paragraph(_marked(report.span), _style(9, colour=_QUIET, spaceAfter=8)),
        Paragraph(_marked(report.finding), _style(11, spaceAfter=6, leftIndent=10, borderColor=_KEY)),
    ]
    for section in report.sections:
        parts += _section(section)
    for chart in report.charts:
        parts += _chart(chart)
    return parts


def _section(section: Section) -> list[Flowable]:
    heading = Paragraph(_marked(section.heading), _style(13, font=_BOLD, spaceBefore=12, spaceAfter=4))
    said: list[Flowable] = [
        Paragraph(_marked(one), _style(9.5, spaceAfter=4)) for one in (*section.sentences, *section.details)
    ]
    tables = [table for table in (*section.tables, *section.detail_tables) if table.rows]
    captions = ["" if table.caption == section.heading else table.caption for table in tables]
    drawn = [(_table(table, caption), len(table.rows)) for table, caption in zip(tables, captions, strict=True)]
    # A heading never stands alone at the foot of a page.
    if said:
        begun = [KeepTogether([heading, said[0]]), *said[1:]]
    else:
        parts, rows = drawn.pop(0) if drawn else ([], 0)
        begun = _together([heading, *parts], rows)
    return [*begun, *(one for parts, rows in drawn for one in _together(parts, rows))]


def _together(parts: list[Flowable], rows: int) -> list[Flowable]:
    """A table with what stands above it, on one page where it is short, else with room for its first rows.

    The parts are one flat list: for a kept list inside another the library begins a new page.
    """
    return [KeepTogether(parts)] if rows <= _WHOLE else [CondPageBreak(_ROOM), *parts]


def _table(table: Table, caption: str) -> list[Flowable]:
    parts: list[Flowable] = [Paragraph(_marked(caption) or " ", _style(8.5, colour=_QUIET, spaceAfter=2))]
    right = numeric(table.rows)
    head, cell = _style(8.5, font=_BOLD, colour=_QUIET), _style(8.5)
    rows = [
        [
            Paragraph(_marked(text), styles.ParagraphStyle("cell", parent=style, alignment=2 if at in right else 0))
            for at, text in enumerate(row)
        ]
        for style, row in [(head, table.headers), *((cell, row) for row in table.rows)]
    ]
    drawn = LongTable(rows, colWidths=_widths(table), repeatRows=1, hAlign="LEFT")
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    pads = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 6)]
    # Figures stand at the right edge of their column, so that the next one begins farther away.
    wider = [("RIGHTPADDING", (at, 0), (at, -1), 10) for at in right]
    drawn.setStyle(TableStyle([*lines, *pads, *wider]))
    parts.append(drawn)
    if table.more:
        parts.append(Paragraph(f"{table.more:,} more are not shown.", _style(8.5, colour=_QUIET, spaceBefore=2)))
    return parts


def _widths(table: Table) -> list[float]:
    """Each column as wide as its longest text asks for, within bounds that leave room for the others."""
    columns = list(zip(*(table.headers, *table.rows), strict=False))
    right = numeric(table.rows)
    gaps = [_GAP if at in right else 0 for at in range(len(columns))]
    longest = [
        min(max(len(text) for text in column) + gap, _LONGEST) for column, gap in zip(columns, gaps, strict=True)
    ]
    shares = [max(each / sum(longest), _NARROW) for each in longest]
    return [_WIDTH * share / sum(shares) for share in shares]


def _chart(chart: ChartView) -> list[Flowable]:
    if not chart.png:
        return []
    wide, high = utils.ImageReader(io.BytesIO(chart.png)).getSize()
    scale = min(0.85 * _WIDTH / wide, 200 * units.mm / high)
    picture = Image(io.BytesIO(chart.png), width=wide * scale, height=high * scale, hAlign="LEFT")
    words = Paragraph(_marked(chart.alt_text), _style(7.5, colour=_QUIET, spaceBefore=2))
    return [Spacer(1, 12), KeepTogether([picture, words])]


def _marked(text: str) -> str:
    """Text as data: nothing in it is markup but the fonts of scripts that the usual one lacks."""
    plain = scripts.visual("".join(sign for sign in text.replace("`", "") if sign.isprintable()))
    return "".join(
        f'<font name="{font}">{escape(part)}</font>' if font else escape(part)
        for font, part in scripts.fonts(plain, _has)
    )


def _has(sign: str) -> bool:
    """Whether the usual font knows a sign."""
    return ord(sign) in pdfmetrics.getFont(_BODY).face.charToGlyph


def _numbered(foot: str) -> type[canvas.Canvas]:
    """A canvas that writes `page 2 of 5` once it knows how many there are."""

    class Numbered(canvas.Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 -- the library's name
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, kept in enumerate(self._kept, start=1):
                self.__dict__.update(kept)
                self.setFillColor(_QUIET)
                at = _MARGIN
                for font, part in scripts.fonts(scripts.visual(foot[:110]), _has):
                    self.setFont(font or _BODY, 8)
                    self.drawString(at, 12 * units.mm, part)
                    at += pdfmetrics.stringWidth(part, font or _BODY, 8)
                self.setFont(_BODY, 8)
                self.drawRightString(pagesizes.A4[0] - _MARGIN, 12 * units.mm, f"page {number} of {len(self._kept)}")
                super().showPage()
            super().save()

    return Numbered
