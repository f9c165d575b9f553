"""One line of a person as a command."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.grammar import chores, courtesies, plain_words, question, told, verbs
from bot.grammar.commands import (
    Address,
    AddTask,
    Ask,
    Campaign,
    Card,
    Command,
    Duplicates,
    Export,
    Find,
    Forget,
    Help,
    Import,
    Potential,
    Report,
    Settings,
    Suggest,
    Unknown,
    Unmerge,
    Value,
    WhatIf,
    WhoKnows,
    Why,
)
from bot.grammar.house_commands import Link, RunJob, Unlink
from bot.grammar.line import Line, before_colon, open_line
from bot.grammar.people import add, card, edit, log, merge, need, talk, timeline
from bot.grammar.verbs import Verb
from bot.grammar.words import split, visible
from bot.grammar.work import deal, done, due, move, mute, order, segment, snooze, task, undo, unmute
from crm_store.errors import BadInput

_PREFIX = re.compile(r"^\s*(?:/crm\b|@?rapport\b[,:]?)\s*", re.IGNORECASE)
_HOW_MANY = re.compile(r"how\s+(?:many|much)\s", re.IGNORECASE)
_LONGEST = 40_000
_SPOKEN = {
    Verb.TIMELINE: ("since", "until"),
    Verb.REPORT: ("since", "until"),
    Verb.MUTE: ("until",),
}


def parse(text: str, now: datetime, zone: ZoneInfo, currency: str, languages: Sequence[str] = ("en",)) -> Command:
    """What the line asks for; raises BadInput with a sentence where a day or an amount cannot be read.

    `now` is aware; `zone`, `currency` and `languages` are the person's. Text from Slack goes through
    `words.from_slack` first.
    """
    text = plain_words.plainly(_PREFIX.sub("", visible(text[:_LONGEST])).strip())
    words = split(text)
    if not words:
        return Help(alone=True)
    found = verbs.read_verb(words) if not chores.on_myself(text) else None
    if found is not None:
        verb, taken = found
        rest = text[words[taken - 1].end :].strip()
        line = open_line(rest, now, zone, currency, languages, _SPOKEN.get(verb, ()))
        return _READERS[verb](line)
    return _free(text, open_line(text, now, zone, currency, languages, ()))


def _free(text: str, line: Line) -> Command:
    """A line without a verb: a talk or a thing to do told in free words, a question for a number, or else."""
    heard = told.told(text)
    if heard is None:
        return Ask(text) if _asks_for_a_number(text, line) else _to_do(text, line) or _near(text, "")
    if told.lies_ahead(text, line.now, line.zone):
        return _to_do(text, line) or _meant(text, Verb.TASK)
    return talk(line, heard) if heard.sure else _to_do(text, line) or _near(text, f"{Verb.LOG} {text}")


def _to_do(text: str, line: Line) -> AddTask | None:
    step = chores.line(text, line.now, line.zone)
    return AddTask(step.title, due=step.due) if step else None


def _near(text: str, perhaps: str) -> Command:
    """A verb that was nearly typed or is lacking, else a name.

    Of few words it is likelier that they are a name; what else they may be is offered where nobody has it.
    """
    near = verbs.near_miss(text)
    if near is not None and near.sure:
        return Unknown(text, near.verb.value, near.line)
    lacking = Verb.LOG if before_colon(text) else None if perhaps else plain_words.missing_verb(text)
    if lacking is not None:
        return _meant(text, lacking)
    return Card(" ".join(word.text for word in split(text)), near.line if near else perhaps)


def _asks_for_a_number(text: str, line: Line) -> bool:
    """`revenue this month`; `how many …` also where the rest is not understood, since the answer says what can be."""
    if _HOW_MANY.match(text):
        return True
    try:
        asked = question.parse(text, line.now, line.zone)
    except BadInput:
        return False
    return not (asked.company or asked.segment)


def _meant(text: str, verb: Verb) -> Unknown:
    """The line with the verb that it lacks, to be confirmed."""
    return Unknown(text, verb.value, f"{verb} {text}")


def _report(line: Line) -> Command:
    return Report(line.plain, line.since, line.until)


def _ask(line: Line) -> Command:
    return Ask(line.text)


def _why(line: Line) -> Command:
    first, _, rest = line.plain.partition(" ")
    return Why(rest, "mail") if first.lower() in {"mail", "mails"} else Why(line.plain)


def _settings(line: Line) -> Command:
    texts = [word.text for word in split(line.text)]
    return Settings(texts[0].lower(), tuple(texts[1:])) if texts else Settings()


def _help(line: Line) -> Command:
    """`help log`; `help me` asks for all of it."""
    return Help("" if courtesies.read(f"help {line.plain}") else line.plain.lower())


def _run(line: Line) -> Command:
    return RunJob(line.plain, line.day("as_of"))


_READERS: dict[Verb, Callable[[Line], Command]] = {
    Verb.FIND: lambda line: Find(line.plain),
    Verb.LOG: log,
    Verb.TASK: task,
    Verb.DUE: due,
    Verb.DONE: done,
    Verb.SNOOZE: snooze,
    Verb.DEAL: deal,
    Verb.MOVE: move,
    Verb.ORDER: order,
    Verb.NEED: need,
    Verb.ADD: add,
    Verb.EDIT: edit,
    Verb.TIMELINE: timeline,
    Verb.WHO_KNOWS: lambda line: WhoKnows(line.plain.rstrip("? ")),
    Verb.SEGMENT: segment,
    Verb.WHY: _why,
    Verb.VALUE: lambda line: Value(line.plain),
    Verb.POTENTIAL: lambda line: Potential(line.plain),
    Verb.REPORT: _report,
    Verb.PIPELINE: lambda line: Report("pipeline", line.since, line.until),
    Verb.ASK: _ask,
    Verb.CAMPAIGN: lambda line: Campaign(line.plain, line.pair("export")),
    Verb.SUGGEST: lambda line: Suggest(line.text),
    Verb.IMPORT: lambda line: Import(line.text),
    Verb.EXPORT: lambda line: Export(line.plain),
    Verb.MERGE: merge,
    Verb.UNMERGE: lambda line: Unmerge(line.plain),
    Verb.UNDO: undo,
    Verb.MUTE: mute,
    Verb.UNMUTE: unmute,
    Verb.SETTINGS: _settings,
    Verb.FORGET: lambda line: Forget(line.plain),
    Verb.WHAT_IF: lambda line: WhatIf(line.text),
    Verb.HELP: _help,
    Verb.SHOW: card,
    Verb.ADDRESS: lambda line: Address(line.plain.lower()),
    Verb.DUPLICATES: lambda line: Duplicates(line.plain),
    Verb.RUN: _run,
    Verb.LINK: lambda line: Link(re.sub(r"^(?:this\s+channel\s+)?(?:to|with)\s+", "", line.plain, flags=re.IGNORECASE)),
    Verb.UNLINK: lambda line: Unlink(),
}
