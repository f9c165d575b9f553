"""`settings budget`, `settings letters`, `settings pause`: how much mail campaigns may send."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from bot.ask import Ask
from bot.cards import error, receipt
from crm_store.actions import letter_limits as acts
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import clicks as click_queries
from crm_store.queries import letter_limits as queries
from crm_store.values import limits
from crm_store.values.acts import Receipt
from crm_store.values.limits import Limits

_READ: Final[Mapping[str, tuple[str, Callable[[str], int | None], str]]] = {
    "budget": (limits.BUDGET, limits.budget_of, "`/crm settings budget 500` sets it, `off` takes it away."),
    "letters": (limits.MONTHLY, limits.monthly_of, "`/crm settings letters 3` changes that."),
    "pause": (limits.PAUSE, limits.pause_of, "`/crm settings pause 24h` changes that."),
}


async def _settings(topic: str, ask: Ask, words: tuple[str, ...]) -> None:
    """The topic alone says what is set; with a number it is changed, also for letters that wait."""
    name, read, how = _READ[topic]
    if not words:
        known = await ask.read(queries.of_team)
        used = (await ask.read(queries.budget)).sentence
        said = {
            "budget": used or "There is no budget: campaigns send as many letters as people approve.",
            "letters": f"A person gets at most {known.monthly} letters in 30 days.",
            "pause": f"Campaigns wait {known.pause_hours} hours after any mail of the team to a person.",
        }
        await ask.answer(error.sentence(f"{said[topic]} {how}"))
        return
    wanted = read(" ".join(words))

    def action(work: Work) -> Receipt:
        return acts.change(work, name, wanted)

    await ask.act(action, receipt.of)


async def _clicks(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings clicks on|off`: whether links of letters lead through a redirect that counts."""
    if not words:
        now = "counted" if await ask.read(click_queries.is_on) else "not counted"
        await ask.answer(
            error.sentence(f"Clicks on links of letters are {now}. `/crm settings clicks on` changes that.")
        )
        return
    wanted = words[0].lower()
    if wanted not in ("on", "off"):
        raise BadInput("Say `settings clicks on` or `settings clicks off`.")

    def action(work: Work) -> Receipt:
        return acts.change_clicks(work, on=wanted == "on")

    await ask.act(action, receipt.of)


def in_short(known: Limits) -> str:
    """All limits in one line, for the overview of what is set."""
    budget = "no budget" if known.budget is None else f"{known.budget:,} a week"
    return f"{budget}, {known.monthly} a person in 30 days, {known.pause_hours} hours after any mail"


TOPICS: Final[Mapping[str, Callable[[Ask, tuple[str, ...]], Awaitable[None]]]] = {
    **{topic: partial(_settings, topic) for topic in _READ},
    "clicks": _clicks,
}
