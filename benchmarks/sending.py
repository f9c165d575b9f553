"""Letters of a campaign handed to a mail server on loopback: how many a second, and each person once across kills."""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select

from campaigns.letters import Letter, Sending
from campaigns.send import Sender
from campaigns.transport import Journal, Relay
from crm_store.actions import sends, teams
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Send
from crm_store.models.people import ContactPoint, Customer, User
from crm_store.settings import Settings, read

PEOPLE = 10_000
KILLS = 10
_BYTES = b"Subject: news\r\n\r\n" + b"Hello Ann, this is what is new.\r\n" * 40
_HOUSE = Sending("news@rapport.example", "in.rapport.example", "http://127.0.0.1:1")


class Sink:
    """Takes every letter and counts who got one."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name
        self.got.update(envelope.rcpt_tos)
        return "250 2.0.0 taken"


def measure() -> dict[str, Any]:
    """Speed with the bare hand-over of the same bytes as peer, and a sender that is killed again and again."""
    sink = Sink()
    port = _free_port()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    address = f"smtp://127.0.0.1:{port}"
    try:
        found = {"letters": PEOPLE, **_speed(address, sink)}
        sink.got.clear()
        return {**found, **_under_kills(address, sink)}
    finally:
        server.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _speed(address: str, sink: Sink) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        given = _given(Path(folder), address)
        store = _filled(given)
        began = time.perf_counter()
        asyncio.run(_all(store, given))
        ours = PEOPLE / (time.perf_counter() - began)
        store.close()
        twice, missing = _twice(sink), _missing(sink)
        began = time.perf_counter()
        asyncio.run(_bare(address, Path(folder)))
        bare = PEOPLE / (time.perf_counter() - began)
    return {
        "per_second": round(ours, 1), "peer_per_second": round(bare, 1), "ratio": round(ours / bare, 3),
        "twice": twice, "missing": missing,
    }  # fmt: skip


def _under_kills(address: str, sink: Sink) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        given = _given(Path(folder), address)
        store = _filled(given)
        store.close()
        _killed(given)
        store = open_store(read(given), SystemClock())
        asyncio.run(_rest(store, given))
        unknown = store.house().read_now(_count, "unknown")
        store.close()
    return {
        "kills": KILLS, "killed_twice": _twice(sink), "killed_missing": _missing(sink), "told_as_unknown": unknown,
    }  # fmt: skip


async def _bare(address: str, folder: Path) -> None:
    """The same number of letters through the same connections, with nothing kept."""
    relay = Relay(address, Journal(folder / "bare"), 8)
    letters = (Letter(f"b{at}", "a@b.example", f"p{at}@b.example", "", "", "", _BYTES) for at in range(PEOPLE))

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


def _filled(given: dict[str, str]) -> Store:
    store = open_store(read(given), SystemClock())
    bring_up_to_date(store)
    team_id = store.house().write_now(teams.create, "Rapport", "T1")
    desk = store.team(team_id, "usr_ada")
    desk.write_now(_colleague)
    for start in range(0, PEOPLE, 500):
        desk.write_now(_people, start, 500)
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
        process = os.spawnve(
            os.P_NOWAIT, sys.executable, [sys.executable, "-m", "benchmarks.sending", json.dumps(given)],
            {**os.environ},
        )  # fmt: skip
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


def _missing(sink: Sink) -> int:
    return PEOPLE - len(sink.got)


def _child(given: dict[str, Any]) -> None:
    settings: Settings = read(given)
    store = open_store(settings, SystemClock())
    asyncio.run(_all(store, given))


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
