"""Mails as mail programs really write them, for the demo and tests: forwards, copies, and what must not be filed."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from enum import StrEnum
from html import escape
from types import MappingProxyType

Mailbox = tuple[str, str]
"""A name, which may be empty, and an address."""

_JOHN: Mailbox = ("John Smith", "john.smith@acme.example")
_STRANGER: Mailbox = ("Marta Kovač", "marta.kovac@globex.example")
_NAMELESS: Mailbox = ("A. Lee", "")


class Style(StrEnum):
    """The mail program whose way of forwarding is imitated."""

    GMAIL = "gmail"
    OUTLOOK = "outlook"


def forwarded_by(
    user_address: str,
    to_ingest: str,
    original_from: Mailbox,
    *,
    at: datetime,
    subject: str = "Second hall",
    text: str = "Hello Ada,\n\nthe second hall needs about 25 meters. Could you send an offer?\n\nJohn",
    note: str = "",
    user_name: str = "Ada Okonkwo",
    style: Style = Style.GMAIL,
) -> bytes:
    """A mail that a colleague forwards at `at`, an hour and a half after it came; `note` stands above it."""
    written = at - timedelta(minutes=95)
    user = (user_name, user_address)
    if style is Style.OUTLOOK:
        mail = _mail(user, to_ingest, f"FW: {subject}", at)
        block = _outlook_block(original_from, user, subject, written)
        mail.set_content(f"{note}\n\n{block}\n\n{text}\n".lstrip("\n"))
        mail["X-Mailer"] = "Microsoft Outlook 16.0"
        return mail.as_bytes()
    mail = _mail(user, to_ingest, f"Fwd: {subject}", at)
    block = _gmail_block(original_from, user, subject, written)
    mail.set_content(f"{note}\n\n{block}\n\n{text}\n".lstrip("\n"))
    mail.add_alternative(_gmail_html(note, block, text), subtype="html")
    mail.set_boundary(f"000000000000{_digest(subject, text, at.isoformat())[:16]}")
    return mail.as_bytes()


def copied_reply(user_address: str, *, at: datetime, customer: Mailbox = _JOHN) -> bytes:
    """A reply of a colleague to a customer, of which the door gets a blind copy: its address stands in no header."""
    mail = _mail(("Ada Okonkwo", user_address), formataddr(customer), "Re: Renewal in the new year", at)
    asked = at - timedelta(hours=20)
    mail["In-Reply-To"] = f"<renewal-{_digest(customer[1])[:10]}@{customer[1].partition('@')[2]}>"
    mail["References"] = str(mail["In-Reply-To"])
    mail.set_content(
        f"Hi {customer[0].split()[0]},\n\nhere is what we spoke about: 25 meters and two gateways,"
        f" delivery in March.\n\n"
        f"Best\nAda\n\n-- \nAda Okonkwo\nHalyard Metering\n+44 20 7946 0958\n\n"
        f"On {asked:%a, %d %b %Y at %H:%M}, {customer[0]} <{customer[1]}> wrote:\n"
        "> Ada,\n>\n> yes, let us. What would the second hall cost?\n>\n> John Smith\n"
    )
    return mail.as_bytes()


def from_somebody_new(user_address: str, to_ingest: str, *, at: datetime) -> bytes:
    """A forward of a mail by a person nobody knows, at a company everybody knows."""
    return forwarded_by(
        user_address,
        to_ingest,
        _STRANGER,
        at=at,
        subject="Meter data for our auditors",
        text="Dear Ada,\n\nI took over from Ann for the audits. Which readings can you export?\n\n"
        "Marta Kovač\nAuditor, Globex\n+44 20 7946 0731",
        note="New colleague of Ann's.",
    )


def ambiguous(user_address: str, to_ingest: str, *, at: datetime) -> bytes:
    """A forward whose original names its sender without an address, and the name fits two customers."""
    return forwarded_by(
        user_address,
        to_ingest,
        _NAMELESS,
        at=at,
        subject="Alarms",
        text="Ada,\n\nthe alarms came twice last night. Is that meant to be so?\n\nA. Lee",
        style=Style.OUTLOOK,
    )


def bounce(to_ingest: str, *, at: datetime, failed: str = "old.address@acme.example") -> bytes:
    """A delivery report: the address does not exist (RFC 3464)."""
    domain = failed.partition("@")[2]
    mail = _mail(("Mail Delivery System", f"MAILER-DAEMON@{domain}"), to_ingest, "Undelivered Mail", at)
    mail["Return-Path"] = "<>"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Your message could not be delivered to <{failed}>: unknown user.\n")
    mail.make_mixed()
    mail.attach(_delivery_status(domain, failed))
    mail.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    mail.set_boundary(f"report-{_digest(failed, at.isoformat())[:16]}")
    return mail.as_bytes()


def auto_reply(to_ingest: str, *, at: datetime, sender: Mailbox = _JOHN) -> bytes:
    """An absence note that a program sends by itself (RFC 3834)."""
    mail = _mail(sender, to_ingest, "Automatic reply: Renewal in the new year", at)
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content("I am out of the office until Monday and will answer then.\n\nJohn Smith\n")
    return mail.as_bytes()


def newsletter(to_ingest: str, *, at: datetime) -> bytes:
    """A mailing to a list, which nobody wants in a timeline (RFC 2369, RFC 8058)."""
    mail = _mail(
        ("Metering Weekly", "news@metering-weekly.example"), to_ingest, "This week: smart meters in hotels", at
    )
    mail["List-Id"] = "Metering Weekly <weekly.metering-weekly.example>"
    mail["List-Unsubscribe"] = "<mailto:leave@metering-weekly.example>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Precedence"] = "bulk"
    mail.set_content("Three hotels cut their load by a fifth. Read how they did it.\n")
    return mail.as_bytes()


def samples(user_address: str, to_ingest: str, at: datetime) -> Mapping[str, bytes]:
    """One mail of each of the eight kinds, by name, each a few minutes after the one before."""
    later = [at + timedelta(minutes=3 * number) for number in range(8)]
    return MappingProxyType(
        {
            "gmail_forward": forwarded_by(
                user_address, to_ingest, _JOHN, at=later[0], note="See below, I will call him on Thursday."
            ),
            "outlook_forward": forwarded_by(
                user_address,
                to_ingest,
                _JOHN,
                at=later[1],
                subject="Gateway in hall 2",
                text="Hello Ada,\n\nthe gateway in hall 2 blinks red since Monday. Who can look at it?\n\nJohn",
                style=Style.OUTLOOK,
            ),
            "copied_reply": copied_reply(user_address, at=later[2]),
            "from_somebody_new": from_somebody_new(user_address, to_ingest, at=later[3]),
            "ambiguous": ambiguous(user_address, to_ingest, at=later[4]),
            "bounce": bounce(to_ingest, at=later[5]),
            "auto_reply": auto_reply(to_ingest, at=later[6]),
            "newsletter": newsletter(to_ingest, at=later[7]),
        }
    )


def _mail(sender: Mailbox, to: str, subject: str, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr(sender)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{_digest(sender[1], subject, at.isoformat())[:24]}@{sender[1].partition('@')[2]}>"
    return mail


def _delivery_status(domain: str, failed: str) -> EmailMessage:
    """The part for programs: a block of fields about the server, then one about the address."""
    server, recipient = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    server["Reporting-MTA"] = f"dns; mx.{domain}"
    recipient["Final-Recipient"] = f"rfc822; {failed}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 unknown user"
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([server, recipient])
    return status


def _gmail_block(sender: Mailbox, user: Mailbox, subject: str, written: datetime) -> str:
    name, address = sender
    return (
        "---------- Forwarded message ---------\n"
        f"From: {name} <{address}>\n"
        f"Date: {written:%a, %d %b %Y at %H:%M}\n"
        f"Subject: {subject}\n"
        f"To: {user[0]} <{user[1]}>"
    )


def _gmail_html(note: str, block: str, text: str) -> str:
    def lines(plain: str) -> str:
        return escape(plain).replace("\n", "<br>\n")

    return (
        f'<div dir="ltr">{lines(note)}<br><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{lines(block)}<br></div><br><br>{lines(text)}</div></div>\n'
    )


def _outlook_block(sender: Mailbox, user: Mailbox, subject: str, written: datetime) -> str:
    name, address = sender
    shown = f"{name} <{address}>" if address else name
    return (
        f"{'_' * 32}\nFrom: {shown}\nSent: {written:%A, %d %B %Y %H:%M}\nTo: {user[0]} <{user[1]}>\nSubject: {subject}"
    )


def _digest(*parts: str) -> str:
    """Stands where programs put chance, so that the same mail has the same bytes."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
