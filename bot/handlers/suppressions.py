"""`settings suppress`: addresses that campaigns do not write to."""

from bot.ask import Ask
from bot.cards import mail_why, suppressions
from crm_store.actions import suppressions as acts
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import consents
from crm_store.values.acts import Receipt

_MAY_SET = frozenset({"admin", "manager"})
_OFF = frozenset({"remove", "off", "delete"})


async def settings(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings suppress` counts, `… ann@acme.com` adds an address, `… remove ann@acme.com` takes it off."""
    if ask.user.role not in _MAY_SET:
        raise NotAllowed("Only managers and admins change who campaigns may write to.")
    if not words:
        await ask.answer(suppressions.counts(await ask.read(consents.suppressed)))
        return
    off = words[0].lower() in _OFF
    address = " ".join(words[1:] if off else words)
    if not address:
        raise BadInput("Say the address, such as `/crm settings suppress remove ann@acme.com`.")

    def action(work: Work) -> Receipt:
        return acts.allow(work, address) if off else acts.suppress(work, address)

    await ask.act(action, mail_why.ruled)
