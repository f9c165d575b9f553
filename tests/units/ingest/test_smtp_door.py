"""The mail listener over real sockets on loopback: what it takes, what it refuses, and with which code."""

import asyncio
import smtplib
import ssl
from pathlib import Path

import pytest

from ingest.smtp.limits import SmtpLimits
from tests.units.ingest.doorway import ADA, HELLO, OWNER, Store, certificate, greeted, listening


async def test_an_ordinary_client_delivers_a_mail_and_it_is_kept_once() -> None:
    store = Store()
    async with listening(store) as (_, _, port):

        def send() -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                client.sendmail("ann@acme.example", [ADA], b"Subject: hi\r\n\r\n.dot\r\nhello\r\n")

        await asyncio.to_thread(send)
    assert [mail.raw for mail in store.kept] == [b"Subject: hi\r\n\r\n.dot\r\nhello\r\n"]
    assert store.kept[0].mail_from == "ann@acme.example"
    assert store.kept[0].received_at.tzinfo is not None


async def test_the_greeting_offers_what_it_can_do() -> None:
    async with listening(Store()) as (dial, _, _):
        client = await dial()
        await client.reply()
        offered = (await client.say("EHLO x.example\r\n"))[0]
        assert all(
            word in offered for word in ("PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
        )
        assert "AUTH" not in offered


async def test_a_failing_store_is_a_passing_failure_that_tells_nothing() -> None:
    store = Store()
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        store.broken = True
        answer = (await client.say("hi\r\n.\r\n"))[0]
        assert answer.startswith("451 4.3.0")
        assert "secret" not in answer
        await client.say("MAIL FROM:<a@b.example>\r\n")
        assert (await client.say(f"RCPT TO:<{ADA}>\r\n"))[0].startswith("451 4.3.0")


async def test_no_mail_is_acknowledged_before_it_is_kept() -> None:
    store = Store(gate=asyncio.Event())
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        client.writer.write(b"hi\r\n.\r\n")
        await store.reached.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.readline(), 0.05)
        assert store.gate is not None
        store.gate.set()
        assert (await client.reply()).startswith("250")


@pytest.mark.parametrize(
    ("rcpt", "code"),
    [
        ("bob@elsewhere.example", "550 5.7.1"),
        ("bob%elsewhere.example@in.team.example", "550 5.1.1"),
        ("@in.team.example:bob@elsewhere.example", "550 5.7.1"),
        ('"bob@elsewhere.example"@in.team.example', "550 5.1.1"),
        ("bob@[127.0.0.1]", "550 5.7.1"),
        ("bob", "550"),
        ("ada-zzzzzzzzzzzzzzzzzzzzzzzzzz@in.team.example", "550 5.1.1"),
        ("postmaster@in.team.example", "250"),
        ("Postmaster", "250"),
        ("postmaster@elsewhere.example", "550 5.7.1"),
        (ADA, "250"),
    ],
)
async def test_a_recipient_is_judged_at_rcpt(rcpt: str, code: str) -> None:
    async with listening(Store()) as (dial, _, _):
        client = await greeted(dial)
        await client.say("MAIL FROM:<>\r\n")
        assert (await client.say(f"RCPT TO:<{rcpt}>\r\n"))[0].startswith(code)


async def test_the_recipient_after_the_limit_waits_and_the_mail_still_goes() -> None:
    store = Store()
    async with listening(store, SmtpLimits(recipients=2)) as (dial, _, _):
        client = await greeted(dial)
        answers = await client.say("MAIL FROM:<a@b.example>\r\n" + f"RCPT TO:<{ADA}>\r\n" * 3, 4)
        assert [answer[:9] for answer in answers[1:]] == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]
        assert (await client.say("DATA\r\n"))[0].startswith("354")
        assert (await client.say("hi\r\n.\r\n"))[0].startswith("250")
    assert store.kept[0].rcpts == (ADA,)


async def test_size_is_enforced_when_declared_and_when_sent() -> None:
    store = Store()
    async with listening(store, SmtpLimits(message_bytes=1_000)) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say("MAIL FROM:<a@b.example> SIZE=1001\r\n"))[0].startswith("552 5.3.4")
        await client.say(HELLO, 3)
        assert (await client.say(b"x" * 999 + b"\r\n.\r\n"))[0].startswith("552 5.3.4")
        await client.say(HELLO, 3)
        assert (await client.say(b"x" * 998 + b"\r\n.\r\n"))[0].startswith("250")
    assert [len(mail.raw) for mail in store.kept] == [1_000]


async def test_mail_beyond_the_budget_in_flight_waits() -> None:
    async with listening(Store(), SmtpLimits(bytes_in_flight=500)) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say("MAIL FROM:<a@b.example> SIZE=501\r\n"))[0].startswith("452 4.3.1")
        await client.say(HELLO, 3)
        assert (await client.say(b"x" * 600 + b"\r\n.\r\n"))[0].startswith("452 4.3.1")
        await client.say(HELLO, 3)
        assert (await client.say(b"small\r\n.\r\n"))[0].startswith("250")


async def test_commands_sent_in_one_go_are_answered_in_order() -> None:
    store = Store()
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        bad = HELLO.replace("DATA", "RCPT TO:<no@elsewhere.example>\r\nDATA")
        assert [answer[:3] for answer in await client.say(bad, 4)] == ["250", "250", "550", "354"]
        both = f"one\r\n.\r\n{HELLO}two\r\n.\r\n"
        assert [answer[:3] for answer in await client.say(both, 5)] == ["250", "250", "250", "354", "250"]
    assert [mail.raw for mail in store.kept] == [b"one\r\n", b"two\r\n"]


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n"])
async def test_nothing_is_smuggled_behind_an_odd_end(ending: bytes) -> None:
    store = Store()
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        answer = await client.say(b"outer" + ending + HELLO.encode() + b"inner\r\n.\r\n")
        assert answer[0].startswith("250")
        assert (await client.say("NOOP\r\n"))[0].startswith("250 2.0.0")
    assert len(store.kept) == 1


async def test_long_lines_and_lone_line_feeds_are_taken() -> None:
    store = Store()
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        assert (await client.say(b"a\nb\r\n" + b"x" * 200_000 + b"\r\n.\r\n"))[0].startswith("250")
    assert store.kept[0].raw.startswith(b"a\r\nb\r\nxxx")


async def test_a_mail_that_goes_round_is_refused() -> None:
    async with listening(Store(), SmtpLimits(hops=3)) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        assert (await client.say(b"Received: x\r\n" * 4 + b"\r\nhi\r\n.\r\n"))[0].startswith("554 5.4.6")


async def test_one_connection_too_many_is_told_so() -> None:
    async with listening(Store(), SmtpLimits(connections_per_address=2)) as (dial, _, _):
        first, second = await greeted(dial), await greeted(dial)
        third = await dial()
        assert (await third.reply()).startswith("421 4.7.0")
        await first.say("QUIT\r\n")
        assert (await second.say("NOOP\r\n"))[0].startswith("250")


async def test_a_conversation_of_errors_ends() -> None:
    limits = SmtpLimits(soft_errors=2, hard_errors=4, soft_error_delay_seconds=0.001)
    async with listening(Store(), limits) as (dial, _, _):
        client = await greeted(dial)
        answers = await client.say("DATA\r\n" * 4, 5)
        assert [answer[:9] for answer in answers] == ["503 5.5.1"] * 4 + ["421 4.7.0"]


async def test_a_silent_and_a_slow_sender_are_cut() -> None:
    limits = SmtpLimits(command_seconds=0.05, pace_window_seconds=0.1)
    async with listening(Store(), limits) as (dial, _, _):
        silent = await greeted(dial)
        assert (await silent.reply()).startswith("421 4.4.2")
        slow = await greeted(dial)
        await slow.say(HELLO, 3)
        assert (await slow.say("x"))[0].startswith("421 4.4.2")


async def test_a_browser_is_sent_away() -> None:
    async with listening(Store()) as (dial, _, _):
        client = await dial()
        await client.reply()
        assert (await client.say(f"POST / HTTP/1.1\r\nHost: x\r\n\r\n{HELLO}"))[0].startswith("421")
        assert await client.reader.read() == b""


async def test_a_conversation_goes_on_behind_tls_and_plain_text_before_it_is_forgotten(tmp_path: Path) -> None:
    store = Store()
    async with listening(store, tls=certificate(tmp_path)) as (_, _, port):

        def send() -> None:
            unchecked = ssl.create_default_context()
            unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                client.ehlo()
                client.mail("early@acme.example")
                client.starttls(context=unchecked)
                assert client.docmd(f"RCPT TO:<{ADA}>")[0] == 503
                client.sendmail("ann@acme.example", [ADA], b"Subject: hi\r\n\r\nhello\r\n")
                assert "auth" in client.esmtp_features
                assert "starttls" not in client.esmtp_features

        await asyncio.to_thread(send)
    assert [mail.mail_from for mail in store.kept] == ["ann@acme.example"]


async def test_stopping_sends_idle_senders_away_and_finishes_the_mail_in_flight() -> None:
    store = Store(gate=asyncio.Event())
    async with listening(store) as (dial, listener, _):
        idle, busy = await greeted(dial), await greeted(dial)
        await busy.say(HELLO, 3)
        busy.writer.write(b"hi\r\n.\r\n")
        await store.reached.wait()
        stopping = asyncio.create_task(listener.stop())
        assert (await idle.reply()).startswith("421 4.3.2")
        assert store.gate is not None
        store.gate.set()
        assert (await busy.reply()).startswith("250")
        await stopping
    assert len(store.kept) == 1


async def test_hanging_up_early_does_not_cancel_the_commit() -> None:
    store = Store(gate=asyncio.Event())
    async with listening(store) as (dial, listener, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        client.writer.write(b"hi\r\n.\r\n")
        await store.reached.wait()
        await client.close()
        assert store.gate is not None
        store.gate.set()
        await listener.stop()
    assert len(store.kept) == 1


async def test_a_sender_who_says_all_at_once_and_hangs_up_its_half_is_still_answered() -> None:
    store = Store(gate=asyncio.Event())
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        client.writer.write(f"{HELLO}hi\r\n.\r\nQUIT\r\n".encode())
        client.writer.write_eof()
        await store.reached.wait()
        assert store.gate is not None
        store.gate.set()
        told = (await client.reader.read()).decode().splitlines()
        assert [line[:3] for line in told] == ["250", "250", "354", "250", "221"]
    assert len(store.kept) == 1


async def test_much_that_comes_behind_a_mail_waits_and_is_answered_in_order() -> None:
    store = Store(gate=asyncio.Event())
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        client.writer.write(b"hi\r\n.\r\n" + b"NOOP\r\n" * 40_000 + b"VRFY x\r\n")
        await store.reached.wait()
        assert store.gate is not None
        store.gate.set()
        assert (await client.reply()).startswith("250 2.0.0 Kept")
        answers = [await client.reader.readline() for _ in range(40_001)]
        assert set(answers[:-1]) == {b"250 2.0.0 OK\r\n"}
        assert answers[-1].startswith(b"252")


async def test_a_command_without_an_end_and_one_that_is_too_long_are_refused() -> None:
    async with listening(Store()) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say("NOOP " + "x" * 2_000 + "\r\n"))[0].startswith("500 5.5.2")
        assert (await client.say(b"NOOP \xff\r\n"))[0].startswith("500 5.5.2")
        assert (await client.say("MAIL FROM:<" + "x" * 20_000))[0].startswith("500 5.5.2")
        assert await client.reader.read() == b""


async def test_a_name_with_control_characters_reaches_nobody() -> None:
    store = Store()
    async with listening(store) as (dial, _, _):
        client = await dial()
        await client.reply()
        await client.say(b"EHLO a\0b\x07\r\n")
        await client.say(HELLO, 3)
        await client.say("hi\r\n.\r\n")
    assert [mail.helo for mail in store.kept] == ["ab"]


async def test_a_known_owner_is_not_asked_for_again() -> None:
    store = Store(known={ADA: OWNER})
    async with listening(store) as (dial, _, _):
        client = await greeted(dial)
        store.broken = True
        answers = await client.say(f"MAIL FROM:<a@b.example>\r\nRCPT TO:<{ADA}>\r\n", 2)
        assert [answer[:9] for answer in answers] == ["250 2.1.0", "250 2.1.5"]
