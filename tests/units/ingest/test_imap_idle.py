"""A mail server that tells what comes is listened to, with patience for what servers do."""

import asyncio
import imaplib
import socket
from collections.abc import Callable, Iterator

import pytest

from crm_store.clock import SystemClock
from crm_store.engine.store import Store
from ingest.imap import Place, Puller
from ingest.imap_idle import NoIdle, wait_for_news
from tests.cast import Cast
from tests.units.ingest import imap_server
from tests.units.ingest.letters import letter
from tests.units.ingest.test_imap import until

OPEN = b"+ idling\r\n"
END = b"RAPPORT-IDLE OK done\r\n"


class Wire:
    """A connection whose other end is in the test's hand; what a server says to each command is laid down before."""

    def __init__(self, *answers: bytes) -> None:
        self._ours, self.theirs = socket.socketpair()
        self._answers = list(answers)
        self.sent: list[bytes] = []

    def socket(self) -> socket.socket:
        return self._ours

    def send(self, data: bytes) -> None:
        self.sent.append(data)
        if self._answers:
            self.theirs.sendall(self._answers.pop(0))

    def close(self) -> None:
        self._ours.close()
        self.theirs.close()


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    made: list[Wire] = []

    def make(*answers: bytes) -> Wire:
        made.append(Wire(*answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def _never() -> bool:
    return False


def test_news_ends_the_wait_and_the_command(wire: Callable[..., Wire]) -> None:
    server = wire(OPEN + b"* OK still here\r\n* 3 EXISTS\r\n", END)
    server.socket().settimeout(7.0)
    assert wait_for_news(server, 60, SystemClock(), _never)
    assert server.sent == [b"RAPPORT-IDLE IDLE\r\n", b"DONE\r\n"]
    assert server.socket().gettimeout() == 7.0


def test_silence_ends_with_the_time_and_a_stop_before_it(wire: Callable[..., Wire]) -> None:
    assert not wait_for_news(wire(OPEN, END), 0.01, SystemClock(), _never)
    assert not wait_for_news(wire(OPEN, END), 60, SystemClock(), lambda: True)


def test_what_comes_at_the_last_moment_is_heard(wire: Callable[..., Wire]) -> None:
    assert wait_for_news(wire(OPEN, b"* 4 EXISTS\r\n" + END), 0.01, SystemClock(), _never)


def test_a_server_that_refuses_is_not_listened_to(wire: Callable[..., Wire]) -> None:
    with pytest.raises(NoIdle):
        wait_for_news(wire(b"RAPPORT-IDLE BAD what\r\n"), 60, SystemClock(), _never)


@pytest.mark.parametrize("said", [OPEN + b"* BYE shutting down\r\n", OPEN + b"x" * 70_000])
def test_a_server_that_leaves_or_raves_is_let_go(wire: Callable[..., Wire], said: bytes) -> None:
    with pytest.raises(imaplib.IMAP4.abort):
        wait_for_news(wire(said), 60, SystemClock(), _never)


def test_a_connection_that_is_cut_is_said(wire: Callable[..., Wire]) -> None:
    server = wire(OPEN)
    server.theirs.shutdown(socket.SHUT_WR)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        wait_for_news(server, 60, SystemClock(), _never)


@pytest.mark.skipif(imap_server.PROGRAM is None, reason="Dovecot is not installed")
async def test_a_mail_is_kept_as_soon_as_the_server_tells_of_it(cast: Cast, store: Store) -> None:
    with imap_server.running() as server:
        place = Place("127.0.0.1", server.port, "ada", "INBOX", tls=False)
        puller = Puller(cast.ada, place, imap_server.PASSWORD, every=3_600.0)
        stop = asyncio.Event()
        running = asyncio.create_task(puller.run(stop))
        for number in range(2):
            await asyncio.to_thread(server.put, letter(f"Mail {number}.", Message_ID=f"<{number}@team.example>"))
            await until(store, number + 1)
        stop.set()
        async with asyncio.timeout(60):
            await running
    assert puller.kept == 2
