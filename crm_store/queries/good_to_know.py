"""What a receipt gives back for a log: a narrow read, since every logged line pays for it."""

from typing import Final

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.briefs import people
from crm_store.lookup.reading import TEAM, moment, plain, read_plain
from crm_store.lookup.search import SYSTEM
from crm_store.queries.customers import survivor
from crm_store.values.people import GoodToKnow, TaskView

_NEXT_TASK: Final = plain(
    "SELECT t.task_id, t.title, t.due_at, COALESCE(u.slack_user_id, t.owner), t.version FROM tasks AS t"
    " LEFT JOIN users AS u ON u.team_id = t.team_id AND u.user_id = t.owner"
    " WHERE t.team_id = ? AND t.customer_id = ? AND t.state = 'open'"
    " ORDER BY t.due_at IS NULL, t.due_at, t.task_id LIMIT 1"
)
_WANTED: Final = plain(
    "SELECT text FROM needs WHERE team_id = ? AND customer_id = ? AND state = 'open'"
    " ORDER BY created_at DESC, need_id DESC LIMIT 1"
)


def of(work: Work, customer_id: str) -> GoodToKnow:
    """Last contact, next step and newest need; a merged customer is the one merged into. Raises NotFound."""
    person = people(work, [customer_id]).get(customer_id)
    if person is None and (now := survivor(work, customer_id)) != customer_id:
        return of(work, now)
    # A private customer is their owner's; commands of the house see all.
    if person is None or (person.level != "team" and work.actor not in {person.owner_id, SYSTEM}):
        raise NotFound("That customer is no longer there.", wanted=customer_id)
    wanted = read_plain(work, _WANTED, TEAM, customer_id)
    return GoodToKnow(person.brief, _next_task(work, customer_id, person.brief.name), wanted[0][0] if wanted else "")


def _next_task(work: Work, customer_id: str, customer: str) -> TaskView | None:
    for task_id, title, due_at, owner, version in read_plain(work, _NEXT_TASK, TEAM, customer_id):
        return TaskView(task_id, title, moment(due_at), owner, customer_id, customer, "open", version)
    return None
