"""A folder of a mailbox is fetched from a real IMAP server: kept first, marked after, never twice."""

import asyncio
from collections.abc import Iterator

import pytest

from crm_store import inbox
from crm_store.actions import mail_tray
from crm_store.engine.store import Store
from crm_store.errors import BadInput, CrmError
from ingest.imap import MARK, MailboxRefused, Place, Puller, keep, read_url
from tests.cast import Cast
from tests.units.ingest import imap_server
from tests.units.ingest.imap_server import PASSWORD, MailServer
from tests.units.ingest.letters import letter
from tests.units.ingest.post import ADA, Post, entries, john, payloads

served = pytest.mark.skipif(imap_server.PROGRAM is None, reason="Dovecot is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with imap_server.running() as started:
        yield started


def puller(cast: Cast, server: MailServer, user: str, folder: str = "INBOX", **more: object) -> Puller:
    place = Place("127.0.0.1", server.port, user, folder, tls=False)
    return Puller(cast.ada, place, PASSWORD, first_pause=0.05, every=0.05, **more)  # type: ignore[arg-type]


def kept(store: Store) -> list[inbox.InboxLine]:
    return store.house().read_now(inbox.lines)


def mails(*subjects: str) -> list[bytes]:
    return [letter(f"About {one}.", Subject=one, Message_ID=f"<{one}@team.example>") for one in subjects]


@served
async def test_what_is_new_is_kept_as_it_came_and_marked(cast: Cast, store: Store, server: MailServer) -> None:
    server.put(*mails("one", "two"), user="first")
    assert await puller(cast, server, "first").once() == 2
    assert [(one.source, one.message_id) for one in kept(store)] == [
        ("mail", "one@team.example"),
        ("mail", "two@team.example"),
    ]
    assert store.team("tea_rapport").read_now(inbox.read_raw, kept(store)[0].inbox_id) == mails("one")[0]
    assert server.count("KEYWORD", MARK, user="first") == 2
    # Its owner has not read it yet.
    assert server.count("UNSEEN", user="first") == 2


@served
async def test_a_second_look_fetches_only_what_came_since(cast: Cast, store: Store, server: MailServer) -> None:
    server.put(*mails("one"), user="second")
    assert await puller(cast, server, "second").once() == 1
    server.put(*mails("two"), user="second")
    assert await puller(cast, server, "second").once() == 1
    assert await puller(cast, server, "second").once() == 0
    assert len(kept(store)) == 2


@served
async def test_a_mail_that_was_kept_but_not_marked_is_kept_once(cast: Cast, store: Store, server: MailServer) -> None:
    server.put(*mails("one"), user="third")
    assert await puller(cast, server, "third").once() == 1
    with server.session("third") as program:
        program.select("INBOX")
        program.store("1", "-FLAGS", f"({MARK})")
    assert await puller(cast, server, "third").once() == 0
    assert server.count("KEYWORD", MARK, user="third") == 1
    assert len(kept(store)) == 1


@served
async def test_what_is_kept_can_be_moved_away(cast: Cast, store: Store, server: MailServer) -> None:
    # A mail program writes this name for “Für Rapport” (RFC 3501, 5.1.3).
    server.put(*mails("one", "two"), folder="F&APw-r Rapport", user="fourth")
    server.put(*mails("three"), folder="Done", user="fourth")
    fetching = puller(cast, server, "fourth", "Für Rapport", move_to="Done")
    assert await fetching.once() == 2
    assert server.count("ALL", folder="F&APw-r Rapport", user="fourth") == 0
    assert server.count("ALL", folder="Done", user="fourth") == 3


@served
async def test_a_mail_that_is_too_large_stays_where_it_is_and_holds_nobody_up(
    cast: Cast, store: Store, server: MailServer
) -> None:
    server.put(letter("x" * 5_000, Subject="large"), *mails("small"), user="fifth")
    fetching = puller(cast, server, "fifth", most_bytes=2_000)
    assert (await fetching.once(), fetching.too_large) == (1, 1)
    assert server.count("UNKEYWORD", MARK, user="fifth") == 1


@served
async def test_while_it_runs_it_sees_what_comes_and_outlives_its_server(cast: Cast, store: Store) -> None:
    with imap_server.running() as own:
        fetching, stop = puller(cast, own, "ada"), asyncio.Event()
        running = asyncio.create_task(fetching.run(stop))
        try:
            await asyncio.to_thread(own.put, *mails("one"))
            await until(store, 1)
            await asyncio.to_thread(own.stop)
            await asyncio.to_thread(own.start)
            await asyncio.to_thread(own.put, *mails("two"))
            await until(store, 2)
        finally:
            stop.set()
            await asyncio.wait_for(running, 60)


async def until(store: Store, number: int) -> None:
    """Until so many mails are kept."""
    async with asyncio.timeout(60):
        while len(await store.house().read(inbox.lines)) < number:
            rung = store.bells.rung(inbox.bell("mail"))
            if len(await store.house().read(inbox.lines)) < number:
                await store.bells.wait(inbox.bell("mail"), rung)


@served
async def test_a_wrong_password_and_a_missing_folder_are_said(cast: Cast, server: MailServer) -> None:
    place = Place("127.0.0.1", server.port, "ada", "INBOX", tls=False)
    with pytest.raises(MailboxRefused, match="check CRM_IMAP_PASSWORD"):
        await Puller(cast.ada, place, "wrong").once()
    with pytest.raises(MailboxRefused, match="no folder Nowhere"):
        await puller(cast, server, "ada", "Nowhere").once()


async def test_a_server_that_is_not_there_is_said(cast: Cast) -> None:
    place = Place("127.0.0.1", imap_server.free_port(), "ada", "INBOX", tls=False)
    with pytest.raises(CrmError, match="cannot be reached"):
        await Puller(cast.ada, place, PASSWORD).once()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("imaps://ada@mail.team.com/Sales", Place("mail.team.com", 993, "ada", "Sales", tls=True)),
        ("imaps://ada%40team.com@mail.team.com", Place("mail.team.com", 993, "ada@team.com", "INBOX", tls=True)),
        ("imap://ada@localhost:1143/a/b%20c", Place("localhost", 1143, "ada", "a/b c", tls=False)),
    ],
)
def test_a_mailbox_is_named_by_an_address(url: str, place: Place) -> None:
    assert read_url(url) == place


@pytest.mark.parametrize(
    "url", ["mail.team.com", "https://ada@x.com/", "imaps://mail.team.com/", "imaps://ada:pw@x.com/", "imaps://a@h:x/"]
)
def test_another_address_is_refused_and_a_password_does_not_belong_there(url: str) -> None:
    with pytest.raises(BadInput):
        read_url(url)


@pytest.mark.parametrize("quiet", [False, True])
async def test_of_very_many_mails_of_a_mailbox_none_is_told_by_itself(post: Post, quiet: bool) -> None:
    customer_id = john(post)
    raw = letter("Hello.", From="john.smith@acme.example", To=ADA, Subject="Old times", Message_ID="<o@acme.example>")
    if quiet:
        post.cast.ada.write_now(mail_tray.announce, 900)
    post.cast.ada.write_now(keep, raw, "imap.example", quiet=quiet)
    await post.worker.idle()
    assert [one.subject for one in entries(post, customer_id)] == ["Old times"]
    assert len(post.cast.ada.read_now(payloads, "receipt")) == (0 if quiet else 1)
    assert [
        one["text"].startswith("900 mails of your mailbox") for one in post.cast.ada.read_now(payloads, "notice")
    ] == ([True] if quiet else [])
