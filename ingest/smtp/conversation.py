"""The SMTP and LMTP commands: who may be written to, by whom, and what is answered; without a socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from crm_store.log import get_logger
from ingest.smtp import replies
from ingest.smtp.envelope import Path, read_path
from ingest.smtp.house import House
from ingest.smtp.login import MOST_CHARACTERS, Credentials, LoginDialogue
from ingest.smtp.reader import DataReader
from ingest.smtp.received import Owner
from ingest.smtp.replies import Reply
from ingest.smtp.taking import Letter, lines, take

_log = get_logger(__name__)
_ROLES: Final = frozenset({"postmaster", "abuse"})
_LONGEST_COMMAND: Final = 1_024
_BEFORE_TLS: Final = frozenset({"EHLO", "HELO", "LHLO", "NOOP", "QUIT", "STARTTLS", "RSET"})
Answer: TypeAlias = Reply | Awaitable[Reply]


class Conversation:
    """What one client has said so far."""

    def __init__(self, house: House, address: str, *, lmtp: bool) -> None:
        self._house = house
        self._address = address
        self._lmtp = lmtp
        self._errors = 0
        self._failed_logins = 0
        self.encrypted = False
        self.forget()

    def forget(self) -> None:
        """Start anew, as TLS demands (RFC 3207, 4.2)."""
        self._helo: str | None = None
        self._login: Owner | None = None
        self._dialogue: LoginDialogue | None = None
        self._reset()

    def _reset(self) -> None:
        self._sender: str | None = None
        self._rcpts: list[str] = []
        self._teams: set[str] = set()

    def greeting(self) -> Reply:
        """The first line."""
        return Reply(f"220 {self._house.hostname} {'LMTP' if self._lmtp else 'ESMTP'}")

    def patience(self, reply: Reply) -> float | None:
        """Count an error; seconds to rest after it, and None where the conversation was nothing but errors."""
        if not reply.is_error:
            return 0.0
        limits = self._house.limits
        self._errors += 1
        if self._errors >= limits.hard_errors:
            return None
        return limits.soft_error_delay_seconds if self._errors > limits.soft_errors else 0.0

    def obey(self, line: bytes) -> Answer:
        """Answer one line, its end cut off."""
        if self._dialogue is not None:
            return self._go_on_with_login(line)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            return Reply("500 5.5.2 Not understood")
        word, _, argument = text.partition(" ")
        verb = word.upper()
        if len(line) > (MOST_CHARACTERS if verb == "AUTH" else _LONGEST_COMMAND):
            return replies.LINE_TOO_LONG
        command = _COMMANDS.get(verb)
        if command is None:
            return Reply("500 5.5.2 Not understood")
        if self._house.tls_required and not (self.encrypted or self._lmtp) and verb not in _BEFORE_TLS:
            return Reply("530 5.7.0 Must issue a STARTTLS command first")
        return command(self, argument.strip())

    def _hello(self, name: str) -> Reply:
        return self._greet(name, extended=False, lmtp=False)

    def _extended_hello(self, name: str) -> Reply:
        return self._greet(name, extended=True, lmtp=False)

    def _local_hello(self, name: str) -> Reply:
        return self._greet(name, extended=True, lmtp=True)

    def _greet(self, name: str, *, extended: bool, lmtp: bool) -> Reply:
        if lmtp != self._lmtp:
            return Reply(f"500 5.5.1 This port speaks {'LMTP' if self._lmtp else 'SMTP'}")
        if not name:
            return Reply("501 5.5.4 Your name is missing")
        self._reset()
        self._helo = "".join(character for character in name[:255] if character.isprintable())
        if not extended:
            return Reply(f"250 {self._house.hostname}")
        offers = [
            self._house.hostname,
            "PIPELINING",
            f"SIZE {self._house.limits.message_bytes}",
            "8BITMIME",
            "SMTPUTF8",
        ]
        if self._house.tls and not self.encrypted:
            offers.append("STARTTLS")
        if self.encrypted and self._login is None:
            offers.append("AUTH PLAIN LOGIN")
        text = "\r\n".join(f"250-{line}" for line in offers)
        return Reply(f"{text}\r\n250 ENHANCEDSTATUSCODES")

    def _start_tls(self, argument: str) -> Reply:
        if argument:
            return Reply("501 5.5.4 Syntax: STARTTLS")
        if self._house.tls is None:
            return Reply("502 5.5.1 Not offered")
        if self.encrypted:
            return Reply("503 5.5.1 TLS is on already")
        return replies.ENCRYPT

    def _auth(self, argument: str) -> Answer:
        mechanism, _, first = argument.partition(" ")
        mechanism = mechanism.upper()
        if not self.encrypted:
            return Reply("538 5.7.11 Login needs TLS" if self._house.tls else "502 5.5.1 Not offered")
        if self._helo is None or self._login is not None or self._sender is not None:
            return Reply("503 5.5.1 Not now")
        if mechanism not in {"PLAIN", "LOGIN"}:
            return Reply("504 5.5.4 PLAIN and LOGIN are known here")
        self._dialogue = LoginDialogue(mechanism)
        if first:
            return self._go_on_with_login(first.encode())
        return Reply(f"334 {self._dialogue.question}")

    def _go_on_with_login(self, line: bytes) -> Answer:
        dialogue = self._dialogue
        if dialogue is None or len(line) > MOST_CHARACTERS or line == b"*":
            self._dialogue = None
            return Reply("501 5.7.0 Login given up")
        try:
            credentials = dialogue.answer(line.decode("ascii", "replace").strip())
        except ValueError:
            self._dialogue = None
            return Reply("501 5.5.2 Not readable")
        if credentials is None:
            return Reply(f"334 {dialogue.question}")
        self._dialogue = None
        return self._log_in(credentials)

    async def _log_in(self, credentials: Credentials) -> Reply:
        try:
            self._login = await self._house.intake.login(credentials.name, credentials.secret)
        except Exception as error:  # noqa: BLE001 - whatever fails here is ours, and none of the client's business.
            _log.error("smtp_login_not_checked", error=type(error).__name__)
            return Reply("454 4.7.0 Login cannot be checked now, try again later")
        if self._login is not None:
            return Reply("235 2.7.0 Welcome")
        self._failed_logins += 1
        _log.warning("smtp_login_refused", failures=self._failed_logins)
        if self._failed_logins >= self._house.limits.failed_logins:
            return replies.TOO_MANY_LOGINS
        await asyncio.sleep(self._house.limits.soft_error_delay_seconds)
        return Reply("535 5.7.8 Name or password is wrong")

    def _mail(self, argument: str) -> Reply:
        if self._helo is None:
            return Reply("503 5.5.1 Say hello first")
        if self._sender is not None:
            return Reply("503 5.5.1 Nested MAIL command")
        path = read_path(argument, "FROM:")
        if path is None:
            return Reply("501 5.5.4 Syntax: MAIL FROM:<address>")
        refusal = self._refuse_parameters(path)
        if refusal:
            return Reply(refusal)
        # Reports of all the world's servers have no sender, so they are no one sender's.
        if path.address and self._house.by_sender.full(path.address.lower(), self._seconds()):
            return Reply(replies.SENDER_TOO_OFTEN)
        self._sender = path.address
        self._house.pace.arrived()
        return replies.SENDER_OK

    def _refuse_parameters(self, path: Path) -> str | None:
        parameters = dict(path.parameters)
        size = parameters.pop("SIZE", "0")
        body = parameters.pop("BODY", "7BIT")
        flagged = parameters.pop("SMTPUTF8", "")
        if self.encrypted:
            # RFC 4954, 5: who says to have written it first is believed no more than the sender itself.
            parameters.pop("AUTH", None)
        if parameters:
            return "555 5.5.4 Unknown parameter"
        if not (size.isascii() and size.isdigit()) or body.upper() not in {"7BIT", "8BITMIME"} or flagged:
            return "501 5.5.4 Bad parameter"
        if len(size) > 18 or int(size) > self._house.limits.message_bytes:
            return replies.TOO_LARGE
        return replies.BUSY if int(size) > self._house.in_flight.free else None

    def _rcpt(self, argument: str) -> Answer:
        if self._sender is None:
            return Reply("503 5.5.1 MAIL first")
        path = read_path(argument, "TO:")
        if path is None or not path.address:
            return Reply("501 5.1.3 Syntax: RCPT TO:<address>")
        if path.parameters:
            return Reply("555 5.5.4 Unknown parameter")
        if len(self._rcpts) >= self._house.limits.recipients:
            return Reply("452 4.5.3 Too many recipients, send the rest separately")
        return self._judge(path.address)

    def _judge(self, address: str) -> Answer:
        """Unknown addresses are refused here, never accepted and bounced later."""
        local, _, host = address.rpartition("@")
        ours = host.lower().rstrip(".") == self._house.domain
        if (local.lower() in _ROLES and ours) or address.lower() in _ROLES:
            self._rcpts.append(address)
            return replies.RECIPIENT_OK
        if not ours:
            return Reply("550 5.7.1 Not a relay" if local else replies.NO_SUCH_ADDRESS)
        owner = self._house.intake.recall(address)
        return self._ask(address) if owner is None else self._accept(address, owner)

    async def _ask(self, address: str) -> Reply:
        owner = await self._house.intake.owner_of(address)
        return Reply(replies.NO_SUCH_ADDRESS) if owner is None else self._accept(address, owner)

    def _accept(self, address: str, owner: Owner) -> Reply:
        if self._house.by_team.full(owner.team_id, self._seconds()):
            return Reply(replies.TEAM_TOO_OFTEN)
        self._teams.add(owner.team_id)
        self._rcpts.append(address)
        return replies.RECIPIENT_OK

    def _data(self, argument: str) -> Reply:
        if not self._rcpts:
            return Reply("503 5.5.1 RCPT first")
        return Reply("501 5.5.4 Syntax: DATA") if argument else replies.GO_AHEAD

    async def finish(self, reader: DataReader) -> Reply:
        """The mail is here: judge it, keep it, and only then say so."""
        letter = Letter(self._sender or "", tuple(self._rcpts), self._address, self._helo or "", self._login)
        teams = self._teams
        self._reset()
        try:
            text = await take(self._house, letter, reader, each=self._lmtp)
        except Exception as error:  # noqa: BLE001 - our failure is temporary and none of the sender's business.
            _log.error("mail_not_kept", error=type(error).__name__)
            text = lines(replies.FAILED, len(letter.rcpts) if self._lmtp else 1)
        if replies.KEPT in text:
            self._count(letter.mail_from, teams)
        return Reply(text)

    def _count(self, sender: str, teams: set[str]) -> None:
        if sender:
            self._house.by_sender.add(sender.lower(), self._seconds())
        for team_id in teams:
            self._house.by_team.add(team_id, self._seconds())

    def _seconds(self) -> float:
        return self._house.clock.now().timestamp()

    def _forget_mail(self, _argument: str) -> Reply:
        self._reset()
        return replies.OK

    def _nothing(self, _argument: str) -> Reply:
        return replies.OK

    def _quit(self, _argument: str) -> Reply:
        return replies.BYE

    def _verify(self, _argument: str) -> Reply:
        """Addresses are secrets, so nothing is told."""
        return Reply("252 2.1.5 Send some mail and see")

    def _expand(self, _argument: str) -> Reply:
        return Reply("502 5.5.1 Not offered")

    def _help(self, _argument: str) -> Reply:
        return Reply("214 2.0.0 This server takes mail for Rapport")

    def _not_http(self, _argument: str) -> Reply:
        """A web page may not make a browser speak SMTP: its first line ends the conversation."""
        return replies.NO_WEB


_COMMANDS: Final[dict[str, Callable[[Conversation, str], Answer]]] = {
    "HELO": Conversation._hello,
    "EHLO": Conversation._extended_hello,
    "LHLO": Conversation._local_hello,
    "STARTTLS": Conversation._start_tls,
    "AUTH": Conversation._auth,
    "MAIL": Conversation._mail,
    "RCPT": Conversation._rcpt,
    "DATA": Conversation._data,
    "RSET": Conversation._forget_mail,
    "NOOP": Conversation._nothing,
    "QUIT": Conversation._quit,
    "VRFY": Conversation._verify,
    "EXPN": Conversation._expand,
    "HELP": Conversation._help,
    **dict.fromkeys(("GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT"), Conversation._not_http),
}
