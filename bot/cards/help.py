"""Help: every verb with one example, and the line that was nearly typed with a button that does it."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards.examples import EXAMPLES, other_names
from bot.grammar.commands import Unknown
from bot.grammar.verbs import SYNONYMS, Verb
from bot.names import Action

_TOPICS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "Look up": (
        ("find", "find ann", "the card of a customer; parts and slips of the pen will do"),
        ("show", "show Globex", "the same"),
        ("timeline", "timeline ann mails since:may", "what was said, newest first"),
        ("who-knows", "who-knows acme", "which colleague can introduce you"),
        ("why", "why ann", "the reasons of a score; `why mail` says why mail was filed or dropped"),
    ),
    "Log": (
        ("log", "log ann: called, wants 40 seats by Friday", "a call, meeting or note"),
        ("need", "need ann: 40 seats", "what a customer wants"),
        ("add", "add Ann Lee at Globex ann@globex.example", "a new customer"),
        ("edit", "edit ann title: Head of Purchasing", "a change"),
        ("address", "address", "your own address to forward mail to"),
        ("link", "link acme", "this channel becomes part of Acme's timeline; alone it lists the linked channels"),
        ("unlink", "unlink", "this channel belongs to no company any more"),
    ),
    "Plan": (
        ("task", 'task "send quote" ann fri', "something to do"),
        ("due", "due", "your list, numbered"),
        ("done", "done 2", "tick one off"),
        ("snooze", "snooze 2 mon", "later"),
    ),
    "Sell": (
        ("deal", "deal acme 12k stage:proposal close:eom", "change it; `deal new`, `win` and `lose`, `deals`"),
        ("move", "move acme to proposal", "the next stage"),
        ("pipeline", "pipeline", "deals by stage"),
        ("order", 'order acme 3 x "Seat" 120 eur', "an order"),
    ),
    "Ask": (
        ("value", "value", "who is worth most"),
        ("potential", "potential ann", "how likely they are to buy"),
        ("ask", "ask deals won this quarter by owner", "a number, with its parts and the query"),
        ("segment", 'segment "2+ orders since May" save:regulars', "a rule, counted now; alone it lists the groups"),
        ("report", "report", "charts with dates and counts"),
        ("suggest", "suggest", "ideas for mail, to approve or dismiss"),
        ("campaign", "campaign", "what was sent, what came back, and what it added"),
    ),
    "Keep tidy": (
        ("duplicates", "duplicates", "pairs of customers who may be one person"),
        ("what-if", "what-if deal acme 12k", "what a line would do, without doing it"),
        ("undo", "undo", "take back your last act, for 90 days; `undo list` shows them"),
        ("merge", 'merge "Ann Lee" "A. Lee"', "two records side by side, then one; the first is kept"),
        ("unmerge", "unmerge ann", "what was merged, and taking it apart again"),
        ("mute", "mute replies", "hear less: a kind, a customer or today; `mute list` shows it"),
        ("unmute", "unmute replies", "hear of it again"),
        ("import", "import", "how to hand in a list"),
        ("forget", "forget ann", "erase a person for good; admins, asked once more"),
        ("export", "export customers", "a file of what the team has; managers and admins"),
        ("settings", "settings channel here", "where suggestions and reports go"),
        ("run", "run nightly", "a job, by hand"),
        ("help", "help log", "this, or one verb"),
    ),
}
_TRY: Final = (("My tasks", "due"), ("My mail address", "address"), ("Suggestions", "suggest"), ("Report", "report"))


def verbs() -> frozenset[str]:
    """Every verb that help shows."""
    return frozenset(verb for rows in _TOPICS.values() for verb, _, _ in rows)


def help_card(topic: str = "") -> Message:
    """All verbs, or one of them, or one group."""
    wanted = topic.strip().lower()
    wanted = SYNONYMS.get(wanted, wanted)
    rows = [row for rows in _TOPICS.values() for row in rows if row[0] == wanted]
    group = next((name for name in _TOPICS if name.lower() == wanted), None)
    if rows:
        further = [(wanted, *one) for one in EXAMPLES.get(Verb(wanted), ())]
        return _shown(f"How to say “{wanted}”", {"": [*rows, *further]}, names=other_names(wanted))
    if group:
        return _shown(group, {"": _TOPICS[group]})
    missed = f"There is no verb “{blocks.one_line(topic, 60)}”. These are the verbs." if wanted else ""
    return _shown("What you can say", _TOPICS, missed)


def alone(today: Sequence[Block | None]) -> Message:
    """The bare command: the day in short, the verbs by what they are for, and where to read more."""
    rows: list[Line] = []
    for name, verbs in _TOPICS.items():
        said = dict.fromkeys(verb for verb, _, _ in verbs)
        rows.append([blocks.bold(name), *(piece for verb in said for piece in ("  ", blocks.code(verb)))])
    buttons = [blocks.button(name, Action.HELP_TRY, {"line": f"help {name.lower()}"}) for name in _TOPICS]
    return blocks.message(
        "Your day, and what you can say: find, log, task, due, deal, report, suggest, undo and more.",
        blocks.header("Your day"),
        *today,
        blocks.divider(),
        blocks.lines([blocks.bold("What you can say")], "A name alone shows its card: ", [blocks.code("/crm ann lee")]),
        blocks.bullets(rows),
        blocks.actions(*buttons, blocks.button("All with examples", Action.HELP_TRY, {"line": "help"})),
        blocks.context("/crm help log shows one verb with examples. Every button can also be typed."),
    )


def _shown(
    title: str, topics: Mapping[str, Sequence[tuple[str, str, str]]], missed: str = "", names: Sequence[str] = ()
) -> Message:
    parts = []
    for name, rows in topics.items():
        shown: list[Line] = [
            [blocks.code(f"/crm {example}"), f"  {what.replace('`', '')}"] for _, example, what in rows
        ]
        parts.append(blocks.together(blocks.lines([blocks.bold(name)]) if name else None, blocks.bullets(shown)))
    buttons = [blocks.button(label, Action.HELP_TRY, {"line": line}) for label, line in _TRY]
    return blocks.message(
        missed or f"{title}: find, log, task, due, deal, report, suggest, undo and more.",
        blocks.header(title),
        blocks.context(missed),
        *parts,
        blocks.context(f"Also: {', '.join(names)}") if names else None,
        blocks.actions(*buttons),
        blocks.context(
            "The same words work in a direct message, and in threads after @Rapport. “them” is whom you saw last."
        ),
    )


def unknown(command: Unknown) -> Message:
    """A line whose first word is nearly a verb."""
    return did_you_mean(command.text, command.example)


def did_you_mean(text: str, line: str) -> Message:
    """The nearest line, with a button that does it."""
    shown = blocks.one_line(line, 200)
    # Where but the verb is lacking, the words were understood.
    is_the_same = line.endswith(text)
    head = "Do you mean" if is_the_same else f"“{blocks.one_line(text, 200)}” is not understood. Did you mean"
    said = f"{head} “{shown}”?"
    do = blocks.button(f"Do: {line}", Action.DID_YOU_MEAN, {"line": line[:1_000]}, style="primary")
    more = blocks.button("Show help", Action.HELP_TRY, {"line": "help"})
    return blocks.message(said, blocks.section(said), blocks.actions(do, more))
