"""Why a mail is where it is, and the rules about mail that a team makes and takes back."""

from collections.abc import Callable

from bot.ask import Ask
from bot.cards import mail_why as cards
from bot.cards import review
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import mail_rules, mail_tray
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import mail_why as why_queries
from crm_store.queries import mailroom
from crm_store.values.acts import Receipt

_READERS = frozenset({"viewer"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.button(Action.WHY_MAIL, why)
    routes.button(Action.MAIL_REFILE, refile)
    routes.button(Action.RULE_NEVER, never)
    routes.button(Action.RULE_NOT_BULK, not_bulk)
    routes.button(Action.RULE_SENDER_DEAL, sender_deal)
    routes.button(Action.RULE_THREAD_DEAL, thread_deal)
    routes.button(Action.RULE_DOMAIN, domain)
    routes.button(Action.RULE_REMOVE, remove)


async def show(ask: Ask, words: str) -> None:
    """`why mail`: what became of the last mails; `why mail held`: those that wait."""
    if words.strip().lower() in {"held", "waiting"}:
        waiting = await ask.read(mailroom.held, ask.user.user_id)
        await ask.answer(cards.held(waiting, now=ask.now, zone=ask.zone))
        return
    lines = await ask.read(mailroom.why, ask.user.user_id)
    await ask.answer(cards.last(lines, now=ask.now, zone=ask.zone))


async def why(ask: Ask) -> None:
    """The button beside a filed entry, or beside a mail in the list."""
    communication_id = str(ask.pressed.get("communication", ""))
    if communication_id:
        found = await ask.read(why_queries.of_communication, communication_id)
    else:
        found = await ask.read(why_queries.of_inbox, str(ask.pressed.get("inbox", "")))
    await ask.answer(cards.why(found))


async def settings(ask: Ask, topic: str, words: tuple[str, ...]) -> None:
    """`settings mail` lists the rules; `settings never-log acme.com` makes one, `… remove acme.com` takes it back."""
    if topic == "mail" or not words:
        found = await ask.read(why_queries.rules)
        waiting = await ask.read(mailroom.held, ask.user.user_id)
        await ask.answer(cards.rules(found, len(waiting)))
        return
    off = words[0].lower() in {"remove", "off", "delete"}
    entry = " ".join(words[1:] if off else words)
    if not entry:
        raise BadInput("Say the address or domain, such as `/crm settings never-log acme.com`.")
    await _rule(ask, lambda work: mail_rules.log_again(work, entry) if off else mail_rules.never_log(work, entry))


async def never(ask: Ask) -> None:
    """Never log this address or domain."""
    entry = str(ask.pressed.get("entry", ""))
    await _rule(ask, lambda work: mail_rules.never_log(work, entry))


async def not_bulk(ask: Ask) -> None:
    """This sender writes no bulk mail; the mail itself is filed at once."""
    entry, inbox_id = str(ask.pressed.get("entry", "")), str(ask.pressed.get("inbox", ""))

    def action(work: Work) -> Receipt:
        done = mail_rules.not_bulk(work, entry)
        if inbox_id:
            mail_tray.refile(work, inbox_id)
        return done

    await _rule(ask, action, "This mail is read again." if inbox_id else "")


async def sender_deal(ask: Ask) -> None:
    """Always file this sender on that deal."""
    address, deal_id = str(ask.pressed.get("address", "")), str(ask.pressed.get("deal", ""))
    await _rule(ask, lambda work: mail_rules.file_sender_on(work, address, deal_id))


async def thread_deal(ask: Ask) -> None:
    """Always file this conversation on that deal."""
    thread_key, deal_id = str(ask.pressed.get("thread", "")), str(ask.pressed.get("deal", ""))
    await _rule(ask, lambda work: mail_rules.file_thread_on(work, thread_key, deal_id or None))


async def domain(ask: Ask) -> None:
    """This domain belongs to that company."""
    host, company_id = str(ask.pressed.get("domain", "")), str(ask.pressed.get("company", ""))
    await _rule(ask, lambda work: mail_rules.own_domain(work, host, company_id))


async def remove(ask: Ask) -> None:
    """Take a rule away."""
    rule_id = str(ask.pressed.get("rule", ""))
    await _rule(ask, lambda work: mail_rules.remove(work, rule_id))


async def refile(ask: Ask) -> None:
    """File a mail that was dropped, since a person wants it."""
    inbox_id = str(ask.pressed.get("inbox", ""))
    _may_rule(ask)

    def action(work: Work) -> bool:
        return mail_tray.refile(work, inbox_id)

    said = {True: "It is read again and filed; a receipt follows.", False: "It was dealt with already."}
    await ask.act(action, lambda done: review.answered(said[done]))


async def _rule(ask: Ask, action: Callable[[Work], Receipt], further: str = "") -> None:
    _may_rule(ask)
    await ask.act(action, lambda done: cards.ruled(done, further))


def _may_rule(ask: Ask) -> None:
    if ask.user.role in _READERS:
        raise NotAllowed("Viewers read; ask a colleague to change how mail is filed.")
