"""`crm ingest`: the mail listener, or, with --imap, a folder of a mailbox that is fetched and filed."""

import argparse
import asyncio
import importlib
from collections.abc import Callable

from bot.cli.desks import Office, opened, say
from bot.cli.mailbox import colleague
from crm_store import settings
from crm_store.errors import BadInput, BadSetting
from ingest.imap import Place, Puller, read_url


def ingest(options: argparse.Namespace) -> int:
    """The listener, unless a mailbox is named."""
    if options.imap is None:
        if options.whose or options.once or options.move:
            raise BadInput("--for, --once and --move go with --imap.")
        settings.read()  # A bad setting is told before anything heavy is loaded.
        listen: Callable[[argparse.Namespace], int] = importlib.import_module("bot.cli.serve").ingest
        return listen(options)
    place = read_url(options.imap)
    if not options.whose:
        raise BadInput("Say whose mailbox it is: --for with a colleague's mail address.")
    if options.every < 1:
        raise BadInput("--every must be at least 1 second.")
    with opened() as office:
        puller = _puller(office, place, options)
        if not options.once:
            return asyncio.run(_until_stopped(puller))
        new = asyncio.run(puller.once())
        said = f"{new} new mail{'s' * (new != 1)} fetched"
        say(f"{said}; {puller.too_large} too large to fetch." if puller.too_large else f"{said}.")
    return 0


def _puller(office: Office, place: Place, options: argparse.Namespace) -> Puller:
    password = office.settings.imap_password.get_secret_value()
    if not password:
        raise BadSetting("CRM_IMAP_PASSWORD is not set: put the mailbox's password, or an app password, there.")
    desk = office.desk(options.team)
    owner = colleague(desk, options.whose)
    if owner is None:
        raise BadInput(f"{options.whose} is not the address of a colleague.")
    return Puller(
        desk.store.team(desk.team_id, owner),
        place,
        password,
        move_to=options.move,
        every=options.every,
        most_bytes=office.settings.mail_size_limit,
    )


async def _until_stopped(puller: Puller) -> int:
    stop = asyncio.Event()
    catch: Callable[[asyncio.Event], None] = importlib.import_module("bot.cli.serve").catch_signals
    catch(stop)
    await puller.run(stop)
    return 0
