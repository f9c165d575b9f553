"""Why a mail is where it is, with the rules that may be changed; the rules there are; and the mails that wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.matching.contact_points import is_free_mail
from crm_store.values.acts import Receipt
from crm_store.values.mail import MailLine, MailRuleView, WhyMail

_RULES: Final = {
    "known-address": "Known address",
    "learned-name": "Taught name",
    "same-name": "Same name at the same company",
    "name": "Name",
    "named": "Named by you",
    "new-person": "New person",
    "thread": "Conversation",
    "thread-by-subject": "Conversation by subject",
    "deal-of-thread": "Deal of the conversation",
    "deal-of-sender": "Deal of the sender",
    "thread-deal": "Deal of the conversation",
    "named-deal": "Named deal",
    "only-deal": "Only open deal",
    "unverified-sender": "Unverified sender",
    "only-reads": "May only look up",
    "burst": "Many at once",
    "unsure": "Not clear",
    "report": "Delivery report",
    "nobody": "Nobody to file it to",
}
_STATES: Final = {
    "held": "Waits for you: ",
    "waiting": "Is being read. ",
    "working": "Is being read. ",
    "set_aside": "Set aside: ",
}
_WAITING: Final = ("held", "set_aside")
_SHOWN: Final = 10


def why(found: WhyMail) -> Message:
    """Rule and evidence, and a button for each rule that would have it otherwise."""
    subject = blocks.one_line(found.subject or "without a subject", 150)
    head: Line = ["Why ", blocks.bold(subject), " is here" if found.communication_id else " was not filed"]
    rows: list[Line] = [
        [blocks.bold(_RULES.get(one.rule, one.rule)), f": {blocks.one_line(one.evidence, 300)}"]
        for one in found.reasons[:12]
    ]
    if found.deal:
        rows.append(["Filed on ", blocks.bold(found.deal[1])])
    if not rows:
        rows.append("No rule was noted. It was logged by hand, or before reasons were kept.")
    return blocks.message(
        f"Why “{subject}” is where it is.",
        blocks.lines(head, None if found.communication_id else blocks.one_line(found.verdict, 300)),
        blocks.bullets(rows),
        *_changes(found),
    )


def _changes(found: WhyMail) -> list[Block | None]:
    """What can be ruled otherwise; each rule is listed in `settings mail` and can be undone."""
    never = [blocks.button(f"Never log {one}", Action.RULE_NEVER, {"entry": one}) for one in _entries(found)]
    if found.communication_id is None:
        bulk = any(one.rule == "bulk" for one in found.reasons)
        sender = next(iter(found.addresses), "")
        listed = any(one.rule == "never-log" for one in found.reasons)
        return [
            blocks.actions(
                blocks.button("File it after all", Action.MAIL_REFILE, {"inbox": found.inbox_id})
                if found.state in {"done", *_WAITING} and not listed
                else None,
                blocks.button(
                    f"{sender} is no bulk mail", Action.RULE_NOT_BULK, {"entry": sender, "inbox": found.inbox_id}
                )
                if bulk and sender
                else None,
                *[
                    blocks.button(f"Log {one.about} again", Action.RULE_REMOVE, {"rule": f"never:{one.about}"})
                    for one in found.reasons
                    if one.rule == "never-log" and one.about
                ],
            ),
            blocks.actions(*never[:2]) if not listed else None,
        ]
    return [blocks.actions(*_deal_rules(found), _domain_rule(found)), blocks.actions(*never[:4])]


def _entries(found: WhyMail) -> list[str]:
    """The addresses of the mail, and their domains where those belong to one company."""
    entries = list(found.addresses[:2])
    domains = [one.rpartition("@")[2] for one in entries]
    return [*entries, *(one for one in dict.fromkeys(domains) if one and not is_free_mail(one))]


def _deal_rules(found: WhyMail) -> list[Block | None]:
    if found.deal is None:
        return []
    deal_id, name = found.deal
    sender = next(iter(found.addresses), "")
    shown = blocks.one_line(name, 30)
    thread = {"thread": found.thread_key, "deal": deal_id}
    return [
        blocks.button(f"Always file this thread on {shown}", Action.RULE_THREAD_DEAL, thread)
        if found.thread_key
        else None,
        blocks.button(f"Always file {sender} on {shown}", Action.RULE_SENDER_DEAL, {"address": sender, "deal": deal_id})
        if sender
        else None,
    ]


def _domain_rule(found: WhyMail) -> Block | None:
    if not found.unowned_domain or found.company is None:
        return None
    company_id, name = found.company
    value = {"domain": found.unowned_domain, "company": company_id}
    return blocks.button(f"{found.unowned_domain} belongs to {blocks.one_line(name, 30)}", Action.RULE_DOMAIN, value)


def last(found: Sequence[MailLine], *, now: datetime, zone: ZoneInfo) -> Message:
    """What became of the last mails, and by which rule."""
    if not found:
        said = "No mail of yours came in lately."
        return blocks.message(said, blocks.section(said))
    rows = [_row(one, now, zone) for one in found[:_SHOWN]]
    return blocks.message("What became of your last mails.", blocks.header("Your last mails"), *rows)


def _row(one: MailLine, now: datetime, zone: ZoneInfo) -> Block:
    words = f"{wording.moment(one.received_at, now, zone)} {_STATES.get(one.state, '')}{one.why}"
    if one.subject or one.sender:
        words += f"\n{one.subject or 'without a subject'}{f', from {one.sender}' if one.sender else ''}"
    ask = blocks.button("Why?", Action.WHY_MAIL, {"inbox": one.inbox_id}, label_aloud="Why this mail is where it is")
    return blocks.section(blocks.cut(words, 600), accessory=ask)


def held(found: Sequence[MailLine], *, now: datetime, zone: ZoneInfo) -> Message:
    """The mails that wait for a person's word, each with its buttons."""
    if not found:
        said = "No mail waits for you."
        return blocks.message(said, blocks.section(said))
    parts: list[Block | None] = []
    for one in found[:_SHOWN]:
        value = {"inbox": one.inbox_id}
        parts.append(_row(one, now, zone))
        parts.append(
            blocks.actions(
                blocks.button("File it", Action.REVIEW_FILE, value),
                blocks.button("Ignore it", Action.REVIEW_IGNORE, value),
            )
        )
    count = wording.counted(len(found), "mail waits", "mails wait")
    more = f"and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return blocks.message(f"{count} for your word.", blocks.header(f"{count} for you"), *parts, blocks.context(more))


def rules(found: Sequence[MailRuleView], waiting: int) -> Message:
    """The team's rules about mail, each with the button that takes it away."""
    tray = f"{wording.counted(waiting, 'mail waits', 'mails wait')} for you: `/crm why mail held`." if waiting else ""
    if not found:
        said = "The team has made no rule about mail of its own."
        how = "`/crm settings never-log acme.com` keeps mail with a domain or an address out."
        return blocks.message(said, blocks.section(said), blocks.context(how, tray))
    rows: list[Block | None] = []
    for one in found[:40]:
        off = blocks.button("Remove", Action.RULE_REMOVE, {"rule": one.rule_id}, label_aloud=f"Remove: {one.sentence}")
        rows.append(blocks.section(blocks.one_line(one.sentence, 400), accessory=off if one.rule_id else None))
    more = f"and {len(found) - 40} more" if len(found) > 40 else ""
    return blocks.message(
        f"{wording.counted(len(found), 'rule')} about mail.",
        blocks.header("Rules about mail"),
        *rows,
        blocks.context(more, tray),
    )


def ruled(done: Receipt, further: str = "") -> Message:
    """A rule was made or taken away; Undo brings back what was."""
    undo = blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done.undo_id else None
    said = f"{done.sentence}. {further}".strip()
    return blocks.message(said, blocks.section(blocks.cut(said, 800)), blocks.actions(undo))


def button(communication_id: str) -> Block:
    """The button that asks why an entry is where it is."""
    return blocks.button("Why is this here?", Action.WHY_MAIL, {"communication": communication_id})
