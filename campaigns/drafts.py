"""The letters that ideas begin with; people edit them before anybody approves."""

from typing import Final

from crm_store.values.drafts import check, render

__all__ = ["LETTERS", "check", "render"]

LETTERS: Final[dict[str, tuple[str, str]]] = {
    "win_back": (
        "How are things at {{ company }}?",
        "Hello {{ first_name }},\n\nit has been a while since your last order. Is there anything we should have done "
        "better, or something {{ company }} needs now?\n\nA line in reply is enough.\n\n{{ owner_name }}",
    ),
    "renew": (
        "Your next order for {{ company }}",
        "Hello {{ first_name }},\n\nby your usual pace the next order for {{ company }} is due about now. "
        "Shall I prepare the same again, or has something changed?\n\n{{ owner_name }}",
    ),
    "expand": (
        "An idea for {{ company }}",
        "Hello {{ first_name }},\n\nyou order from us often, and I would like to hear what else {{ company }} plans "
        "this year. Would a short call suit you?\n\n{{ owner_name }}",
    ),
    "welcome": (
        "Was everything all right with your first order?",
        "Hello {{ first_name }},\n\nthank you for your first order. Did everything arrive as you expected it? "
        "If anything is unclear, just reply to me.\n\n{{ owner_name }}",
    ),
    "nudge_deal": (
        "Our offer to {{ company }}",
        "Hello {{ first_name }},\n\nwe have not spoken about our offer for a few weeks. Is there a question I can "
        "answer, or a better time to talk?\n\n{{ owner_name }}",
    ),
}
