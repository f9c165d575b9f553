"""LMTP for a mail server in front: the same policy, and one answer for each recipient."""

from tests.units.ingest.doorway import ADA, OWNER, Client, Dial, Store, listening

BEN = "ben-zyxwvutsrqponmlkjihgfedcba@in.team.example"


async def local(dial: Dial) -> Client:
    client = await dial()
    assert "LMTP" in await client.reply()
    assert (await client.say("LHLO front.example\r\n"))[0].startswith("250")
    return client


async def test_every_recipient_has_an_answer_of_its_own() -> None:
    store = Store(known={ADA: OWNER, BEN: OWNER}, gone={BEN})
    async with listening(store, lmtp=True) as (dial, _, _):
        client = await local(dial)
        rcpts = "".join(f"RCPT TO:<{one}>\r\n" for one in (ADA, "no@elsewhere.example", BEN, ADA))
        answers = await client.say(f"MAIL FROM:<a@b.example>\r\n{rcpts}DATA\r\n", 6)
        assert [answer[:3] for answer in answers] == ["250", "250", "550", "250", "250", "354"]
        told = await client.say("hi\r\n.\r\n", 3)
        assert [answer[:9] for answer in told] == ["250 2.0.0", "550 5.1.1", "250 2.0.0"]
    assert [mail.rcpts for mail in store.kept] == [(ADA,)]


async def test_a_store_that_is_down_is_told_for_every_recipient() -> None:
    store = Store(known={ADA: OWNER, BEN: OWNER}, broken=True)
    async with listening(store, lmtp=True) as (dial, _, _):
        client = await local(dial)
        await client.say(f"MAIL FROM:<a@b.example>\r\nRCPT TO:<{ADA}>\r\nRCPT TO:<{BEN}>\r\nDATA\r\n", 4)
        assert [answer[:9] for answer in await client.say("hi\r\n.\r\n", 2)] == ["451 4.3.0", "451 4.3.0"]
        assert (await client.say("NOOP\r\n"))[0].startswith("250")


async def test_each_port_speaks_its_own_protocol() -> None:
    async with listening(Store(), lmtp=True) as (dial, _, _):
        client = await dial()
        await client.reply()
        assert (await client.say("EHLO x.example\r\n"))[0].startswith("500 5.5.1")
    async with listening(Store()) as (dial, _, _):
        client = await dial()
        await client.reply()
        assert (await client.say("LHLO x.example\r\n"))[0].startswith("500 5.5.1")


async def test_by_smtp_one_recipient_gone_is_tried_again_and_the_only_one_is_refused() -> None:
    store = Store(known={ADA: OWNER, BEN: OWNER}, gone={BEN})
    async with listening(store) as (dial, _, _):
        client = await dial()
        await client.reply()
        await client.say("EHLO x.example\r\n")
        begin = f"MAIL FROM:<a@b.example>\r\nRCPT TO:<{BEN}>\r\n"
        await client.say(f"{begin}RCPT TO:<{ADA}>\r\nDATA\r\n", 4)
        assert (await client.say("hi\r\n.\r\n"))[0].startswith("451 4.3.0")
        await client.say(f"{begin}DATA\r\n", 3)
        assert (await client.say("hi\r\n.\r\n"))[0].startswith("550 5.1.1")
    assert store.kept == []
