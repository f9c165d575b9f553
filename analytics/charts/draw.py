"""Draws a chart as a PNG that reads at 600 pixels: numbers in the cells, labels on the lines, no legend."""

import io
import textwrap
import warnings
from collections.abc import Callable, Mapping
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analytics.charts.data import Chart, Shape

WIDTH = 6.0
DOTS = 200
"""Inches and dots an inch: 1,200 pixels, which stay sharp when shown at 600."""

_INK, _QUIET, _LINE = "#22313f", "#6b7885", "#d5dbe1"
_BLUE, _SAND, _GREEN = "#3d6f99", "#b3763c", "#5b8c6e"
# Light enough at its dark end for dark numbers to stay readable in every cell.
_CELLS = LinearSegmentedColormap.from_list("calm", ["#f4f7f9", "#86adcf"])


def draw(chart: Chart) -> bytes:
    """The chart as PNG bytes; the same chart gives the same bytes."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcParams.update(
            {"font.family": "DejaVu Sans", "font.size": 8.5, "text.parse_math": False, "text.color": _INK}
        )
        # Names may be in a script that the font lacks; a picture with boxes still beats no picture.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(dpi=DOTS)
        FigureCanvasAgg(figure)
        _PAINTERS[chart.shape](figure, chart)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": "Rapport"})
    return stream.getvalue()


def _prepare(figure: Figure, chart: Chart, height: float) -> tuple[float, float]:
    """Set the size for `height` inches of content and write the head; give the content's bottom and top in shares."""
    title = textwrap.wrap(_cut(chart.title, 150), 66)
    subtitle = textwrap.wrap(_cut(chart.subtitle, 180), 88)
    head = 0.14 + 0.2 * len(title) + 0.17 * len(subtitle) + 0.1
    foot = 0.12
    whole = head + height + foot
    figure.set_size_inches(WIDTH, whole)
    figure.text(0.02, 1 - 0.12 / whole, "\n".join(title), fontsize=10.5, fontweight="bold", va="top", linespacing=1.25)
    below = 0.16 + 0.2 * len(title)
    figure.text(0.02, 1 - below / whole, "\n".join(subtitle), fontsize=8, color=_QUIET, va="top", linespacing=1.25)
    return foot / whole, (foot + height) / whole


def _bars(figure: Figure, chart: Chart) -> None:
    labels = ["\n".join(textwrap.wrap(_cut(each, 46), 24)) for each in chart.labels]
    step = 0.36 if any("\n" in each for each in labels) else 0.27
    bottom, top = _prepare(figure, chart, step * len(labels) + 0.32)
    left = 0.04 + 0.0115 * max(len(line) for each in labels for line in each.split("\n"))
    panels = len(chart.columns)
    gap = 0.03
    width = (0.98 - left - gap * (panels - 1)) / panels
    head = 0.3 / figure.get_figheight()
    for at, name in enumerate(chart.columns):
        axes = figure.add_axes((left + at * (width + gap), bottom, width, top - bottom - head))
        values = [row[at] for row in chart.cells]
        texts = [row[at] for row in chart.shown]
        room = max(len(each) for each in texts) * 0.0125 / width
        longest = max(*values, 1e-9)
        axes.barh(range(len(values)), values, height=0.62, color=(_BLUE, _SAND)[at % 2])
        axes.set_xlim(0, longest / max(1 - room, 0.25))
        axes.set_ylim(len(values) - 0.4, -0.6)
        for row, (value, text) in enumerate(zip(values, texts, strict=True)):
            axes.text(value + longest * 0.025, row, text, va="center", fontsize=8)
        axes.set_title(name, fontsize=8.5, color=_QUIET, loc="left", pad=4)
        axes.set_yticks(range(len(labels)), labels if at == 0 else [""] * len(labels))
        _bare(axes)
        axes.set_xticks([])


def _heat_map(figure: Figure, chart: Chart) -> None:
    rows = ["\n".join(textwrap.wrap(_cut(each, 46), 24)) for each in chart.labels]
    across = max(8, 62 // max(len(chart.columns), 1))
    columns = ["\n".join(textwrap.wrap(_cut(each, 46), across)) for each in chart.columns]
    lines = 1 + max(each.count("\n") for each in columns)
    bottom, top = _prepare(figure, chart, 0.42 * len(chart.labels) + 0.16 + 0.16 * lines)
    head = (0.14 + 0.16 * lines) / figure.get_figheight()
    left = 0.04 + 0.0115 * max(len(line) for each in (*rows, chart.corner) for line in each.split("\n"))
    axes = figure.add_axes((left, bottom, 0.98 - left, top - bottom - head))
    cells = np.array(chart.cells)
    # The square root keeps small cells visible beside one that holds nearly everybody.
    shade = np.sqrt(cells / max(float(cells.max()), 1e-9))
    axes.imshow(shade, cmap=_CELLS, vmin=0, vmax=1, aspect="auto")
    for row, texts in enumerate(chart.shown):
        for column, text in enumerate(texts):
            axes.text(column, row, text, ha="center", va="center", color=_INK, fontsize=8)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xticks(np.arange(len(chart.columns) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(chart.labels) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="minor", length=0)
    _bare(axes)


def _lines(figure: Figure, chart: Chart) -> None:
    bottom, top = _prepare(figure, chart, 2.3)
    foot = 0.24 / figure.get_figheight()
    longest = max(len(f"{name}: {text}") for name, text in zip(chart.columns, chart.shown[-1], strict=True))
    width = 0.9 - 0.0115 * min(max(longest, 14), 34)
    axes = figure.add_axes((0.07, bottom + foot, width, top - bottom - foot - 0.02))
    cells = np.array(chart.cells)
    highest = max(float(cells.max()), 1.0)
    ends: list[tuple[float, str, str]] = []
    for at, (name, colour) in enumerate(zip(chart.columns, (_BLUE, _SAND, _GREEN), strict=False)):
        axes.plot(range(len(cells)), cells[:, at], color=colour, linewidth=1.8, solid_capstyle="round")
        ends.append((float(cells[-1, at]), f"{name}: {chart.shown[-1][at]}", colour))
    for place, (_, text, colour) in zip(_spread([each[0] for each in ends], 0.1 * highest), ends, strict=True):
        axes.annotate(text, (1.02, place), xycoords=("axes fraction", "data"), color=colour, va="center", fontsize=8.5)
    every = max(1, len(chart.labels) // 6)
    axes.set_xticks(range(0, len(chart.labels), every), chart.labels[::every])
    axes.set_xlim(0, max(len(cells) - 1, 1))
    axes.set_ylim(0, highest * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color=_LINE, linewidth=0.7)
    _bare(axes)


def _reliability(figure: Figure, chart: Chart) -> None:
    bottom, top = _prepare(figure, chart, 2.9)
    foot, head = 0.42 / figure.get_figheight(), 0.05 / figure.get_figheight()
    axes = figure.add_axes((0.13, bottom + foot, 0.8, top - bottom - foot - head))
    cells = np.array(chart.cells)
    said, came, low, high = cells[:, 0], cells[:, 1], cells[:, 2], cells[:, 3]
    end = min(1.02, float(max(said.max(), high.max())) * 1.1)
    axes.plot([0, end], [0, end], color=_LINE, linewidth=1.2, zorder=1)
    axes.vlines(said, low, high, color=_BLUE, linewidth=1.6, zorder=2)
    axes.plot(said, came, "o", color=_BLUE, markersize=5, zorder=3)
    for row, text in enumerate(chart.shown):
        crowded = row + 1 < len(said) and said[row + 1] - said[row] < 0.055 * end
        if not crowded:
            axes.annotate(text[1], (said[row], came[row]), (5, -4), textcoords="offset points", fontsize=8, va="top")
    axes.set_xlim(0, end)
    axes.set_ylim(0, end)
    axes.xaxis.set_major_formatter(_percent)
    axes.yaxis.set_major_formatter(_percent)
    axes.set_xlabel("said", color=_QUIET, labelpad=2)
    axes.set_ylabel("happened", color=_QUIET, labelpad=2)
    axes.grid(color=_LINE, linewidth=0.5)
    _bare(axes)


_PAINTERS: Mapping[Shape, Callable[[Figure, Chart], None]] = {
    Shape.BARS: _bars,
    Shape.HEAT_MAP: _heat_map,
    Shape.LINES: _lines,
    Shape.RELIABILITY: _reliability,
}


def _bare(axes: Axes) -> None:
    """No frame and no tick marks: the numbers are written out."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=8.5, colors=_INK, pad=5)
    axes.set_axisbelow(True)


def _spread(places: list[float], least: float) -> list[float]:
    """Move labels apart, from the lowest up, so that none lies on another."""
    moved = list(places)
    order = sorted(range(len(places)), key=lambda at: places[at])
    for before, at in pairwise(order):
        moved[at] = max(moved[at], moved[before] + least)
    return moved


def _percent(share: float, _place: float) -> str:
    return f"{share * 100:.0f} %"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
