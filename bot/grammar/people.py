"""Readers of the verbs about people and what was said: show, log, need, add, edit, timeline, merge."""

import re
from dataclasses import replace

from bot.grammar.commands import (
    AddContact,
    Card,
    Direction,
    Edit,
    Happened,
    Help,
    Kind,
    Log,
    Merge,
    Need,
    NeedOffer,
    Timeline,
)
from bot.grammar.line import Line, before_colon
from bot.grammar.notes import kind_at, quantity_of, understand
from bot.grammar.talk_words import AUXILIARY
from bot.grammar.told import Told
from bot.grammar.told import told as read_told
from bot.grammar.words import Word, join
from crm_store.matching.contact_points import email_key, looks_like_phone, registrable_domain
from ingest.signature_words import is_title

_KINDS = {
    "mail": Kind.MAIL, "mails": Kind.MAIL, "email": Kind.MAIL, "emails": Kind.MAIL, "call": Kind.CALL,
    "calls": Kind.CALL, "meeting": Kind.MEETING, "meetings": Kind.MEETING, "message": Kind.MESSAGE,
    "messages": Kind.MESSAGE, "note": Kind.NOTE, "notes": Kind.NOTE,
}  # fmt: skip
_HAPPENED: dict[str, Kind | Happened] = {
    **_KINDS, "form": Happened.FORM, "forms": Happened.FORM, "order": Happened.ORDER, "orders": Happened.ORDER,
    "deals": Happened.DEAL, "moves": Happened.DEAL, "tasks": Happened.TASK,
}  # fmt: skip
_FIELD = re.compile(r"(?:^|\s)([A-Za-z][A-Za-z_-]{1,29}):(?!//)\s*")
_PAIR_IN_NOTE = re.compile(r"(?:^|(?<=\s))(?:deal|company|tag|kind):(?:\"[^\"]*\"|\S+)\s?", re.IGNORECASE)
_TALKED = re.compile(
    r"^(?:just\s+)?(called|met|phoned|rang|emailed|e-mailed|mailed|texted|messaged|visited|saw|pinged)\s+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:her|him|them|me|us|back|today|yesterday|about|the|on|at|in)\b", re.IGNORECASE)
_MOST_NAME_WORDS = 5
_EXAMPLE = re.compile(r"(?:[a-z0-9-]+\.)+(?:example|test)", re.IGNORECASE)
_NUMBER_SAID = re.compile(r"(?:tel|telefon|phone|mobile|mobil|cell)[.:]+", re.IGNORECASE)
_BEFORE_THE_TALK = re.compile(rf"[,\s]+(?:is|was)?\s*{AUXILIARY}[,\s]*$", re.IGNORECASE)


def card(line: Line) -> Card | Help:
    """`show WHO`: the card, as with the bare name."""
    return Card(line.plain) if line.plain else Help()


def log(line: Line) -> Log:
    """`log WHO: TEXT`, `log WHO called …`, `log called WHO, …`."""
    text = _PAIR_IN_NOTE.sub("", line.text).strip()
    who, note = _who_and_note(text, line)
    return _logged(line, who, note, _direction(text, who, note))


def talk(line: Line, told: Told) -> Log:
    """A talk in free words, without a verb of ours; all of them are the text."""
    return _logged(line, told.who, _PAIR_IN_NOTE.sub("", line.text).strip(), told.direction)


def _logged(line: Line, who: str, note: str, begun: Direction) -> Log:
    """What a note says; `begun` tells who began where the note does not."""
    seen = understand(note, line.now, line.zone, line.currency)
    kind = _KINDS.get(line.pair("kind").lower(), seen.kind)
    direction = begun if seen.direction is Direction.NONE else seen.direction
    return Log(
        who=who, text=seen.text, kind=kind, direction=direction, when=seen.when, private=seen.private or line.private,
        needs=seen.needs, tasks=seen.tasks, amounts=seen.amounts, deal=line.pair("deal"), company=line.pair("company"),
    )  # fmt: skip


def need(line: Line) -> Need:
    """`need WHO: TEXT`, or `need "WHO" TEXT`, or the first word as WHO."""
    text = _PAIR_IN_NOTE.sub("", line.text).strip()
    parted = before_colon(text)
    if parted is None and line.words:
        first = line.words[0]
        parted = (first.text, join(line.words[1:]))
    who, wanted = parted or ("", "")
    if line.private:
        wanted = re.sub(r"[\s,]*\bprivate\s*$", "", wanted, flags=re.IGNORECASE)
    quantity, unit = quantity_of(wanted)
    return Need(who, NeedOffer(wanted, quantity, unit), line.pair("deal"), line.private)


def add(line: Line) -> AddContact:
    """`add Ann Lee at Acme ann@acme.com, Head of IT`, `add Ann Lee, Acme`, `add company Acme acme.com`."""
    words = list(line.words)
    is_company = bool(words) and not words[0].quoted and words[0].text.lower() == "company"
    if words and not words[0].quoted and words[0].text.lower() in {"company", "contact", "customer", "person"}:
        words.pop(0)
    if line.private and words and words[-1].text.lower() == "private":
        words.pop()
    emails, phones, domains, rest = _points(words, is_company)
    emails += [point for point in (email_key(line.pair("email", "mail")),) if point]
    phones += [point for point in (line.pair("phone"),) if point]
    title, rest = _title(rest)
    name, company = _name_and_company(rest)
    if line.pair("domain"):
        domains.append(line.pair("domain"))
    return AddContact(
        name=line.pair("name") or name, company=line.pair("company") or company, emails=tuple(dict.fromkeys(emails)),
        phones=tuple(dict.fromkeys(phones)), domains=tuple(domains), title=line.pair("title") or title,
        owner=line.owner, private=line.private, is_company=is_company,
    )  # fmt: skip


def edit(line: Line) -> Edit:
    """`edit WHO field: value …`: any word with a colon is a field, its value runs to the next one."""
    found = list(_FIELD.finditer(line.text))
    who = line.text[: found[0].start()] if found else line.text
    changes = []
    for at, field in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(line.text)
        changes.append((field[1].lower(), line.text[field.end() : end].strip(' \t\n"“”')))
    return Edit(who.strip(' \t\n"“”'), tuple(changes))


def timeline(line: Line) -> Timeline:
    """`timeline WHO mails since:may`, `timeline mails with Acme since May "renewal"`."""
    kinds: list[Kind | Happened] = []
    kept: list[Word] = []
    for word in line.words:
        kind = None if word.quoted else _HAPPENED.get(word.text.lower().rstrip(","))
        if kind:
            kinds.append(kind)
        else:
            kept.append(word)
    if kinds:
        kept = [word for word in kept if word.quoted or word.text.lower() not in {"with", "from", "to", "and"}]
    plain = [word for word in kept if not word.quoted]
    who = join(plain) if plain else join(kept)
    text = " ".join(word.text for word in kept if word.quoted) if plain else ""
    return Timeline(who, tuple(dict.fromkeys(kinds)), line.since, line.until, text, line.pair("deal"))


def merge(line: Line) -> Merge:
    """`merge "A" "B"`, `merge A with B`, `merge A B`; what is missing stays empty and is asked for."""
    if len(line.quoted) >= 2:
        return Merge(line.quoted[0], line.quoted[1])
    parted = re.split(r"\s+(?:with|into|and|to|&)\s+|\s*,\s+", line.text.strip(), maxsplit=1, flags=re.IGNORECASE)
    if len(parted) == 2:
        return Merge(parted[0].strip('"“” '), parted[1].strip('"“” '))
    if len(line.quoted) == 1 and line.unquoted:
        rest = join(line.unquoted)
        return Merge(line.quoted[0], rest) if line.words[0].quoted else Merge(rest, line.quoted[0])
    if len(line.words) == 2:
        return Merge(line.words[0].text, line.words[1].text)
    return Merge(line.plain, "")


def _who_and_note(text: str, line: Line) -> tuple[str, str]:
    parted = before_colon(text)
    if parted is not None:
        head = read_told(parted[0])
        return parted if head is None or head.who == parted[0] else (head.who, text)
    if line.words and line.words[0].quoted and not line.words[0].key:
        return line.words[0].text, line.text[line.words[0].end :].strip(" ,")
    talked = _TALKED.match(text)
    if talked and not _PRONOUN.match(text[talked.end() :]):
        return _leading_name(text[talked.end() :]), text
    told = read_told(text)
    if told is not None and not text.startswith(told.who):
        return told.who, text
    at = kind_at(text)
    if at is not None and at[0] > 0 and len(text[: at[0]].split()) <= _MOST_NAME_WORDS:
        who = _BEFORE_THE_TALK.sub("", text[: at[0]])
        if who:
            return who.strip(" ,-–"), text[at[0] :].strip()
    who = _leading_name(text)
    return who, text[len(who) :].strip(" ,-–")


def _direction(text: str, who: str, note: str) -> Direction:
    """`called Ann, …` is our call, `Ann called, …` is hers; behind a colon or a comma it stays open."""
    if before_colon(text) is not None or text[len(who) :].lstrip('"” ').startswith((",", "-", "–")):
        return Direction.NONE
    if note == text and _TALKED.match(text):
        return Direction.OUTGOING
    return (
        Direction.INCOMING
        if re.match(r"(?:called|rang|phoned|e-?mailed|mailed|wrote|texted|messaged|pinged)\b", note, re.IGNORECASE)
        else Direction.NONE
    )


def _leading_name(text: str) -> str:
    """The words a text begins with that look like one name: an address, capitalised words, else the first word."""
    words = text.split()
    if not words:
        return ""
    if "@" in words[0] or not words[0][:1].isupper():
        return words[0].rstrip(",;")
    taken: list[str] = []
    for word in words[:_MOST_NAME_WORDS]:
        if not word[:1].isupper():
            break
        taken.append(word)
        if word.endswith((",", ";")):
            break
    return " ".join(taken).rstrip(",;")


def _points(words: list[Word], is_company: bool) -> tuple[list[str], list[str], list[str], list[Word]]:
    """Addresses, numbers and (for companies) domains among words, and the words left."""
    emails: list[str] = []
    phones: list[str] = []
    domains: list[str] = []
    rest: list[Word] = []
    run: list[Word] = []
    for word in [*words, Word("", 0, 0, quoted=True)]:
        bare = word.text.strip(",;")
        if not word.quoted and _NUMBER_SAID.match(bare):
            bare = _NUMBER_SAID.sub("", bare)
            if not bare:
                continue
        if not word.quoted and re.fullmatch(r"[+(]?[\d()/.–-]+", bare):
            run.append(replace(word, text=bare))
            continue
        number = join(run)
        if looks_like_phone(number.strip(",;")):
            phones.append(number.strip(",;"))
        else:
            rest.extend(run)
        run = []
        if "@" in bare and email_key(bare):
            emails.append(email_key(bare))
            if rest and not rest[-1].quoted:
                # An address stands between a name or a company and what follows as a comma would.
                rest[-1] = replace(rest[-1], text=rest[-1].text.rstrip(",") + ",")
        elif is_company and not word.quoted and (domain := registrable_domain(bare) or _for_examples(bare)):
            domains.append(domain)
        elif word.text:
            rest.append(word)
    return emails, phones, domains, rest


def _for_examples(word: str) -> str:
    """A domain of those that stand for any in examples (RFC 2606, section 2), as in the demo; else nothing."""
    return word.lower() if _EXAMPLE.fullmatch(word) else ""


def _title(words: list[Word]) -> tuple[str, list[Word]]:
    """A last part behind a comma that says what somebody does, and the words before it."""
    for at in range(len(words) - 1, 0, -1):
        if not words[at - 1].quoted and words[at - 1].text.endswith(","):
            said = join(words[at:]).strip(",")
            return (said, words[:at]) if is_title(said) and not words[at].quoted else ("", words)
    return "", words


def _name_and_company(words: list[Word]) -> tuple[str, str]:
    for at, word in enumerate(words):
        if at and not word.quoted and word.text.lower() in {"at", "from", "of", "@", "bei"}:
            return join(words[:at]).rstrip(","), join(words[at + 1 :]).rstrip(",")
    for at, word in enumerate(words[:-1]):
        if not word.quoted and word.text.endswith(","):
            return join(words[: at + 1]).rstrip(", "), join(words[at + 1 :]).strip(", ")
    if len(words) == 2 and all(word.quoted for word in words):
        return words[0].text, words[1].text
    return join(words).rstrip(","), ""
