"""Forms for the team's site: `settings forms`, `settings form new NAME WORDING`, `settings form close NAME`."""

from collections.abc import Sequence
from typing import Final

from bot.ask import Ask
from bot.cards import web_forms as cards
from crm_store.actions import web_forms as actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import web_forms as queries
from crm_store.values.acts import Receipt

TOPICS: Final = frozenset({"form", "forms"})
_NEW: Final = 3


async def settings(ask: Ask, words: Sequence[str]) -> None:
    """List the forms, open one, or close one."""
    if not words:
        await ask.answer(cards.listed(await ask.read(queries.forms)))
        return
    verb, rest = words[0].lower(), words[1:]
    if verb == "new" and len(words) >= _NEW:
        await _open(ask, rest[0], " ".join(rest[1:]))
    elif verb == "close" and rest:
        form = await ask.read(queries.named, " ".join(rest))

        def close(work: Work) -> Receipt:
            return actions.close_form(work, form.form_id)

        await ask.act(close, cards.closed)
    else:
        raise BadInput('Say `/crm settings form new "News" "I want news by mail"` or `/crm settings form close News`.')


async def _open(ask: Ask, name: str, wording: str) -> None:
    made = []

    def action(work: Work) -> Receipt:
        receipt = actions.open_form(work, name, wording)
        made.append(queries.form(work, receipt.row_id))
        return receipt

    await ask.act(action, lambda receipt: cards.opened(made[-1], receipt))
