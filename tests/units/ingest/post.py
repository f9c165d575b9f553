"""The way of a mail from the door to the store, with the addresses of Ada and Ben, and what came of it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from crm_store.actions import customers, teams
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import mailroom as mailroom_queries
from crm_store.queries.timeline import timeline
from crm_store.settings import read as read_settings
from crm_store.values.acts import NewCustomer
from crm_store.values.people import TimelineEntry
from ingest import address
from ingest.intake import StoreIntake
from ingest.sandbox import Sandbox
from ingest.smtp.received import ReceivedMail, key_of
from ingest.worker import MailWorker
from tests.cast import Cast

DOMAIN = "in.rapport.example"
AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
ADA = "ada@rapport.example"


class Post:
    """The way of a mail from the door to the store, with the addresses of Ada and Ben."""

    def __init__(self, cast: Cast, store: Store, clock: MovableClock, sandbox: Sandbox) -> None:
        self.cast = cast
        self.intake = StoreIntake(store, DOMAIN)
        self._store, self._sandbox, self._clock = store, sandbox, clock
        settings = read_settings({}, mail_verification="address", ingest_domain=DOMAIN, attempts=2)
        self.worker = MailWorker(store, sandbox, settings, clock)
        self.to_ada = self._mint(cast.ada, "usr_ada", "ada")
        self.to_ben = self._mint(cast.ben, "usr_ben", "ben")

    def _mint(self, desk: Desk, user_id: str, hint: str) -> str:
        minted = address.mint(hint)
        desk.write_now(teams.mint_address, user_id, minted.local_part, address.secret_hash(minted.secret))
        return f"{minted.local_part}@{DOMAIN}"

    def prove(self) -> None:
        """From now on an address alone proves nobody."""
        settings = read_settings({}, mail_verification="authenticated", ingest_domain=DOMAIN, attempts=2)
        self.worker = MailWorker(self._store, self._sandbox, settings, self._clock)

    async def deliver(self, raw: bytes, *rcpts: str, mail_from: str = ADA) -> None:
        mail = ReceivedMail(raw, mail_from, rcpts, "192.0.2.1", "mx", AT, key_of(raw, rcpts))
        await self.intake.keep(mail)
        await self.worker.idle()


def with_verb(to: str, verb: str) -> str:
    local, _, host = to.partition("@")
    return f"{local}+{verb}@{host}"


def john(post: Post, name: str = "John Smith", email: str = "john.smith@acme.example") -> str:
    return post.cast.ada.write_now(customers.add, NewCustomer(name, emails=(email,), company="Acme")).row_id


def payloads(work: Work, kind: str) -> list[dict[str, Any]]:
    rows = work.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.outbox_id))
    return [row.payload for row in rows]


def verdicts(post: Post) -> list[str]:
    return [line.why for line in post.cast.ada.read_now(mailroom_queries.why)]


def entries(post: Post, customer_id: str | None = None) -> tuple[TimelineEntry, ...]:
    return post.cast.ada.read_now(timeline, [customer_id] if customer_id else []).entries


def everybody(work: Work) -> list[Customer]:
    return list(work.session.scalars(select(Customer).order_by(Customer.customer_id)))
