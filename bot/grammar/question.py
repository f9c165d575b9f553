"""A question for a number, such as `deals won this quarter by owner`, and the same question read back in words."""

import difflib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import dates, spans, spoken_question
from bot.grammar.respelling import respelled
from bot.grammar.words import Word, split
from crm_store.errors import BadInput
from crm_store.values.numbers import STAGED, STANDING, TIMES, Figure, Question, Split, splits
from crm_store.values.time_spans import parts

LONGEST: Final = 500
MOST_PARTS: Final = 60
_TOP: Final = 5
_LARGEST_TOP: Final = 50
_FIGURES: Final = {
    Figure.REVENUE: ("revenue", "sales", "turnover", "income", "spend"),
    Figure.ORDERS: ("orders", "purchases"),
    Figure.AVERAGE_ORDER: ("average order", "average order value", "aov", "order size", "average order size"),
    Figure.BUYERS: ("buyers", "customers who bought", "customers who ordered", "active customers"),
    Figure.CUSTOMERS: ("customers", "contacts in list", "people"),
    Figure.NEW_CUSTOMERS: ("new customers", "new buyers", "first orders"),
    Figure.DEALS_OPENED: ("deals opened", "new deals", "deals created"),
    Figure.DEALS_WON: ("won", "wins", "deals win", "win", "closed won"),
    Figure.DEALS_LOST: ("lost", "losses", "deals lose", "lose", "closed lost"),
    Figure.AMOUNT_WON: ("amount won", "won amount", "revenue won", "value won", "deal value won", "deal amount won"),
    Figure.WIN_RATE: ("win rate", "conversion", "conversion rate", "closing rate", "share won"),
    Figure.DAYS_TO_CLOSE: ("days to close", "time to close", "sales cycle", "days to win"),
    Figure.OPEN_DEALS: ("open deals", "deals", "deals open"),
    Figure.PIPELINE: ("pipeline", "pipeline value", "open amount", "open pipeline"),
    Figure.CALLS: ("calls", "calls logged", "phone calls"),
    Figure.MAILS: ("mails", "emails", "mail", "mails logged"),
    Figure.MEETINGS: ("meetings", "meetings held", "visits"),
    Figure.MESSAGES: ("messages",),
    Figure.NOTES: ("notes",),
    Figure.CONTACTS: ("contacts", "activity", "activities", "communications", "touches", "contacts logged"),
    Figure.TASKS_DONE: ("tasks done", "finished tasks", "tasks finished", "done tasks"),
    Figure.TASKS_OPEN: ("tasks open", "tasks", "open tasks"),
    Figure.TASKS_OVERDUE: ("tasks overdue", "overdue", "late tasks", "overdue promises"),
    Figure.REPLIES_WAITING: ("replies waiting", "waiting", "unanswered", "unanswered mails", "waiting for reply"),
}  # fmt: skip
_SPLITS: Final = {
    Split.WEEK: ("week", "weeks", "weekly"),
    Split.MONTH: ("month", "months", "monthly"),
    Split.QUARTER: ("quarter", "quarters", "quarterly"),
    Split.YEAR: ("year", "years", "yearly"),
    Split.OWNER: ("owner", "owners", "rep", "reps", "seller", "sellers", "colleague", "colleagues"),
    Split.STAGE: ("stage", "stages"),
    Split.SOURCE: ("source", "sources"),
    Split.COMPANY: ("company", "companies", "account", "accounts"),
    Split.CUSTOMER: ("customer", "customers"),
    Split.SEGMENT: ("segment", "segments"),
    Split.KIND: ("kind", "kinds", "channel", "channels"),
    Split.REASON: ("reason", "reasons"),
}
_PLURAL: Final = {one: names[1] for one, names in _SPLITS.items()}
_FILTERS: Final = {
    "owner": "owner", "rep": "owner", "seller": "owner", "company": "company", "account": "company", "with": "company",
    "at": "company", "for": "company", "segment": "segment", "stage": "stage",
}  # fmt: skip
_FILLERS_TEXT: Final = """
a all an and are did do does had has have how i is it many much number of only our show tell the there total to us was
we were what which give me please count get got made been in
"""
_FILLERS: Final = frozenset(_FILLERS_TEXT.split())
_STOPS_TEXT: Final = """
by per each since until till from between this last past previous in top today yesterday my
"""
_STOPS: Final = frozenset(_STOPS_TEXT.split())
_KEYS: Final = re.compile(r"\b(segment|account|rep|seller):\s*", re.IGNORECASE)
_PER: Final = frozenset(("by", "per", "each"))
_EXAMPLES: Final = (
    "revenue by month this year", "deals won this quarter by owner", "win rate last quarter",
    "calls this week by owner", "top 5 companies by revenue", "pipeline by stage", "deals lost last quarter by reason",
    "tasks overdue by owner", "new customers by month", "replies waiting", "average order last month",
    "contacts last week by kind",
)  # fmt: skip


def parse(text: str, now: datetime, zone: ZoneInfo) -> Question:
    """The question that the text asks; raises BadInput that names what was not understood or does not fit."""
    if len(text) > LONGEST:
        raise BadInput(f"A question has at most {LONGEST} characters.", field="question")
    reader = _Reader(text, now, zone)
    reader.read()
    if not reader.rest and reader.by is None:
        raise BadInput(f"Ask for a number, such as “{_EXAMPLES[1]}”.", field="question")
    figure = _figure(reader.rest)
    since, until = _days(figure, reader)
    owner, company, segment, stage = (reader.names.get(name, "") for name in _NAMES)
    question = Question(figure, reader.by, reader.top, since, until, owner, company, segment, stage)
    _fits(question, now.astimezone(zone).date())
    return question


def say(question: Question) -> str:
    """The question in words; `parse` reads them as the same question."""
    head = question.figure.value
    if question.by and question.top:
        head = f"top {question.top} {_PLURAL[question.by]} by {head}"
    elif question.by:
        head = f"{head} by {question.by.value}"
    parts = [head]
    parts += [f"since {question.since.isoformat()}"] if question.since else []
    parts += [f"until {question.until.isoformat()}"] if question.until else []
    parts += [f'{name} "{getattr(question, name)}"' for name in _NAMES if getattr(question, name)]
    return " ".join(parts)


def near(text: str, now: datetime, zone: ZoneInfo, most: int = 3) -> tuple[str, ...]:
    """The questions that look most like a text that was not understood, itself without its slips of the pen first."""
    words = respelled(text[:LONGEST], _SPELT)
    meant: tuple[str, ...] = ()
    with suppress(BadInput):
        parse(words, now, zone)
        meant = (words,)
    listed = [f"{figure.value}{by}" for figure in Figure for by in ("", *(f" by {one}" for one in splits(figure)))]
    ranked = sorted((*_EXAMPLES, *listed), key=lambda one: -difflib.SequenceMatcher(None, words, one).ratio())
    return tuple(dict.fromkeys((*meant, *ranked)))[:most]


_NAMES: Final = ("owner", "company", "segment", "stage")


@dataclass(slots=True)
class _Reader:
    """Walks over the words; what is neither time, part nor filter is left in `rest`, where the figure is looked for."""

    text: str
    now: datetime
    zone: ZoneInfo
    rest: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    by: Split | None = None
    top: int | None = None
    since: date | None = None
    until: date | None = None
    words: tuple[Word, ...] = ()
    at: int = 0

    def read(self) -> None:
        """Read all words."""
        self.text = spoken_question.plainly(_KEYS.sub(r"\1 ", self.text.replace("?", " ").replace(",", " ")))
        self.words = split(self.text)
        readers: tuple[Callable[[], bool], ...] = (self.pair, self.ranked, self.parted, self.time, self.named)
        while self.at < len(self.words):
            if not any(read() for read in readers):
                self.rest.append(self.word().casefold())
                self.at += 1

    def word(self, ahead: int = 0) -> str:
        """A word as typed; empty behind the last one, and for words in quotes, which are names."""
        place = self.at + ahead
        return self.words[place].text if place < len(self.words) and not self.words[place].quoted else ""

    def pair(self) -> bool:
        """`owner:@ben`, `since:may`, `segment:regulars`."""
        word = self.words[self.at]
        key, text = word.key, word.text
        if not key and not word.quoted and ":" in text:
            key, _, text = text.partition(":")
        key = key.casefold()
        if key in ("since", "until"):
            self._edge(key, word.start + len(key) + 1)
            return True
        name = _FILTERS.get(key, "")
        if not name:
            return False
        self.at += 1
        if not text and self.at < len(self.words):
            text = self.words[self.at].text
            self.at += 1
        self._name(name, text)
        return True

    def ranked(self) -> bool:
        """`top 5 companies`, also behind the figure."""
        if self.word().casefold() != "top":
            return False
        count = self.word(1)
        number = int(count) if count.isdigit() and len(count) < 4 else _TOP
        if not 1 <= number <= _LARGEST_TOP:
            raise BadInput(f"A list has 1 to {_LARGEST_TOP} places.", field="question")
        self.at += 2 if count.isdigit() else 1
        self.top = number
        if (by := _split(self.word())) is not None:
            self._divide(by)
            self.at += 1
        return True

    def parted(self) -> bool:
        """`by month`, `per owner`, `monthly`; `by revenue` behind a list says what it is ranked by."""
        word = self.word().casefold()
        if word in _PER:
            if self.word(1).startswith("@"):
                self._name("owner", self.word(1))
                self.at += 2
                return True
            if self.by is not None and self.top is not None:
                self.at += 1
                return True
            by = _split(self.word(1))
            if by is None:
                raise BadInput(f"By what? {_by_what(self.word(1))}", field="question")
            self._divide(by)
            self.at += 3 if by is Split.REASON and self.word(2).casefold() == "lost" else 2
            return True
        if word.endswith("ly") and (by := _split(word)) is not None:
            self._divide(by)
            self.at += 1
            return True
        return False

    def time(self) -> bool:
        """`this month`, `last 30 days`, `in May`, `since 2026-05-01`, `from March to May`."""
        word = self.word().casefold()
        if word in ("since", "until", "till", "from") and self.at + 1 < len(self.words):
            return self._edge("until" if word in ("until", "till") else "since", self.words[self.at].end)
        if word == "to" and self.since is not None and self.until is None and self.at + 1 < len(self.words):
            return self._edge("until", self.words[self.at].end)
        heard = [self.word(ahead).casefold() for ahead in range(4)]
        found = spans.read(heard, self.now.astimezone(self.zone).date())
        if found is None:
            return False
        self.since, self.until = found.since, found.until
        self.at += found.words
        return True

    def named(self) -> bool:
        """`owner ben`, `company "Acme GmbH"`, `with Acme`: to the next word that begins something else."""
        name = _FILTERS.get(self.word().casefold(), "")
        if self.word().casefold() == "my" or self.word()[:1] == "@":
            self._name("owner", self.word() if self.word()[:1] == "@" else "me")
            self.at += 1
            return True
        if not name:
            return False
        kind = self.word()
        self.at += 1
        if self.at < len(self.words) and self.words[self.at].quoted:
            text = self.words[self.at].text
            self.at += 1
        else:
            first = self.at
            while self.word() and self.word().casefold() not in _STOPS | _FILTERS.keys():
                self.at += 1
            text = " ".join(word.text for word in self.words[first : self.at])
        if not text:
            raise BadInput(f"“{kind}” needs a name behind it, such as {kind} “Acme”.", field="question")
        self._name(name, text)
        return True

    def _name(self, name: str, text: str) -> None:
        shown = " ".join(text.replace('"', "").split())
        self.names[name] = shown.lstrip("@") if name == "owner" else shown

    def _divide(self, by: Split) -> None:
        if self.by is not None and self.by is not by:
            raise BadInput(f"By {self.by.value} or by {by.value}? One at a time.", field="question")
        self.by = by

    def _edge(self, which: str, start: int) -> bool:
        """A day behind `since` or `until`; a month, quarter or year without a day is taken whole."""
        today = self.now.astimezone(self.zone).date()
        place = next((at for at in range(self.at, len(self.words)) if self.words[at].end > start), self.at)
        heard = [word.text.casefold().partition(":")[2] or word.text.casefold() for word in self.words[place:][:3]]
        whole = spans.named(heard, today)
        if whole is not None:
            day = whole.since if which == "since" else whole.until
            end = self.words[place + whole.words - 1].end
        else:
            when = dates.find_at(self.text, start, self.now, self.zone, past=True)
            if when is None:
                raise BadInput(f"{which.capitalize()} when? Write it like “{which} 2026-05-01”.", field="question")
            day, end = when.at.astimezone(self.zone).date(), when.end
        if which == "since":
            self.since = day
        else:
            self.until = day
        while self.at < len(self.words) and self.words[self.at].start < end:
            self.at += 1
        return True


def _split(word: str) -> Split | None:
    return next((one for one, names in _SPLITS.items() if word.casefold() in names), None)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_BY_STEMS: Final = {
    frozenset(_stem(word) for word in phrase.split() if word not in _FILLERS): figure
    for figure, phrases in _FIGURES.items()
    for phrase in (figure.value, *phrases)
}
_KNOWN: Final = sorted({word for stems in _BY_STEMS for word in stems})
_TIME_WORDS: Final = (
    "today",
    "yesterday",
    "this",
    "last",
    "past",
    "previous",
    "current",
    "days",
    "weeks",
    *spans.MONTHS,
)
_SPELT: Final = sorted(
    {word for phrases in _FIGURES.values() for phrase in phrases for word in phrase.split()}
    | {word for figure in _FIGURES for word in figure.value.split()}
    | {name for names in _SPLITS.values() for name in names}
    | {*_FILTERS, *_FILLERS, *_STOPS, *_TIME_WORDS}
)
_TELLING: Final = [word for word in _SPELT if word not in _FILLERS | _STOPS | _FILTERS.keys()]


def _figure(rest: list[str]) -> Figure:
    """The figure that the words left over ask for, in any order of them."""
    heard = [word.strip(".!;:") for word in rest]
    stems = frozenset(_stem(word) for word in heard if word and word not in _FILLERS)
    if stems in _BY_STEMS:
        return _BY_STEMS[stems]
    strange = [word for word in heard if word and word not in _FILLERS and _stem(word) not in _KNOWN]
    if strange:
        slip = next((word for word in strange if word not in _SPELT), "")
        nearest = difflib.get_close_matches(slip, _TELLING, 1, 0.7)
        hint = f" Did you mean “{nearest[0]}”?" if nearest else ""
        raise BadInput(f"“{' '.join(strange)[:60]}” is nothing I can count.{hint}", field="question")
    said = " ".join(heard)[:60]
    raise BadInput(f"“{said}” is no number I know." if said else "Which number?", field="question")


def _days(figure: Figure, reader: _Reader) -> tuple[date | None, date | None]:
    """The days asked for; a figure divided by time without a beginning gets the last ones of that length."""
    since, until = reader.since, reader.until
    if since and until and since > until:
        raise BadInput(f"The time ends on {until} before it begins on {since}.", field="question")
    if reader.by in TIMES and since is None and figure not in STANDING:
        since = spans.back(until or reader.now.astimezone(reader.zone).date(), reader.by.value)
    return since, until


def _fits(question: Question, today: date) -> None:
    """Refuse what cannot be answered, with what could be asked instead."""
    figure, by = question.figure, question.by
    if figure in STANDING and (question.since or question.until or by in TIMES):
        said = f"“{figure.value}” is counted as things stand now, so no time fits it."
        other = {Figure.PIPELINE: "amount won", Figure.OPEN_DEALS: "deals opened", Figure.CUSTOMERS: "new customers"}
        hint = f" Ask for “{other[figure]} by month” instead." if figure in other else " Leave the time out."
        raise BadInput(said + hint, field="question")
    fitting = splits(figure)
    if by is not None and by not in fitting:
        listed = ", ".join(one.value for one in fitting)
        raise BadInput(f"“{figure.value}” cannot be divided by {by.value}; it can by {listed}.", field="question")
    if question.top and (by is None or by in TIMES):
        raise BadInput("A top list needs what to list, such as “top 5 companies by revenue”.", field="question")
    if question.stage and figure not in STAGED:
        raise BadInput(f"“{figure.value}” has no stage; deals opened, open deals and pipeline have.", field="question")
    until = question.until or today
    if by in TIMES and question.since and len(list(parts(question.since, until, by.value))) > MOST_PARTS:
        raise BadInput(f"That is more than {MOST_PARTS} parts; ask by a longer time or since later.", field="question")


def _by_what(word: str) -> str:
    known = sorted({name for names in _SPLITS.values() for name in names})
    nearest = difflib.get_close_matches(word.casefold(), known, 1, 0.6)
    if nearest:
        return f"“{word}” is not known; did you mean “by {nearest[0]}”?"
    return "Write it like “by month”, “by owner”, “by company” or “by stage”."
