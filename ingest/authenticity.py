"""Whether a mail is from who it says: a colleague's address, and, outside a demo, a proof that it is theirs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_store.matching.contact_points import email_key, registrable_domain
from ingest.dkim_check import is_aligned
from ingest.parsed import ParsedMail

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(dmarc|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"header\.(d|i|from)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_FORWARDED_BY_GMAIL = re.compile(r"\+caf_=[^@]*(?=@)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trust:
    """How senders are checked: by their address alone (a demo), or by a host whose results are believed."""

    way: Literal["address", "authenticated"] = "authenticated"
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the mail may write to the team, who sent it, and the sentence that people read if it may not."""

    verified: bool
    user_id: str | None
    why: str = ""


def judge(
    mail: ParsedMail,
    colleagues: Mapping[str, str],
    trust: Trust,
    *,
    mail_from: str = "",
    forwarded_by_machine: bool = False,
    signed_by: Sequence[str] = (),
    authenticated_user: str | None = None,
    unproven: str = "",
) -> Judgement:
    """Let colleagues write, and machines they set up to forward; everything else waits for a person.

    `signed_by` are domains whose signature was verified, `authenticated_user` the colleague who proved at the door
    who they are, `unproven` what a check of the signatures found missing.
    """
    if authenticated_user and authenticated_user in colleagues.values():
        return Judgement(True, authenticated_user)
    sender = email_key(mail.from_.address or "")
    if not sender:
        return _unverified(None, "It does not say who sent it.")
    user_id = colleagues.get(sender)
    if user_id is None and forwarded_by_machine:
        user_id = _mailbox_behind(mail, colleagues, mail_from)
        if user_id is None:
            return _unverified(None, "It was forwarded by a machine that belongs to nobody here.")
    if user_id is None:
        return _unverified(None, f"{sender} is not the address of a colleague.")
    if trust.way == "address" or _signed(sender, signed_by) or _passes(mail, sender, trust.authserv_id):
        return Judgement(True, user_id)
    return _unverified(user_id, f"It says it is from {sender}, but nothing proves that. {unproven}".rstrip())


def _unverified(user_id: str | None, why: str) -> Judgement:
    return Judgement(False, user_id, f"Unverified sender: {why[0].lower()}{why[1:]}")


def _signed(sender: str, signed_by: Sequence[str]) -> bool:
    """A signature counts where its domain and the sender's belong together."""
    return any(is_aligned(domain, sender) for domain in signed_by)


def _mailbox_behind(mail: ParsedMail, colleagues: Mapping[str, str], mail_from: str) -> str | None:
    """The colleague whose mailbox forwards by itself: named by the envelope, the forwarding header or as addressee."""
    envelope = _FORWARDED_BY_GMAIL.sub("", mail_from)
    addressed = [box.address or "" for box in (*mail.to, *mail.cc)]
    for address in (envelope, mail.signs.forwarded_to or "", *addressed):
        user_id = colleagues.get(email_key(address)) if address else None
        if user_id:
            return user_id
    return None


def _passes(mail: ParsedMail, sender: str, authserv_id: str) -> bool:
    """DMARC, or a signature of the sender's own domain, as the trusted host saw it (RFC 8601)."""
    if not authserv_id:
        return False
    domain = registrable_domain(sender)
    return bool(domain) and any(
        _says_pass(result, domain)
        for value in mail.signs.authentication_results
        for result in _results_of(value, authserv_id)
    )


def _results_of(value: str, authserv_id: str) -> list[str]:
    """The results of one header, if it was written by the trusted host; comments may nest and are taken out."""
    plain = value[:8_192]
    for _ in range(10):
        plain, cut = _COMMENT.subn(" ", plain)
        if not cut:
            break
    host, *results = plain.split(";")
    named = host.split()
    return results if named and named[0].lower() == authserv_id.lower() else []


def _says_pass(result: str, domain: str) -> bool:
    found = _RESULT.match(result.strip())
    if not found or found[2].lower() != "pass":
        return False
    properties = {name.lower(): text for name, text in _PROPERTY.findall(result)}
    if found[1].lower() == "dmarc":
        return registrable_domain(properties.get("from", "")) == domain
    # A valid signature of another domain proves nothing about this sender: only an aligned one counts.
    signed_by = properties.get("d") or properties.get("i", "").rpartition("@")[2]
    return registrable_domain(signed_by) == domain
