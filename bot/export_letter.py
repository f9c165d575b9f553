"""An export as a message with its file."""

from typing import Final

from bot import blocks
from bot.blocks import Message
from bot.letters import Picture
from crm_store.engine.store import Desk
from crm_store.privacy import certificate
from crm_store.privacy import export as person_export
from crm_store.values.exports import ALL, CERTIFICATE, PERSON
from ingest.files import export

_MOST: Final = 50_000_000


def build(desk: Desk, what: str) -> tuple[Message, Picture | None]:
    """The message and its file; none where the file is too large for a chat."""
    if what.startswith(PERSON):
        return _of_person(desk, what.removeprefix(PERSON))
    if what.startswith(CERTIFICATE):
        content = desk.read_now(certificate.as_file, what.removeprefix(CERTIFICATE))
        said = "The certificate of the erasure. It names nobody."
        return blocks.message(said, blocks.section(said)), Picture("certificate.json", "certificate.json", "", content)
    content = export.everything_bytes(desk) if what == ALL else export.table_bytes(desk, what)
    if len(content) > _MOST:
        said = f"The export of {what} is larger than 50 MB. `crm export` at the terminal writes it to a file."
        return blocks.message(said, blocks.section(said)), None
    name = "rapport.jsonl" if what == ALL else f"{what}.csv"
    said = f"Here is the export of {what}. Private notes of others are not in it."
    return blocks.message(said, blocks.section(said)), Picture(name, name, "", content)


def _of_person(desk: Desk, customer_id: str) -> tuple[Message, Picture | None]:
    done = desk.write_now(person_export.export, customer_id)
    said = f"Here is what is known of {done.name}: {done.records} records, {done.mails} mails, {done.files} files."
    if len(done.content) > _MOST:
        said += " It is larger than 50 MB; `crm export-person` at the terminal writes it to a file."
        return blocks.message(said, blocks.section(said)), None
    return blocks.message(said, blocks.section(said)), Picture("person.zip", "person.zip", "", done.content)
