"""Keeps the indexes of a serving process: loads or has them made while SQL answers, and has grown ones made anew.

An index is made by a process of its own, which leaves a file that is then mapped, so that neither the event loop nor
the memory of the serving process is burdened. This module loads numpy only where an index is held.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from crm_store import settings
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.errors import StoreUnavailable
from crm_store.log import get_logger
from crm_store.lookup import holding, index_turn
from crm_store.models.people import Customer, Team
from crm_store.models.plumbing import RoleHeartbeat
from crm_store.settings import Settings

if TYPE_CHECKING:
    from crm_store.lookup.index import TeamIndex

BYTES_EACH: Final = 400
_LOOK_EVERY: Final = 2.0
_REST: Final = 60.0
_SHARE: Final = 0.01
_QUERIES_TO_LOAD: Final = 50
_CUSTOMERS_A_QUERY: Final = 100
_MANY_NEW: Final = 20_000
_MEGABYTE: Final = 1_000_000
_SILENT: Final = timedelta(seconds=25)
_MAKER: Final = "crm_store.lookup.index_file"
_log = get_logger(__name__)
Builder = Callable[[str, Path, str], Awaitable[bool]]


def file_of(chosen: Settings, team_id: str) -> Path:
    """Where the team's index lies: beside the SQLite file, or in the data folder."""
    beside, url = "sqlite:///", chosen.store_url
    folder = Path(url.removeprefix(beside)).parent if url.startswith(beside) else chosen.data
    return folder / f"lookup-{team_id}.idx"


class Keeper:
    """The role that keeps the indexes of all teams."""

    def __init__(self, store: Store, chosen: Settings, build: Builder | None = None) -> None:
        self._store = store
        self._settings = chosen
        self._build = build or build_apart
        self._fewest = chosen.lookup_from
        self._held: dict[str, TeamIndex] = {}
        self._rests: dict[str, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Tend the indexes until told to stop; without memory for them there are none, nor files of earlier ones."""
        if not self._settings.lookup_memory:
            await asyncio.to_thread(remove_files, file_of(self._settings, "").parent)
            return
        rounds = asyncio.create_task(self._go_round())
        try:
            await stop.wait()
        finally:
            # An index in the making is given up: whoever stops does not wait for it.
            rounds.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rounds
            holding.let_go(self._store)

    async def _go_round(self) -> None:
        while True:
            try:
                await self.tend()
            except StoreUnavailable:
                pass
            except Exception as problem:  # noqa: BLE001 -- without an index SQL answers; no fault of it may end the house
                _log.error("lookup_index_failed", problem=type(problem).__name__, exc_info=problem)
                self._forget_all()
                await asyncio.sleep(_REST)
            await asyncio.sleep(_LOOK_EVERY)

    def _forget_all(self) -> None:
        self._held.clear()
        holding.let_go(self._store)

    async def tend(self) -> None:
        """One round: each team's index is brought to the present, or loaded, or made."""
        for team_id in await self._store.house().read(_teams):
            index = self._held.get(team_id)
            if index is None:
                await self._begin(team_id)
            else:
                await self._go_on(team_id, index)

    async def _begin(self, team_id: str) -> None:
        if self._resting(team_id):
            return
        desk = self._store.team(team_id)
        customers = await desk.read(_customers)
        if customers < self._fewest or not self._fits(team_id, customers):
            self._rest(team_id)
        elif not await self._load(desk):
            self._rest(team_id)
            if await self._build(team_id, file_of(self._settings, team_id), self._settings.store_url):
                await self._load(desk)

    async def _go_on(self, team_id: str, index: "TeamIndex") -> None:
        desk = self._store.team(team_id)
        while await desk.read(index.advance):
            pass
        file = file_of(self._settings, team_id)
        if index.spent:
            self._release(team_id)
            await asyncio.to_thread(_removed, file)
            self._rests.pop(team_id, None)
            await self._begin(team_id)
        elif index.changed > max(self._fewest, index.customers) * _SHARE and not self._resting(team_id):
            self._rest(team_id)
            if await self._build(team_id, file, self._settings.store_url):
                await self._load(desk)

    async def _load(self, desk: Desk) -> bool:
        """Take the file's index into use once it is as the store is; a file that cannot become so is removed."""
        file = file_of(self._settings, desk.team_id)
        index = await asyncio.to_thread(_loaded, file, desk.team_id)
        if index is None:
            return False
        while await desk.read(index.advance):
            pass
        if index.spent:
            await asyncio.to_thread(_removed, file)
            return False
        self._held[desk.team_id] = index
        holding.hold(self._store, desk.team_id, index)
        _log.info("lookup_index_ready", team=desk.team_id, customers=index.customers, changed=index.changed)
        return True

    def _release(self, team_id: str) -> None:
        self._held.pop(team_id, None)
        holding.let_go(self._store, team_id)

    def _fits(self, team_id: str, customers: int) -> bool:
        others = sum(index.customers for of_team, index in self._held.items() if of_team != team_id)
        fits = (others + customers) * BYTES_EACH <= self._settings.lookup_memory * _MEGABYTE
        if not fits:
            _log.warning("lookup_index_too_large", team=team_id, customers=customers)
        return fits

    def _rest(self, team_id: str) -> None:
        self._rests[team_id] = self._store.clock.monotonic() + _REST

    def _resting(self, team_id: str) -> bool:
        return self._store.clock.monotonic() < self._rests.get(team_id, 0.0)


async def build_apart(team_id: str, file: Path, store_url: str) -> bool:
    """Have the index of this store's team made by a process of its own, which goes when this task is cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _MAKER, team_id, str(file),
        env=settings.child_environment({"DATABASE_URL": store_url}, with_store=True),
        stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        made = await process.wait() == 0
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if not made:
        _log.warning("lookup_index_not_made", team=team_id)
    return made


def for_batch(desk: Desk, chosen: Settings, queries: int) -> bool:
    """Answer a command's many queries from memory where that costs less than asking SQL for each."""
    if not chosen.lookup_memory or queries < _QUERIES_TO_LOAD:
        return False
    customers = desk.read_now(_customers)
    if customers < chosen.lookup_from or customers * BYTES_EACH > chosen.lookup_memory * _MEGABYTE:
        return False
    file = file_of(chosen, desk.team_id)
    index = _present(desk, file)
    if index is None and queries * _CUSTOMERS_A_QUERY >= customers:
        with index_turn.taken(file):
            # Whoever had the turn has left one, as the process behind an import does.
            index = _present(desk, file)
            if index is None:
                _made(desk, file)
                index = _present(desk, file)
    if index is not None:
        holding.hold(desk.store, desk.team_id, index)
    return index is not None


def after_import(desk: Desk, chosen: Settings, created: int) -> "subprocess.Popen[bytes] | None":
    """Have an index made for the look-ups that follow an import of very many customers, by a process that stays behind.

    Whoever imports does not wait for it. Where a process serves, its own keeper makes one.
    """
    if created < _MANY_NEW or not chosen.lookup_memory or desk.store.house().read_now(_is_served):
        return None
    if desk.read_now(_customers) * BYTES_EACH > chosen.lookup_memory * _MEGABYTE:
        return None
    file = file_of(chosen, desk.team_id)
    # Nothing is lost where another makes one just now, which is then brought up to date, or nobody may write there.
    with contextlib.suppress(OSError), index_turn.taken(file, wait=False) as turn:
        return subprocess.Popen(  # noqa: S603 -- our own program, with an id and a path of ours
            [sys.executable, "-m", _MAKER, desk.team_id, str(file)],
            env=settings.child_environment({"DATABASE_URL": chosen.store_url}, with_store=True),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            pass_fds=(turn,),
        )  # fmt: skip
    return None


def _is_served(work: Work) -> bool:
    recent = select(RoleHeartbeat.role).where(RoleHeartbeat.role == "web", RoleHeartbeat.beat_at >= work.now - _SILENT)
    return work.session.scalars(recent.limit(1)).first() is not None


def remove_files(folder: Path) -> None:
    """Take all indexes in the folder away: somebody was erased, of whom no copy may keep a trace."""
    for file in folder.glob("lookup-*.idx*"):
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def _teams(work: Work) -> list[str]:
    return list(work.session.scalars(select(Team.team_id).order_by(Team.team_id)))


def _customers(work: Work) -> int:
    return work.session.scalar(select(func.count(Customer.customer_id))) or 0


def _present(desk: Desk, file: Path) -> "TeamIndex | None":
    index = _loaded(file, desk.team_id)
    while index is not None and desk.read_now(index.advance):
        pass
    return index if index is not None and not index.spent else None


def _made(desk: Desk, file: Path) -> None:
    from crm_store.lookup import index_build, snapshot  # noqa: PLC0415 -- numpy is loaded only where an index is made

    frozen = desk.read_now(index_build.build)
    snapshot.write(file, frozen.state, frozen.arrays)


def _loaded(file: Path, team_id: str) -> "TeamIndex | None":
    if not file.is_file():
        return None
    from crm_store.lookup import snapshot  # noqa: PLC0415 -- numpy is loaded only where an index is held
    from crm_store.lookup.index import TeamIndex  # noqa: PLC0415 -- as above

    frozen = snapshot.read(file, team_id)
    return TeamIndex(frozen) if frozen else None


def _removed(file: Path) -> None:
    from crm_store.lookup import snapshot  # noqa: PLC0415 -- numpy is loaded only where an index is held

    snapshot.remove(file)
