"""What a receipt tells about a filed mail."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.values.files import FileView
from crm_store.values.people import CustomerBrief, DealView, TaskView


@dataclass(frozen=True, slots=True)
class FiledView:
    """A filed communication as its receipt shows it; `witnesses` are Slack ids of colleagues who sent copies,
    `tasks` are those that came with it.
    """

    communication_id: str
    kind: str
    direction: str
    happened_at: datetime
    subject: str | None
    customers: tuple[CustomerBrief, ...]
    deal: str | None
    witnesses: tuple[str, ...]
    level: str
    tasks: tuple[TaskView, ...] = ()
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionView:
    """An open question, with who or which deal may be meant; `old` and `new` are the values of a field in doubt."""

    question_id: str
    state: str
    what: str
    wanted: str
    candidates: tuple[CustomerBrief, ...]
    kind: str = "which_customer"
    deals: tuple[DealView, ...] = ()
    field: str = ""
    old: str = ""
    new: str = ""
    company: str = ""
