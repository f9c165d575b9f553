"""A segment's rule in people's words, such as `spend over 500 in the last quarter, silent for 60 days`, and back."""

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import dates, spoken_rule
from crm_store.errors import BadInput
from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window

_LONGEST: Final = 1_000
_DEEPEST: Final = 20
_LONGEST_DAYS: Final = 36_500
_TOKEN: Final = re.compile(
    r'"([^"]*)"|“([^”]*)”|([(),;])|(<=|>=|=|<|>)|[€$£]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(k)?(?![\w-])(\+|\s*%)?'
    r"|([^\s(),;\"“”]+)",
    re.IGNORECASE,
)
_COMPARE: Final = {
    ("over",): Comparison.OVER, ("above",): Comparison.OVER, (">",): Comparison.OVER, ("more", "than"): Comparison.OVER,
    ("under",): Comparison.UNDER, ("below",): Comparison.UNDER, ("<",): Comparison.UNDER,
    ("less", "than"): Comparison.UNDER, ("fewer", "than"): Comparison.UNDER,
    ("at", "least"): Comparison.AT_LEAST, (">=",): Comparison.AT_LEAST,
    ("at", "most"): Comparison.AT_MOST, ("up", "to"): Comparison.AT_MOST, ("<=",): Comparison.AT_MOST,
    ("exactly",): Comparison.EXACTLY, ("=",): Comparison.EXACTLY,
}  # fmt: skip
_UNITS: Final = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_EXAMPLES: Final = {
    "orders": "2+ orders since May", "spend": "spend over 500 in the last quarter", "spent": "spent over 500",
    "silent": "silent for 60 days", "ordered": "ordered in the last 30 days", "touch": "in touch in the last 30 days",
    "no": "no order for 60 days", "value": "value over 1000", "potential": "potential over 60 %",
    "stage": "stage Proposal", "company": "company Acme", "segment": "segment Big spenders", "source": "source import",
}  # fmt: skip
_MONEY: Final = {Measure.SPEND: "spend", Measure.VALUE: "value"}
_FILLERS: Final = ("customers", "customer", "people", "who", "that", "with", "has", "have", "is", "are")
_JOINTS: Final = frozenset((",", ";", "and", "or", ")"))


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    text: str = ""
    number: float | None = None
    mark: str = ""
    quoted: bool = False


def parse(text: str, now: datetime, zone: ZoneInfo) -> Rule:
    """The rule that the text says; raises BadInput that names what was not understood, and the nearest condition."""
    if len(text) > _LONGEST:
        raise BadInput(f"A rule has at most {_LONGEST:,} characters.", field="rule")
    reader = _Reader(spoken_rule.plainly(text, now.astimezone(zone).date()), now, zone)
    if not reader.tokens:
        raise BadInput(
            f"A rule needs a condition, such as “{_EXAMPLES['spend']}, {_EXAMPLES['silent']}”.", field="rule"
        )
    rule = reader.either(0)
    if reader.at < len(reader.tokens):
        raise reader.lost()
    return rule


def say(rule: Rule) -> str:
    """The rule read back in words; `parse` reads them as the same rule."""
    if isinstance(rule, All):
        return ", ".join(_part(each) for each in rule.parts)
    if isinstance(rule, Any):
        return " or ".join(_part(each) for each in rule.parts)
    if isinstance(rule, Not):
        return f"not {_part(rule.part)}"
    if isinstance(rule, Named):
        return f'{rule.trait.value} "{rule.name}"'
    return _number(rule)


def _part(rule: Rule) -> str:
    return f"({say(rule)})" if isinstance(rule, All | Any) else say(rule)


def _number(rule: Number) -> str:
    if rule.measure in (Measure.ORDER_AGE, Measure.CONTACT_AGE):
        days = f"{_plain(rule.amount)} {'day' if rule.amount == 1 else 'days'}"
        order = rule.measure is Measure.ORDER_AGE
        if rule.comparison is Comparison.AT_LEAST:
            return f"no order for {days}" if order else f"silent for {days}"
        return f"ordered in the last {days}" if order else f"in touch in the last {days}"
    window = f" {_window(rule.window)}" if rule.window else ""
    amount = _plain(rule.amount)
    if rule.measure is Measure.ORDERS:
        return f"{rule.comparison.value} {amount} {'order' if rule.amount == 1 else 'orders'}{window}"
    if rule.measure is Measure.POTENTIAL:
        return f"potential {rule.comparison.value} {_plain(round(rule.amount * 100, 4))} %"
    return f"{_MONEY[rule.measure]} {rule.comparison.value} {amount}{window}"


def _window(window: Window) -> str:
    if window.since is not None:
        return f"since {window.since.isoformat()}"
    return f"in the last {window.days} {'day' if window.days == 1 else 'days'}"


def _plain(amount: float) -> str:
    return f"{amount:.4f}".rstrip("0").rstrip(".")


def _tokens(text: str) -> list[_Token]:
    found = []
    for hit in _TOKEN.finditer(text):
        quoted = hit[1] if hit[1] is not None else hit[2]
        if quoted is not None:
            found.append(_Token("", hit.start(), hit.end(), " ".join(quoted.split()), quoted=True))
        elif hit[5]:
            number = float(hit[5].replace(",", "")) * (1000 if hit[6] else 1)
            found.append(_Token("", hit.start(), hit.end(), hit[0], number, (hit[7] or "").strip()))
        else:
            found.append(_Token(hit[0].casefold(), hit.start(), hit.end(), hit[0]))
    return found


class _Reader:
    """Walks over the tokens; `at` is the next one."""

    def __init__(self, text: str, now: datetime, zone: ZoneInfo) -> None:
        self.text, self.now, self.zone = text, now, zone
        self.tokens = _tokens(text)
        self.at = 0

    def either(self, depth: int) -> Rule:
        """Parts joined by `or`, which binds less than `and` and the comma."""
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self, depth: int) -> Rule:
        parts = [self.one(depth)]
        while self.take(",", ";", "and"):
            self.take("and")
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Rule:
        if depth > _DEEPEST:
            raise BadInput("A rule cannot be nested as deep as that.", field="rule")
        if self.take("not"):
            return Not(self.one(depth + 1))
        if self.take("("):
            inner = self.either(depth + 1)
            if not self.take(")"):
                raise BadInput("A bracket was opened and not closed.", field="rule")
            return inner
        return self.condition()

    def condition(self) -> Rule:
        start = self.at
        while self.take(*_FILLERS):
            pass
        for read in (self.no_order, self.age, self.orders, self.money, self.potential, self.named):
            if (found := read()) is not None:
                return found
        self.at = start
        raise self.lost()

    def no_order(self) -> Rule | None:
        """`no order for 60 days`, and `no orders` with a window or without."""
        if not (self.words("no", "order") or self.words("no", "orders")):
            return None
        if self.take("for"):
            return Number(Measure.ORDER_AGE, Comparison.AT_LEAST, self.days())
        return Number(Measure.ORDERS, Comparison.EXACTLY, 0, self.window())

    def age(self) -> Rule | None:
        """`silent for 60 days`, `in touch in the last 30 days`, `ordered in the last 30 days`."""
        if self.take("silent", "quiet"):
            self.take("for")
            return Number(Measure.CONTACT_AGE, Comparison.AT_LEAST, self.days())
        if self.take("ordered"):
            return Number(Measure.ORDER_AGE, Comparison.AT_MOST, self.within())
        if self.words("in", "touch") or self.take("contacted"):
            return Number(Measure.CONTACT_AGE, Comparison.AT_MOST, self.within())
        return None

    def orders(self) -> Rule | None:
        """`2+ orders since May`, `at least 2 orders`."""
        begin = self.at
        comparison = self.comparison()
        number = self.number()
        if number is None or not self.take("order", "orders"):
            self.at = begin
            return None
        if number.mark == "+":
            comparison = Comparison.AT_LEAST
        return Number(Measure.ORDERS, comparison or Comparison.EXACTLY, number.number or 0.0, self.window())

    def money(self) -> Rule | None:
        """`spend over 500 in the last quarter`, `value at least 1000`."""
        measure = Measure.SPEND if self.take("spend", "spent", "spends", "spending") else None
        if measure is None and self.take("value"):
            measure = Measure.VALUE
        if measure is None:
            return None
        comparison, amount = self.compared(_EXAMPLES[_MONEY[measure]])
        self.take("eur", "usd", "gbp", "chf", "pln")
        return Number(measure, comparison, amount, self.window() if measure is Measure.SPEND else None)

    def potential(self) -> Rule | None:
        """`potential over 60 %`, or as a part of one, `potential over 0.6`."""
        if not self.take("potential"):
            return None
        begin = self.at
        comparison, amount = self.compared(_EXAMPLES["potential"])
        marks = {token.mark for token in self.tokens[begin : self.at]}
        percent = "%" in marks or self.take("%", "percent") or amount > 1
        return Number(Measure.POTENTIAL, comparison, round(amount / 100, 6) if percent else amount)

    def named(self) -> Rule | None:
        """`stage Proposal`, `company "Smith and Sons"`: to the next comma, and, or; quotes keep these together."""
        trait = next((each for each in Trait if self.take(each.value)), None)
        if trait is None:
            return None
        self.take("is", "=", ":")
        if self.at < len(self.tokens) and self.tokens[self.at].quoted:
            name = self.tokens[self.at].text
            self.at += 1
        else:
            first = self.at
            while self.at < len(self.tokens) and self.tokens[self.at].word not in _JOINTS:
                self.at += 1
            spoken = self.text[self.tokens[first].start : self.tokens[self.at - 1].end] if self.at > first else ""
            name = " ".join(spoken.split())
        if not name:
            raise BadInput(f"Which {trait.value}? Write it like “{_EXAMPLES[trait.value]}”.", field="rule")
        return Named(trait, name.replace('"', ""))

    def window(self) -> Window | None:
        """`in the last 90 days`, `in the last quarter`, `since May`; nothing where none is named."""
        if self.take("since"):
            start = self.tokens[self.at].start if self.at < len(self.tokens) else len(self.text)
            when = dates.find_at(self.text, start, self.now, self.zone, past=True)
            if when is None:
                raise BadInput("Since when? Write it like “since May” or “since 2026-05-01”.", field="rule")
            while self.at < len(self.tokens) and self.tokens[self.at].start < when.end:
                self.at += 1
            return Window(since=when.at.astimezone(self.zone).date())
        begin = self.at
        if self.words("in", "the", "last") or self.words("in", "last") or self.words("over", "the", "last"):
            return Window(days=self.days())
        if self.words("within"):
            return Window(days=self.days())
        self.at = begin
        return None

    def within(self) -> int:
        """Days of `in the last 30 days` or `within 30 days`."""
        if self.words("in", "the", "last") or self.words("in", "last") or self.words("within"):
            return self.days()
        raise BadInput(f"Within how long? Write it like “{_EXAMPLES['ordered']}”.", field="rule")

    def days(self) -> int:
        """`60 days`, `two` is not read, `a quarter` and `quarter` are."""
        self.take("a", "an", "one", "the")
        number = self.number()
        unit = next((days for word, days in _UNITS.items() if self.take(word, f"{word}s", word[0])), None)
        count = 1.0 if number is None else number.number or 0.0
        days = round(count * (unit or 1))
        if (number is None and unit is None) or not 0 <= days <= _LONGEST_DAYS:
            raise BadInput("How many days? Write it like “60 days” or “a quarter”.", field="rule")
        return days

    def compared(self, example: str) -> tuple[Comparison, float]:
        """A comparison and an amount; `500+` is at least 500."""
        comparison = self.comparison()
        number = self.number()
        if number is None or number.number is None or (comparison is None and number.mark != "+"):
            raise BadInput(f"Compared with how much? Write it like “{example}”.", field="rule")
        return comparison or Comparison.AT_LEAST, number.number

    def comparison(self) -> Comparison | None:
        return next((found for words, found in _COMPARE.items() if self.words(*words)), None)

    def number(self) -> _Token | None:
        if self.at < len(self.tokens) and self.tokens[self.at].number is not None:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def take(self, *words: str) -> bool:
        """Step over the next token if it is one of these words."""
        if self.at < len(self.tokens) and self.tokens[self.at].word in words and self.tokens[self.at].word:
            self.at += 1
            return True
        return False

    def words(self, *wanted: str) -> bool:
        """Step over these words if all of them come next."""
        ahead = [token.word for token in self.tokens[self.at : self.at + len(wanted)]]
        if ahead != list(wanted):
            return False
        self.at += len(wanted)
        return True

    def lost(self) -> BadInput:
        """What was not understood, with the condition that looks most like it."""
        here = self.tokens[self.at] if self.at < len(self.tokens) else None
        if here is None:
            return BadInput("The rule ends where a condition should follow.", field="rule")
        rest = self.tokens[self.at : self.at + 3]
        near = [hit for token in rest for hit in difflib.get_close_matches(token.word, _EXAMPLES, 1, 0.6)]
        example = _EXAMPLES[near[0]] if near else f"{_EXAMPLES['spend']}, {_EXAMPLES['silent']}"
        hint = f"did you mean something like “{example}”?" if near else f"write it like “{example}”."
        return BadInput(f"“{self.text[here.start :].strip()[:60]}” is no condition I know; {hint}", field="rule")
