"""An import of a mailbox file: read in parser children, planned by the rules of every day, written some at a time."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from crm_store.actions import imports, mail_history
from crm_store.engine import statistics
from crm_store.engine.store import Desk
from crm_store.errors import StoreUnavailable
from crm_store.matching.contact_points import email_key
from crm_store.queries import mail_history as history
from crm_store.values.imports import ImportCounts
from crm_store.values.mail import Filing, KnownFacts
from crm_store.values.mail_history import HistoricMail, HistoryRun
from ingest import filed_files, plan
from ingest.address import AutoForwarded
from ingest.authenticity import Trust
from ingest.files import mbox, survey
from ingest.files.intake import ImportOutcome
from ingest.files.mbox import Boxed
from ingest.parsed import ParsedMail
from ingest.plan import Letter, Manners, Plan, Step
from ingest.readers import Readers
from ingest.sandbox import Sandbox

_MAILS_A_UNIT: Final = 100
_BYTES_A_UNIT: Final = 20_000_000
_TOO_LARGE: Final = "The mail is larger than any mail may be."
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Read:
    boxed: Boxed
    mail: ParsedMail | None


@dataclass(slots=True)
class MailboxImport:
    """One file of one colleague, at that colleague's desk."""

    desk: Desk
    path: Path
    domain: str
    dry_run: bool = False
    parsers: int = 2
    progress: Progress | None = None
    child: Callable[[], Sandbox] = Sandbox
    resumed: int = 0
    _counts: ImportCounts = field(default_factory=ImportCounts)

    async def run(self) -> ImportOutcome:
        """Take the whole file in, or go on where an earlier run of the same file stopped."""
        colleagues = await self.desk.read(history.colleagues)
        mark = await asyncio.to_thread(mbox.fingerprint, self.path)
        found = await asyncio.to_thread(survey.look, self.path, set(colleagues))
        begun = await self._begin(mark)
        self.resumed = begun.mails
        async with contextlib.AsyncExitStack() as stack:
            readers = Readers(self.parsers, self.child)
            await readers.start()
            stack.push_async_callback(readers.stop)
            await self._all(readers, begun, found)
        return await self._outcome(begun)

    async def _begin(self, mark: str) -> HistoryRun:
        if self.dry_run:
            return HistoryRun("")
        begun = await self.desk.read(history.under_way, mark)
        if begun is not None:
            return begun
        mapping = {"format": "mbox", "fingerprint": mark}
        return HistoryRun(await self.desk.write(imports.begin, self.path.name, mail_history.KIND, mapping, None))

    async def _all(self, readers: Readers, begun: HistoryRun, found: survey.Survey) -> None:
        """While one batch is written the next one is read."""
        boxes = mbox.mails(self.path, begun.at, begun.mails)
        reading = asyncio.create_task(_read_batch(readers, boxes))
        try:
            while batch := await reading:
                reading = asyncio.create_task(_read_batch(readers, boxes))
                await self._file(readers, begun.import_id, batch, found)
                if self.progress is not None:
                    self.progress(batch[-1].boxed.number, found.mails)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _file(self, readers: Readers, import_id: str, batch: Sequence[_Read], found: survey.Survey) -> None:
        now = self.desk.store.clock.now()
        letters = {one.boxed.number: self._letter(one.boxed, one.mail, found, now) for one in batch if one.mail}
        soughts = tuple(plan.sought(letter) for letter in letters.values())
        known = await self.desk.read(history.known, self.desk.actor, soughts)
        mails = [await self._historic(readers, one, letters.get(one.boxed.number), known) for one in batch]
        if self.dry_run:
            self._counts = self._counts.plus(_would(mails))
        else:
            await self.desk.write(mail_history.file_mails, import_id, mails, batch[-1].boxed.end)

    def _letter(self, boxed: Boxed, mail: ParsedMail, found: survey.Survey, now: datetime) -> Letter:
        """The mail as its owner's mailbox has it: nobody sent it here, so it gives no instructions."""
        sender = email_key(mail.from_.address or "")
        return Letter(
            mail=replace(mail, first_lines=()),
            received_at=now if mail.date else boxed.delivered_at or now,
            verbs=(AutoForwarded(),),
            authenticated_user=self.desk.actor,
            in_bulk=True,
            # Whom the mailbox's owner has ever written to is somebody worth knowing, whoever wrote first.
            wanted=sender in found.written_to,
        )

    async def _historic(self, readers: Readers, one: _Read, letter: Letter | None, known: KnownFacts) -> HistoricMail:
        boxed, mail = one.boxed, one.mail
        if boxed.raw is None or mail is None or letter is None:
            return HistoricMail(boxed.number, "error", _TOO_LARGE)
        planned = plan.make(letter, known, Manners(Trust("authenticated"), self.domain))
        if planned.step is not Step.FILE:
            return HistoricMail(boxed.number, _outcome_of(planned), planned.why)
        filings = tuple(_without_news(filing) for filing in planned.filings)
        kept = () if self.dry_run else await filed_files.take_out(self.desk, readers, boxed.raw, filings)
        return HistoricMail(
            row=boxed.number,
            outcome="file",
            raw=boxed.raw,
            key=hashlib.sha256(boxed.raw).hexdigest(),
            message_id=mail.message_id,
            sent_at=filings[0].communication.happened_at,
            filings=filings,
            sure=planned.sure,
            files=kept,
        )

    async def _outcome(self, begun: HistoryRun) -> ImportOutcome:
        counts, errors = self._counts, self._counts.errors
        unfiled = len(errors)
        if not self.dry_run:
            await self.desk.write(imports.finish, begun.import_id)
            ended = await self.desk.read(history.run, begun.import_id)
            if ended.created >= statistics.MANY:
                with contextlib.suppress(StoreUnavailable):
                    await self.desk.write(statistics.learn)
            counts = ImportCounts(ended.created, 0, ended.skipped, ended.duplicates)
            errors, unfiled = await self.desk.read(history.problems, begun.import_id), ended.errors
        return ImportOutcome(
            rows=counts.created + counts.skipped + counts.duplicates + unfiled,
            created=counts.created,
            updated=0,
            skipped=counts.skipped,
            duplicates=counts.duplicates,
            errors=errors,
            import_id=begun.import_id or None,
            unknown_columns=(),
            kind=mail_history.KIND,
        )


async def _read_batch(readers: Readers, boxes: Iterator[Boxed]) -> list[_Read]:
    batch = await asyncio.to_thread(_some, boxes)

    async def read(boxed: Boxed) -> _Read:
        return _Read(boxed, await readers.parse(boxed.raw) if boxed.raw is not None else None)

    return list(await asyncio.gather(*(read(boxed) for boxed in batch)))


def _some(boxes: Iterator[Boxed]) -> list[Boxed]:
    """The next mails, few enough for one unit of the store and for memory."""
    batch: list[Boxed] = []
    size = 0
    for boxed in islice(boxes, _MAILS_A_UNIT):
        batch.append(boxed)
        size += len(boxed.raw or b"")
        if size > _BYTES_A_UNIT:
            break
    return batch


def _outcome_of(planned: Plan) -> Literal["skip", "error"]:
    """What a person should look at is an error; what a rule passes over is not."""
    return "error" if planned.step in {Step.ASK, Step.HOLD} else "skip"


def _without_news(filing: Filing) -> Filing:
    """Contacts and questions of years ago are no news; what was said is, and what signatures said."""
    return replace(filing, cards=(), deal_question=None)


def _would(mails: Sequence[HistoricMail]) -> ImportCounts:
    return ImportCounts(
        created=sum(one.outcome == "file" for one in mails),
        skipped=sum(one.outcome == "skip" for one in mails),
        errors=tuple((one.row, one.why) for one in mails if one.outcome == "error"),
    )
