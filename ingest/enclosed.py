"""What is enclosed in a mail: its files, the pictures that belong to its text, and the contacts on its vCards."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from crm_store.values.imports import ImportedRow
from ingest.files import vcard
from ingest.mime_parts import Part, Tree, uuencoded_names
from ingest.parsed import Attachment, VCard

_NO_FILES: Final = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "text/rfc822-headers", "message/feedback-report"}
)
_MOST_TEXT: Final = 1_000_000
_CONTENT_ID: Final = re.compile(r"\bcid:([^\"'<>\s)]{1,300})", re.IGNORECASE)
_VCARDS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_MOST_CARD_BYTES: Final = 200_000
_MOST_CARDS: Final = 50
_MOST_CARD_PARTS: Final = 10


def files(tree: Tree, used: frozenset[int]) -> tuple[Attachment, ...]:
    """Every part that is a file and not the text itself; attached mails count."""
    shown = _shown_in_text(tree, used)
    found = [_attachment(part, shown) for part in tree.parts if _is_file(part, used)]
    for number, raw in enumerate(tree.attached_mails, 1):
        digest = hashlib.sha256(raw).hexdigest()
        found.append(Attachment(f"mail-{number}.eml", "message/rfc822", len(raw), digest, inline=False))
    for part in tree.parts:
        if id(part) in used:
            found += [
                Attachment(name, "application/octet-stream", 0, "", inline=True)
                for name in uuencoded_names(part.encoded[:_MOST_TEXT])
            ]
    return tuple(found)


def _is_file(part: Part, used: frozenset[int]) -> bool:
    if id(part) in used or part.content_type in _NO_FILES:
        return False
    return part.name is not None or not part.content_type.startswith("text/") or part.disposition == "attachment"


def _attachment(part: Part, shown: frozenset[str]) -> Attachment:
    data = part.data()
    name = part.name or f"unnamed.{part.content_type.rpartition('/')[2][:20]}"
    return Attachment(name, part.content_type, len(data), hashlib.sha256(data).hexdigest(), _is_inline(part, shown))


def _is_inline(part: Part, shown: frozenset[str]) -> bool:
    """A picture that the text shows belongs to it; `inline` alone says little, some programs write it on any file."""
    if not part.content_type.startswith("image/"):
        return False
    identity = (part.headers.raw("content-id") or "").strip("<> \t").lower()
    if identity and (identity in shown or "multipart/related" in part.parents):
        return True
    return part.disposition == "inline" and "multipart/related" in part.parents


def _shown_in_text(tree: Tree, used: frozenset[int]) -> frozenset[str]:
    pages = (part.text()[:_MOST_TEXT] for part in tree.parts if id(part) in used and part.content_type == "text/html")
    return frozenset(found.lower() for page in pages for found in _CONTENT_ID.findall(page))


def vcards(tree: Tree) -> tuple[VCard, ...]:
    """The contacts of attached vCards, at most fifty."""
    return tuple(card for card, _ in zip(_cards(tree), range(_MOST_CARDS), strict=False))


def _cards(tree: Tree) -> Iterator[VCard]:
    likely = [part for part in tree.parts if part.content_type in _VCARDS or _named_so(part)]
    for part in likely[:_MOST_CARD_PARTS]:
        data = part.data()[:_MOST_CARD_BYTES]
        if not vcard.is_vcard(data, part.name or ""):
            continue
        for row in vcard.cards(data):
            if isinstance(row, ImportedRow):
                yield VCard(row.name, row.emails, row.phones, row.company, row.title, row.domain)


def _named_so(part: Part) -> bool:
    return (part.name or "").lower().endswith((".vcf", ".vcard"))
