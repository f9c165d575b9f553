"""A sender that is killed in the middle of a campaign: nobody gets a letter twice, and one tap leaves nobody out."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from campaigns.send import Sender
from crm_store.actions import doubts, teams
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.marketing import Send
from crm_store.models.people import Team, User
from crm_store.settings import read
from tests.units.campaigns.killed_sender import HOUSE, given
from tests.units.campaigns.test_send import campaign

PEOPLE = 60
KILLS = 2


class Sink:
    """A real mail server that takes its time before it answers, so that kills fall between letter and answer."""

    def __init__(self) -> None:
        self.got = Counter[str]()
        self._until, self._there = 0, asyncio.Event()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name
        self.got.update(envelope.rcpt_tos)
        if self.got.total() >= self._until:
            self._there.set()
        await asyncio.sleep(0.03)
        return "250 2.0.0 taken"

    async def more(self, letters: int) -> None:
        """Wait until so many more letters have come."""
        self._there.clear()
        self._until = self.got.total() + letters
        async with asyncio.timeout(60):
            await self._there.wait()


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, str]]:
    found = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(found), "127.0.0.1", 0)
    yield found, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


def filled(folder: Path, relay: str) -> Store:
    store = open_store(read(given(str(folder), relay)), SystemClock())
    bring_up_to_date(store)
    team_id = store.house().write_now(teams.create, "Rapport", "T1")
    desk = store.team(team_id, "usr_ben")

    def hire(work: Work, user_id: str, slack_id: str) -> None:
        work.add(User(user_id=user_id, slack_user_id=slack_id, name=user_id, role="manager"))

    for user_id, slack_id in (("usr_ada", "U1"), ("usr_ben", "U2")):
        desk.write_now(hire, user_id, slack_id)
    desk.write_now(campaign, PEOPLE)
    return store


def let_go(work: Work) -> None:
    """The leases of killed processes, ended now and not in two minutes."""
    for row in work.session.scalars(select(Send).where(Send.state == "handing")):
        row.lease_until = work.now - timedelta(seconds=1)


async def killed_once(folder: Path, relay: str, sink: Sink) -> None:
    """Started, and killed once it has sent a few more letters."""
    command = (sys.executable, "-m", "tests.units.campaigns.killed_sender", str(folder), relay)
    process = await asyncio.create_subprocess_exec(*command)
    await sink.more(PEOPLE // 6)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def until_done(store: Store, folder: Path, relay: str) -> None:
    sender = Sender(store, read(given(str(folder), relay)), HOUSE)
    while await sender.round():
        pass
    await sender.close()


async def test_each_person_gets_one_letter_however_often_the_sender_is_killed(
    tmp_path: Path, sink: tuple[Sink, str]
) -> None:
    found, relay = sink
    store = await asyncio.to_thread(filled, tmp_path, relay)
    try:
        for _ in range(KILLS):
            await killed_once(tmp_path, relay, found)
            await store.house().write(let_go)
        await until_done(store, tmp_path, relay)
        assert set(found.got.values()) == {1}, "nobody twice"
        doubtful = await store.house().read(
            lambda work: {f"{one.customer_id}@shop.example" for one in work.session.scalars(select(Send))
                          if one.state == "unknown"}
        )  # fmt: skip
        everybody = {f"cus_{at:05d}@shop.example" for at in range(PEOPLE)}
        assert everybody - set(found.got) <= doubtful, "whoever has no letter is told of"
        if doubtful:
            team_id = await store.house().read(lambda work: work.session.scalars(select(Team.team_id)).one())
            await store.team(team_id, "usr_ben").write(doubts.send_again, "cam_1")
            await until_done(store, tmp_path, relay)
        assert set(found.got) == everybody, "one tap leaves nobody out"
    finally:
        store.close()
