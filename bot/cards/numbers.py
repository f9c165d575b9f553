"""Answers to questions for a number: the figure, how it compares, its parts in a table, and what was understood."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot import blocks, tables
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.grammar.question import say
from bot.names import Action
from bot.tables import Number
from crm_store.money import Money, from_major
from crm_store.values.numbers import STANDING, TIMES, UNITS, WORDS, Answer, Figure, Part, Question, Split, Unit, splits

_LARGE: Final = 1_000
_DRILLS: Final = (Split.MONTH, Split.OWNER, Split.STAGE, Split.COMPANY, Split.KIND, Split.REASON, Split.SEGMENT)
_MOST_DRILLS: Final = 3
_PARAMETERS: Final = 40
_TALKS: Final = frozenset((Figure.CALLS, Figure.MAILS, Figure.MEETINGS, Figure.MESSAGES, Figure.NOTES, Figure.CONTACTS))
_RESTS: Final = {Unit.MEAN_MONEY: "order", Unit.SHARE: "closed deal", Unit.DAYS: "won deal"}


def answer(found: Answer, *, today: date) -> Message:
    """The number, in words and with its parts; how it was understood stands below it."""
    question = found.question
    line = say(question)
    head = f"{question.figure.value.capitalize()}: {_shown(found, found.value)}"
    return blocks.message(
        f"{head}. {_when(question, today)}",
        blocks.header(head),
        blocks.lines(_when(question, today), _rests(found), _compared(found)),
        _chart(found),
        _table(found, head),
        blocks.context(f"and {found.rest:,} more, not shown" if found.rest else ""),
        blocks.lines(["Understood: ", blocks.code(f"/crm ask {line}", 500)]),
        blocks.context(WORDS[question.figure], _scope(question), _apart(found)),
        _buttons(question, line),
    )


def _shown(found: Answer, value: float | None) -> str:
    """A value in the unit of its figure."""
    if value is None:
        return "nothing to go by"
    unit = UNITS.get(found.question.figure, Unit.COUNT)
    if unit in (Unit.MONEY, Unit.MEAN_MONEY):
        money = Money(round(value), found.currency)
        # Smaller units say nothing beside thousands, and make columns hard to compare.
        return str(from_major(round(money.major), found.currency) if abs(money.major) >= _LARGE else money)
    if unit is Unit.SHARE:
        return f"{value * 100:.0f} %"
    return f"{value:,.1f} days" if unit is Unit.DAYS else f"{value:,.0f}"


def _when(question: Question, today: date) -> str:
    """The days it is about, in words."""
    if question.figure in STANDING:
        return f"As things stand on {_day(today)}."
    since, until = question.since, question.until
    if since is None and until is None:
        return f"Of all time up to {_day(today)}."
    if since is None:
        return f"Up to {_day(until or today)}."
    end = until or today
    so_far = ", so far" if end > today else ""
    return f"On {_day(since)}." if since == end else f"From {_day(since)} to {_day(end)}{so_far}."


def _rests(found: Answer) -> str:
    """On how many things a mean rests."""
    thing = _RESTS.get(UNITS.get(found.question.figure, Unit.COUNT))
    return f"From {wording.counted(found.n, thing)}." if thing and found.n else ""


def _compared(found: Answer) -> Line | None:
    """How it went against the stretch before."""
    before = found.before
    if before is None:
        return None
    when = f"{_day(before.since)} to {_day(before.until)}" if before.since != before.until else _day(before.since)
    if before.begun:
        return f"Not compared with {when}: records begin on {_day(before.begun)}."
    then = _shown(found, before.value)
    if before.value is None or found.value is None:
        return f"Before, {when}: {then}."
    change = found.value - before.value
    if not change:
        return f"The same as before, {when}."
    way = "Up" if change > 0 else "Down"
    if UNITS.get(found.question.figure) is Unit.SHARE:
        size = f"{abs(change) * 100:.0f} points"
    else:
        size = f"{abs(change) / abs(before.value) * 100:,.0f} %" if before.value else ""
    return f"{way} {size} from {then}, {when}." if size else f"{way} from {then}, {when}."


def _table(found: Answer, head: str) -> Block | None:
    """Label and value of each part, and on how much a mean rests."""
    rests = [_of(found, one) for one in found.parts]
    by = found.question.by.value.capitalize() if found.question.by else "Part"
    headers = [by, found.question.figure.value.capitalize(), *(["From"] if any(rests) else [])]
    rows = [
        [one.label, Number(one.value, _shown(found, one.value)) if one.value is not None else _shown(found, None)]
        + ([rest] if any(rests) else [])
        for one, rest in zip(found.parts, rests, strict=True)
    ]
    return tables.table(head, headers, rows)


def _chart(found: Answer) -> Block | None:
    """The parts as bars, over time as a line; their values are in the table below it."""
    question = found.question
    points = [(one.label, one.value) for one in found.parts if one.value is not None]
    if question.by is None or found.rest or len(points) < len(found.parts):
        return None
    name = f"{question.figure.value.capitalize()} by {question.by.value}"
    in_money = UNITS.get(question.figure) in (Unit.MONEY, Unit.MEAN_MONEY)
    values = [(label, _drawn(value, found.currency if in_money else "")) for label, value in points]
    return tables.chart(name, question.figure.value, values, over_time=question.by in TIMES)


def _drawn(value: float, currency: str) -> float:
    return float(Money(round(value), currency).major) if currency else round(value, 4)


def _of(found: Answer, part: Part) -> str:
    """On how many things the mean of a part rests."""
    thing = _RESTS.get(UNITS.get(found.question.figure, Unit.COUNT))
    return wording.counted(part.n, thing) if thing and part.n else ""


def _scope(question: Question) -> str:
    """What the names left in."""
    given = [(name, getattr(question, name)) for name in ("owner", "company", "segment", "stage")]
    names = ", ".join(f"{name} {said}" for name, said in given if said)
    several = question.figure in _TALKS and question.by in (Split.COMPANY, Split.CUSTOMER, Split.SEGMENT, Split.SOURCE)
    told = [f"Only {names}." if names else "", "One with several customers counts for each." if several else ""]
    return " ".join(part for part in told if part)


def _apart(found: Answer) -> str:
    if not found.apart:
        return ""
    said = [
        f"{wording.counted(one.n, 'entry', 'entries')} in {one.currency} ({Money(one.minor, one.currency)})"
        for one in found.apart
    ]
    return f"In {found.currency} alone. Not counted: {', '.join(said[:5])}."


def _buttons(question: Question, line: str) -> Block | None:
    """The query, and the same figure divided in other ways."""
    further = []
    if question.by is None:
        head, _, tail = line.partition(question.figure.value)
        further = [
            blocks.button(
                f"By {split.value}",
                Action.DID_YOU_MEAN,
                {"line": f"ask {head}{question.figure.value} by {split.value}{tail}"},
            )
            for split in _DRILLS
            if split in splits(question.figure) and not (split in TIMES and question.since)
        ][:_MOST_DRILLS]
    return blocks.actions(*further, blocks.button("Show query", Action.NUMBER_QUERY, {"line": line}))


def query(found: Answer) -> Message:
    """What the database was asked, with its parameters: bound to the team like every query."""
    parameters = "\n".join(f"{name} = {value}" for name, value in found.statement.parameters[:_PARAMETERS])
    more = len(found.statement.parameters) - _PARAMETERS
    line = say(found.question)
    return blocks.message(
        f"The query behind “{line}”.",
        blocks.lines(["The query behind ", blocks.code(f"/crm ask {line}", 500)]),
        blocks.preformatted(found.statement.text),
        blocks.preformatted(parameters),
        blocks.context(f"and {more:,} more parameters" if more > 0 else ""),
    )


def not_understood(sentence: str, near: Sequence[str]) -> Message:
    """What was not understood, and the nearest questions, each with a button that asks it."""
    buttons = [blocks.button(one, Action.DID_YOU_MEAN, {"line": f"ask {one}"}) for one in near]
    return blocks.message(
        sentence, blocks.section(sentence), blocks.lines("Near are:") if near else None, blocks.actions(*buttons)
    )


def how(examples: Sequence[str]) -> Message:
    """What can be asked."""
    said = "Ask for a number: what, by what, and of which time."
    rows: list[Line] = [[blocks.code(f"/crm ask {one}")] for one in examples]
    figures = ", ".join(figure.value for figure in WORDS)
    return blocks.message(said, blocks.section(said), blocks.bullets(rows), blocks.context(f"Figures: {figures}."))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
