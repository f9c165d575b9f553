"""TLS and login at the mail door: nothing secret in the clear, and who logged in is known when the mail is filed."""

import asyncio
import base64
import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.smtp.limits import SmtpLimits
from tests.units.ingest.doorway import ADA, HELLO, OWNER, Store, certificate, greeted, listening

NAME, SECRET = "ada@team.example", "s3cret"
QUICK = SmtpLimits(soft_error_delay_seconds=0.001)


def plain(name: str, secret: str) -> str:
    return base64.b64encode(f"\0{name}\0{secret}".encode()).decode()


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def encrypted(port: int, talk: Callable[[smtplib.SMTP], object]) -> None:
    """Speak with the standard library's client, TLS on."""

    def speak() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.starttls(context=trusting())
            client.ehlo()
            talk(client)

    await asyncio.to_thread(speak)


async def test_who_logs_in_under_tls_is_known_with_the_mail(tmp_path: Path) -> None:
    store = Store()
    async with listening(store, tls=certificate(tmp_path)) as (_, _, port):

        def talk(client: smtplib.SMTP) -> None:
            assert client.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
            client.login(NAME, SECRET)
            client.sendmail(NAME, [ADA], b"Subject: hi\r\n\r\nhello\r\n")

        await encrypted(port, talk)
    assert [mail.login for mail in store.kept] == [OWNER]


async def test_both_ways_of_login_work_step_by_step(tmp_path: Path) -> None:
    async with listening(Store(), tls=certificate(tmp_path)) as (_, _, port):

        def by_login(client: smtplib.SMTP) -> None:
            assert client.docmd("AUTH", "LOGIN") == (334, base64.b64encode(b"Username:"))
            assert client.docmd(base64.b64encode(NAME.encode()).decode()) == (334, base64.b64encode(b"Password:"))
            assert client.docmd(base64.b64encode(SECRET.encode()).decode())[0] == 235
            assert client.docmd("AUTH", "PLAIN")[0] == 503

        def by_plain(client: smtplib.SMTP) -> None:
            assert client.docmd("AUTH", "PLAIN")[0] == 334
            assert client.docmd("*")[0] == 501
            assert client.docmd("AUTH", "PLAIN")[0] == 334
            assert client.docmd(plain(NAME, SECRET))[0] == 235

        await encrypted(port, by_login)
        await encrypted(port, by_plain)


async def test_a_mail_without_login_says_nothing_of_one(tmp_path: Path) -> None:
    store = Store()
    async with listening(store, tls=certificate(tmp_path)) as (_, _, port):
        await encrypted(port, lambda client: client.sendmail(NAME, [ADA], b"hi\r\n"))
    assert [mail.login for mail in store.kept] == [None]


async def test_the_third_wrong_password_ends_the_conversation(tmp_path: Path) -> None:
    async with listening(Store(), QUICK, tls=certificate(tmp_path)) as (_, _, port):

        def guess(client: smtplib.SMTP) -> None:
            answers = [client.docmd("AUTH", f"PLAIN {plain(NAME, f'guess{number}')}") for number in range(3)]
            assert [code for code, _ in answers] == [535, 535, 421]
            with pytest.raises(smtplib.SMTPServerDisconnected):
                client.docmd("NOOP")

        await encrypted(port, guess)


@pytest.mark.parametrize("given", ["!", base64.b64encode(b"no parts").decode(), base64.b64encode(b"\0\0x").decode()])
async def test_what_is_no_login_is_refused_and_leaks_nothing(given: str, tmp_path: Path) -> None:
    async with listening(Store(), tls=certificate(tmp_path)) as (_, _, port):

        def talk(client: smtplib.SMTP) -> None:
            assert client.docmd("AUTH", f"PLAIN {given}") == (501, b"5.5.2 Not readable")
            assert client.docmd("AUTH", "CRAM-MD5")[0] == 504
            assert client.docmd("NOOP")[0] == 250

        await encrypted(port, talk)


async def test_a_store_that_is_down_makes_a_login_wait(tmp_path: Path) -> None:
    async with listening(Store(broken=True), tls=certificate(tmp_path)) as (_, _, port):

        def talk(client: smtplib.SMTP) -> None:
            code, text = client.docmd("AUTH", f"PLAIN {plain(NAME, SECRET)}")
            assert code == 454
            assert b"secret words" not in text

        await encrypted(port, talk)


async def test_nobody_logs_in_in_the_clear(tmp_path: Path) -> None:
    async with listening(Store(), tls=certificate(tmp_path)) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say(f"AUTH PLAIN {plain(NAME, SECRET)}\r\n"))[0].startswith("538 5.7.11")
    async with listening(Store()) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say(f"AUTH PLAIN {plain(NAME, SECRET)}\r\n"))[0].startswith("502 5.5.1")
        assert (await client.say("STARTTLS\r\n"))[0].startswith("502 5.5.1")


async def test_where_tls_is_required_no_mail_goes_in_the_clear(tmp_path: Path) -> None:
    store = Store()
    async with listening(store, tls=certificate(tmp_path), tls_required=True) as (dial, _, port):
        client = await greeted(dial)
        answers = await client.say("MAIL FROM:<a@b.example>\r\nNOOP\r\nRSET\r\nVRFY x\r\n", 4)
        assert [answer[:9] for answer in answers] == ["530 5.7.0", "250 2.0.0", "250 2.0.0", "530 5.7.0"]
        await encrypted(port, lambda client: client.sendmail(NAME, [ADA], b"hi\r\n"))
    assert len(store.kept) == 1


async def test_what_is_sent_in_the_clear_behind_starttls_is_forgotten(tmp_path: Path) -> None:
    store = Store()
    async with listening(store, tls=certificate(tmp_path)) as (dial, _, _):
        client = await greeted(dial)
        assert (await client.say(f"STARTTLS\r\n{HELLO}injected\r\n.\r\n"))[0].startswith("220")
        await client.writer.start_tls(trusting())
        assert (await client.say("MAIL FROM:<a@b.example>\r\n"))[0].startswith("503 5.5.1 Say hello")
        assert (await client.say("EHLO x.example\r\n"))[0].startswith("250")
        assert (await client.say("STARTTLS\r\n"))[0].startswith("503")
    assert store.kept == []


async def test_a_client_that_speaks_no_tls_after_starttls_is_dropped(tmp_path: Path) -> None:
    async with listening(Store(), tls=certificate(tmp_path)) as (dial, _, _):
        client = await greeted(dial)
        await client.say("STARTTLS\r\n")
        client.writer.write(b"EHLO this.is.no.handshake.example\r\n" * 10)
        gone = b"".join([await client.reader.read() for _ in range(2)])
        assert b"250" not in gone
