"""One file an ability: its command, dialog, submit and buttons."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.handlers import (
    campaigns,
    channels,
    corrections,
    customer,
    deals,
    duplicates,
    export,
    files,
    find,
    forget,
    group_roles,
    home,
    imports,
    jobs,
    links,
    log,
    log_message,
    mail_rules,
    merge,
    mute,
    numbers,
    promises,
    report,
    review,
    scores,
    segments,
    settings,
    suggestions,
    talk,
    tasks,
    threads,
    timeline,
    undo,
    what_if,
    who_knows,
)
from bot.routes import Routes


def every(run_job: Callable[..., Awaitable[Any]], scanner: str = "") -> Routes:
    """The table of all handlers; `scanner` is the address of a virus scanner, if there is one."""
    routes = Routes()
    for ability in (
        campaigns,
        channels,
        corrections,
        customer,
        deals,
        duplicates,
        export,
        find,
        forget,
        group_roles,
        home,
        imports,
        links,
        log,
        log_message,
        mail_rules,
        merge,
        mute,
        numbers,
        promises,
        report,
        review,
        scores,
        segments,
        settings,
        suggestions,
        talk,
        tasks,
        threads,
        timeline,
        undo,
        what_if,
        who_knows,
    ):
        ability.register(routes)
    jobs.register(routes, run_job)
    files.register(routes, scanner)
    return routes
