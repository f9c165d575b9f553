"""Named rules on what becomes of a mail: accepted, held for a person to look at, or dropped with its reason."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from ingest.parsed import Calendar, Kind, Mailbox, ParsedMail

MOST_HOPS = 50
MOST_OWN_HOPS = 5


class Decision(StrEnum):
    """What becomes of a mail."""

    ACCEPT = "accept"
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules must be told about the team: all addresses and domains in small letters.

    `not_bulk` are addresses and domains that the team allowed, `own_hops` how often our own hosts passed the mail on.
    """

    colleagues: Collection[str] = ()
    never_log: Collection[str] = ()
    ingest_domain: str = ""
    not_bulk: Collection[str] = ()
    own_hops: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that spoke, what it asks for, and the header, address or sign it saw."""

    rule: str
    decision: Decision
    reason: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest decision, and every rule that spoke."""

    decision: Decision
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: the evidence for which it speaks (empty: it is silent), what it decides, and what people read."""

    name: str
    decision: Decision
    reason: str
    evidence: Callable[[ParsedMail, Known], str]


def people(mail: ParsedMail) -> tuple[Mailbox, ...]:
    """Everybody a mail would be filed to, colleagues included: of a forward, the people of the inner mail.

    Who is invited by it, or comes on a vCard, is among them.
    """
    cards = tuple(Mailbox(card.name, next(iter(card.emails), None)) for card in mail.vcards)
    invited = _invited(mail.calendar) if mail.calendar is not None else ()
    if mail.forwarded is not None:
        return (mail.forwarded.from_, *mail.forwarded.to, *mail.forwarded.cc, *invited, *cards)
    return (mail.from_, *mail.to, *mail.cc, *invited, *cards)


def _invited(event: Calendar) -> tuple[Mailbox, ...]:
    addresses = (*event.attendees, *((event.organizer,) if event.organizer else ()))
    return tuple(Mailbox(None, address) for address in addresses)


def _by_hand(mail: ParsedMail, known: Known) -> bool:
    """A person forwarded it, so it is wanted, whatever kind of mail it holds."""
    if mail.attached_mails:
        return _is_colleague(mail.from_, known)
    return mail.forwarded is not None and not mail.signs.automatic


def _is_colleague(box: Mailbox, known: Known) -> bool:
    return (box.address or "").lower() in known.colleagues


def _is_ours(box: Mailbox, known: Known) -> bool:
    address = (box.address or "").lower()
    return address in known.colleagues or (bool(known.ingest_domain) and address.endswith("@" + known.ingest_domain))


def _unreadable(mail: ParsedMail, _known: Known) -> str:
    return " ".join(mail.warnings[:2]) or "no text" if mail.kind is Kind.UNREADABLE else ""


def _loop(mail: ParsedMail, known: Known) -> str:
    if mail.signs.loop_marks:
        return "a header that Rapport itself wrote"
    if known.own_hops >= MOST_OWN_HOPS:
        return f"{known.own_hops} Received lines of our own hosts"
    return f"{mail.signs.received} Received lines" if mail.signs.received > MOST_HOPS else ""


def _null_sender(mail: ParsedMail, _known: Known) -> str:
    return "an empty sender" if mail.signs.null_sender and mail.kind not in {Kind.BOUNCE, Kind.AUTO_REPLY} else ""


def _automatic(mail: ParsedMail, known: Known) -> str:
    if mail.kind is not Kind.AUTO_REPLY or _by_hand(mail, known):
        return ""
    return (
        f"Auto-Submitted: {mail.signs.auto_submitted}"
        if mail.signs.auto_submitted
        else "the signs of an automatic reply"
    )


def _bulk(mail: ParsedMail, known: Known) -> str:
    machine = mail.kind in {Kind.BOUNCE, Kind.CALENDAR, Kind.AUTO_REPLY}
    if not mail.signs.bulk or machine or _by_hand(mail, known) or _listed(mail.from_, known.not_bulk):
        return ""
    if mail.signs.list_id:
        return f"List-Id: {mail.signs.list_id[:150]}"
    return f"Precedence: {mail.signs.precedence}" if mail.signs.precedence else "the headers of a mailing list"


def _spam(mail: ParsedMail, known: Known) -> str:
    return "X-Spam-Flag or X-Spam-Status" if mail.signs.spam and not _by_hand(mail, known) else ""


def _never_log(mail: ParsedMail, known: Known) -> str:
    return next((entry for box in people(mail) if (entry := _listed(box, known.never_log))), "")


def _listed(box: Mailbox, entries: Collection[str]) -> str:
    """The entry of a list that an address is on, itself or by its domain; empty where it is on none."""
    address = (box.address or "").lower()
    host = address.rpartition("@")[2]
    if not address or not entries:
        return ""
    labels = host.split(".")
    meant = [address, *(".".join(labels[at:]) for at in range(len(labels)))]
    listed = {entry.lower() for entry in entries}
    return next((one for one in meant if one in listed), "")


def among_colleagues(mail: ParsedMail, known: Known) -> bool:
    """Whether only colleagues wrote and read it."""
    return bool(_only_colleagues(mail, known))


def _only_colleagues(mail: ParsedMail, known: Known) -> str:
    if mail.kind is Kind.BOUNCE or not known.colleagues or mail.attached_mails:
        return ""
    addressed = [box for box in people(mail) if box.address]
    if not addressed or not all(_is_ours(box, known) for box in addressed):
        return ""
    return ", ".join(box.address or "" for box in addressed[:5])


RULES: tuple[Rule, ...] = (
    Rule("unreadable", Decision.HOLD, "The mail could not be read; it is kept as it came.", _unreadable),
    Rule("loop", Decision.DROP, "The mail is going round in a loop.", _loop),
    Rule("never-log", Decision.DROP, "An address or domain in it is on the never-log list.", _never_log),
    Rule("automatic-reply", Decision.DROP, "It is an automatic reply.", _automatic),
    Rule("bulk", Decision.DROP, "It is bulk or list mail that nobody forwarded by hand.", _bulk),
    Rule("spam", Decision.DROP, "A spam filter on its way called it spam.", _spam),
    Rule("only-colleagues", Decision.DROP, "Only colleagues wrote and read it.", _only_colleagues),
    Rule("null-sender", Decision.HOLD, "It has no sender and is no delivery report.", _null_sender),
)
_STRICTNESS = {Decision.ACCEPT: 0, Decision.HOLD: 1, Decision.DROP: 2}


def judge(mail: ParsedMail, known: Known) -> Verdict:
    """Ask every rule; the strictest one decides, and all that spoke are named."""
    hits = tuple(
        Hit(rule.name, rule.decision, rule.reason, seen) for rule in RULES if (seen := rule.evidence(mail, known))
    )
    decision = max((hit.decision for hit in hits), key=_STRICTNESS.__getitem__, default=Decision.ACCEPT)
    return Verdict(decision, hits)
