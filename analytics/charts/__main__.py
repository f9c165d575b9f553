"""Draws one chart of numbers, told as JSON on the standard input, and writes the picture to the standard output."""

import json
import os
import sys
from typing import Any

from analytics.charts.data import Chart, Shape
from analytics.charts.draw import draw


def main() -> int:
    """Answer one order; 2 where it cannot be read."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        chart = _chart(json.loads(sys.stdin.buffer.read()))
    except (ValueError, KeyError, TypeError):
        sys.stderr.write("The order could not be read.\n")
        return 2
    sys.stdout.buffer.write(draw(chart))
    return 0


def _chart(told: dict[str, Any]) -> Chart:
    """One row of figures with their labels: lines over time, else bars."""
    labels, values = tuple(map(str, told["labels"])), tuple(map(float, told["values"]))
    if not labels or len(labels) != len(values):
        raise ValueError
    return Chart(
        key="numbers",
        shape=Shape.LINES if told["over_time"] else Shape.BARS,
        title=str(told["title"]),
        subtitle="",
        alt_text=str(told["alt_text"]),
        corner="",
        labels=labels,
        columns=(str(told["name"]),),
        cells=tuple((value,) for value in values),
        shown=tuple((text,) for text in map(str, told["shown"])),
    )


if __name__ == "__main__":
    sys.exit(main())
