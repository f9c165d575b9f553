"""`crm report`: a report as one HTML or PDF file, or as words at the terminal."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from analytics.report.document import Report
from analytics.report.write import write
from bot.cli import desks
from bot.cli.desks import note, say
from crm_store.errors import BadInput
from crm_store.queries import report_facts, reports

_FORMS: Final = (".html", ".pdf")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which report, of which days, and into which file."""
    kinds = ", ".join(one for one in reports.REPORTS if one != reports.DEFAULT)
    parser.add_argument(
        "kind", nargs="?", default=reports.DEFAULT, help=f"{kinds}; without one, the usual three charts"
    )
    parser.add_argument("--out", metavar="FILE", default=None, help="FILE.html or FILE.pdf; without it, words here")
    parser.add_argument("--since", metavar="DATE", default=None, help="first day of a week or month")
    parser.add_argument("--until", metavar="DATE", default=None, help="its last day (default: today)")


def report(options: argparse.Namespace) -> int:
    """Write the file and say what it found."""
    out = Path(options.out) if options.out else None
    if out is not None and out.suffix.lower() not in _FORMS:
        raise BadInput(f"{out.name} says no form; name the file with .html or .pdf.")
    since, until = desks.day(options.since), desks.day(options.until)
    with desks.opened() as office:
        team = office.team(options.team)
        zone = ZoneInfo(team.time_zone if team.time_zone != "UTC" else office.settings.time_zone)
        facts = office.store.team(team.team_id).read_now(report_facts.facts, options.kind, zone, since, until)
    written = write(facts)
    if out is None:
        _tell(written)
        return 0
    content = _drawn(written, out.suffix.lower())
    try:
        out.write_bytes(content)
    except OSError as problem:
        raise BadInput(f"{out} cannot be written: {problem.strerror or problem}.") from problem
    say(f"{out}: {written.finding.replace('`', '')}")
    return 0


def _drawn(written: Report, form: str) -> bytes:
    """The libraries that draw a file are loaded for this command alone."""
    if form == ".html":
        from analytics.report import html  # noqa: PLC0415 -- see above

        return html.page(written).encode()
    from analytics.report import pdf  # noqa: PLC0415 -- see above

    draw: Callable[[Report], bytes] = pdf.document
    return draw(written)


def _tell(written: Report) -> None:
    say(f"{written.title}\n{written.span}\n\n{written.finding.replace('`', '')}")
    for section in written.sections:
        say(f"\n{section.heading}")
        for sentence in (*section.sentences, *section.details):
            say(f"  {sentence.replace('`', '')}")
        for table in (*section.tables, *section.detail_tables):
            say(f"  {' | '.join(table.headers)}")
            for row in table.rows:
                say(f"  {' | '.join(row).replace('`', '')}")
            if table.more:
                say(f"  and {table.more:,} more")
    if any(chart.png for chart in written.charts):
        note("Pictures are in the file that --out FILE.html or --out FILE.pdf writes.")
