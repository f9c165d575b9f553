"""What the parser child can be asked for: a mail read, those attached to it, signatures verified, files taken out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest import attachments, charsets, dkim_verify, mime
from ingest.mime_parts import Tree, read_tree
from ingest.parsed import ParsedMail


def answers(raw: bytes, order: dict[str, Any]) -> Iterator[bytes]:
    """Do one task and give its answers, each as bytes."""
    match order["task"]:
        case "verify":
            keys = {int(number): str(key) for number, key in order["keys"].items()}
            yield json.dumps(dkim_verify.verified(raw, keys)).encode("ascii")
        case "extract":
            tree = read_tree(raw)
            del raw
            yield from _files(tree, frozenset(order["wanted"]))
        case "read attached":
            mails = list(read_tree(raw).attached_mails[order["first"] :])
            del raw  # One of them may be as large as the whole.
            while mails:
                yield _as_json(mime.read(mails.pop(0)))
        case _:
            yield _as_json(_read(raw, order))


def _read(raw: bytes, order: dict[str, Any]) -> ParsedMail:
    subject = order["text_subject"]
    if subject is not None:
        return mime.read_text(charsets.decode(raw), subject or None)
    return mime.read(raw, mail_from=order["mail_from"], region=order["region"])


def _as_json(mail: ParsedMail) -> bytes:
    # Attached mails may be as large as the whole one; whoever wants them asks for them.
    counted = replace(mail, attached_mails=(b"",) * len(mail.attached_mails))
    return json.dumps(counted.to_json()).encode("ascii")


def _files(tree: Tree, wanted: frozenset[str]) -> Iterator[bytes]:
    """The wanted files of a mail, then of those attached to it."""
    missing, room = set(wanted), attachments.MOST_TOGETHER
    for one in (tree, *map(read_tree, tree.attached_mails)):
        found = attachments.taken_out(one, missing, most_together=room)
        missing -= found.keys()
        room -= sum(map(len, found.values()))
        yield from found.values()
        if not missing:
            return
