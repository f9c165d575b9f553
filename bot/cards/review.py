"""Questions about mail: which customer or deal is meant, which fact holds, and what to do with mail that waits."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.filed import QuestionView

_ANSWERED_BY: Final = re.compile(r"<@([UW][A-Z0-9_]{1,30})> (?=answered )")


def question(asked: QuestionView, *, now: datetime, zone: ZoneInfo) -> Message:
    """The card of an open question, by its kind."""
    match asked.kind:
        case "which_deal":
            return which_deal(asked, now=now, zone=zone)
        case "which_fact":
            return which_fact(asked)
        case "has_left":
            return has_left(asked)
        case _:
            return which_customer(asked, now=now, zone=zone)


def which_deal(asked: QuestionView, *, now: datetime, zone: ZoneInfo) -> Message:
    """The open deals with amount and stage, one tap each, or none of them."""
    subject = blocks.one_line(asked.what or "a mail without a subject", 200)
    today = now.astimezone(zone).date()
    wanted = blocks.one_line(asked.wanted, 100)
    named = f"You named “{wanted}”, which does not say which." if wanted.strip() else None
    rows = []
    for one in asked.deals[:8]:
        value = {"question": asked.question_id, "deal": one.deal_id}
        pick = blocks.button("File here", Action.QUESTION_DEAL, value, label_aloud=f"File on {one.name}")
        rows.append(blocks.section(blocks.one_line(wording.deal(one, today), 300), accessory=pick))
    names = ", ".join(blocks.one_line(one.name, 80) for one in asked.deals[:8])
    none = blocks.button("None of these", Action.QUESTION_NONE, {"question": asked.question_id})
    return blocks.message(
        f"Which deal is “{subject}” for? {names}",
        blocks.lines(["Which deal is ", blocks.bold(subject), " for?"], named),
        *rows,
        blocks.actions(none),
        blocks.context("The mail is with the customer already. Your answer counts for the whole conversation."),
    )


def which_fact(asked: QuestionView) -> Message:
    """What is known and what a signature says now; the safe answer changes nothing."""
    who, field = blocks.one_line(asked.wanted, 150), blocks.one_line(asked.field, 40)
    old, new = blocks.one_line(asked.old or "empty", 150), blocks.one_line(asked.new, 150)
    value = {"question": asked.question_id}
    return blocks.message(
        f"The signature of {who} says {field} {new}; known is {old}.",
        blocks.lines(
            [blocks.bold(who), f": a signature says another {field} than is known."],
            ["Known: ", blocks.bold(old)],
            ["In the mail: ", blocks.bold(new)],
        ),
        blocks.actions(
            blocks.button(f"Keep {old}", Action.QUESTION_NONE, value),
            blocks.button(f"Take {new}", Action.QUESTION_TAKE, value),
        ),
        blocks.context("Nothing was changed. The same is not asked again."),
    )


def has_left(asked: QuestionView) -> Message:
    """An automatic reply says that somebody has left their company."""
    who = blocks.one_line(asked.wanted, 150)
    company = blocks.one_line(asked.company or "the company", 150)
    value = {"question": asked.question_id}
    said = f"An automatic reply says that {who} has left {company}."
    return blocks.message(
        said,
        blocks.lines([blocks.bold(who), f" has left {company}, an automatic reply says."]),
        blocks.actions(
            blocks.button("Leave it as it is", Action.QUESTION_NONE, value),
            blocks.button("Mark as ended", Action.QUESTION_TAKE, value),
        ),
        blocks.context("Their time there stays on record either way."),
    )


def which_customer(asked: QuestionView, *, now: datetime, zone: ZoneInfo) -> Message:
    """Up to three candidates, somebody new, or nobody; the mail is kept until this is answered."""
    subject = blocks.one_line(asked.what or "a mail without a subject", 200)
    head: Line = ["Whom is ", blocks.bold(subject), " about?"]
    rows = []
    for one in asked.candidates[:3]:
        value = {"question": asked.question_id, "customer": one.customer_id}
        pick = blocks.button("File here", Action.QUESTION_PICK, value, label_aloud=f"File to {one.name}")
        words = f"{blocks.one_line(wording.customer(one))}\n{wording.last_contact(one, now, zone)}"
        rows.append(blocks.section(words, accessory=pick))
    wanted = f"It names “{blocks.one_line(asked.wanted, 150)}”." if asked.wanted.strip() else None
    value = {"question": asked.question_id}
    names = ", ".join(blocks.one_line(wording.customer(one), 80) for one in asked.candidates[:3])
    return blocks.message(
        f"Whom is “{subject}” about? {names}",
        blocks.lines(head, wanted),
        *rows,
        blocks.actions(
            blocks.button("Somebody new", Action.QUESTION_NEW, value),
            blocks.button("None of these: do not file" if rows else "Do not file it", Action.QUESTION_NONE, value),
        ),
        blocks.context("The mail is kept until you answer. Your answer is remembered."),
    )


def unknown_sender(inbox_id: str, sender: str, subject: str, why: str, trust: str = "") -> Message:
    """Mail that came to a person's address from somebody who is not verified: nothing is filed before they say so.

    `trust` is the address of a colleague or of a robot, which may be let in from now on.
    """
    who = blocks.one_line(sender or "an unknown sender", 200)
    title = blocks.one_line(subject or "without a subject", 200)
    value = {"inbox": inbox_id}
    always = None
    if trust:
        question = blocks.confirm(
            "Let this sender in?",
            f"Mail that says it is from {blocks.one_line(trust, 150)} is filed from now on without any proof.",
            "Always trust",
        )
        named = {"inbox": inbox_id, "address": trust}
        always = blocks.button("Always trust this sender", Action.REVIEW_TRUST, named, confirm=question)
    return blocks.message(
        f"A mail from {who} waits for you: {title}. {why}",
        blocks.lines(["A mail to your address waits: ", blocks.bold(title)], f"From {who}", blocks.one_line(why, 400)),
        blocks.actions(
            blocks.button("File it", Action.REVIEW_FILE, value),
            blocks.button("Ignore it", Action.REVIEW_IGNORE, value),
            _attach_to(inbox_id),
            always,
        ),
        blocks.context("Nothing was filed and nobody was added. “Attach to…” also keeps its sender's address there."),
    )


def _attach_to(inbox_id: str) -> Block:
    """Somebody known who wrote under an address that is not; searched by the letters typed."""
    return {
        "type": "external_select",
        "action_id": f"{Action.REVIEW_ATTACH}:{inbox_id}",
        "min_query_length": 2,
        "placeholder": blocks.plain("Attach to…", 150),
    }


def many_at_once(sender: str, burst: str, recent: int) -> Message:
    """Many mails of one sender came within two hours: a loop, or somebody who forwards a whole folder."""
    who = blocks.one_line(sender or burst, 200)
    value = {"burst": burst}
    said = f"{recent} mails of {who} came to your address within two hours. The next ones wait for your word."
    return blocks.message(
        said,
        blocks.lines([f"{recent} mails of ", blocks.bold(who), " came to your address within two hours."]),
        blocks.section(
            "The next ones wait. “File all” files what waits by then, and what comes in the next two hours."
        ),
        blocks.actions(
            blocks.button("File all", Action.REVIEW_FILE_ALL, value),
            blocks.button("Ignore all", Action.REVIEW_IGNORE_ALL, value),
        ),
        blocks.context("`/crm why mail held` lists them one by one."),
    )


def answered(text: str, undo_id: str | None = None) -> Message:
    """The question is closed; a colleague who was first is shown by name where our own sentence begins with them."""
    undo = blocks.actions(blocks.button("Undo", Action.UNDO, {"undo": undo_id})) if undo_id else None
    by = _ANSWERED_BY.match(text)
    if by is None:
        return blocks.message(text, blocks.lines(blocks.one_line(text, 500)), undo)
    rest = blocks.one_line(text[by.end() :], 500)
    return blocks.message(f"A colleague {rest}", blocks.lines([blocks.person(by[1]), f" {rest}"]))
