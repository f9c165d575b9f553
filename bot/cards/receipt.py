"""Receipts: what was done, to whom, how sure, what it gives back, and the Undo that takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import customer as customer_cards
from bot.cards import files, mail_why, wording
from bot.names import Action
from crm_store.values.acts import NewCommunication, NewTask, Receipt
from crm_store.values.filed import FiledView
from crm_store.values.people import CustomerBrief, DealView, Found, GoodToKnow, TaskView

_CERTAIN = 0.95
_ARROWS = {"incoming": "from them", "outgoing": "from us"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise that was read in what was logged; `owner` is the user id of whoever made it.

    `by` is their name, where that is not the reader.
    """

    title: str
    due_at: datetime | None
    owner: str
    by: str = ""


def logged(
    done: Receipt, customer: CustomerBrief, communication: NewCommunication, *, deal: DealView | None,
    known: GoodToKnow | None, now: datetime, zone: ZoneInfo, promises: Sequence[Offer] = (), told: Sequence[str] = (),
) -> Message:  # fmt: skip
    """A log by hand: what, with whom, how it was understood, what was made of it, and what is good to know now.

    `promises` are offered as tasks; `told` are sentences on what else is to be known of it.
    """
    what = wording.kind(communication.kind)
    if done.undo_id is None:
        return _logged_before(done, what, customer)
    between = "on" if communication.kind == "note" else "with"
    head: list[Piece] = [f"Logged a {what} {between} ", blocks.bold(wording.customer(customer))]
    head += [" to the deal ", blocks.bold(deal.name)] if deal else []
    head += ["."] + ([" Only you can read it."] if communication.level == "private" else [])
    private = communication.level == "private"
    said = f"Logged a {what} {between} {wording.customer(customer)}."
    return blocks.message(
        said,
        blocks.lines(head),
        *_made(done, communication, now, zone),
        *offered(promises, done.row_id, customer.customer_id, now=now, zone=zone),
        blocks.context(_understood(communication, now, zone), *(blocks.one_line(one, 300) for one in told[:8])),
        _gives_back(known, communication.happened_at, now, zone),
        _buttons(done.undo_id, customer.customer_id, *_corrections(done.row_id, private=private)),
    )


def _understood(communication: NewCommunication, now: datetime, zone: ZoneInfo) -> str:
    """How it was read, so that a mistake is seen."""
    parts = [wording.kind(communication.kind).capitalize(), wording.moment(communication.happened_at, now, zone)]
    return " · ".join([*parts, *([_ARROWS[communication.direction]] if communication.direction in _ARROWS else [])])


def _made(
    done: Receipt, communication: NewCommunication, now: datetime, zone: ZoneInfo
) -> list[Block | None]:  # fmt: skip
    """The needs and tasks that were made of it, each with the button that takes it away alone."""
    ids = list(done.made[1:])
    texts = [f"Need: {blocks.one_line(need, 300)}" for need in communication.needs]
    texts += ["".join(str(piece) for piece in _new_task(task, now, zone)) for task in communication.tasks]
    rows: list[Block | None] = []
    for number, text in enumerate(texts[:10]):
        wrong = None
        if number < len(ids):
            wrong = blocks.button("Drop", Action.DROP_MADE, {"row": ids[number]}, label_aloud=f"Drop {text}")
        rows.append(blocks.section(text, accessory=wrong))
    return rows


def _corrections(communication_id: str, *, private: bool | None = None) -> tuple[Block | None, ...]:
    """Buttons that put a log right; `private` says how it stands, None that it is not the reader's to change."""
    value = {"communication": communication_id}
    level = None
    if private is not None:
        label, wanted = ("Show to the team", "team") if private else ("Only for me", "private")
        level = blocks.button(label, Action.SET_LEVEL, {**value, "level": wanted})
    return (
        blocks.button("Correct", Action.CORRECT, value),
        blocks.button("Move to…", Action.MOVE_TO, value),
        level,
    )


def offered(
    promises: Sequence[Offer], communication_id: str, customer_id: str, *, now: datetime, zone: ZoneInfo
) -> list[Block | None]:
    """Promises that were read, each with the one tap that makes a task of it."""
    rows: list[Block | None] = []
    for one in promises[:5]:
        due = f" · {wording.due(one.due_at, now, zone)[1]}" if one.due_at else ""
        by = f"Promised by {blocks.one_line(one.by, 60)}" if one.by else "Promised"
        value = {
            "communication": communication_id,
            "customer": customer_id,
            "title": one.title,
            "due": one.due_at.isoformat() if one.due_at else "",
            "owner": one.owner,
        }
        make = blocks.button("Make it a task", Action.PROMISE_MAKE, value, label_aloud=f"Make a task: {one.title}")
        rows.append(blocks.section(f"{by}: {blocks.one_line(one.title, 200)}{due}", accessory=make))
    return rows


def promised(done: Receipt, title: str, due_at: datetime | None, *, now: datetime, zone: ZoneInfo) -> Message:
    """A promise that is a task now: kept with Done, let go with Drop."""
    when = f" · {wording.due(due_at, now, zone)[1]}" if due_at else ""
    value = {"task": done.row_id}
    said = f"{'Promise noted' if done.undo_id else 'That promise was noted before'}: {title}{when}."
    return blocks.message(
        said,
        blocks.section(blocks.one_line(said, 500)),
        blocks.actions(
            blocks.button("Done", Action.TASK_DONE, value),
            blocks.button("Drop", Action.PROMISE_DROP, value),
            blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done.undo_id else None,
        ),
    )


def _logged_before(done: Receipt, what: str, customer: CustomerBrief) -> Message:
    """Whoever logs the same message again reads so, and nothing is there twice."""
    said = f"This {what} was logged before, with {wording.customer(customer)}. Nothing is there twice."
    line: Line = [f"This {what} was logged before, with ", blocks.bold(wording.customer(customer))]
    return blocks.message(
        said, blocks.lines([*line, ". Nothing is there twice."]), _buttons(None, customer.customer_id)
    )


def _new_task(task: NewTask | TaskView, now: datetime, zone: ZoneInfo) -> Line:
    return ["Task: ", blocks.one_line(task.title, 300), f" · {wording.due(task.due_at, now, zone)[1]}"]


def _gives_back(
    known: GoodToKnow | None, happened_at: datetime, now: datetime, zone: ZoneInfo, told: Sequence[str] = ()
) -> Block | None:
    """What a log earns at once: the last contact before it, the next step, what is wanted, who else talks to them.

    `told` are ids of tasks that the receipt names already.
    """
    if known is None:
        return None
    rows: list[Line] = []
    last = known.customer
    if last.last_touch_at is not None and last.last_touch_at < happened_at:
        before: list[Piece] = [f"Before that: {wording.last_contact(last, now, zone).removeprefix('last ')}"]
        rows.append([*before, " by ", blocks.person(last.last_touch_by)] if last.last_touch_by else before)
    if known.next_task is not None and known.next_task.task_id not in told:
        rows.append(["Next step: ", *wording.task_line(known.next_task, now, zone, who=False)])
    if known.wants:
        rows.append(f"Wants: {blocks.one_line(known.wants, 200)}")
    if last.owner:
        rows.append(["Owner: ", blocks.person(last.owner)])
    return blocks.lines([blocks.quiet("Good to know")], *rows) if rows else None


def _buttons(undo_id: str | None, customer_id: str | None, *further: Block | None) -> Block | None:
    value = {"customer": customer_id or ""}
    return blocks.actions(
        blocks.button("Undo", Action.UNDO, {"undo": undo_id}) if undo_id else None,
        blocks.button("Task", Action.TASK_DIALOG, value) if customer_id else None,
        blocks.button("Show card", Action.CARD, value) if customer_id else None,
        *further,
    )


def filed(
    mail: FiledView, *, undo_id: str | None, sure: float | None, created: Sequence[str] = (),
    warnings: Sequence[str] = (), changes: Sequence[str] = (), also: bool = False, known: GoodToKnow | None = None,
    beside: Sequence[CustomerBrief] = (), promises: Sequence[Offer] = (), now: datetime, zone: ZoneInfo,
) -> Message:  # fmt: skip
    """A mail that was filed: which, to whom, how sure, who was made new, and who else had sent a copy.

    `changes` are sentences on what else it changed: facts of a signature, a meeting that moved. `beside` are customers
    of further mails and contacts that came with it.
    """
    subject = blocks.one_line(mail.subject or "without a subject", 200)
    names = _names(mail.customers)
    head: list[Piece] = ["Filed " if not also else "Already filed: ", blocks.bold(subject)]
    head += [f" ({wording.kind(mail.kind)}, {wording.moment(mail.happened_at, now, zone)})"]
    head += [" to ", blocks.bold(names)] if names else [" under “to sort”"]
    head += [" › ", blocks.bold(mail.deal)] if mail.deal else []
    rows: list[Line] = [head]
    if also:
        rows.append("The same mail came before. Nothing is there twice.")
    if sure is not None and sure < _CERTAIN:
        rows.append(f"About whom this is: {wording.sure(sure)}.")
    if mail.level == "private":
        rows.append("Only you can read it.")
    others = [one for one in beside if one.customer_id not in set(created)]
    if others:
        rows.append(["The other mails are with ", blocks.bold(_names(others)), "."])
    if len(mail.witnesses) > 1:
        rows.append(["Copies from ", *_people(mail.witnesses)])
    rows += [f"{blocks.one_line(text, 300)}." for text in changes[:5]]
    rows += [_new_task(task, now, zone) for task in mail.tasks[:5]]
    rows.append(files.line(mail.files))
    one = mail.customers[0].customer_id if len(mail.customers) == 1 else None
    return blocks.message(
        f"{'Already filed' if also else 'Filed'}: {subject}. {names}",
        blocks.lines(*rows),
        *_created(created, [*mail.customers, *beside]),
        *(blocks.context(*[blocks.one_line(text, 500) for text in warnings[:5]]) for _ in warnings[:1]),
        *offered(promises, mail.communication_id, one or "", now=now, zone=zone),
        None if also else _gives_back(known, mail.happened_at, now, zone, [one.task_id for one in mail.tasks]),
        _buttons(
            undo_id,
            one,
            blocks.button("Move to…", Action.MOVE_TO, {"communication": mail.communication_id}),
            files.button(mail.files, mail.communication_id),
            mail_why.button(mail.communication_id),
        ),
    )


def _names(customers: Sequence[CustomerBrief]) -> str:
    shown = [blocks.one_line(wording.customer(one), 100) for one in customers[:3]]
    more = len(customers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _people(slack_ids: Sequence[str]) -> list[Piece]:
    pieces: list[Piece] = []
    for one in slack_ids[:10]:
        pieces += [", ", blocks.person(one)] if pieces else [blocks.person(one)]
    return pieces


def _created(created: Sequence[str], customers: Sequence[CustomerBrief]) -> list[Block | None]:
    rows: list[Block | None] = []
    for brief in [one for one in customers if one.customer_id in set(created)][:5]:
        check = blocks.button(
            "Check details", Action.CHECKED, {"customer": brief.customer_id}, label_aloud=f"Check {brief.name}"
        )
        said = f"{wording.customer(brief)} is new{f', {brief.email}' if brief.email else ''}."
        rows.append(blocks.section(blocks.one_line(said, 400), accessory=check))
    return rows


def of(done: Receipt) -> Message:
    """What an action did, in its own sentence, with Undo."""
    return blocks.message(done.sentence, blocks.section(done.sentence or "Done."), _buttons(done.undo_id, None))


def done(sentence: str, undo_id: str | None) -> Message:
    """A sentence with Undo."""
    return of(Receipt("", undo_id, sentence))


def several(made: Sequence[Receipt]) -> Message:
    """What several actions did, each with its own Undo."""
    if not made:
        return blocks.message("Nothing was changed.", blocks.section("Nothing was changed."))
    rows = []
    for one in made[:20]:
        undo = blocks.button("Undo", Action.UNDO, {"undo": one.undo_id}) if one.undo_id else None
        rows.append(blocks.section(blocks.cut(one.sentence, 500) or "Done.", accessory=undo))
    more = len(made) - len(rows)
    return blocks.message(
        " ".join(one.sentence for one in made), *rows, blocks.context(f"and {more} more") if more else None
    )


def customer_made(done: Receipt, like: Sequence[CustomerBrief] = ()) -> Message:
    """A customer was added: the sentence, Undo, what usually comes next, and who of the same name was there before."""
    value = {"customer": done.row_id}
    others = [one for one in like if one.customer_id != done.row_id][:3]
    told = []
    for one in others if done.undo_id else []:
        said = (
            f"{wording.customer(one)} was there before{f', {one.email}' if one.email else ''}. Is it the same person?"
        )
        show = blocks.button("Show card", Action.CARD, {"customer": one.customer_id}, label_aloud=f"Show {one.name}")
        told.append(blocks.section(blocks.one_line(said, 400), accessory=show))
    return blocks.message(
        done.sentence,
        blocks.section(done.sentence or "Added."),
        *told,
        blocks.actions(
            blocks.button("Log", Action.LOG_DIALOG, value),
            blocks.button("Edit", Action.EDIT, value),
            blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done.undo_id else None,
        ),
    )


def task_made(
    done: Receipt, task: NewTask, customer: CustomerBrief | None, *, now: datetime, zone: ZoneInfo
) -> Message:
    """A task was made: what, when, about whom."""
    when = wording.due(task.due_at, now, zone)[1]
    row: list[Piece] = ["Task ", blocks.bold(task.title), f" · {when}"]
    row += [" · ", blocks.one_line(wording.customer(customer), 200)] if customer else []
    undo = blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done.undo_id else None
    finish = blocks.button("Done", Action.TASK_DONE, {"task": done.row_id})
    return blocks.message(f"Task: {task.title}, {when}.", blocks.lines(row), blocks.actions(finish, undo))


def undone(sentence: str, conflicts: Sequence[str] = ()) -> Message:
    """What was taken back, and what stayed because somebody changed it since."""
    kept = blocks.bullets([blocks.one_line(one, 500) for one in conflicts[:10]])
    stayed = blocks.lines([blocks.bold("This stayed as it is")]) if conflicts else None
    return blocks.message(
        " ".join([sentence, *conflicts]), blocks.section(sentence or "Nothing was taken back."), stayed, kept
    )


def which_customer_for_message(
    text: str, found: Sequence[Found], then: str, *, now: datetime, zone: ZoneInfo
) -> Message:
    """A reaction logged a message, but it is open whom it is about."""
    if not found:
        said = "I could not tell whom this message is about. Nothing is logged yet. Use “Log to CRM” in its menu."
        return blocks.message(said, blocks.section(said), blocks.quote(text, 500))
    return customer_cards.choices(text, found, then, now=now, zone=zone, question="Whom is this message about?")
