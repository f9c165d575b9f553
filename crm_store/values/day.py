"""A person's day as it stands now, and how mail, jobs and sending are."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.values.alerts import MeetingLine, Risk, Waits
from crm_store.values.filed import QuestionView
from crm_store.values.people import CustomerBrief, TaskView
from crm_store.values.undo import UndoView


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand; `delayed_since` is set where sending to Slack is late, `told` only for who may see the rest.

    `unread` are mails that came more than a minute ago and are not read yet, the oldest at `unread_since`.
    """

    delayed_since: datetime | None = None
    delayed: int = 0
    told: bool = False
    last_mail: datetime | None = None
    set_aside: int = 0
    failed_jobs: tuple[tuple[str, datetime], ...] = ()
    unread_since: datetime | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class MyDay:
    """Everything that waits for one person; the counts go beyond what is listed."""

    tasks: tuple[TaskView, ...] = ()
    waiting: tuple[Waits, ...] = ()
    meetings: tuple[MeetingLine, ...] = ()
    risks: tuple[Risk, ...] = ()
    leads: tuple[CustomerBrief, ...] = ()
    leads_in_all: int = 0
    questions: tuple[QuestionView, ...] = ()
    questions_in_all: int = 0
    recent: tuple[UndoView, ...] = ()
    health: Health = Health()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.tasks or self.waiting or self.meetings or self.risks or self.leads or self.questions)
