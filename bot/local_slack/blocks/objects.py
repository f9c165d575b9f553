"""The objects that blocks are composed of: texts, options, confirmations, images."""

from typing import Any

from bot.local_slack.blocks.rules import (
    Check,
    Faults,
    boolean,
    exactly_one,
    list_of,
    one_of,
    shape,
    string,
    typed,
    url,
)


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return typed({"plain_text": shape({"text": string(most, least)}, {"emoji": boolean})}, "text object")


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    return typed(
        {
            "plain_text": shape({"text": string(most, 1)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most, 1)}, {"verbatim": boolean}),
        },
        "text object",
    )


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

_SLACK_FILE = shape({}, {"id": string(255, 1), "url": url(3000)}, exactly_one("id", "url"))
IMAGE_FIELDS = {"image_url": url(3000), "slack_file": _SLACK_FILE}
IMAGE_ELEMENT = shape({"alt_text": string(2000, 1)}, IMAGE_FIELDS, exactly_one("image_url", "slack_file"))
ICON = typed({"image": IMAGE_ELEMENT}, "element")
PLACEHOLDER = plain(150)


def option(label: Check, *, with_url: bool = False) -> Check:
    """One option of a menu or a list of boxes."""
    more: dict[str, Check] = {"description": text(75)} | ({"url": url(3000)} if with_url else {})
    return shape({"text": label, "value": string(150)}, more)


OPTION = option(plain(75))
OPTION_GROUP = shape({"label": plain(75), "options": list_of(OPTION, 1, 100)})
OPTION_FIELDS: dict[str, Check] = {"options": list_of(OPTION, 1, 100), "option_groups": list_of(OPTION_GROUP, 1, 100)}


def offered(element: Any) -> list[Any]:
    """All options of an element, those in groups too."""
    grouped = [one for group in element.get("option_groups") or [] for one in group.get("options") or []]
    return [*(element.get("options") or []), *grouped]


def initial_is_offered(element: Any, path: str, faults: Faults) -> None:
    """What is chosen at first must be among the options."""
    values = {one.get("value") for one in offered(element)}
    chosen = [(f"{path}/initial_option", element.get("initial_option"))]
    chosen += [(f"{path}/initial_options/{n}", one) for n, one in enumerate(element.get("initial_options") or [])]
    for place, one in chosen:
        if one is not None and one.get("value") not in values:
            faults.add(place, "must match one of the options")
