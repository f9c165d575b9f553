"""Erasing a person in chat: what would go, asked once more, and the certificate."""

from collections.abc import Mapping
from typing import Final

from bot import blocks
from bot.blocks import Message
from bot.cards import wording
from bot.names import Action
from crm_store.privacy.erase import Erased
from crm_store.values.people import CustomerBrief

_SHOWN: Final = (
    ("communications", "communication"),
    ("needs", "need"),
    ("tasks", "task"),
    ("orders", "order kept without the name"),
    ("deals", "deal kept without the name"),
    ("contact_points", "address or number"),
)


def asked(customer: CustomerBrief, counts: Mapping[str, int]) -> Message:
    """What would go; the safe button stands first."""
    name = wording.customer(customer)
    lines = [wording.counted(counts[table], word, _many(word)) for table, word in _SHOWN if counts.get(table)]
    sure = blocks.confirm(
        f"Erase {blocks.one_line(name, 60)} for good?",
        "Nobody can take this back, not even Undo.",
        "Erase for good",
        "Keep",
    )
    value = {"customer": customer.customer_id}
    return blocks.message(
        f"Erase {name}? This cannot be taken back.",
        blocks.header(f"Erase {name}?"),
        blocks.lines("Gone for good: the record, what was said with this person alone, and their traces elsewhere."),
        blocks.bullets(lines) if lines else None,
        blocks.lines("Of conversations with others, their own part goes. Mail from them is not filed from then on."),
        blocks.actions(
            blocks.button("Keep", Action.FORGET_KEEP, value, style="primary"),
            blocks.button("Erase for good", Action.FORGET_ERASE, value, style="danger", confirm=sure),
        ),
    )


def _many(word: str) -> str:
    first, _, rest = word.partition(" ")
    return f"{first[:-1]}ies {rest}".strip() if first.endswith("y") else f"{first}s {rest}".strip()


def kept() -> Message:
    """Nothing happened."""
    return blocks.message("Nothing was erased.", blocks.section("Nothing was erased."))


def erased(done: Erased) -> Message:
    """The certificate, which names nobody."""
    rows = sum(done.removed.values())
    said = f"Erased: {wording.counted(rows, 'row')} in {wording.counted(len(done.removed), 'table')}."
    return blocks.message(
        f"{said} Certificate {done.certificate}.",
        blocks.header("A customer was erased"),
        blocks.lines(said, f"Changed in what belongs to others: {sum(done.changed.values()):,} rows."),
        blocks.lines([blocks.bold("Certificate"), f" {done.certificate}"]),
        blocks.context(f"{done.erasure_id}, {done.at}. The audit trail holds the same."),
    )
