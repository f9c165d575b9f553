"""What a mail tells beside its text: facts of a signature, contacts, a meeting, an absence, dead addresses."""

import hashlib
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.matching.contact_points import email_key
from crm_store.matching.normalise import tokens
from crm_store.values.acts import NewCustomer
from crm_store.values.mail import AwayNote, BouncedAddress, Failure, KnownFacts, MeetingChange, NewPerson, SenderFacts
from ingest.parsed import BouncedRecipient, Calendar, ParsedMail, Signature
from ingest.people import Crowd
from ingest.reading import Seen, moment

_LEAST_SURE = 0.7
_NAMED, _UNNAMED = 0.9, 0.75
_MOST_PHONES, _MOST_LINKS, _MOST_CARDS = 3, 2, 20
_FULL = ("mailbox full", "mailbox is full", "over quota", "quota exceeded", "insufficient storage", "exceeded storage")
_POLICY = ("policy", "spam", "blocked", "blacklist", "blocklist", "dmarc", "spf", "reputation", "too large", "greylist")


def facts(one: Seen, crowd: Crowd) -> SenderFacts | None:
    """What the writer's own signature says: only of a customer who wrote the mail, never of a colleague."""
    author, signed = crowd.author, one.signature
    if author is None or author.customer_id is None or signed is None or one.sure < _LEAST_SURE:
        return None
    named = _agrees(signed, author.name or one.sender.name)
    if named is False:
        return None
    return SenderFacts(
        customer_id=author.customer_id,
        address=author.address or "",
        title=signed.title or "",
        company=signed.company or "",
        phones=signed.phones[:_MOST_PHONES],
        links=signed.urls[:_MOST_LINKS],
        sure=min(_NAMED if named else _UNNAMED, one.sure),
        at=one.at,
    )


def _agrees(signed: Signature, name: str | None) -> bool | None:
    """Whether the signature is the sender's: None where one of both has no name."""
    if not signed.name or not name:
        return None
    return bool(set(tokens(signed.name)) & set(tokens(name)))


def contacts(one: Seen, known: KnownFacts) -> tuple[NewPerson, ...]:
    """The contacts that came as vCards; colleagues are none."""
    found = []
    for card in one.vcards[:_MOST_CARDS]:
        emails = tuple(key for email in card.emails if (key := email_key(email)))
        if any(email in known.colleagues for email in emails) or not (card.name or emails):
            continue
        if not (emails or card.phones):
            continue
        contact = NewCustomer(
            name=card.name,
            emails=emails,
            phones=card.phones[:_MOST_PHONES],
            company=card.company or None,
            title=card.title or None,
            owner=known.owner.user_id,
            source="vcard",
            needs_check=True,
        )
        found.append(NewPerson(next(iter(emails), card.name), contact))
    return tuple(found)


def meeting(one: Seen, mail: ParsedMail, time_zone: str) -> MeetingChange | None:
    """The meeting an invitation speaks of: one for each UID and RECURRENCE-ID (RFC 5546)."""
    event = one.event
    if event is None or not event.uid:
        return None
    starts_at, ends_at = moment(event.start, mail), moment(event.end, mail)
    return MeetingChange(
        key=meeting_key(event),
        method=(event.method or "REQUEST").lower(),
        sequence=event.sequence,
        starts_at=starts_at,
        ends_at=ends_at,
        answers=tuple((guest.address, guest.answer) for guest in event.guests if guest.answer),
        shown_as=_shown(starts_at, event.start or "", time_zone),
    )


def meeting_key(event: Calendar) -> str:
    """The key of a meeting, or of one day of a repeated one."""
    return hashlib.sha256(f"{event.uid}\0{event.recurrence_id or ''}".encode("utf-8", "surrogatepass")).hexdigest()


def _shown(at: datetime | None, written: str, time_zone: str) -> str:
    if at is None:
        return "another time"
    try:
        local = at.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = at
    # A bare date is a whole day, which has no hour and the same date everywhere.
    whole = len(written) == len("2026-01-01")
    day = at.date() if whole else local.date()
    return f"{day:%a} {day.day} {day:%b %Y}" + ("" if whole else f" {local:%H:%M}")


def absence(mail: ParsedMail, known: KnownFacts) -> AwayNote | None:
    """What an automatic reply of a known customer tells."""
    found = mail.auto_reply
    brief = known.by_point.get(email_key(mail.from_.address or ""))
    if found is None or brief is None or not (found.gone or found.back_on or found.stand_in):
        return None
    until = found.back_on if found.back_on and _is_near(found.back_on, known.now.date()) else None
    if not (found.gone or until or found.stand_in):
        return None
    stand_in = found.stand_in
    return AwayNote(
        brief.customer_id,
        gone=found.gone,
        until=until,
        stand_in=(stand_in.name or "") if stand_in else "",
        stand_in_address=(stand_in.address or "") if stand_in else "",
    )


def _is_near(day: date, today: date) -> bool:
    """A day that is long past or years ahead was misread."""
    return -1 <= (day - today).days <= 730


def reports(mail: ParsedMail, known: KnownFacts, ingest_domain: str) -> tuple[BouncedAddress, ...]:
    """Each address a report tells of, with why; colleagues' and our own addresses are none of them."""
    found: dict[str, BouncedAddress] = {}
    for one in mail.bounce.recipients if mail.bounce else ():
        address = email_key(one.address or "")
        # A notice of delay is no failure: the mail is still on its way.
        if address and not (not one.hard and "delay" in one.reason.casefold()):
            found.setdefault(address, BouncedAddress(address, one.reason, failure(one), one.status))
    complained = email_key((mail.complaint.address or "") if mail.complaint else "")
    if complained and mail.complaint:
        found[complained] = BouncedAddress(complained, mail.complaint.kind, Failure.COMPLAINT)
    ours = f"@{ingest_domain}" if ingest_domain else ""
    return tuple(
        one
        for address, one in found.items()
        if address not in known.colleagues and not (ours and address.endswith(ours))
    )


def failure(one: BouncedRecipient) -> Failure:
    """Why it failed, by its status first (RFC 3463), then by its words: only what is hard and no one's rule is dead."""
    status, reason = (one.status or "").strip(), one.reason.casefold()
    subject, _, detail = status.partition(".")[2].partition(".")
    if (subject, detail) == ("2", "2") or any(word in reason for word in _FULL):
        return Failure.FULL
    if not one.hard:
        return Failure.PASSING
    if subject == "7" or (subject, detail) in {("2", "3"), ("3", "4")}:
        return Failure.POLICY
    if subject != "1" and any(word in reason for word in _POLICY):
        return Failure.POLICY
    return Failure.DEAD
