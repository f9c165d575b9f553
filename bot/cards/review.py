"""Questions about mail: which customer is meant, and what to do with mail from somebody who is not verified."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.filed import QuestionView

_ANSWERED_BY: Final = re.compile(r"<@([UW][A-Z0-9_]{1,30})> (?=answered )")


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
            blocks.button("None of these: do not file", Action.QUESTION_NONE, value),
        ),
        blocks.context("The mail is kept until you answer. Your answer is remembered."),
    )


def unknown_sender(inbox_id: str, sender: str, subject: str, why: str) -> Message:
    """Mail that came to a person's address from somebody who is not verified: nothing is filed before they say so."""
    who = blocks.one_line(sender or "an unknown sender", 200)
    title = blocks.one_line(subject or "without a subject", 200)
    value = {"inbox": inbox_id}
    return blocks.message(
        f"A mail from {who} waits for you: {title}. {why}",
        blocks.lines(["A mail to your address waits: ", blocks.bold(title)], f"From {who}", blocks.one_line(why, 400)),
        blocks.actions(
            blocks.button("File it", Action.REVIEW_FILE, value),
            blocks.button("Ignore it", Action.REVIEW_IGNORE, value),
        ),
        blocks.context("Nothing was filed and nobody was added."),
    )


def answered(text: str) -> Message:
    """The question is closed; a colleague who was first is shown by name where our own sentence begins with them."""
    by = _ANSWERED_BY.match(text)
    if by is None:
        return blocks.message(text, blocks.lines(blocks.one_line(text, 500)))
    rest = blocks.one_line(text[by.end() :], 500)
    return blocks.message(f"A colleague {rest}", blocks.lines([blocks.person(by[1]), f" {rest}"]))
