"""Handing letters to a mail server that takes them, refuses them, or breaks off at the worst moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.journal import Before, Journal
from campaigns.letters import Letter
from campaigns.transport import NotTaken, Relay
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
        self.lines: list[str] = []
        self.talks: list[asyncio.Task[None]] = []

    def pipelining(self) -> "Server":
        """The same server, which lets commands come in one packet."""
        self.answers["EHLO"] = "250-here\r\n250 PIPELINING"
        return self

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
            self.lines.append(line)
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
        await asyncio.wait_for(asyncio.gather(*server.talks), 60)
        listening.close()
        await listening.wait_closed()


Given = tuple[Callable[[Server], Awaitable[Relay]], Journal]


async def test_letters_share_a_connection(serves: Given) -> None:
    start, journal = serves
    server = Server({})
    relay = await start(server)
    assert [await relay.hand(LETTER) for _ in range(3)] == [True, True, True]
    assert (server.connections, server.taken) == (1, 3)
    assert journal.before("snd_1") is Before.LEFT
    await relay.settled(["snd_1"])
    assert journal.before("snd_1") is Before.STAYED


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
    assert journal.before("snd_1") is Before.STAYED


@pytest.mark.parametrize(
    ("answer", "slow"),
    [("451 4.7.1 too many from you", True), ("421 slow down", True), ("450 4.2.1 mailbox busy", False),
     ("550 5.1.1 unknown", False)],
)  # fmt: skip
async def test_only_what_a_whole_domain_says_slows_it(serves: Given, answer: str, slow: bool) -> None:
    start, _ = serves
    relay = await start(Server({"RCPT": answer}))
    with pytest.raises(NotTaken) as refused:
        await relay.hand(LETTER)
    assert refused.value.slow is slow


async def test_letters_go_in_one_packet_where_the_server_takes_that(serves: Given) -> None:
    start, journal = serves
    server = Server({}).pipelining()
    relay = await start(server)
    assert [await relay.hand(LETTER) for _ in range(3)] == [True, True, True]
    assert (server.connections, server.taken) == (1, 3)
    assert journal.before("snd_1") is Before.LEFT


@pytest.mark.parametrize("answers", [{"RCPT": "550 5.1.1 unknown"}, {"MAIL": "451 4.3.0 later"}])
async def test_a_refusal_in_a_packet_leaves_a_connection_that_works(serves: Given, answers: dict[str, str]) -> None:
    start, journal = serves
    server = Server(answers).pipelining()
    relay = await start(server)
    for _ in range(2):
        with pytest.raises(NotTaken):
            await relay.hand(LETTER)
    server.answers |= {"RCPT": "250 ok", "MAIL": "250 ok"}
    assert await relay.hand(replace(LETTER, send_id="snd_2"))
    assert server.connections == 1
    assert journal.before("snd_1") is Before.STAYED


async def test_a_line_that_begins_with_a_dot_arrives_as_it_was(serves: Given) -> None:
    start, _ = serves
    server = Server({})
    relay = await start(server)
    await relay.hand(replace(LETTER, content=b"Subject: s\n\n.\n..two\nend"))
    body = server.lines[server.lines.index("DATA\r\n") + 1 :]
    assert body[2:6] == ["..\r\n", "...two\r\n", "end\r\n", ".\r\n"]


async def test_an_address_that_would_break_out_of_a_command_is_refused(serves: Given) -> None:
    start, _ = serves
    server = Server({})
    relay = await start(server)
    with pytest.raises(NotTaken, match="no address"):
        await relay.hand(replace(LETTER, recipient="b@there.example>\r\nRSET"))
    assert server.lines == []


async def test_a_relay_that_keeps_ids_leaves_no_doubt(tmp_path: Path) -> None:
    server = Server({".": GONE})
    listening = await asyncio.start_server(server.accept, "127.0.0.1", 0)
    address = f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    relay = Relay(address, Journal(tmp_path), 1, unique=True)
    with pytest.raises(NotTaken) as refused:
        await relay.hand(LETTER)
    assert refused.value.passing
    assert await relay.before("snd_1") is Before.STAYED
    await relay.close()
    await asyncio.wait_for(asyncio.gather(*server.talks), 60)
    listening.close()
    await listening.wait_closed()


async def test_a_server_that_hangs_up_after_the_last_byte_leaves_the_letter_in_doubt(serves: Given) -> None:
    start, journal = serves
    relay = await start(Server({".": GONE}))
    assert await relay.hand(LETTER) is False
    assert journal.before("snd_1") is Before.UNKNOWN


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
