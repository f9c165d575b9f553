"""What is said that nobody asked for and that can wait: within the reader's hours and the day's measure."""

from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.queries import noise, teams


def tell(work: Work, user_id: str | None, about: str, text: str, undo_id: str | None = None) -> bool:
    """Tell a colleague, or the first admin where nobody is named; False where that is on its way already.

    What is urgent, and the answer to what somebody did just now, is a notice and goes at once instead.
    Not audited: it is a message about something that was audited.
    """
    named = teams.user(work, user_id) if user_id else None
    told = [named] if named is not None and named.active else [*teams.admins(work)]
    if not told:
        return False
    place = noise.place(told[0].user_id)
    payload = {"user_id": told[0].user_id, "text": text, **({"undo_id": undo_id} if undo_id else {})}
    return outbox.enqueue(work, "news", place, about, payload, noise.resumes(work, place)) is not None
