"""What each thing that can be typed or pressed needs: one table, asked before a handler acts."""

from collections.abc import Mapping
from typing import Final

from bot.gestures import Did, Gesture
from bot.grammar import commands, house_commands
from bot.grammar.commands import Command
from bot.names import Action
from crm_store.values.roles import Right, who_may

_COMMANDS: Final[Mapping[type, Right]] = {
    commands.Help: Right.READ,
    commands.Card: Right.READ,
    commands.Find: Right.READ,
    commands.Due: Right.READ,
    commands.Timeline: Right.READ,
    commands.WhoKnows: Right.READ,
    commands.Why: Right.READ,
    commands.Value: Right.READ,
    commands.Potential: Right.READ,
    commands.Report: Right.READ,
    commands.Ask: Right.READ,
    commands.Suggest: Right.READ,
    commands.Duplicates: Right.READ,
    commands.Unknown: Right.READ,
    commands.WhatIf: Right.READ,
    commands.Mute: Right.READ,
    house_commands.RunJob: Right.JOBS,
    commands.Export: Right.EXPORT,
    commands.Forget: Right.PRIVACY,
}
"""A command that is not here writes."""
_TOPICS: Final[Mapping[str, Right]] = {
    "": Right.READ,
    "roles": Right.READ,
    "links": Right.READ,
    "role": Right.ROLES,
    "channel": Right.SETTINGS,
    "report": Right.SETTINGS,
    "stages": Right.SETTINGS,
    "stage": Right.SETTINGS,
    "limit": Right.SETTINGS,
    "budget": Right.SETTINGS,
    "letters": Right.SETTINGS,
    "pause": Right.SETTINGS,
    "clicks": Right.SETTINGS,
}
_SHOWN_WITHOUT_WORDS: Final = frozenset({"stages", "limit", "budget", "letters", "pause", "clicks"})
"""Topics that only show what is set as long as nothing stands behind them."""
_CAMPAIGN_VERBS: Final = frozenset({"pause", "resume", "stop"})
_OWN: Final = frozenset({"quiet", "brief", "briefs", "zone"})
"""Topics that concern nobody but whoever sets them."""
READING: Final = frozenset(
    {
        Action.CARD,
        Action.SHARE,
        Action.TIMELINE,
        Action.TIMELINE_OLDER,
        Action.TIMELINE_NEWER,
        Action.TIMELINE_KIND,
        Action.TIMELINE_WHOLE,
        Action.PICK_CUSTOMER,
        Action.SUGGESTION_PEOPLE,
        Action.SUGGESTION_WHY,
        Action.SUGGESTION_LEFT_OUT,
        Action.CAMPAIGN_SHOW,
        Action.CAMPAIGN_PEOPLE,
        Action.DID_YOU_MEAN,
        Action.HELP_TRY,
        Action.HOME_REFRESH,
        Action.FILES,
        Action.WHY_MAIL,
        Action.SEGMENT_SHOW,
        Action.SEGMENT_PEOPLE,
        Action.NUMBER_QUERY,
        Action.DEAL,
        Action.DEAL_PAGE,
        Action.CUSTOMER_MORE,
        Action.CUSTOMER_STAGE,
        Action.MUTE,
        Action.UNMUTE,
    }
)
"""Buttons that show something; every other one writes."""
_BUTTONS: Final[Mapping[str, Right]] = {Action.FORGET_ERASE: Right.PRIVACY}
"""Buttons that need more than writing does."""
_HANDED: Final = frozenset({Did.DIRECT, Did.MENTION})
"""Where a file beside the words is handed to us; elsewhere it is only overheard."""
_ACTS: Final = frozenset({Did.SUBMITTED, Did.SAVED_ENTITY, Did.MESSAGE_SHORTCUT, Did.GLOBAL_SHORTCUT})


def for_command(command: Command) -> Right:
    """What a typed line needs."""
    if _only_shows(command):
        return Right.READ
    match command:
        case commands.Settings(topic=topic, words=words):
            return _for_topic(topic, words)
        case commands.Export(who=who) if who.casefold().startswith("person "):
            return Right.PRIVACY
        case _:
            return _COMMANDS.get(type(command), Right.WRITE)


def _only_shows(command: Command) -> bool:
    """Whether a verb that can write is only asked what there is."""
    match command:
        case commands.Segment(save=save, export=export):
            return not save and not export
        case commands.Campaign(text=text, export=export):
            return not export and text.rpartition(" ")[2].casefold() not in _CAMPAIGN_VERBS
        case commands.Deal(new=new):
            return not new and not command.changes
        case commands.Undo(show=show):
            return show
        case house_commands.Link(who=who):
            return not who
        case _:
            return False


def _for_topic(topic: str, words: tuple[str, ...]) -> Right:
    if topic == "roles" and words:
        return Right.ROLES
    if topic in _OWN or (topic in _SHOWN_WITHOUT_WORDS and not words):
        return Right.READ
    return _TOPICS.get(topic, Right.WRITE)


def for_gesture(gesture: Gesture, log_reaction: str) -> Right:
    """What a press, a dialog, a shortcut or a reaction needs; what only follows a changed message needs nothing."""
    if gesture.did in _ACTS or (gesture.files and gesture.did in _HANDED):
        return Right.WRITE
    if gesture.did is Did.PRESSED:
        name = gesture.action_id.split(":")[0]
        return Right.READ if name in READING else _BUTTONS.get(name, Right.WRITE)
    if gesture.did is Did.REACTED and gesture.reaction == log_reaction:
        return Right.WRITE
    return Right.READ


def for_undo(verb: str) -> Right:
    """What taking back an act of this kind needs."""
    own = {"mute": Right.READ, "quiet": Right.READ}
    shared = {"role": Right.ROLES, "settings": Right.SETTINGS, "stages": Right.SETTINGS}
    return {**own, **shared}.get(verb, Right.WRITE)


def refusal(right: Right, role: str) -> str:
    """Who may, and what whoever asked is."""
    article = "an" if role[:1] in "aeiou" else "a"
    return f"{who_may(right)} You are {article} {role} here; `/crm settings roles` shows everybody."
