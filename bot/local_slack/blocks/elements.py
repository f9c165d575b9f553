"""Buttons, menus, pickers and inputs: what each may hold and where it may stand."""

from bot.local_slack.blocks.objects import (
    CONFIRM,
    ICON,
    IMAGE_ELEMENT,
    OPTION,
    OPTION_FIELDS,
    PLACEHOLDER,
    initial_is_offered,
    option,
    plain,
    text,
)
from bot.local_slack.blocks.rich_text import RICH_TEXT
from bot.local_slack.blocks.rules import (
    Check,
    boolean,
    calendar_day,
    exactly_one,
    list_of,
    mapping,
    one_of,
    shape,
    string,
    time_of_day,
    typed,
    url,
    whole,
)
from bot.local_slack.limits import IDENTIFIER

_ID: dict[str, Check] = {"action_id": string(IDENTIFIER, 1)}
_PICKER: dict[str, Check] = {**_ID, "placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
_CHOICES: dict[str, Check] = {**_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_MANY: dict[str, Check] = {"max_selected_items": whole(1, 10_000)}
_TYPING = shape({"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
_TYPED: dict[str, Check] = {
    **_ID, "placeholder": PLACEHOLDER, "focus_on_load": boolean, "dispatch_action_config": _TYPING
}  # fmt: skip
_SOMEBODY = string(IDENTIFIER, 1)
_FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": _FILTER}
_RADIO_OPTION = option(text(75))
_FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

BUTTON = shape(
    {"text": plain(75)},
    {
        **_ID,
        "url": url(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)

_MENUS: dict[str, Check] = {
    "static_select": shape(
        {}, {**_PICKER, **OPTION_FIELDS, "initial_option": OPTION},
        exactly_one("options", "option_groups"), initial_is_offered,
    ),
    "external_select": shape({}, {**_PICKER, "initial_option": OPTION, "min_query_length": whole(0, 1000)}),
    "users_select": shape({}, {**_PICKER, "initial_user": _SOMEBODY}),
    "conversations_select": shape(
        {}, {**_PICKER, **_CONVERSATIONS, "initial_conversation": _SOMEBODY, "response_url_enabled": boolean}
    ),
    "channels_select": shape({}, {**_PICKER, "initial_channel": _SOMEBODY, "response_url_enabled": boolean}),
    "multi_static_select": shape(
        {}, {**_PICKER, **_MANY, **OPTION_FIELDS, "initial_options": list_of(OPTION, 1, 100)},
        exactly_one("options", "option_groups"), initial_is_offered,
    ),
    "multi_external_select": shape(
        {}, {**_PICKER, **_MANY, "initial_options": list_of(OPTION, 1, 100), "min_query_length": whole(0, 1000)}
    ),
    "multi_users_select": shape({}, {**_PICKER, **_MANY, "initial_users": list_of(_SOMEBODY)}),
    "multi_conversations_select": shape(
        {}, {**_PICKER, **_MANY, **_CONVERSATIONS, "initial_conversations": list_of(_SOMEBODY)}
    ),
    "multi_channels_select": shape({}, {**_PICKER, **_MANY, "initial_channels": list_of(_SOMEBODY)}),
    "datepicker": shape({}, {**_PICKER, "initial_date": calendar_day}),
    "timepicker": shape({}, {**_PICKER, "initial_time": time_of_day, "timezone": string(100, 1)}),
    "datetimepicker": shape({}, {**_CHOICES, "initial_date_time": whole(0, 9_999_999_999)}),
    "checkboxes": shape(
        {"options": list_of(_RADIO_OPTION, 1, 10)}, {**_CHOICES, "initial_options": list_of(_RADIO_OPTION, 1, 10)},
        initial_is_offered,
    ),
    "radio_buttons": shape(
        {"options": list_of(_RADIO_OPTION, 1, 10)}, {**_CHOICES, "initial_option": _RADIO_OPTION}, initial_is_offered
    ),
}  # fmt: skip

_OVERFLOW = shape(
    {"options": list_of(option(plain(75), with_url=True), 1, 5)}, {**_ID, "confirm": CONFIRM}
)  # fmt: skip

_TEXT_FIELDS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
    ),
    "email_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**_TYPED, "initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(100), "min_value": string(100), "max_value": string(100)},
    ),
    "rich_text_input": shape({}, {**_TYPED, "initial_value": RICH_TEXT}),
    "file_input": shape({}, {**_ID, "filetypes": list_of(string(20, 1), 1), "max_files": whole(1, 10)}),
}

_WORKFLOW_BUTTON = shape({"text": plain(75), "workflow": mapping}, {**_ID, "style": one_of("primary", "danger")})

IN_ACTIONS = typed(
    {"button": BUTTON, "overflow": _OVERFLOW, "workflow_button": _WORKFLOW_BUTTON,
     "rich_text_input": _TEXT_FIELDS["rich_text_input"], **_MENUS}, "element",
)  # fmt: skip
IN_SECTION = typed(
    {"button": BUTTON, "overflow": _OVERFLOW, "workflow_button": _WORKFLOW_BUTTON, "image": IMAGE_ELEMENT, **_MENUS},
    "element",
)
IN_INPUT = typed({**_MENUS, **_TEXT_FIELDS}, "element")
IN_CARD = typed({"button": BUTTON}, "element")
IN_CONTEXT = typed(
    {
        "image": IMAGE_ELEMENT,
        "plain_text": shape({"text": string(3000, 1)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(3000, 1)}, {"verbatim": boolean}),
    },
    "element",
)
IN_CONTEXT_ACTIONS = typed(
    {
        "feedback_buttons": shape({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ID),
        "icon_button": shape(
            {"icon": one_of("trash"), "text": plain(75)},
            {
                **_ID,
                "value": string(2000),
                "confirm": CONFIRM,
                "accessibility_label": string(75),
                "visible_to_user_ids": list_of(_SOMEBODY, 1, 10),
            },
        ),
    },
    "element",
)
CARD_ICON = ICON
INPUT_TYPES = frozenset(_MENUS) | frozenset(_TEXT_FIELDS)
