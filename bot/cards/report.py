"""Reports and scores: the findings in words beside the pictures, and the reasons, counts and dates of a score."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from crm_store.values.mail import MailLine
from crm_store.values.marketing import ChartView, SegmentView
from crm_store.values.people import CustomerBrief, ScoreView
from crm_store.values.scores import ModelRecord

_ROWS = 6
_STATES = {
    "held": "Waits for you: ",
    "waiting": "Is being read. ",
    "working": "Is being read. ",
    "set_aside": "Set aside: ",
}


def overview(charts: Sequence[ChartView]) -> Message:
    """Each chart's finding, dates and numbers in words; the pictures follow."""
    if not charts:
        said = "There is nothing to report yet."
        return blocks.message(said, blocks.section(said))
    parts: list[Block | None] = []
    for one in charts[:10]:
        head: Line = [blocks.bold(one.title)]
        parts.append(blocks.lines(head, [blocks.quiet(one.subtitle)] if one.subtitle else None))
        parts.append(_table(one))
    return blocks.message("Report: " + ". ".join(one.title for one in charts) + ".", blocks.header("Report"), *parts)


def _table(chart: ChartView) -> Block | None:
    """The rows behind the picture as lines, for those who do not see it; of many days the latest."""
    if not chart.rows:
        return None
    by_week = chart.key == "activity"
    shown = chart.rows[-_ROWS:] if by_week else chart.rows[:_ROWS]
    rows = [" · ".join(row) for row in [chart.headers, *shown]]
    more = len(chart.rows) - len(shown)
    if more:
        rows.append(f"and {more} {'earlier' if by_week else 'more'} in the picture")
    return blocks.lines(*(blocks.one_line(row, 200) for row in rows))


def coming(number: int) -> Message:
    """The report is on its way to the direct message."""
    said = f"The report comes to you by direct message: {wording.counted(number, 'chart')}."
    return blocks.message(said, blocks.section(said))


def why(
    customer: CustomerBrief, scores: Sequence[ScoreView], records: Sequence[ModelRecord] = (), *, currency: str = ""
) -> Message:
    """Each score with three reasons, how much it rests on, its day, and how its model was judged."""
    name = wording.customer(customer)
    if not scores:
        why_not = " ".join(one.sentence for one in records) or "Scores are made each night."
        said = f"There is no score for {name} yet. {why_not}"
        return blocks.message(said, blocks.section(said.strip()))
    judged = {record.kind: record.sentence for record in records}
    parts: list[Block | None] = []
    for one in scores[:6]:
        head: Line = [blocks.bold(wording.SCORES.get(one.kind, one.kind)), f" {wording.score(one, currency)}"]
        reasons: list[Line] = [blocks.one_line(reason, 300) for reason in one.reasons[:3]]
        rests = f"n {one.n:,}, model of {one.as_of:%d %b %Y}."
        none = [] if one.kind == "alive" else ["no single reason stands out"]
        parts.append(blocks.together(blocks.lines(head), blocks.bullets(reasons or none)))
        parts.append(blocks.context(rests, one.sentence or judged.get(one.kind, "")))
    said = f"Scores of {name}: " + "; ".join(wording.score(one, currency) for one in scores)
    return blocks.message(said, blocks.header(f"Scores of {name}"), *parts)


def best(kind: str, found: Sequence[tuple[CustomerBrief, ScoreView]], *, currency: str = "", days: int = 0) -> Message:
    """The best of the team by one kind of score."""
    name = wording.SCORES.get(kind, kind)
    if not found:
        said = f"There are no scores of {name.lower()} yet. They are made each night."
        return blocks.message(said, blocks.section(said))
    rows: list[Line] = []
    for brief, score in found[:10]:
        reason = f" · {blocks.one_line(score.reasons[0], 150)}" if score.reasons else ""
        shown = f" {wording.score(score, currency, days)}{reason}"
        rows.append([blocks.bold(wording.customer(brief)), shown])
    first = found[0][1]
    said = f"Highest {name.lower()}: {wording.customer(found[0][0])}"
    rests = f"n {first.n:,}, model of {first.as_of:%d %b %Y}"
    return blocks.message(said, blocks.header(f"Highest {name.lower()}"), blocks.bullets(rows), blocks.context(rests))


def segments(found: Sequence[SegmentView]) -> Message:
    """The groups that were found, each with its rule in words and its size."""
    if not found:
        said = "There are no segments yet. They are made each night, once there are enough customers."
        return blocks.message(said, blocks.section(said))
    rows: list[Line] = [
        [
            blocks.bold(one.name),
            f" {wording.counted(one.size, 'customer')} ({one.share * 100:.0f} %): {one.rule}{_moved(one)}",
        ]
        for one in found[:20]
    ]
    said = f"{wording.counted(len(found), 'segment')}: " + "; ".join(one.name for one in found)
    day = f"As of {found[0].as_of:%d %b %Y}"
    return blocks.message(said, blocks.header("Segments"), blocks.bullets(rows), blocks.context(day))


def _moved(one: SegmentView) -> str:
    if not one.moved_in and not one.moved_out:
        return ""
    return f". {one.moved_in:,} came and {one.moved_out:,} went since the last run"


def why_mail(found: Sequence[MailLine], *, now: datetime, zone: ZoneInfo) -> Message:
    """What became of the last mails, and by which rule."""
    if not found:
        said = "No mail of yours came in lately."
        return blocks.message(said, blocks.section(said))
    rows: list[Line] = [
        [
            blocks.bold(wording.moment(one.received_at, now, zone)),
            f" {_STATES.get(one.state, '')}{blocks.one_line(one.why, 300)}",
        ]
        for one in found[:20]
    ]
    return blocks.message("What became of your last mails.", blocks.header("Your last mails"), blocks.bullets(rows))
