"""Audiences that people asked for are handed to the tools they named; each as it is at this moment, each once."""

import asyncio
from dataclasses import dataclass
from typing import Final

from campaigns.tools import mailchimp, webhook
from campaigns.tools.mailchimp import Mailchimp
from campaigns.tools.refusal import NotTaken
from campaigns.tools.webhook import Hook
from crm_store.actions import audience_exports as acts
from crm_store.engine.store import Desk
from crm_store.queries import audiences
from crm_store.settings import Settings
from crm_store.values.audiences import Audience, ExportView

_SHOWN: Final = 3


class NotSetUp(Exception):
    """The tool has no key or address here; the text says which setting is missing."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a run did."""

    done: int
    failed: int


async def run(desk: Desk, settings: Settings) -> HandedOver:
    """Hand over everything that waits, one after the other."""
    done = failed = 0
    for one in await desk.read(audiences.waiting):
        own = desk.store.team(desk.team_id, one.by)
        audience = await own.read(audiences.audience, one.source)
        try:
            count, sentence = await _hand(own, settings, one, audience)
        except NotSetUp as problem:
            await desk.write(acts.failed, one.export_id, str(problem), again=False)
            failed += 1
        except NotTaken as problem:
            await desk.write(acts.failed, one.export_id, problem.sentence, again=problem.passing)
            failed += 1
        else:
            await desk.write(acts.handed, one.export_id, count, audience.left_out, sentence)
            done += 1
    return HandedOver(done, failed)


async def _hand(desk: Desk, settings: Settings, one: ExportView, audience: Audience) -> tuple[int, str]:
    if not audience.people:
        return 0, f"Nobody of “{audience.name}” may leave, so nothing was handed to {one.tool}.{stayed(audience)}"
    if one.tool == "mailchimp":
        return await _to_mailchimp(settings, audience)
    if one.tool == "webhook":
        return await _to_webhook(desk, settings, one, audience)
    raise NotSetUp(f"{one.tool.capitalize()} takes files only; say `export:{one.tool}` and it comes to you.")


async def _to_mailchimp(settings: Settings, audience: Audience) -> tuple[int, str]:
    key = settings.mailchimp_key.get_secret_value()
    if not (key and settings.mailchimp_list):
        raise NotSetUp("Set CRM_MAILCHIMP_KEY and CRM_MAILCHIMP_LIST first.")
    shop = Mailchimp(key, settings.mailchimp_list, settings.mailchimp_url)
    taken = await asyncio.to_thread(shop.take_in, audience)
    count = taken.new + taken.updated
    refused = f" Mailchimp refused {len(taken.refused)}: {_refused(taken)}." if taken.refused else ""
    sentence = f"“{audience.name}” is at Mailchimp: {taken.new} new, {taken.updated} known there.{refused}"
    return count, sentence + stayed(audience)


def _refused(taken: mailchimp.Taken) -> str:
    """The reasons that Mailchimp gave, each once."""
    return "; ".join(list(dict.fromkeys(why for _, why in taken.refused))[:_SHOWN])


async def _to_webhook(desk: Desk, settings: Settings, one: ExportView, audience: Audience) -> tuple[int, str]:
    secret = settings.webhook_secret.get_secret_value()
    if not (settings.webhook_url and secret):
        raise NotSetUp("Set CRM_WEBHOOK_URL and CRM_WEBHOOK_SECRET first.")
    hook = Hook(settings.webhook_url, secret)
    count = await webhook.deliver(hook, audience, one.export_id, desk.store.clock.now())
    return count, f"“{audience.name}” went to the webhook: {count} people.{stayed(audience)}"


def stayed(audience: Audience) -> str:
    """Who stayed, counted by reason."""
    if not audience.left_out:
        return ""
    return " Left out: " + ", ".join(f"{count} {reason}" for reason, count in audience.left_out) + "."
