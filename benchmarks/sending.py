"""Letters of a campaign handed to a mail server on loopback: how many a second, and each person once across kills.

The mail server is a process of its own, as every relay is.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select

from campaigns.journal import Journal
from campaigns.letters import Letter, Sending
from campaigns.send import Sender
from campaigns.transport import Relay
from crm_store.actions import doubts, sends, teams
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Send
from crm_store.models.people import ContactPoint, Customer, Team, User
from crm_store.settings import Settings, read

PEOPLE = 10_000
KILLS = 10
_BYTES = b"Subject: news\r\n\r\n" + b"Hello Ann, this is what is new.\r\n" * 40
_HOUSE = Sending("news@rapport.example", "in.rapport.example", "http://127.0.0.1:1")


class Counting:
    """Takes every letter and notes who got one; one that keeps ids lets a second with the same id go no further."""

    def __init__(self, file: Path, *, keeps_ids: bool) -> None:
        self._file, self._keeps_ids = file.open("a", encoding="utf-8", buffering=1), keeps_ids
        self._ids: set[bytes] = set()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        _, _, rest = content.partition(b"Message-ID: ")
        name = rest.partition(b"\r\n")[0]
        if not (self._keeps_ids and name in self._ids):
            self._file.write(f"{envelope.rcpt_tos[0]}\n")
        self._ids.add(name)
        return "250 2.0.0 taken"


class Sink:
    """The mail server in a process of its own."""

    def __init__(self, folder: Path, *, keeps_ids: bool = False) -> None:
        self._file = folder / "got.txt"
        self._file.touch()
        self._port = _free_port()
        given = json.dumps({"sink": str(self._file), "port": self._port, "keeps_ids": keeps_ids})
        self._process = _child_of(given)
        self.address = f"smtp://127.0.0.1:{self._port}"
        _until_there(self._port)

    @property
    def got(self) -> Counter[str]:
        """How often each person got a letter."""
        return Counter(self._file.read_text("utf-8").split())

    def stop(self) -> None:
        """End the process."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def measure(given: str = str(PEOPLE)) -> dict[str, Any]:
    """Speed with the bare hand-over of the same bytes as peer, and a sender that is killed again and again."""
    people = int(given)
    found: dict[str, Any] = {"letters": people}
    for name, keeps_ids in (("", False), ("unique_", True)):
        with tempfile.TemporaryDirectory() as folder:
            sink = Sink(Path(folder), keeps_ids=keeps_ids)
            try:
                if not name:
                    found |= _speed(sink, people)
                    Path(folder, "got.txt").write_text("")
                told = _under_kills(sink, people, unique=keeps_ids)
                found |= {f"{name}{key}": value for key, value in told.items()}
            finally:
                sink.stop()
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _until_there(port: int) -> None:
    for _ in range(1200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("The mail server did not start.")


def _child_of(given: str) -> int:
    return os.spawnve(os.P_NOWAIT, sys.executable, [sys.executable, "-m", "benchmarks.sending", given], {**os.environ})


def _speed(sink: Sink, people: int) -> dict[str, Any]:
    address = sink.address
    with tempfile.TemporaryDirectory() as folder:
        given = _given(Path(folder), address)
        store = _filled(given, people)
        began, ran = time.perf_counter(), time.process_time()
        asyncio.run(_all(store, given))
        ours, busy = people / (time.perf_counter() - began), (time.process_time() - ran) / people * 1000
        store.close()
        twice, missing = _twice(sink), _missing(sink, people)
        began = time.perf_counter()
        asyncio.run(_bare(address, Path(folder), people))
        bare = people / (time.perf_counter() - began)
    return {
        "per_second": round(ours, 1), "peer_per_second": round(bare, 1), "ratio": round(ours / bare, 3),
        "twice": twice, "missing": missing, "processor_ms": round(busy, 2),
    }  # fmt: skip


def _under_kills(sink: Sink, people: int, *, unique: bool) -> dict[str, Any]:
    """Ten kills; then what is in doubt is sent again, as somebody may say with one tap."""
    with tempfile.TemporaryDirectory() as folder:
        given = {**_given(Path(folder), sink.address), "CRM_RELAY_UNIQUE": "on" if unique else "off"}
        store = _filled(given, people)
        store.close()
        _killed(given)
        store = open_store(read(given), SystemClock())
        asyncio.run(_rest(store, given))
        unknown, before = store.house().read_now(_count, "unknown"), (_twice(sink), _missing(sink, people))
        if unknown:
            store.team(store.house().read_now(_team), "usr_ada").write_now(doubts.send_again, "cam_1")
            asyncio.run(_rest(store, given))
        store.close()
    return {
        "kills": KILLS, "killed_twice": before[0], "killed_missing": before[1], "told_as_unknown": unknown,
        "after_one_tap_twice": _twice(sink), "after_one_tap_missing": _missing(sink, people),
    }  # fmt: skip


def _team(work: Work) -> str:
    return str(work.session.scalar(select(Team.team_id)))


async def _bare(address: str, folder: Path, people: int) -> None:
    """The same number of letters through the same connections, with nothing kept."""
    relay = Relay(address, Journal(folder / "bare"), 8)
    letters = (Letter(f"b{at}", "a@b.example", f"p{at}@b.example", "", "", "", _BYTES) for at in range(people))

    async def some() -> None:
        for letter in letters:
            await relay.hand(letter)

    await asyncio.gather(*(some() for _ in range(8)))
    await relay.close()


def _given(folder: Path, address: str) -> dict[str, str]:
    return {
        "CRM_DATA": str(folder),
        "CRM_RELAY": address,
        "CRM_SEND_HOURS": "always",
        "CRM_SEND_RATE": "0",
        "CRM_SEND_CONNECTIONS": "8",
    }


def _filled(given: dict[str, str], people: int) -> Store:
    store = open_store(read(given), SystemClock())
    bring_up_to_date(store)
    team_id = store.house().write_now(teams.create, "Rapport", "T1")
    desk = store.team(team_id, "usr_ada")
    desk.write_now(_colleague)
    for start in range(0, people, 500):
        desk.write_now(_people, start, min(500, people - start))
    desk.write_now(_campaign)
    return store


def _colleague(work: Work) -> None:
    work.add(User(user_id="usr_ada", slack_user_id="U1", name="Ada Lovell", role="manager"))


def _people(work: Work, start: int, count: int) -> None:
    ids = [f"cus_{at:06d}" for at in range(start, start + count)]
    work.insert(
        Customer,
        [{"customer_id": one, "name": f"Ann {one}", "name_key": one, "owner": "usr_ada", "created_at": work.now}
         for one in ids],
    )  # fmt: skip
    points = [(one, f"{one}@shop.example") for one in ids]
    work.insert(
        ContactPoint,
        [{"point_id": f"pnt_{one}", "owner_row": one, "kind": "email", "value": value, "value_key": value,
          "source": "import", "last_seen": work.now} for one, value in points],
    )  # fmt: skip
    work.insert(
        Consent,
        [{"customer_id": one, "purpose": "campaign", "basis": "form", "given": True, "at": work.now} for one in ids],
    )
    work.insert(CampaignMember, [{"campaign_id": "cam_1", "customer_id": one, "arm": "treated"} for one in ids])


def _campaign(work: Work) -> None:
    template = {"subject": "News for {{ first_name }}", "body": "Hello {{ first_name }},\n\nhttps://shop.example/\n"}
    work.add(
        Campaign(campaign_id="cam_1", name="News", kind="win_back", state="approved", approved_by="usr_ada",
                 created_at=work.now, audience={}, template=template)
    )  # fmt: skip
    work.flush()
    sends.start(work, "cam_1")


async def _all(store: Store, given: dict[str, str]) -> None:
    sender = Sender(store, read(given), _HOUSE)
    while await sender.round():
        pass
    await sender.close()


async def _rest(store: Store, given: dict[str, str]) -> None:
    """Until nothing waits; what a killed process held is free again after its lease."""
    sender = Sender(store, read(given), _HOUSE)
    store.house().write_now(_let_go)
    while await sender.round():
        pass
    await sender.close()


def _let_go(work: Work) -> None:
    """The leases of killed processes, ended now and not in two minutes."""
    for row in work.session.scalars(select(Send).where(Send.state == "handing")):
        row.lease_until = work.now.replace(year=2000)


def _killed(given: dict[str, str]) -> None:
    """A sender in a process of its own, killed at odd moments."""
    for kill in range(KILLS):
        process = _child_of(json.dumps(given))
        time.sleep(2.5 + 0.17 * kill)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        store = open_store(read(given), SystemClock())
        store.house().write_now(_let_go)
        store.close()


def _count(work: Work, state: str) -> int:
    return work.session.scalar(select(func.count()).select_from(Send).where(Send.state == state)) or 0


def _twice(sink: Sink) -> int:
    return sum(1 for count in sink.got.values() if count > 1)


def _missing(sink: Sink, people: int) -> int:
    return people - len(sink.got)


def _child(given: dict[str, Any]) -> None:
    if "sink" in given:
        handler = Counting(Path(given["sink"]), keeps_ids=given["keeps_ids"])
        Controller(handler, hostname="127.0.0.1", port=given["port"]).start()
        threading.Event().wait()
    settings: Settings = read(given)
    store = open_store(settings, SystemClock())
    asyncio.run(_all(store, given))


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
