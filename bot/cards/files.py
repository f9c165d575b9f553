"""Files of a communication: their names and sizes on a card, and what comes when they are asked for."""

from collections.abc import Sequence

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.files import FileView

_SHOWN = 5
_LONGEST = 80


def row(files: Sequence[FileView], communication_id: str) -> Block | None:
    """A block of its own: the names, and the button beside them."""
    said = line(files)
    return blocks.section(said, accessory=button(files, communication_id)) if said else None


def line(files: Sequence[FileView]) -> str:
    """`Files: offer.pdf (12 KB), plan.png (1.2 MB)`; empty where there are none."""
    if not files:
        return ""
    named = ", ".join(f"{blocks.one_line(one.name, _LONGEST)} ({size(one.size)})" for one in files[:_SHOWN])
    more = len(files) - _SHOWN
    what = "File" if len(files) == 1 else "Files"
    return f"{what}: {named}{f' and {more} more' if more > 0 else ''}"


def button(files: Sequence[FileView], communication_id: str) -> Block | None:
    """Brings them by direct message; only where at least one was kept."""
    if not any(one.kept for one in files):
        return None
    return blocks.button("Files", Action.FILES, {"communication": communication_id})


def size(octets: int) -> str:
    """`12 KB`: as mail programs and file managers say it."""
    if octets < 1_000:
        return wording.counted(octets, "byte")
    if octets < 1_000_000:
        return f"{octets / 1_000:.0f} KB"
    return f"{octets / 1_000_000:.1f} MB"


def coming(count: int, refused: Sequence[FileView]) -> Message:
    """What happens next, and which files stay because something was found in them."""
    said = "It comes by direct message." if count == 1 else f"{count} files come by direct message."
    rows: list[Line] = [said]
    rows += [f"{blocks.one_line(one.name, _LONGEST)} stays: the virus scanner found {one.verdict}." for one in refused]
    return blocks.message(said, blocks.lines(*rows))


def delivered(files: Sequence[FileView], subject: str | None) -> Message:
    """The message above the files."""
    named = blocks.one_line(subject or "without a subject", 200)
    said = f"{'The file' if len(files) == 1 else 'The files'} of “{named}”."
    return blocks.message(said, blocks.section(said))
