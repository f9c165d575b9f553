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
    "thank": (
        "Thank you from all of us",
        "Hello {{ first_name }},\n\nyour last order was a special one for us, and I wanted to thank you for it in "
        "person. There is nothing to do; if {{ company }} ever needs something quickly, write to me."
        "\n\n{{ owner_name }}",
    ),
    "cross_sell": (
        "Something that goes with what {{ company }} orders",
        "Hello {{ first_name }},\n\nmany who order %(product)s from us also use %(other)s. Shall I tell you more, "
        "or send an offer for {{ company }}?\n\n{{ owner_name }}",
    ),
    "refer": (
        "Do you know somebody we could help?",
        "Hello {{ first_name }},\n\nwe have worked together for a while now, and I am glad about it. Do you know "
        "somebody outside {{ company }} who might need the same? A name is enough, or pass this on."
        "\n\n{{ owner_name }}",
    ),
    "attract": (
        "May I introduce us to {{ company }}?",
        "Hello {{ first_name }},\n\nwe have not spoken yet. Companies like {{ company }} order from us, and I would "
        "like to hear whether we could be of use to you too. Would a short call suit you?\n\n{{ owner_name }}",
    ),
    "nudge_deal": (
        "Our offer to {{ company }}",
        "Hello {{ first_name }},\n\nwe have not spoken about our offer for a few weeks. Is there a question I can "
        "answer, or a better time to talk?\n\n{{ owner_name }}",
    ),
}
