"""Which conversation a mail belongs to, told by identifiers and never by the subject alone."""

import hashlib

from ingest.parsed import ParsedMail

_MOST_KEYS = 100


def normalised(identifier: str) -> str:
    """A Message-ID as it is compared: no brackets, no white space, the host in small letters."""
    plain = "".join(identifier.split()).strip("<>")
    local, at, host = plain.rpartition("@")
    return f"{local}@{host.lower()}" if at else plain


def identifiers(mail: ParsedMail) -> tuple[str, ...]:
    """All mails of the conversation that this one names, oldest first, itself last."""
    named = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to else [])]
    named += [mail.message_id] if mail.message_id else []
    return tuple(dict.fromkeys(normalised(one) for one in named))


def thread_key(mail: ParsedMail) -> str:
    """The key of the conversation: its first known mail, or the mail's own text where it has no identifier."""
    known = identifiers(mail)
    root = known[0] if known else f"text:{mail.text_hash}"
    return hashlib.sha256(root.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def source_key(mail: ParsedMail) -> str:
    """What makes two copies the same mail: the identifier and the text, or the text alone."""
    identifier = normalised(mail.message_id) if mail.message_id else ""
    return hashlib.sha256(f"{identifier}\0{mail.text_hash}".encode("utf-8", "surrogatepass")).hexdigest()


def mail_key(identifier: str) -> str:
    """The key under which a mail is known by its Message-ID."""
    return "id:" + hashlib.sha256(normalised(identifier).encode("utf-8", "surrogatepass")).hexdigest()


def mail_keys(mail: ParsedMail, *, forwarded: bool) -> tuple[str, ...]:
    """The keys of all mails of the conversation, the nearest last; a forward's own identifier is not the mail's."""
    own = normalised(mail.message_id) if mail.message_id else None
    named = [one for one in identifiers(mail) if not (forwarded and one == own)]
    return tuple(mail_key(one) for one in named[-_MOST_KEYS:])
