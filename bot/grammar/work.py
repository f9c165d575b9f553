"""Readers of the verbs about work and trade: task, due, done, snooze, deal, move, order, segment, undo, mute."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.grammar import dates, foreign_days
from bot.grammar.commands import AddTask, Deal, Done, Due, Mute, Order, OrderLine, Segment, Snooze, Undo
from bot.grammar.line import Line, before_colon, numbers_of, open_line, take_amount, take_date
from bot.grammar.words import Word, join, split
from crm_store.errors import BadInput

_COUNT = re.compile(r"^(\d{1,7}(?:[.,]\d{1,3})?)(?:\s*[x×*])?$")
_BECAUSE = re.compile(r",?\s+because(?:\s+of)?\s+", re.IGNORECASE)
_DATED = re.compile(r"^(?:\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})?|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{1,2}-\d{1,2})[,;]?$")
_TIMES = frozenset({"x", "×", "*"})
_OUTCOMES = {"won": "won", "win": "won", "lost": "lost", "lose": "lost"}
_NEW = frozenset({"new", "add", "create"})


def task(line: Line) -> AddTask:
    """`task "send quote" ann fri deal:renewal`, `task ann: send quote fri`, `task fri send quote`."""
    due = line.moment("due")
    words = _without_private(line)
    who = ""
    parted = before_colon(line.text) if not line.quoted else None
    if parted is not None:
        who = parted[0]
        inner = open_line(parted[1], line.now, line.zone, line.currency, line.languages)
        words = _without_private(inner)
    if due is None:
        due, words = take_date(words, line.now, line.zone, strict=any(word.quoted for word in words))
    if due is None and not any(word.quoted for word in words):
        due, words = _foreign_date(words, line)
    if due is None and (odd := next((word.text for word in words if _DATED.match(word.text)), "")):
        raise BadInput(f"“{odd}” is no day of the calendar; write it like fri, 12.3. or 2026-12-01.", field="due")
    titles = [word.text for word in words if word.quoted]
    if titles and not who:
        title, who = titles[0], join(tuple(word for word in words if word.text != titles[0] or not word.quoted))
        who = re.sub(r"^(?:for|with|to|about)\s+", "", who, flags=re.IGNORECASE)
    else:
        title = join(words)
    title = re.sub(r"^me\s+(?:to\s+)?", "", title, flags=re.IGNORECASE)
    return AddTask(title.strip(" ,:"), who, due, line.pair("deal"), line.owner, line.private)


def _foreign_date(words: tuple[Word, ...], line: Line) -> tuple[datetime | None, tuple[Word, ...]]:
    """A day in another language (`Ann bellen vrijdag`), and the words without it."""
    text = join(words)
    day = foreign_days.find(text, line.now, line.zone)
    return (day.at, split(f"{text[: day.start]} {text[day.end :]}")) if day else (None, words)


def due(line: Line) -> Due:
    """`due`, `due ann`, `due friday`, `due owner:@ben until:eow`; a day means its end."""
    until, words = line.moment("until", "due"), line.words
    if until is None:
        until, words = take_date(words, line.now, line.zone, strict=True)
    return Due(join(words), line.owner, dates.midnight(until, line.zone, 1) if until else None)


def done(line: Line) -> Done:
    """`done 2`, `done 1,3`, `done send quote`."""
    numbers, rest = numbers_of(line.words)
    return Done((), line.plain) if rest else Done(numbers)


def snooze(line: Line) -> Snooze:
    """`snooze 2 mon`, `snooze 2` (next working morning), `snooze send quote until friday`."""
    numbers, rest = numbers_of(line.words)
    until, words = line.moment("until", "due"), rest
    if until is None:
        until, words = take_date(rest, line.now, line.zone, strict=bool(numbers))
    if until is None and numbers and rest:
        until, words = dates.read(join(rest), line.now, line.zone, languages=line.languages, field="until"), ()
    if until is not None and until <= line.now:
        raise BadInput("That time is over; choose one that is still to come.", field="until")
    return Snooze(numbers, until or dates.next_working_morning(line.now, line.zone), join(words))


def deal(line: Line) -> Deal:
    """`deal acme 12k close:eom`, `deal new "Renewal" acme`, `deal acme to proposal`, `deal lose acme: why`."""
    line, reason = _with_reason(line)
    words = _without_private(line)
    new = bool(words) and not words[0].quoted and words[0].text.lower() in _NEW
    words = words[1:] if new else words
    amount = line.amount()
    if amount is None:
        amount, words = take_amount(words, line.currency)
    stage, words = _stage(line, words)
    title, who = _title_and_who(words)
    return Deal(
        who=who,
        title=title or line.pair("name", "title"),
        amount=amount,
        stage=stage,
        close_on=line.day("close", "due", "until"),
        company=line.pair("company"),
        owner=line.owner,
        private=line.private,
        new=new,
        reason=reason,
    )


def _with_reason(line: Line) -> tuple[Line, str]:
    """A line that ends a deal without what stands behind its colon or behind `because`, and that reason."""
    parted = before_colon(line.text)
    if parted is None:
        because = _BECAUSE.search(line.text)
        parted = (line.text[: because.start()], line.text[because.end() :]) if because else None
    if parted is None:
        return line, ""
    head = open_line(
        line.text[: len(parted[0])] if line.text.startswith(parted[0]) else parted[0],
        line.now,
        line.zone,
        line.currency,
        line.languages,
    )
    if not _stage(head, head.words)[0]:
        return line, ""
    return replace(head, pairs={**line.pairs, **head.pairs}), " ".join(parted[1].split())


def move(line: Line) -> Deal:
    """`move acme to proposal`, `move acme proposal`: the last word is the stage."""
    read = deal(line)
    if read.stage or len(line.words) < 2:
        return replace(read, stage=_OUTCOMES.get(read.stage.lower(), read.stage))
    return Deal(who=join(line.words[:-1]), stage=line.words[-1].text, close_on=read.close_on, owner=read.owner)


def order(line: Line) -> Order:
    """`order acme 3 x "Seat" 120 eur, 1 x Setup 500`, or `order acme 1200 eur`."""
    parted = before_colon(line.text)
    who, words = "", line.words
    if parted is not None:
        who = parted[0]
        words = open_line(parted[1], line.now, line.zone, line.currency, line.languages).words
    starts = _line_starts(words, after_colon=bool(who))
    if not starts:
        total, words = take_amount(words, line.currency)
        return Order(who or join(words), (), total or line.amount(), line.pair("deal"), _ordered_at(line))
    who = who or join(words[: starts[0]])
    ends = [*starts[1:], len(words)]
    lines = tuple(_order_line(words[start:end], line) for start, end in zip(starts, ends, strict=True))
    return Order(who, lines, line.amount(), line.pair("deal"), _ordered_at(line))


def segment(line: Line) -> Segment:
    """`segment "2+ orders since May" save:regulars`."""
    if len(line.words) == 1 and line.words[0].quoted:
        spoken = line.words[0].text
    else:
        # Quotes within a rule keep a name together, so they stay.
        spoken = " ".join(f'"{word.text}"' if word.quoted else word.text for word in line.words)
    limits = [f"{key} {line.pair(key)}" for key in ("since", "until") if line.pair(key)]
    named = [f'{key} "{line.pair(key)}"' for key in ("stage", "company") if line.pair(key)]
    rule = ", ".join(one for one in (" ".join([spoken, *limits]).strip(), *named) if one)
    return Segment(rule, line.pair("save"), line.pair("export"))


def undo(line: Line) -> Undo:
    """`undo`, `undo 3`, `undo list`, `undo und_…`."""
    word = line.plain.strip("# ")
    if word.lower() in {"list", "all", "what", "show"}:
        return Undo(show=True)
    if not word or word.lower() in {"last", "that", "it"}:
        return Undo()
    if re.fullmatch(r"\d{1,4}", word):
        return Undo(number=int(word))
    if re.fullmatch(r"[a-z]{3}_[0-9a-z]{10,40}", word):
        return Undo(undo_id=word)
    raise BadInput(f"“{word[:60]}” cannot be undone; write `undo` for your last act, `undo 3` for the third shown.")


def mute(line: Line) -> Mute:
    """`mute suggestions`, `mute acme until:fri`, `mute today`."""
    if line.plain.lower() == "today":
        return Mute("today", dates.read("today 23:59", line.now, line.zone))
    return Mute(line.plain, line.moment("until"))


def unmute(line: Line) -> Mute:
    """`unmute replies`, `unmute acme`, `unmute all`."""
    return Mute(line.plain, off=True)


def _without_private(line: Line) -> tuple[Word, ...]:
    last = line.words[-1] if line.words else None
    bare = last is not None and not last.quoted and last.text.lower() == "private"
    return line.words[:-1] if bare else line.words


def _stage(line: Line, words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]]:
    if line.pair("stage"):
        return line.pair("stage"), words
    if len(words) > 1 and not words[-1].quoted and words[-1].text.lower() in {"won", "lost"}:
        before = words[:-1]
        return words[-1].text.lower(), before[:-1] if len(before) > 1 and _is_to(before[-1]) else before
    if words and not words[0].quoted and words[0].text.lower() in _OUTCOMES:
        return _OUTCOMES[words[0].text.lower()], words[1:]
    for at in range(len(words) - 2, 0, -1):
        if _is_to(words[at]):
            return join(words[at + 1 :]), words[:at]
    return "", words


def _is_to(word: Word) -> bool:
    return not word.quoted and word.text.lower() in {"to", "→", "->"}


def _title_and_who(words: tuple[Word, ...]) -> tuple[str, str]:
    """Words in quotes are the title where others name the customer; alone they are the customer."""
    quoted = [word for word in words if word.quoted]
    if quoted and len(quoted) < len(words):
        who = join(tuple(word for word in words if not word.quoted))
        return quoted[0].text, re.sub(r"^(?:for|with|at)\s+", "", who, flags=re.IGNORECASE)
    if len(quoted) >= 2:
        return quoted[0].text, quoted[1].text
    for at, word in enumerate(words):
        if not quoted and len(word.text) > 1 and word.text.endswith(":"):
            return join(words[at + 1 :]), join(words[: at + 1]).rstrip(":")
    return "", join(words)


def _ordered_at(line: Line) -> datetime | None:
    moment = line.moment("due", "since", past=True)
    return moment if moment is None or moment <= line.now else None


def _line_starts(words: tuple[Word, ...], *, after_colon: bool) -> list[int]:
    """Where order lines begin: `3 x`, `3x`, or behind a colon a number with a name behind it."""
    starts = []
    for at, word in enumerate(words):
        if word.quoted or not _COUNT.match(word.text):
            continue
        follows = words[at + 1] if at + 1 < len(words) else None
        times = word.text[-1] in _TIMES or (
            follows is not None and not follows.quoted and follows.text.lower() in _TIMES
        )
        named = after_colon and at == 0 and follows is not None and not any(mark.isdigit() for mark in follows.text)
        if times or named:
            starts.append(at)
    return starts


def _order_line(words: tuple[Word, ...], line: Line) -> OrderLine:
    count = _COUNT.match(words[0].text)
    quantity = Decimal(count[1].replace(",", ".")) if count else Decimal(1)
    rest = words[1:]
    if rest and not rest[0].quoted and rest[0].text.lower() in _TIMES:
        rest = rest[1:]
    rest = tuple(Word(word.text.rstrip(",;"), word.start, word.end, word.quoted) for word in rest)
    rest = tuple(word for word in rest if word.quoted or word.text.lower() not in {"at", "@", "à", "and", "je"})
    price, rest = take_amount(rest, line.currency)
    if not rest:
        raise BadInput('An order line needs a name: `order acme 3 x "Seat" 120 eur`.', field="lines")
    return OrderLine(join(rest), quantity, price)
