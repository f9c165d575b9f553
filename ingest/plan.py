"""What would be done with a mail: the steps, decided from the mail and what is known, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from crm_store.matching.contact_points import email_key
from crm_store.values.mail import (
    AwayNote,
    BouncedAddress,
    Filing,
    KnownFacts,
    MailQuestion,
    Reason,
    Sought,
    SoughtSubject,
    Told,
)
from crm_store.values.roles import Right, rights_of
from ingest import authenticity, conversation, deal_choice, filings, nested, rules, told
from ingest.address import Answered, Verb
from ingest.authenticity import Judgement, Trust
from ingest.parsed import Kind, ParsedMail
from ingest.people import Crowd, Unsure, gather
from ingest.reading import Seen, Wishes, attached, people, seen, wishes, with_cards

_SURE_ENOUGH = 0.9
_MOST_ATTACHED = 100
_MOST_REASONS = 5


class Step(StrEnum):
    """What becomes of a mail."""

    FILE = "file"
    ASK = "ask"
    HOLD = "hold"
    DROP = "drop"
    BOUNCE = "bounce"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with all that came around it; `approved` says that a person let it in.

    `own_hops` counts Received lines of our own hosts, `in_bulk` says that it is one of an import, `wanted` that its
    people matter though nobody picked it by hand.
    `signed_by` and `authenticated_user` prove its sender, `unproven` says what such a proof lacks.
    """

    mail: ParsedMail
    received_at: datetime
    verbs: tuple[Verb, ...] = ()
    mail_from: str = ""
    attached: tuple[ParsedMail, ...] = ()
    answers: Mapping[str, str] | None = None
    approved: bool = False
    signed_by: tuple[str, ...] = ()
    authenticated_user: str | None = None
    unproven: str = ""
    own_hops: int = 0
    in_bulk: bool = False
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, and why; `lines` says it in words, `reasons` names the rules that spoke.

    `trust` is an address that a rule may trust from now on, `burst` a sender of too many mails at once, `by_hand` says
    that a colleague sent here what a machine wrote, and waits for a word about it.
    """

    step: Step
    why: str = ""
    filings: tuple[Filing, ...] = ()
    sure: float | None = None
    warnings: tuple[str, ...] = ()
    question: MailQuestion | None = None
    bounced: tuple[BouncedAddress, ...] = ()
    away: tuple[AwayNote, ...] = ()
    told: Told | None = None
    reasons: tuple[Reason, ...] = ()
    trust: str = ""
    burst: str = ""
    recent: int = 0
    by_hand: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manners:
    """How this house handles mail: whom it trusts, the domain of its own ingest addresses, and how many mails of one
    sender to one address in two hours are no burst yet (0: any number).
    """

    trust: Trust
    ingest_domain: str = ""
    burst: int = 20


def sought(letter: Letter) -> Sought:
    """What has to be known before `make` is called."""
    wished = wishes(letter.mail, letter.verbs)
    mails = [one for mail in nested.chain(letter.mail) for one in _mails(replace(letter, mail=mail), wished)]
    boxes = [box for one in mails for _, box in people(with_cards(one))]
    addresses = [key for box in boxes if (key := email_key(box.address or ""))]
    # Who sent it is asked about as well: the rules of a team speak about the outer sender of a forward.
    addresses += sorted(_senders(letter, wished))
    senders = [(one.sender.name, email_key(one.sender.address or "")) for one in mails if one.sender.name]
    names = [name for name, address in senders if not address] + ([wished.customer] if wished.customer else [])
    return Sought(
        addresses=tuple(dict.fromkeys(addresses)),
        names=tuple(dict.fromkeys(names)),
        senders=tuple(dict.fromkeys(pair for pair in senders if pair[1])),
        deals=(wished.deal.name,) if wished.deal else (),
        thread_keys=tuple(dict.fromkeys(one.thread_key for one in mails)),
        mail_keys=tuple(dict.fromkeys(key for one in mails for key in one.mail_keys)),
        subjects=tuple(SoughtSubject(one.at) for one in mails if conversation.spoken_subject(one.subject)),
        mail_from=sender_key(letter),
    )


def sender_key(letter: Letter) -> str:
    """Whose mails are counted: the address in From, else that of the envelope."""
    return email_key(letter.mail.from_.address or "") or email_key(letter.mail_from)


def make(letter: Letter, known: KnownFacts, manners: Manners) -> Plan:
    """The plan for one mail; the same mail and the same facts always give the same plan."""
    mail = nested.past_colleagues(letter.mail, _house(letter, known, manners))
    plan = _plan(replace(letter, mail=mail), known, manners)
    return replace(plan, lines=_lines(plan))


def _house(letter: Letter, known: KnownFacts, manners: Manners) -> rules.Known:
    """What the rules of the house have to know."""
    return rules.Known(
        set(known.colleagues), known.never_log, manners.ingest_domain, known.rules.not_bulk, letter.own_hops
    )


def _plan(letter: Letter, known: KnownFacts, manners: Manners) -> Plan:
    mail = letter.mail
    if _is_report(mail):
        return _report(mail, known, manners)
    wished = wishes(mail, letter.verbs)
    judged = authenticity.judge(
        mail,
        known.colleagues,
        manners.trust,
        mail_from=letter.mail_from,
        forwarded_by_machine=wished.by_machine,
        signed_by=letter.signed_by,
        authenticated_user=letter.authenticated_user,
        unproven=letter.unproven,
    )
    stopped = _stopped(letter, known, manners, wished, judged) or _only_reads(known)
    if stopped is not None and not letter.approved:
        return stopped
    ruled = bool(_senders(letter, wished) & known.rules.trusted)
    if not (judged.verified or letter.approved or ruled or _answers_us(letter, known, wished)):
        return Plan(
            Step.HOLD,
            judged.why,
            reasons=(Reason("unverified-sender", judged.why, email_key(mail.from_.address or "")),),
            trust=_may_be_trusted(letter, judged, wished),
        )
    if not judged.verified:
        # Instructions are obeyed only from a verified sender; a person let the mail in, not its orders.
        wished = Wishes(by_machine=wished.by_machine)
    passed_on = _passed_on(letter, known, manners) if judged.verified and not wished.by_machine else None
    return passed_on or _filing_plan(letter, known, manners, wished)


def _stopped(
    letter: Letter, known: KnownFacts, manners: Manners, wished: Wishes, judged: Judgement
) -> Plan | None:  # fmt: skip
    """What a rule of the house or of the team says against filing; None where none speaks."""
    mail = letter.mail
    against = _against(mail, _house(letter, known, manners), wished)
    if against is not None:
        reason = Reason(against.rule, f"{against.reason} Seen: {against.evidence}.", _about(against, mail))
        plan = Plan(
            Step.DROP if against.decision is rules.Decision.DROP else Step.HOLD, against.reason, reasons=(reason,)
        )
        return _with_news(plan, letter, known, wished, against, known_sender=_is_theirs(manners, judged))
    sender = sender_key(letter)
    many = bool(manners.burst) and known.recent >= manners.burst
    if sender and many and not (known.burst_allowed or letter.in_bulk or letter.answers):
        why = f"{known.recent} mails of {sender} came to this address in two hours, so the next ones wait."
        return Plan(Step.HOLD, why, reasons=(Reason("burst", why, sender),), burst=sender, recent=known.recent)
    return None


def _only_reads(known: KnownFacts) -> Plan | None:
    """Mail files what its owner could log by hand, and nothing else; a colleague who may can let it in."""
    if Right.WRITE in rights_of(known.owner.role):
        return None
    why = f"{known.owner.name} may only look things up, so mail to this address is not filed by itself."
    return Plan(Step.HOLD, why, reasons=(Reason("only-reads", why),))


def _is_theirs(manners: Manners, judged: Judgement) -> bool:
    """Whether an automatic reply may tell of its sender: in a demo always, else only where the sender is proven."""
    return manners.trust.way == "address" or judged.verified


def _with_news(
    plan: Plan, letter: Letter, known: KnownFacts, wished: Wishes, against: rules.Hit, *, known_sender: bool
) -> Plan:
    """A mail that is not filed may still tell something, of a customer or to its sender."""
    if against.rule == "automatic-reply" and known_sender:
        away = told.absence(letter.mail, known)
        return replace(plan, step=Step.AWAY, away=(away,)) if away is not None else plan
    by_machine = wished.by_machine or letter.in_bulk
    by_colleague = email_key(letter.mail.from_.address or "") in known.colleagues
    if against.rule == "only-colleagues" and by_colleague and not by_machine:
        subject = letter.mail.subject or "a mail without a subject"
        one = _mails(letter, wished)[0]
        text = f"“{subject[:150]}” names nobody outside the team, so it is not filed. Its copy is kept."
        return replace(plan, told=Told(text, one.thread_key))
    return plan


def _about(hit: rules.Hit, mail: ParsedMail) -> str:
    """The address or entry that a change of the rule would be about."""
    if hit.rule == "never-log":
        return hit.evidence
    return email_key(mail.from_.address or "") if hit.rule in {"bulk", "spam", "automatic-reply"} else ""


def _answers_us(letter: Letter, known: KnownFacts, wished: Wishes) -> bool:
    """It came to the address that our letters name for answers, and its headers name a letter of ours."""
    if not any(isinstance(verb, Answered) for verb in letter.verbs):
        return False
    return any(key in known.threads for one in _mails(letter, wished) for key in one.mail_keys)


def _senders(letter: Letter, wished: Wishes) -> set[str]:
    """Whom a rule of trust can name: who sent the mail, and the robot that passed it on."""
    robot = email_key(letter.mail_from) if wished.by_machine else ""
    return {one for one in (email_key(letter.mail.from_.address or ""), robot) if one}


def _may_be_trusted(letter: Letter, judged: Judgement, wished: Wishes) -> str:
    """A rule may trust a colleague's own address, and a robot that forwards; never a stranger."""
    sender, robot = email_key(letter.mail.from_.address or ""), email_key(letter.mail_from)
    if judged.user_id is not None:
        return sender
    return robot if wished.by_machine and robot != sender else ""


def _against(mail: ParsedMail, known: rules.Known, wished: Wishes) -> rules.Hit | None:
    """The strictest rule that speaks against filing."""
    hits = rules.judge(mail, known).hits
    nameless = mail.forwarded is not None and bool(mail.forwarded.from_.name) and not mail.forwarded.from_.address
    if nameless or wished.customer or wished.sender:
        # Somebody who is no colleague is meant, though no address in the mail shows it.
        hits = tuple(hit for hit in hits if hit.rule != "only-colleagues")
    return min(hits, key=lambda hit: hit.decision is not rules.Decision.DROP, default=None)


def _filing_plan(letter: Letter, known: KnownFacts, manners: Manners, wished: Wishes) -> Plan:
    found: list[Filing] = []
    warnings = [*wished.warnings, *letter.mail.warnings[:3]]
    if any(_is_report(one) for one in letter.attached):
        warnings.append("An attached delivery report was left out. Forwarded without other mails it is read.")
    sure = 1.0
    for one in _mails(letter, wished):
        crowd = _crowd(one, letter, known, manners, wished)
        if one.vcards and not isinstance(crowd, Unsure) and not crowd.customers:
            crowd = _crowd(with_cards(one), letter, known, manners, wished)
        if isinstance(crowd, Unsure):
            return _ask(one, crowd)
        if not crowd.customers:
            warnings.append(_nobody(one))
            continue
        sure = min(sure, crowd.sure, one.sure)
        thread_key, reason = conversation.of(one, crowd, known)
        deal = deal_choice.choose(thread_key, email_key(one.sender.address or ""), crowd, known, wished.deal)
        warnings += deal.warnings
        meeting = told.meeting(one, letter.mail, known.owner.time_zone)
        drawn = filings.Drawn(replace(one, thread_key=thread_key), crowd, known, wished, deal, meeting)
        made, said = filings.draw(drawn, reason, with_tasks=not found)
        warnings += said
        found += made
    if not found:
        return _nothing(letter, wished, warnings[-1] if warnings else "There is nothing in it to file.")
    return Plan(
        Step.FILE,
        filings=tuple(found),
        # What a person answered is not in doubt any more.
        sure=None if letter.answers or sure >= _SURE_ENOUGH else round(sure, 2),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _crowd(one: Seen, letter: Letter, known: KnownFacts, manners: Manners, wished: Wishes) -> Crowd | Unsure:
    return gather(
        one,
        known,
        wanted=one.wanted or letter.approved or letter.wanted,
        customer=wished.customer,
        answers=letter.answers or {},
        ingest_domain=manners.ingest_domain,
    )


def _mails(letter: Letter, wished: Wishes) -> tuple[Seen, ...]:
    """Of a forward as attachment every attached mail, reports among others left out; else the mail itself."""
    if not letter.attached:
        return (seen(letter.mail, letter.received_at, wished),)
    written = [one for one in letter.attached if not _is_report(one)] or letter.attached
    inner = [attached(one, letter.received_at) for one in written[:_MOST_ATTACHED]]
    if letter.mail.forwarded is None and letter.mail.new_text.strip():
        inner[0] = replace(inner[0], note=letter.mail.new_text.strip())
    return tuple(inner)


def _passed_on(letter: Letter, known: KnownFacts, manners: Manners) -> Plan | None:
    """A colleague passed on what a machine wrote: it counts as if it had come itself; None where a person wrote it."""
    told_of = _by_machines(letter)
    if any(_is_report(one) for one in told_of):
        reports = [one for mail in told_of for one in told.reports(mail, known, manners.ingest_domain)]
        plan = _reported(tuple(dict.fromkeys(reports)))
        note = Told(f"{plan.why} Its copy is kept.", sender_key(letter) + plan.why) if plan.step is Step.DROP else None
        return replace(plan, by_hand=True, told=note)
    # Of one customer the last attached reply holds.
    away = {one.customer_id: one for mail in told_of if (one := told.absence(mail, known)) is not None}
    if not away:
        return None
    why = "It is an automatic reply." if len(told_of) == 1 else f"It is {len(told_of)} automatic replies."
    senders = dict.fromkeys(email_key(mail.from_.address or "") for mail in told_of)
    reasons = tuple(Reason("automatic-reply", why, sender) for sender in senders)
    return Plan(Step.AWAY, why, away=tuple(away.values()), by_hand=True, reasons=reasons[:_MOST_REASONS])


def _by_machines(letter: Letter) -> tuple[ParsedMail, ...]:
    """The mails that were passed on, if machines wrote all of them."""
    inner = letter.mail.forwarded
    if letter.attached:
        machines = all(_is_report(one) or one.auto_reply is not None for one in letter.attached)
        return letter.attached if machines else ()
    if inner is None or (inner.bounce is None and inner.auto_reply is None):
        return ()
    kind = Kind.BOUNCE if inner.bounce is not None else Kind.AUTO_REPLY
    return (ParsedMail(kind, from_=inner.from_, bounce=inner.bounce, auto_reply=inner.auto_reply),)


def _is_report(mail: ParsedMail) -> bool:
    return mail.bounce is not None or mail.complaint is not None


def _nothing(letter: Letter, wished: Wishes, why: str) -> Plan:
    """Whoever sent a mail here by hand hears that nothing came of it; a machine does not."""
    note = None if wished.by_machine or letter.in_bulk else Told(f"{why} Its copy is kept.", sender_key(letter) + why)
    return Plan(Step.DROP, why, told=note, reasons=(Reason("nobody", why),))


def _nobody(one: Seen) -> str:
    what = f"“{one.subject}”" if one.subject else "A mail"
    return f"{what} was not filed: nobody in it is a customer or was written to by a colleague."


def _ask(one: Seen, unsure: Unsure) -> Plan:
    question = MailQuestion(unsure.wanted, unsure.candidates, one.subject or "a mail without a subject")
    why = f"Who is {unsure.wanted}?"
    return Plan(Step.ASK, why, question=question, reasons=(Reason("unsure", why, unsure.wanted),))


def _report(mail: ParsedMail, known: KnownFacts, manners: Manners) -> Plan:
    """A report tells of addresses that mail of ours did not reach, or that called it unwanted."""
    return _reported(told.reports(mail, known, manners.ingest_domain))


def _reported(reports: tuple[BouncedAddress, ...]) -> Plan:
    if not reports:
        why = "It is a delivery report that names no address of a customer's that failed."
        return Plan(Step.DROP, why, reasons=(Reason("report", why),))
    first = reports[0]
    why = f"{first.address}: {first.failure.value}."
    reasons = tuple(Reason("report", f"{one.reason or one.failure.value} ({one.address})", one.address)
                    for one in reports[:_MOST_REASONS])  # fmt: skip
    return Plan(Step.BOUNCE, why, bounced=reports, reasons=reasons)


def _lines(plan: Plan) -> tuple[str, ...]:
    match plan.step:
        case Step.FILE:
            return tuple(line for filing in plan.filings for line in filings.lines(filing)) + plan.warnings
        case Step.ASK if plan.question is not None:
            count = len(plan.question.candidates)
            return (f"ask who {plan.question.wanted} is ({count} candidates)",)
        case _:
            return (f"{plan.step.value}: {plan.why}",)
