"""What a campaign does after its letter, for those who have not answered: wait, then a reminder or a task."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Does = Literal["mail", "task"]
WAITS: Final = (3, 5, 7, 10)
"""Days between two steps; a reminder sooner than three days is a nuisance."""
USUAL_WAIT: Final = 5
TASK_SENT: Final = "task"
"""The state of a step that was a task for the owner; it is no letter, but a contact as a letter is."""
CHANNEL, CALL = "channel", "call"
"""A campaign whose template says so begins with a task to call and not with a letter."""
REMINDER: Final = (
    "Hello {{ first_name }},\n\nI wrote to you a few days ago and do not know whether it reached you at a bad moment. "
    "Is it of interest? A word is enough, a no as well.\n\n{{ owner_name }}"
)
NOTHING, REMIND, TASK, BOTH = "nothing", "remind", "task", "both"
CHOICES: Final = (
    (NOTHING, "Nothing more"),
    (REMIND, "A reminder by mail"),
    (TASK, "A task for the owner to call"),
    (BOTH, "A reminder, then a task to call"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: so many days after the one before, if nobody answered. An empty subject answers the first letter."""

    after_days: int
    do: Does
    body: str = ""


def planned(choice: str, after_days: int, reminder: str = "") -> tuple[Step, ...]:
    """The steps of one of the `CHOICES`; what is unknown plans nothing."""
    mail = Step(after_days, "mail", reminder.strip() or REMINDER)
    task = Step(after_days, "task")
    return {REMIND: (mail,), TASK: (task,), BOTH: (mail, task)}.get(choice, ())


def choice_of(steps: Sequence[Step]) -> str:
    """Which of the choices these steps are."""
    does = tuple(one.do for one in steps)
    return {("mail",): REMIND, ("task",): TASK, ("mail", "task"): BOTH}.get(does, NOTHING)


def said(steps: Sequence[Step]) -> str:
    """The plan in one sentence; empty where there is none."""
    parts = []
    for at, one in enumerate(steps):
        days = f"{one.after_days} {'more ' if at else ''}days"
        parts.append(f"after {days} {'a reminder' if one.do == 'mail' else 'a task for the owner to call'}")
    if not parts:
        return ""
    return f"Who has not answered: {', then '.join(parts)}. A reply, an order or a no ends it."


def stored(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [asdict(one) for one in steps]


def read(kept: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """As they were stored."""
    return tuple(Step(int(one["after_days"]), one["do"], str(one.get("body", ""))) for one in kept)
