"""Hearing less: mutes by line and by menu, what is muted, and a person's own hours."""

import re
from datetime import datetime
from typing import Final

from bot.ask import Ask
from bot.cards import alerts as cards
from bot.cards import error, receipt, wording
from bot.grammar import dates
from bot.grammar.commands import Mute
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import habits
from crm_store.actions import mutes as acts
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.queries import customers as customer_queries
from crm_store.queries import noise
from crm_store.values.acts import Receipt
from crm_store.values.noise import ALWAYS, BRIEF_AT, NAMES, NO_BRIEF, Kind, Muted, MuteView
from crm_store.values.people import CustomerBrief
from crm_store.values.roles import Role

_HOURS: Final = re.compile(r"(\d{1,2})(?::?00)?\s*(?:-|–|to|until|till)\s*(\d{1,2})(?::?00)?")
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_LESS: Final = frozenset({"fewer", "keep"})
_OFF: Final = frozenset({"off", "none", "no", "never"})
_EVERYTHING: Final = frozenset({"all", "everything"})
_ALSO: Final = {
    "answers": Kind.REPLY,
    "mails": Kind.REPLY,
    "champions": Kind.CHAMPION,
    "contacts": Kind.CONTACT,
    "steps": Kind.STEP,
    "next step": Kind.STEP,
    "moves": Kind.SCORE,
    "score moves": Kind.SCORE,
    "ideas": Kind.SUGGESTION,
    "morning brief": Kind.BRIEF,
    "morning briefs": Kind.BRIEF,
}


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Mute, mute)
    routes.button(Action.MUTE, pressed)
    routes.button(Action.UNMUTE, pressed_unmute)


async def mute(ask: Ask, command: Mute) -> None:
    """`mute replies`, `mute ann until:fri`, `mute today`, `mute list`, `unmute ann`."""
    what = " ".join(command.what.split())
    if what.lower() in {"", "list"}:
        await _list(ask)
    elif command.off:
        await _unmute(ask, what)
    elif what.lower() in _EVERYTHING:
        raise BadInput(
            "Not everything at once: `/crm mute today` gives you a quiet day, `/crm settings quiet 12-8` hours."
        )
    elif what.lower() == Muted.TODAY:
        await _mute(ask, Muted.TODAY, "", "everything for today", command.until)
    elif kind := named(what):
        await _mute(ask, Muted.KIND, kind.value, NAMES[kind], command.until)
    else:
        customer = await _muted(ask, what)
        await _mute(ask, Muted.CUSTOMER, customer.customer_id, wording.customer(customer), command.until)


async def _muted(ask: Ask, what: str) -> CustomerBrief:
    try:
        return await ask.who(what)
    except NotFound as problem:
        kinds = ", ".join(f"`{name}`" for name in NAMES.values())
        raise BadInput(f"Nobody fits “{what[:60]}”, and it is no kind of message. Kinds are {kinds}.") from problem


def named(words: str) -> Kind | None:
    """The kind that people mean by a word, in the singular or the plural."""
    said = words.lower()
    by_name = {**{name: kind for kind, name in NAMES.items()}, **{kind.value: kind for kind in NAMES}, **_ALSO}
    return by_name.get(said)


async def _list(ask: Ask) -> None:
    found = await ask.read(noise.of, ask.user.user_id)
    await ask.answer(cards.mutes(found, now=ask.now, zone=ask.zone))


async def _mute(ask: Ask, what: Muted, target: str, name: str, until: datetime | None) -> None:
    said = f" until {wording.moment(until, ask.now, ask.zone)}" if until and what is not Muted.TODAY else ""
    back = (
        "; it comes with your next brief"
        if what is Muted.TODAY
        else ""
        if until
        else "; `/crm mute list` shows how to end it"
    )

    def action(work: Work) -> Receipt:
        return acts.mute(work, what, target, name, until, f"{said}{back}".replace("`", ""))

    await ask.act(action, receipt.of)


async def _unmute(ask: Ask, what: str) -> None:
    """`unmute ann`: what stands under that name in the list, else by whom the words mean."""
    found = (await ask.read(noise.of, ask.user.user_id)).mutes
    meant = [one for one in found if what.lower() in _EVERYTHING or _is_meant(one, what)]
    if not meant and what.lower() not in _EVERYTHING and named(what) is None:
        customer = await ask.who(what)
        meant = [one for one in found if one.target == customer.customer_id]
    if not meant:
        raise NotFound(f"“{what[:60]}” is not muted. `/crm mute list` shows what is.")
    await _end(ask, meant)


def _is_meant(one: MuteView, what: str) -> bool:
    kind = named(what)
    if one.what is Muted.KIND:
        return kind is not None and one.target == kind
    return one.name.lower() == what.lower()


async def _end(ask: Ask, meant: list[MuteView]) -> None:
    ids, name = tuple(one.mute_id for one in meant), ", ".join(one.name for one in meant[:5])

    def action(work: Work) -> Receipt:
        return acts.unmute(work, ids, name)

    await ask.act(action, receipt.of)


async def pressed(ask: Ask) -> None:
    """The menu of an alert."""
    what, target = str(ask.pressed.get("mute", "")), str(ask.pressed.get("target", ""))
    if what == Muted.TODAY:
        until = dates.read("today 23:59", ask.now, ask.zone)
        await _mute(ask, Muted.TODAY, "", "everything for today", until)
    elif what == Muted.CUSTOMER:
        customer = await ask.read(customer_queries.by_id, target)
        await _mute(ask, Muted.CUSTOMER, target, wording.customer(customer), None)
    elif what == Muted.ONE and (kind := named(target)):
        await _dismissed(ask, kind)
    elif what in _LESS:
        await _less(ask, what, target)
    elif what == Muted.KIND and (kind := named(target)):
        await _mute(ask, Muted.KIND, kind.value, NAMES[kind], None)
    else:
        raise BadInput("That menu is from an older version. Say `/crm mute` and what.")


async def _dismissed(ask: Ask, kind: Kind) -> None:
    """One alert was of no use; behind the third of four it is asked once whether fewer are wanted."""

    def action(work: Work) -> bool:
        return habits.dismiss(work, kind)

    await ask.act(action, lambda asks: cards.fewer(NAMES[kind], kind.value, "alerts") if asks else cards.thanked())


async def _less(ask: Ask, what: str, target: str) -> None:
    """The answer to that question."""
    if what == "keep":
        await ask.answer(error.sentence("Left as it is."), replace=True)
        return
    kind = named(target) if ask.pressed.get("of") == "alerts" else None
    if kind is None and ask.user.role == Role.VIEWER:
        raise NotAllowed("Viewers do not decide which suggestions come; an admin can give you another role.")

    def action(work: Work) -> Receipt:
        if kind is not None:
            return habits.hear_less(work, kind)
        return habits.propose_less(work, target, target.replace("_", " "))

    await ask.act(action, receipt.of, replace=True)


async def pressed_unmute(ask: Ask) -> None:
    """The button of the list."""
    mute_id = str(ask.pressed.get("mute", ""))
    found = (await ask.read(noise.of, ask.user.user_id)).mutes
    meant = [one for one in found if one.mute_id == mute_id]
    if not meant:
        raise NotFound("That is not muted any more. `/crm mute list` shows what is.")
    await _end(ask, meant)


async def quiet(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings quiet 19-8`, `settings quiet off`, `settings quiet never`, `settings quiet`."""
    text = " ".join(words).lower().strip()
    if not text:
        await _list(ask)
        return
    found = _HOURS.fullmatch(text)
    if text not in _OFF and not found:
        raise BadInput("Say full hours: `/crm settings quiet 19-8`, or `/crm settings quiet off`.", field="quiet")
    begin, end = (int(found[1]), int(found[2])) if found else (ALWAYS, ALWAYS) if text == "never" else (0, 0)

    def action(work: Work) -> Receipt:
        return acts.set_quiet(work, begin, end)

    await ask.act(action, receipt.of)


async def brief(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings brief 8:15`, `settings brief off`, `settings brief on`."""
    text = " ".join(words).lower().strip().removeprefix("at ")
    found = _TIME.fullmatch(text)
    if not text:
        await ask.answer(error.sentence("Say a time: `/crm settings brief 8:15`, or `/crm settings brief off`."))
        return
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        minute = int(found[1]) * 60 + int(found[2] or 0)
    elif text in _OFF | {"on"}:
        minute = BRIEF_AT if text == "on" else NO_BRIEF
    else:
        raise BadInput("Say a time of the day: `/crm settings brief 8:15`, or `off`.", field="brief")

    def action(work: Work) -> Receipt:
        return acts.set_brief(work, minute)

    await ask.act(action, receipt.of)
