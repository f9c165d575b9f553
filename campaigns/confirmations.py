"""The confirmer: sends the letters that ask whether somebody consents, by the way all letters leave."""

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Final

from campaigns import rounds
from campaigns.journal import Before, Journal
from campaigns.letters import Letter, Sending
from campaigns.send import OUTGOING
from campaigns.transport import Folder, NotTaken, Relay, Transport
from crm_store.actions import web_forms
from crm_store.engine.store import Store
from crm_store.settings import Settings
from crm_store.values import sending
from crm_store.values.web_forms import ConfirmationLetter

_JOURNAL: Final = "confirmations"


class Confirmer:
    """Runs in the worker role; several on one store share the work."""

    def __init__(self, store: Store, settings: Settings, house: Sending, transport: Transport | None = None) -> None:
        self._store, self._house, self._desk = store, house, store.house()
        self._transport = transport or way(settings)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop."""
        try:
            await rounds.each(self._store, web_forms.BELL, "confirmer", self.round, stop)
        finally:
            await self._transport.close()

    async def round(self) -> int:
        """Claim what is due and hand it over; says how many were claimed."""
        claimed = await self._desk.write(web_forms.claim)
        for one in claimed:
            await self._one(one)
        return len(claimed)

    async def _one(self, one: ConfirmationLetter) -> None:
        desk = self._store.team(one.team_id)
        try:
            # Where nobody can know whether it left it counts as gone: who got none sends the form in once more.
            if not one.again or await self._transport.before(one.proof_id) is Before.STAYED:
                await self._transport.hand(written(one, self._house))
        except NotTaken as problem:
            await desk.write(web_forms.not_taken, one.proof_id, one.attempts, passing=problem.passing)
            return
        await desk.write(web_forms.left, [one.proof_id])
        await self._transport.settled([one.proof_id])


def written(one: ConfirmationLetter, house: Sending) -> Letter:
    """The letter: who asks, for what, and the link; plain text, the same bytes at every try. Raises NotTaken."""
    sender = house.send_from or one.from_address
    if "@" not in sender:
        raise NotTaken("there is no address to send from", passing=True)
    text = (
        f"Somebody, we think you, filled in a form of {one.team} with this address and allowed this:\n\n"
        f"    {one.wording}\n\n"
        f"If it was you, open this page and say yes:\n{house.public_url.rstrip('/')}/c/{one.token}\n\n"
        "If it was not you, do nothing: without your yes we do not write to you.\n"
    )
    subject = f"Please confirm: {one.team}"
    mail = EmailMessage()
    mail["From"] = formataddr((one.from_name, sender))
    mail["To"] = formataddr((one.to_name, one.to_address)) if one.to_name else one.to_address
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(one.asked_at)
    mail["Message-ID"] = sending.message_id(one.proof_id, sender.rpartition("@")[2].lower())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    name = str(mail["Message-ID"])
    return Letter(one.proof_id, sender, one.to_address, name, subject, text, mail.as_bytes(), one.attempts)


def way(settings: Settings) -> Transport:
    """As campaigns send, with a journal of its own."""
    address = settings.relay.get_secret_value()
    outgoing = settings.data / OUTGOING
    return (
        Relay(address, Journal(outgoing / _JOURNAL), 1, unique=settings.relay_unique == "on")
        if address
        else Folder(outgoing)
    )
