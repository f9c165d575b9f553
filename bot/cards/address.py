"""A person's own address for mail."""

from bot import blocks
from bot.blocks import Message


def mine(address: str, *, replaced: bool = False) -> Message:
    """The address to forward to or copy, and what can be written beside it."""
    local, _, domain = address.partition("@")
    example = f"{local}+task.fri@{domain}"
    return blocks.message(
        f"Your address for mail is {address}.",
        blocks.lines([blocks.bold("Your address for mail")], [blocks.code(address)]),
        blocks.bullets(
            [
                "Forward a mail to it, or put it in Bcc: the mail is filed with its customer, and a receipt follows.",
                ["For a task as well: ", blocks.code(example)],
                "Keep it to yourself. Whoever has it can hand in mail as you, though only from your own address.",
            ]
        ),
        blocks.context("The address you had before no longer takes mail.") if replaced else None,
    )
