"""Handing letters to a mail server that takes them, refuses them, or breaks off at the worst moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from campaigns.letters import Letter
from campaigns.transport import Before, Journal, NotTaken, Relay
from crm_store.errors import BadSetting

LETTER = Letter(
    "snd_1", "a@here.example", "b@there.example", "<snd_1@here.example>", "s", "t", b"Subject: s\r\n\r\nt\r\n"
)
GONE = ""


class Server:
    """Answers each command with what it was told to, or hangs up where that is nothing."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = {"EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "RSET": "250 ok",
                        "QUIT": "221 bye", ".": "250 taken"} | answers  # fmt: skip
        self.connections, self.taken = 0, 0
        self.talks: list[asyncio.Task[None]] = []

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, whose end can be waited for."""
        self.talks.append(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        self.connections += 1
        writer.write(b"220 here\r\n")
        within = False
        while line := (await reader.readline()).decode():
            word = line.strip().upper()[: 1 if within else 4]
            if within and line.strip() != ".":
                continue
            within = word == "DATA" and self.answers["DATA"].startswith("354")
            answer = self.answers[word]
            if not answer:
                break
            self.taken += word == "." and answer.startswith("250")
            writer.write(f"{answer}\r\n".encode())
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.fixture
async def serves(tmp_path: Path) -> AsyncIterator[tuple[Callable[[Server], Awaitable[Relay]], Journal]]:
    open_ones: list[tuple[asyncio.Server, Server, Relay]] = []
    journal = Journal(tmp_path / "journal")

    async def start(server: Server) -> Relay:
        listening = await asyncio.start_server(server.accept, "127.0.0.1", 0)
        relay = Relay(f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}", journal, 2)
        open_ones.append((listening, server, relay))
        return relay

    yield start, journal
    for listening, server, relay in open_ones:
        await relay.close()
        await asyncio.wait_for(asyncio.gather(*server.talks), 10)
        listening.close()
        await listening.wait_closed()


Given = tuple[Callable[[Server], Awaitable[Relay]], Journal]


async def test_letters_share_a_connection(serves: Given) -> None:
    start, journal = serves
    server = Server({})
    relay = await start(server)
    assert [await relay.hand(LETTER) for _ in range(3)] == [True, True, True]
    assert (server.connections, server.taken) == (1, 3)
    assert journal.read("snd_1") is Before.LEFT
    await relay.settled(["snd_1"])
    assert journal.read("snd_1") is Before.STAYED


@pytest.mark.parametrize(
    ("answers", "passing", "dead"),
    [
        ({"RCPT": "550 5.1.1 <b@there.example> unknown"}, False, True),
        ({"RCPT": "550 no such user"}, False, True),
        ({"RCPT": "550 5.7.1 policy"}, False, False),
        ({"RCPT": "552 5.2.2 mailbox full"}, False, False),
        ({"RCPT": "550 5.2.1 mailbox disabled for now"}, False, False),
        ({"RCPT": "450 4.2.1 later"}, True, False),
        ({"MAIL": "451 4.3.0 busy"}, True, False),
        ({"MAIL": "550 5.1.1 you are unknown"}, False, False),
        ({"DATA": "421 4.3.2 closing"}, True, False),
        ({".": "554 5.6.0 content"}, False, False),
        ({".": "451 4.3.0 later"}, True, False),
        ({"RCPT": GONE}, True, False),
    ],
)
async def test_a_refusal_says_whether_to_try_again_and_whether_the_address_is_dead(
    serves: Given, answers: dict[str, str], passing: bool, dead: bool
) -> None:
    start, journal = serves
    relay = await start(Server(answers))
    with pytest.raises(NotTaken) as refused:
        await relay.hand(LETTER)
    assert (refused.value.passing, refused.value.dead) == (passing, dead)
    assert "there.example" not in refused.value.sentence
    assert journal.read("snd_1") is Before.STAYED


async def test_a_server_that_hangs_up_after_the_last_byte_leaves_the_letter_in_doubt(serves: Given) -> None:
    start, journal = serves
    relay = await start(Server({".": GONE}))
    assert await relay.hand(LETTER) is False
    assert journal.read("snd_1") is Before.UNKNOWN


async def test_a_connection_is_used_again_after_a_refusal(serves: Given) -> None:
    start, _ = serves
    server = Server({"RCPT": "550 5.1.1 unknown"})
    relay = await start(server)
    for _ in range(2):
        with pytest.raises(NotTaken):
            await relay.hand(LETTER)
    assert server.connections == 1


async def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    closed = await asyncio.start_server(Server({}).accept, "127.0.0.1", 0)
    port = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    with pytest.raises(NotTaken) as refused:
        await Relay(f"smtp://127.0.0.1:{port}", Journal(tmp_path), 1).hand(LETTER)
    assert refused.value.passing


@pytest.mark.parametrize("address", ["http://mail.example", "smtp://", "smtp://mail.example:many"])
def test_an_address_that_is_no_relay_is_said_at_the_start(address: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting):
        Relay(address, Journal(tmp_path), 1)
