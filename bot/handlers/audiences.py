"""Audiences to other tools: `segment NAME export:TOOL` and `campaign NAME export:TOOL`, for managers and admins."""

from typing import Final

from bot.ask import Ask
from bot.cards import error
from crm_store.actions import audience_exports
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import audiences
from crm_store.values.audiences import FILES, TOOLS, Tool

_NAMES: Final[dict[str, Tool]] = {
    **{one: one for one in TOOLS},
    "list": "csv", "file": "csv", "facebook": "meta", "instagram": "meta", "ga": "google", "analytics": "google",
    "hook": "webhook",
}  # fmt: skip
_DIRECT: Final = "-direct"
"""`export:mailchimp` makes the file; `export:mailchimp-direct` hands the people over by Mailchimp's own interface."""


async def hand_over(ask: Ask, name: str, wanted: str) -> None:
    """Ask for the hand-over of the segment or campaign of that name."""
    if not name:
        raise BadInput("Say which group leaves: `/crm segment regulars export:mailchimp`.")
    said = wanted.strip().lower()
    direct = said.endswith(_DIRECT)
    tool = _NAMES.get(said.removesuffix(_DIRECT))
    if tool is None:
        raise BadInput(f"There is no export to “{wanted[:40]}”; choose from {', '.join(TOOLS)}.")
    as_file = tool in FILES and not direct
    if direct and tool != "mailchimp":
        raise BadInput(f"{tool.capitalize()} takes a file; say `export:{tool}`.")
    source = await ask.read(audiences.named, name)

    def action(work: Work) -> str:
        return audience_exports.ask(work, source, tool, as_file=as_file)

    coming = "The file comes to you by direct message." if as_file else "You hear from me when it is there."
    await ask.act(action, lambda _: error.sentence(f"“{source.name}” goes to {tool}. {coming}"))
