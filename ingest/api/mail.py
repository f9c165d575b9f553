"""`POST /v1/mail`: raw mail from programs that have no port 25, signed, and kept before it is acknowledged."""

import asyncio
import hashlib
import hmac
import json
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web
from aiohttp.web_exceptions import HTTPException

from crm_store.clock import Clock
from crm_store.log import get_logger
from ingest.intake import StoreIntake
from ingest.smtp.received import AddressGone, ReceivedMail, key_of

PATH: Final = "/v1/mail"
WINDOW: Final = timedelta(minutes=5)
_IN_FLIGHT: Final = 100_000_000
_MOST_RECIPIENTS: Final = 100
_MOST_HEADER: Final = 20_000
_PIECE: Final = 65_536
_PART: Final = 1_048_576
_SECONDS_FOR_A_PIECE: Final = 30.0
_TRY_AGAIN_AFTER: Final = "30"
_log = get_logger(__name__)


class Refused(Exception):
    """Why a request is not taken: the status, a sentence for the caller, and nothing of what happened inside."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class _Envelope:
    sender: str
    recipients: tuple[str, ...]
    timestamp: str
    signature: bytes


class MailDoor:
    """Takes signed mails by HTTP; the same rows come of them as of those that came by SMTP."""

    def __init__(self, intake: StoreIntake, secret: str, clock: Clock, *, most_bytes: int) -> None:
        self._intake = intake
        self._secret = secret.encode("utf-8")
        self._clock = clock
        self._most = most_bytes
        self._room = max(_IN_FLIGHT, 2 * most_bytes)
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [web.post(PATH, self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """200 once the mail is committed; 401 and 409 for signatures, 404, 413, and 503 for whatever is our fault."""
        try:
            return await self._take(request)
        except Refused as refused:
            return _answer(refused.status, refused.sentence)
        except (HTTPException, ConnectionError, asyncio.CancelledError):
            raise
        except Exception as problem:  # noqa: BLE001 - the door's edge: whatever breaks here is ours, and is tried again.
            _log.error("mail_by_http_failed", error=type(problem).__name__)
            return _answer(503, "The mail could not be kept just now; send it again.")

    async def _take(self, request: web.Request) -> web.Response:
        envelope = self._envelope(request)
        parts = await self._body(request)
        size = sum(map(len, parts))
        self._room -= size
        try:
            known = await asyncio.to_thread(self._is_signed, envelope, parts)
            if not known:
                raise Refused(401, "The signature does not fit.")
            self._refuse_replay(envelope.signature)
            try:
                await self._keep(envelope, parts, request.remote or "")
            except BaseException:
                # What was not kept may be sent again as it is.
                self._seen.pop(envelope.signature, None)
                raise
        finally:
            self._room += size
        return web.json_response({"kept": True})

    def _envelope(self, request: web.Request) -> _Envelope:
        given = request.headers
        timestamp = given.get("X-Rapport-Timestamp", "")
        signature = _signature(given.get("X-Rapport-Signature", ""))
        if not timestamp or signature is None:
            raise Refused(401, "The request is not signed.")
        if not self._is_fresh(timestamp):
            raise Refused(401, "The timestamp is not of the last five minutes.")
        to = given.get("X-Rapport-To", "")
        recipients = tuple(one.strip() for one in to[:_MOST_HEADER].split(",") if one.strip())
        if not 0 < len(recipients) <= _MOST_RECIPIENTS:
            raise Refused(400, f"Name 1 to {_MOST_RECIPIENTS} recipients in X-Rapport-To.")
        return _Envelope(given.get("X-Rapport-From", "")[:1_000], recipients, timestamp, signature)

    def _is_fresh(self, timestamp: str) -> bool:
        try:
            at = float(timestamp) if len(timestamp) <= 20 else math.nan
        except ValueError:
            return False
        return abs(self._clock.now().timestamp() - at) <= WINDOW.total_seconds()

    async def _body(self, request: web.Request) -> tuple[bytes, ...]:
        """The mail, a large one in parts of a megabyte, so that it is never held twice."""
        if (request.content_length or 0) > self._most:
            raise Refused(413, f"The mail has more than {self._most} bytes.")
        parts: list[bytes] = []
        held, size = bytearray(), 0
        while True:
            async with asyncio.timeout(_SECONDS_FOR_A_PIECE):
                piece = await request.content.read(_PIECE)
            if not piece:
                break
            held += piece
            size += len(piece)
            if size > self._most:
                raise Refused(413, f"The mail has more than {self._most} bytes.")
            if size > self._room:
                raise Refused(503, "Too much mail is on its way; send it again.")
            if len(held) >= _PART:
                parts.append(bytes(held))
                held.clear()
        if not size:
            raise Refused(400, "The mail is empty.")
        return (*parts, bytes(held)) if held else tuple(parts)

    def _is_signed(self, envelope: _Envelope, parts: tuple[bytes, ...]) -> bool:
        expected = signed(self._secret, envelope.timestamp, envelope.sender, envelope.recipients, *parts)
        return hmac.compare_digest(expected, envelope.signature)

    def _refuse_replay(self, signature: bytes) -> None:
        """Each signature counts once while its timestamp is fresh; a copy that another node takes is no new row."""
        now = self._clock.now().timestamp()
        while self._seen and next(iter(self._seen.values())) < now:
            self._seen.popitem(last=False)
        if signature in self._seen:
            raise Refused(409, "This request was taken before.")
        self._seen[signature] = now + 2 * WINDOW.total_seconds()

    async def _keep(self, envelope: _Envelope, parts: tuple[bytes, ...], peer: str) -> None:
        unknown = [one for one in envelope.recipients if not await self._intake.owner_of(one)]
        if unknown:
            raise Refused(404, "There is no such recipient: " + ", ".join(unknown[:5]))
        raw, *more = parts
        mail = ReceivedMail(
            raw=raw,
            mail_from=envelope.sender,
            rcpts=envelope.recipients,
            peer=peer,
            helo="http",
            received_at=self._clock.now(),
            key=await asyncio.to_thread(key_of, raw, envelope.recipients, more),
            more=tuple(more),
        )
        try:
            await self._intake.keep(mail)
        except AddressGone as gone:
            raise Refused(404, "There is no such recipient: " + ", ".join(sorted(gone.rcpts)[:5])) from gone


def signed(secret: bytes, timestamp: str, sender: str, recipients: tuple[str, ...], *parts: bytes) -> bytes:
    """HMAC-SHA256 over timestamp, sender and recipients, a line each, and the mail as it is."""
    mac = hmac.new(
        secret, f"{timestamp}\n{sender}\n{','.join(recipients)}\n".encode("utf-8", "replace"), hashlib.sha256
    )
    for part in parts:
        mac.update(part)
    return mac.digest()


def _signature(text: str) -> bytes | None:
    """`sha256=…` in hexadecimal digits."""
    try:
        found = bytes.fromhex(text.removeprefix("sha256="))
    except ValueError:
        return None
    return found if len(found) == hashlib.sha256().digest_size else None


def _answer(status: int, sentence: str) -> web.Response:
    headers = {"Retry-After": _TRY_AGAIN_AFTER} if status == 503 else None
    return web.Response(
        status=status,
        text=json.dumps({"kept": False, "problem": sentence}),
        content_type="application/json",
        headers=headers,
    )
