"""What the parser child can be asked for: a mail read, signatures verified, files taken out."""

import json
from typing import Any

from ingest import attachments, charsets, dkim_verify, mime
from ingest.mime_parts import read_tree
from ingest.parsed import ParsedMail


def answer(raw: bytes, order: dict[str, Any]) -> bytes:
    """Do one task and give its answer as bytes."""
    match order["task"]:
        case "verify":
            keys = {int(number): str(key) for number, key in order["keys"].items()}
            return json.dumps(dkim_verify.verified(raw, keys)).encode("ascii")
        case "extract":
            return attachments.packed(attachments.taken_out(read_tree(raw), frozenset(order["wanted"])))
        case _:
            return json.dumps(_read(raw, order).to_json()).encode("ascii")


def _read(raw: bytes, order: dict[str, Any]) -> ParsedMail:
    subject = order["text_subject"]
    if subject is not None:
        return mime.read_text(charsets.decode(raw), subject or None)
    return mime.read(raw, mail_from=order["mail_from"], region=order["region"])
