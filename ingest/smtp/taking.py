"""From the last byte of a mail to its answer: sizes, hops, the durable row, and in LMTP an answer a recipient."""

import asyncio
from dataclasses import dataclass

from ingest.smtp import replies
from ingest.smtp.house import House
from ingest.smtp.reader import DataReader, Trouble, hops
from ingest.smtp.received import AddressGone, Owner, ReceivedMail, key_of


@dataclass(frozen=True, slots=True)
class Letter:
    """The envelope of one mail; a recipient that was named twice stands twice."""

    mail_from: str
    rcpts: tuple[str, ...]
    peer: str
    helo: str
    login: Owner | None


async def take(house: House, letter: Letter, reader: DataReader, *, each: bool) -> str:
    """Keep the mail and say what became of it; with `each` in one line for every recipient, in their order."""
    house.pace.keeping()
    try:
        parts = reader.content()
        refusal = _refusal(house, reader, parts)
        if refusal:
            return lines(refusal, len(letter.rcpts) if each else 1)
        return await _keep(house, letter, parts, each=each)
    finally:
        house.pace.kept()
        reader.close()


def _refusal(house: House, reader: DataReader, parts: tuple[bytes, ...]) -> str:
    if reader.trouble:
        return replies.TOO_LARGE if reader.trouble is Trouble.TOO_LARGE else replies.BUSY
    if sum(map(len, parts)) > house.limits.message_bytes:
        return replies.TOO_LARGE
    return replies.GOING_ROUND if hops(parts[0]) > house.limits.hops else ""


async def _keep(house: House, letter: Letter, parts: tuple[bytes, ...], *, each: bool) -> str:
    wanted = tuple(dict.fromkeys(letter.rcpts))
    try:
        await house.intake.keep(await _received(house, letter, parts, wanted), house.more_coming)
        return lines(replies.KEPT, len(letter.rcpts) if each else 1)
    except AddressGone as gone:
        left = tuple(rcpt for rcpt in wanted if rcpt not in gone.rcpts)
    if not each:
        # SMTP has one answer for all: the next try learns at RCPT who is gone.
        return replies.FAILED if left else replies.NO_SUCH_ADDRESS
    if left:
        await house.intake.keep(await _received(house, letter, parts, left), house.more_coming)
    return "\r\n".join(replies.KEPT if rcpt in left else replies.NO_SUCH_ADDRESS for rcpt in letter.rcpts)


async def _received(house: House, letter: Letter, parts: tuple[bytes, ...], rcpts: tuple[str, ...]) -> ReceivedMail:
    raw, *more = parts
    # Summing up a large mail takes a while, in which the event loop goes on listening.
    key = await asyncio.to_thread(key_of, raw, rcpts, more) if more else key_of(raw, rcpts)
    return ReceivedMail(
        raw=raw,
        mail_from=letter.mail_from,
        rcpts=rcpts,
        peer=letter.peer,
        helo=letter.helo,
        received_at=house.clock.now(),
        key=key,
        login=letter.login,
        more=tuple(more),
    )


def lines(text: str, count: int) -> str:
    """One answer, so many times."""
    return "\r\n".join([text] * count)
