"""Complaints: a receiver's report that somebody called a mail unwanted (RFC 5965, and Outlook.com's form)."""

from collections.abc import Iterator

from ingest import headers, mailboxes
from ingest.headers import Headers
from ingest.mime_parts import Tree
from ingest.parsed import Complaint

_MOST_BYTES = 65_536
_RECIPIENTS = ("original-rcpt-to", "removal-recipient")
_HIDDEN_RECIPIENTS = ("x-hmxmroriginalrecipient", "to", "delivered-to")


def read(tree: Tree) -> Complaint | None:
    """The complaint in a mail; None where it is no feedback report."""
    reports = [part for part in tree.parts if part.content_type == "message/feedback-report"]
    if not reports and tree.parameters.get("report-type", "").lower() != "feedback-report":
        return None
    fields = headers.read_headers(reports[0].data(_MOST_BYTES))[0] if reports else Headers(())
    kind = (fields.text("feedback-type") or "abuse").strip().lower()[:40]
    return Complaint(next(_addresses(tree, fields), None), kind)


def _addresses(tree: Tree, fields: Headers) -> Iterator[str]:
    """Whom the mail had reached: by the report, then by the header of the mail that comes with it."""
    yield from _named(fields, _RECIPIENTS)
    for raw in tree.attached_mails:
        yield from _named(headers.read_headers(raw[:_MOST_BYTES])[0], _HIDDEN_RECIPIENTS)
    for part in tree.parts:
        if part.content_type == "text/rfc822-headers":
            yield from _named(headers.read_headers(part.data(_MOST_BYTES))[0], _HIDDEN_RECIPIENTS)


def _named(fields: Headers, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for box in mailboxes.read_list(fields.raw(name)):
            if box.address:
                yield box.address.lower()
