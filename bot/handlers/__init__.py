"""One file an ability: its command, dialog, submit and buttons."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.handlers import (
    customer,
    deals,
    find,
    home,
    imports,
    jobs,
    links,
    log,
    log_message,
    report,
    review,
    settings,
    suggestions,
    talk,
    tasks,
    timeline,
    undo,
)
from bot.routes import Routes


def every(run_job: Callable[..., Awaitable[Any]]) -> Routes:
    """The table of all handlers."""
    routes = Routes()
    for ability in (
        customer,
        deals,
        find,
        home,
        imports,
        links,
        log,
        log_message,
        report,
        review,
        settings,
        suggestions,
        talk,
        tasks,
        timeline,
        undo,
    ):
        ability.register(routes)
    jobs.register(routes, run_job)
    return routes
