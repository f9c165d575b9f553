"""Mails an hour: a sender and a team that overdo it wait, everybody else goes on."""

from crm_store.clock import MovableClock
from ingest.smtp.limits import HourlyCount, SmtpLimits
from tests.units.ingest.doorway import ADA, HELLO, Client, Store, greeted, listening

HOUR = 3_600.0


def test_the_hour_slides() -> None:
    count = HourlyCount(10)
    for _ in range(10):
        count.add("ann", HOUR)
    assert count.full("ann", HOUR + 1)
    assert not count.full("bo", HOUR + 1)
    assert count.full("ann", 2 * HOUR)
    assert not count.full("ann", 2.5 * HOUR)
    for _ in range(5):
        count.add("ann", 2.5 * HOUR)
    assert count.full("ann", 2.5 * HOUR)
    assert not count.full("ann", 4 * HOUR)


def test_no_limit_counts_nothing() -> None:
    count = HourlyCount(0)
    count.add("ann", HOUR)
    assert not count.full("ann", HOUR)


async def send(client: Client, sender: str) -> str:
    """One mail; what was answered to the step that refused it, or to its end."""
    answer = (await client.say(f"MAIL FROM:<{sender}>\r\n"))[0]
    for step in (f"RCPT TO:<{ADA}>\r\n", "DATA\r\n", "hi\r\n.\r\n"):
        if answer[:3] not in {"250", "354"}:
            await client.say("RSET\r\n")
            break
        answer = (await client.say(step))[0]
    return answer[:9]


async def test_a_sender_who_overdoes_it_waits_and_reports_never_do(clock: MovableClock) -> None:
    async with listening(Store(), SmtpLimits(per_sender_hour=2), clock=clock) as (dial, _, _):
        client = await greeted(dial)
        told = [await send(client, "Ann@acme.example"), await send(client, "ann@acme.example")]
        assert told == ["250 2.0.0", "250 2.0.0"]
        assert await send(client, "ann@acme.example") == "450 4.7.1"
        assert [await send(client, "") for _ in range(3)] == ["250 2.0.0"] * 3
        assert await send(client, "bo@acme.example") == "250 2.0.0"
        clock.advance(2 * HOUR)
        assert await send(client, "ann@acme.example") == "250 2.0.0"


async def test_a_team_that_gets_too_much_lets_its_senders_wait(clock: MovableClock) -> None:
    async with listening(Store(), SmtpLimits(per_team_hour=1), clock=clock) as (dial, _, _):
        client = await greeted(dial)
        assert await send(client, "ann@acme.example") == "250 2.0.0"
        assert await send(client, "bo@acme.example") == "451 4.7.1"


async def test_only_kept_mail_counts(clock: MovableClock) -> None:
    store = Store()
    async with listening(store, SmtpLimits(per_team_hour=1), clock=clock) as (dial, _, _):
        client = await greeted(dial)
        await client.say(HELLO, 3)
        store.broken = True
        assert (await client.say("hi\r\n.\r\n"))[0].startswith("451 4.3.0")
        store.broken = False
        assert await send(client, "ann@acme.example") == "250 2.0.0"
