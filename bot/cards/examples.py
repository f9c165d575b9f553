"""Further examples of each verb, shown where one asks for help with it."""

from collections.abc import Mapping
from typing import Final

from bot.grammar.verbs import SYNONYMS, Verb

EXAMPLES: Final[Mapping[Verb, tuple[tuple[str, str], ...]]] = {
    Verb.FIND: (("find rayn group", "with slips of the pen"), ("find ann@globex.example", "by address or number")),
    Verb.SHOW: (("show them", "whom you saw last, for half an hour"),),
    Verb.TIMELINE: (
        ('timeline mails with Acme since May "renewal"', "only mails, only those with the word"),
        ("timeline acme orders", "orders; also calls, meetings, messages, notes, deals, tasks"),
        ("timeline deal renewal", "of a deal; `timeline company acme` of a company"),
    ),
    Verb.WHO_KNOWS: (("who-knows ann@globex.example", "for one person"),),
    Verb.WHY: (("why mail", "why the last mails were filed or dropped"),),
    Verb.LOG: (
        ("log met ann yesterday, she is leaving in May private", "a note that only you can read"),
        ('log "Ann Lee" mailed the price list deal:renewal', "to a deal"),
    ),
    Verb.NEED: (('need "Ann Lee" 40 seats by June', "with quotes where the name has several words"),),
    Verb.ADD: (
        ("add company Globex domain:globex.example", "a company"),
        ("add Ann Lee +49 30 901820", "with a number"),
    ),
    Verb.EDIT: (("edit ann company: Initech", "another company"), ("edit ann", "the dialog, with what is known")),
    Verb.ADDRESS: (("address new", "a new one; the old one stops to work"),),
    Verb.LINK: (("link", "which channels are linked"),),
    Verb.UNLINK: (("unlink", "typed in the channel"),),
    Verb.TASK: (
        ("task call ben about the price next tue 9", "without quotes the person may stand at the end"),
        ('task "send quote" ann in 2 weeks deal:renewal', "with a deal"),
    ),
    Verb.DUE: (("due @ben", "of a colleague"), ("due ann", "with one customer")),
    Verb.DONE: (("done 1 3", "several at once"),),
    Verb.SNOOZE: (("snooze 1 in 2 weeks", "any day in words"),),
    Verb.DEAL: (
        ("deal new acme 12k close:eom", "a new one"),
        ("deal win acme", "won; `deal lose acme: too expensive` lost, with the reason"),
        ("deals", "the open ones"),
    ),
    Verb.MOVE: (("move renewal to negotiation", "by the name of the deal"),),
    Verb.PIPELINE: (("pipeline", "as a report by direct message"),),
    Verb.ORDER: (('order ann 1 x "Setup" 400 usd', "the currency is asked for where the team has several"),),
    Verb.VALUE: (("value ann", "of one customer"),),
    Verb.POTENTIAL: (("potential", "who is likely to buy next"),),
    Verb.ASK: (("ask revenue by month since:jan", "by month"), ("ask mails this week by owner", "by colleague")),
    Verb.SEGMENT: (
        ("segment", "the groups there are"),
        ("segment regulars export:mailchimp", "its people as a file for another tool"),
    ),
    Verb.REPORT: (("report week", "also month, segments, value, pipeline, health, data"),),
    Verb.SUGGEST: (("suggest", "those that wait for a decision"),),
    Verb.CAMPAIGN: (("campaign pause spring", "also resume and stop"),),
    Verb.DUPLICATES: (("duplicates ann", "of one customer"),),
    Verb.WHAT_IF: (("what-if log ann: called, wants 40 seats", "nothing is written"),),
    Verb.UNDO: (("undo list", "the last ten acts"), ("undo 3", "the third of that list")),
    Verb.MERGE: (("merge ann with a. lee", "the first is kept"),),
    Verb.UNMERGE: (("unmerge ann", "both as they were"),),
    Verb.MUTE: (("mute acme", "one customer"), ("mute today", "everything unasked, until tomorrow")),
    Verb.UNMUTE: (("unmute acme", "one customer"),),
    Verb.IMPORT: (("import", "or drop a CSV file in a direct message"),),
    Verb.EXPORT: (("export deals", "also companies, orders, tasks, timeline, all"),),
    Verb.FORGET: (("forget ann@globex.example", "by address, so that it is surely the one"),),
    Verb.SETTINGS: (("settings", "all that can be set"), ("settings brief 8:15", "when your morning brief comes")),
    Verb.RUN: (("run nightly", "scores, groups and suggestions anew; managers and admins"),),
    Verb.HELP: (("help plan", "one group of verbs"),),
}


def other_names(verb: str) -> tuple[str, ...]:
    """What else the verb may be called."""
    return tuple(name for name, one in SYNONYMS.items() if one == verb and name.isalpha())
