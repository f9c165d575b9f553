"""The communications one mail leads to: itself or a meeting, what was written above it, tasks, facts and reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm_store.values.acts import NewAttachment, NewCommunication, NewTask, Person
from crm_store.values.mail import DealQuestion, Filing, KnownFacts, MeetingChange, Reason
from ingest import due, subjects, told
from ingest.deal_choice import DealChoice
from ingest.people import Crowd
from ingest.reading import Seen, Wishes


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mail with all that was found out about it."""

    one: Seen
    crowd: Crowd
    known: KnownFacts
    wished: Wishes
    deal: DealChoice
    meeting: MeetingChange | None = None


def draw(drawn: Drawn, thread: Reason | None, *, with_tasks: bool) -> tuple[list[Filing], tuple[str, ...]]:
    """The mail, and beside it what the forwarder wrote above it; and what its owner has to be told."""
    one, crowd, wished, deal = drawn.one, drawn.crowd, drawn.wished, drawn.deal
    level = "private" if wished.private else "team"
    tasks, warnings = _tasks(drawn) if with_tasks else ((), ())
    note = _note(drawn, level)
    if wished.note_only and note is not None:
        return [Filing(replace(note, tasks=tasks), crowd.new_people, crowd.learned, deal.new)], warnings
    mail = NewCommunication(
        kind=one.kind,
        direction=crowd.direction,
        happened_at=one.at,
        text=one.text,
        source="mail",
        source_key=f"meeting:{drawn.meeting.key}" if drawn.meeting else one.source_key,
        people=crowd.people,
        subject=one.subject,
        quoted=one.quoted,
        level=level,
        thread_key=one.thread_key,
        deal_id=deal.deal_id,
        tasks=tasks,
        attachments=tuple(NewAttachment(file.name, file.content_type, file.size, file.sha256)
                          for file in one.attachments if file.content_type != "message/rfc822"),
    )  # fmt: skip
    asked = DealQuestion(deal.ask, one.thread_key, one.subject or "a mail", deal.named) if deal.ask else None
    reasons = [*crowd.reasons, *(reason for reason in (thread, deal.reason) if reason is not None)]
    filed = Filing(
        mail,
        crowd.new_people,
        crowd.learned,
        deal.new,
        identity=one.identity,
        facts=told.facts(one, crowd),
        meeting=drawn.meeting,
        deal_question=asked,
        cards=told.contacts(one, drawn.known),
        reasons=tuple(reasons),
    )
    return ([filed] if note is None else [filed, Filing(note, crowd.new_people)]), warnings


def _note(drawn: Drawn, level: str) -> NewCommunication | None:
    one, known = drawn.one, drawn.known
    if not one.note:
        return None
    author = Person("from", known.owner.name, None, None, known.owner.user_id)
    about = tuple(Person("about", customer_id=customer_id) for customer_id in drawn.crowd.customers)
    return NewCommunication(
        kind="note",
        direction="none",
        happened_at=known.now,
        text=one.note,
        source="mail",
        source_key=f"note:{known.owner.user_id}:{one.source_key}"[:200],
        people=(author, *about),
        subject=one.subject,
        level=level,
        thread_key=one.thread_key,
        deal_id=drawn.deal.deal_id,
    )


def _tasks(drawn: Drawn) -> tuple[tuple[NewTask, ...], tuple[str, ...]]:
    one, known = drawn.one, drawn.known
    tasks: list[NewTask] = []
    warnings: list[str] = []
    for wish in drawn.wished.tasks:
        at, title = due.read(wish.words, known.now, known.owner.time_zone)
        if wish.is_day and at is None:
            warnings.append(f"“+task.{wish.words}” names no day I can read, so the task has none.")
        if wish.is_day:
            title = ""
        title = title or subjects.bare(one.subject) or f"Answer {one.sender.name or 'the mail'}"
        tasks.append(NewTask(title, at, known.owner.user_id, drawn.crowd.customers[0]))
    return tuple(tasks), tuple(warnings)


def lines(filing: Filing) -> Sequence[str]:
    """What a filing would do, in words."""
    one = filing.communication
    said = [f"create {person.customer.name}" for person in filing.new_people if one.kind != "note"]
    said.append(f"log {one.kind} ({one.direction}) of {one.happened_at:%Y-%m-%d}: {one.subject or 'no subject'}")
    if filing.new_deal:
        said.append(f"open deal {filing.new_deal.name}")
    if filing.deal_question:
        said.append(f"ask which of {len(filing.deal_question.deals)} deals it is for")
    return [*said, *(f"set task {task.title}" for task in one.tasks)]
