"""Named rules on what becomes of a mail: accepted, held for a person to look at, or dropped with its reason."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from ingest.parsed import Kind, Mailbox, ParsedMail

MOST_HOPS = 50


class Decision(StrEnum):
    """What becomes of a mail."""

    ACCEPT = "accept"
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules must be told about the team: all addresses and domains in small letters."""

    colleagues: Collection[str] = ()
    never_log: Collection[str] = ()
    ingest_domain: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that spoke, and what it asks for."""

    rule: str
    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest decision, and every rule that spoke."""

    decision: Decision
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: when it speaks, what it decides, and the sentence that people read."""

    name: str
    decision: Decision
    reason: str
    speaks: Callable[[ParsedMail, Known], bool]


def people(mail: ParsedMail) -> tuple[Mailbox, ...]:
    """Everybody a mail would be filed to, colleagues included: of a forward, the people of the inner mail."""
    if mail.forwarded is not None:
        return (mail.forwarded.from_, *mail.forwarded.to, *mail.forwarded.cc)
    return (mail.from_, *mail.to, *mail.cc)


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


def _unreadable(mail: ParsedMail, _known: Known) -> bool:
    return mail.kind is Kind.UNREADABLE


def _loop(mail: ParsedMail, _known: Known) -> bool:
    return bool(mail.signs.loop_marks) or mail.signs.received > MOST_HOPS


def _null_sender(mail: ParsedMail, _known: Known) -> bool:
    return mail.signs.null_sender and mail.kind not in {Kind.BOUNCE, Kind.AUTO_REPLY}


def _automatic(mail: ParsedMail, known: Known) -> bool:
    return mail.kind is Kind.AUTO_REPLY and not _by_hand(mail, known)


def _bulk(mail: ParsedMail, known: Known) -> bool:
    machine = mail.kind in {Kind.BOUNCE, Kind.CALENDAR, Kind.AUTO_REPLY}
    return mail.signs.bulk and not machine and not _by_hand(mail, known)


def _spam(mail: ParsedMail, known: Known) -> bool:
    return mail.signs.spam and not _by_hand(mail, known)


def _never_log(mail: ParsedMail, known: Known) -> bool:
    listed = {entry.lower() for entry in known.never_log}
    for box in people(mail):
        address = (box.address or "").lower()
        host = address.rpartition("@")[2]
        if address and (address in listed or host in listed or any(host.endswith("." + entry) for entry in listed)):
            return True
    return False


def _only_colleagues(mail: ParsedMail, known: Known) -> bool:
    if mail.kind is Kind.BOUNCE or not known.colleagues or mail.attached_mails:
        return False
    addressed = [box for box in people(mail) if box.address]
    return bool(addressed) and all(_is_ours(box, known) for box in addressed)


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
    hits = tuple(Hit(rule.name, rule.decision, rule.reason) for rule in RULES if rule.speaks(mail, known))
    decision = max((hit.decision for hit in hits), key=_STRICTNESS.__getitem__, default=Decision.ACCEPT)
    return Verdict(decision, hits)
