"""Files of a mail on their way into the store: only those that are filed and not there yet leave the parser child."""

from collections.abc import Sequence
from typing import Protocol

from crm_store.engine.store import Desk
from crm_store.queries import files as file_queries
from crm_store.values.files import NewFile
from crm_store.values.mail import Filing
from ingest import attachments
from ingest.in_parts import Raw


class Extractor(Protocol):
    """One parser child, or several."""

    async def extract(self, raw: Raw, wanted: Sequence[str]) -> dict[str, bytes]:
        """The bytes of files in a mail, by their SHA-256."""
        ...


async def take_out(desk: Desk, reader: Extractor, raw: Raw, filings: Sequence[Filing]) -> tuple[NewFile, ...]:
    """The files that the filings name and the store lacks, from the mail they came in."""
    wanted = _wanted(filings)
    missing = wanted - await desk.read(file_queries.kept, sorted(wanted)) if wanted else set()
    if not missing:
        return ()
    found = await reader.extract(raw, sorted(missing))
    return tuple(NewFile(digest, attachments.kind_of(data), data) for digest, data in found.items())


def _wanted(filings: Sequence[Filing]) -> set[str]:
    """Checksums of files that are there and small enough to be kept."""
    files = (file for one in filings for file in one.communication.attachments)
    return {file.sha256 for file in files if file.sha256 and 0 < file.size <= attachments.MOST_ONE}
