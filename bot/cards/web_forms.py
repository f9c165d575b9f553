"""Forms on the team's site: where each is found, and how many used it."""

from collections.abc import Sequence

from bot import blocks
from bot.blocks import Message
from bot.cards import receipt, wording
from crm_store.values.acts import Receipt
from crm_store.values.web_forms import FormView

_MOST = 20


def listed(forms: Sequence[FormView]) -> Message:
    """The open forms."""
    if not forms:
        said = 'There is no form yet. `/crm settings form new "News" "I want news by mail"` opens one.'
        return blocks.message(said, blocks.section(said))
    rows = []
    for one in forms[:_MOST]:
        used = f"{wording.counted(one.sent_in, 'consent asked for', 'consents asked for')}, {one.confirmed} confirmed"
        rows.append(blocks.lines([blocks.bold(one.name), f" · {used}"], f"“{one.wording}”", f"/f/{one.token}"))
    return blocks.message(
        f"{wording.counted(len(forms), 'form')}.",
        blocks.header("Forms for your site"),
        *rows,
        blocks.context("Each address comes after the web address of this installation (CRM_PUBLIC_URL)."),
    )


def opened(form: FormView, made: Receipt) -> Message:
    """Where the new form is, and how it gets onto a page."""
    said = receipt.of(made)
    note = blocks.lines(
        "It stands at this path of your web address (CRM_PUBLIC_URL). Link to it, or show it in an iframe:",
        f"/f/{form.token}",
    )
    return Message(said.text, (*said.blocks, *([note] if note else [])))


def closed(made: Receipt) -> Message:
    """It is off."""
    return receipt.of(made)
