"""Links to customers become cards below the message, with what everybody there may see."""

from bot.ask import Ask
from bot.cards import customer as cards
from bot.gestures import Did
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.errors import CrmError
from crm_store.queries import customers as customer_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.SHARED_LINK, unfurl)


async def unfurl(ask: Ask) -> None:
    """Unfurl what is ours; what is not found stays a bare link."""
    outsiders = await ask.slack.outsiders_in(ask.gesture.channel)
    unfurls = {}
    for link in ask.gesture.links[:5]:
        customer_id = link.rstrip("/").rpartition("/")[2]
        if f"//{ask.link_domain}/" not in link or not customer_id.startswith("cus_"):
            continue
        try:
            found = await ask.read(customer_queries.card, customer_id)
        except CrmError:
            continue
        message = cards.shared(found, None, outsiders=outsiders, now=ask.now, zone=ask.zone)
        unfurls[link] = {"blocks": list(message.blocks)}
    if not unfurls:
        await ask.done("no link of ours")
        return
    payload = {"via": "unfurl", "channel": ask.gesture.channel, "ts": ask.gesture.ts, "unfurls": unfurls}

    def action(work: Work) -> None:
        outbox.enqueue(work, "answer", f"unfurl:{ask.claimed.inbox_id}", f"unfurl:{ask.claimed.inbox_id}", payload)

    await ask.act(action, lambda _: None)
