"""The names that buttons, dialogs, shortcuts and inputs go by, and the codec of what a button carries."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

VALUE_LIMIT: Final = 2_000
METADATA_LIMIT: Final = 3_000


class Action(StrEnum):
    """What a button or a menu asks for; a suffix such as `:2` tells equal ones of one block apart."""

    UNDO = "undo"
    CARD = "card"
    SHARE = "share"
    EDIT = "edit"
    TIMELINE = "timeline"
    TIMELINE_OLDER = "timeline_older"
    TIMELINE_NEWER = "timeline_newer"
    TIMELINE_KIND = "timeline_kind"
    TIMELINE_WHOLE = "timeline_whole"
    PICK_CUSTOMER = "pick_customer"
    ADD_CONTACT = "add_contact"
    CHECKED = "checked"
    LOG_DIALOG = "log_dialog"
    TASK_DIALOG = "task_dialog"
    TASK_DONE = "task_done"
    TASK_SNOOZE = "task_snooze"
    QUESTION_PICK = "question_pick"
    QUESTION_NONE = "question_none"
    QUESTION_NEW = "question_new"
    REVIEW_FILE = "review_file"
    REVIEW_IGNORE = "review_ignore"
    SUGGESTION_APPROVE = "suggestion_approve"
    SUGGESTION_EDIT = "suggestion_edit"
    SUGGESTION_DISMISS = "suggestion_dismiss"
    SUGGESTION_PEOPLE = "suggestion_people"
    SUGGESTION_WHY = "suggestion_why"
    SUGGESTION_LEFT_OUT = "suggestion_left_out"
    CAMPAIGN_SHOW = "campaign_show"
    CAMPAIGN_PAUSE = "campaign_pause"
    CAMPAIGN_RESUME = "campaign_resume"
    CAMPAIGN_STOP = "campaign_stop"
    CAMPAIGN_PEOPLE = "campaign_people"
    CAMPAIGN_SEND_AGAIN = "campaign_send_again"
    CAMPAIGN_LEAVE = "campaign_leave"
    IMPORT_APPLY = "import_apply"
    IMPORT_CANCEL = "import_cancel"
    IMPORT_UNDO = "import_undo"
    IMPORT_COLUMN = "import_column"
    IMPORT_TRY = "import_try"
    DID_YOU_MEAN = "did_you_mean"
    HELP_TRY = "help_try"
    HOME_REFRESH = "home_refresh"
    FIND_CUSTOMER = "find_customer"
    FILES = "files"
    QUESTION_DEAL = "question_deal"
    QUESTION_TAKE = "question_take"
    REVIEW_TRUST = "review_trust"
    REVIEW_ATTACH = "review_attach"
    REVIEW_FILE_ALL = "review_file_all"
    REVIEW_IGNORE_ALL = "review_ignore_all"
    WHY_MAIL = "why_mail"
    MAIL_REFILE = "mail_refile"
    RULE_NEVER = "rule_never"
    RULE_NOT_BULK = "rule_not_bulk"
    RULE_SENDER_DEAL = "rule_sender_deal"
    RULE_THREAD_DEAL = "rule_thread_deal"
    RULE_DOMAIN = "rule_domain"
    RULE_REMOVE = "rule_remove"
    SEGMENT_SHOW = "segment_show"
    SEGMENT_PEOPLE = "segment_people"
    SEGMENT_SAVE = "segment_save"
    SEGMENT_EDIT = "segment_edit"
    SEGMENT_DELETE = "segment_delete"
    SEGMENT_RENAME = "segment_rename"
    SEGMENT_COPY = "segment_copy"
    SEGMENT_COUNT = "segment_count"
    NUMBER_QUERY = "number_query"
    DUPLICATE_SAME = "duplicate_same"
    DUPLICATE_DIFFERENT = "duplicate_different"
    DUPLICATE_LATER = "duplicate_later"
    DUPLICATE_MOVED = "duplicate_moved"
    DUPLICATE_CLOSER = "duplicate_closer"
    DUPLICATE_USE = "duplicate_use"
    DUPLICATE_CREATE = "duplicate_create"
    MERGE = "merge"
    UNMERGE = "unmerge"
    FORGET_KEEP = "forget_keep"
    FORGET_ERASE = "forget_erase"
    DEAL = "deal"
    DEAL_PICK = "deal_pick"
    DEAL_PAGE = "deal_page"
    DEAL_STAGE = "deal_stage"
    DEAL_WIN = "deal_win"
    DEAL_LOSE = "deal_lose"
    DEAL_EDIT = "deal_edit"
    DEAL_CONFIRM = "deal_confirm"
    DEAL_CANCEL = "deal_cancel"
    NEW_DEAL = "new_deal"
    CUSTOMER_STAGE = "customer_stage"
    CUSTOMER_MORE = "customer_more"
    CUSTOMER_OWNER = "customer_owner"
    MERGE_WITH = "merge_with"
    MOVE_TO = "move_to"
    CORRECT = "correct"
    SET_LEVEL = "set_level"
    DROP_MADE = "drop_made"
    PROMISE_MAKE = "promise_make"
    PROMISE_DROP = "promise_drop"
    CHANNEL_LINK = "channel_link"
    CHANNEL_UNLINK = "channel_unlink"
    FIND_COMPANY = "find_company"
    FIND_DEAL = "find_deal"
    MUTE = "mute"
    UNMUTE = "unmute"


class Dialog(StrEnum):
    """The callback id of each dialog."""

    LOG = "log"
    LOG_MESSAGE = "log_message"
    TASK = "task"
    CONTACT = "contact"
    EDIT = "edit"
    SUGGESTION_EDIT = "suggestion_edit"
    SUGGESTION_DISMISS = "suggestion_dismiss"
    SEGMENT = "segment"
    SEGMENT_NAME = "segment_name"
    MERGE = "merge"
    DEAL = "deal"
    DEAL_EDIT = "deal_edit"
    DEAL_LOST = "deal_lost"
    OWNER = "owner"
    MERGE_WITH = "merge_with"
    CORRECT = "correct"
    MOVE_TO = "move_to"


class Shortcut(StrEnum):
    """The shortcuts of the app, as the manifest names them."""

    LOG_TO_CRM = "log_to_crm"
    NEW_CONTACT = "new_contact"
    LOG_CALL = "log_call"
    NEW_DEAL = "new_deal"


class Field(StrEnum):
    """The block id of each input; its action id is the same, but for the customer's, which is `find_customer`."""

    WHO = "who"
    TEXT = "text"
    PRIVATE = "private"
    TITLE = "title"
    DUE = "due"
    NAME = "name"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    JOB = "job"
    SUBJECT = "subject"
    BODY = "body"
    CAP = "cap"
    HOLD_OUT = "hold_out"
    REASON = "reason"
    NOTE = "note"
    RULE = "rule"
    VALUE = "value"
    VERDICT = "verdict"
    EXTENT = "extent"
    KIND = "kind"
    DAY = "day"
    CLOCK = "clock"
    DIRECTION = "direction"
    OTHER_SUBJECT = "other_subject"
    SEND_ON = "send_on"
    SEGMENT = "segment"
    NARROW = "narrow"
    THEN = "then"
    WAIT = "wait"
    REMINDER = "reminder"
    DEAL = "deal"
    AMOUNT = "amount"
    CLOSE = "close"
    STAGE = "stage"
    OWNER = "owner"


def encode(value: Mapping[str, str | int], limit: int = VALUE_LIMIT) -> str:
    """What a button or a dialog carries, as text; where Slack's limit would be passed, the longest values are cut."""
    kept: dict[str, str | int] = {name: _encodable(one) for name, one in value.items()}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    while len(text) > limit:
        longest = max(kept, key=lambda name: len(str(kept[name])))
        words = str(kept[longest])
        if not words:
            return "{}"
        kept[longest] = words[: max(0, min(len(words) - 1, len(words) - (len(text) - limit) // 2))]
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return text


def decode(text: str) -> dict[str, str | int]:
    """What a button carried; nothing where it cannot be read."""
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: one for name, one in value.items() if isinstance(one, str | int) and not isinstance(one, bool)}


def _encodable(value: str | int) -> str | int:
    """Lone surrogates can be in a string and in no message."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else value
