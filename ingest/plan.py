"""What would be done with a mail: the steps, decided from the mail and what is known, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from crm_store.matching.contact_points import email_key
from crm_store.values.acts import NewAttachment, NewCommunication, NewDeal, NewTask, Person
from crm_store.values.mail import BouncedAddress, Filing, KnownFacts, MailQuestion, Sought
from crm_store.values.people import DealView
from ingest import authenticity, due, rules, subjects
from ingest.address import FileOnDeal, Verb
from ingest.authenticity import Trust
from ingest.parsed import Kind, ParsedMail
from ingest.people import Crowd, Unsure, gather
from ingest.reading import Seen, Wishes, attached, people, seen, wishes

_SURE_ENOUGH = 0.9
_MOST_ATTACHED = 100


class Step(StrEnum):
    """What becomes of a mail."""

    FILE = "file"
    ASK = "ask"
    HOLD = "hold"
    DROP = "drop"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with all that came around it; `approved` says that a person let it in."""

    mail: ParsedMail
    received_at: datetime
    verbs: tuple[Verb, ...] = ()
    mail_from: str = ""
    attached: tuple[ParsedMail, ...] = ()
    answers: Mapping[str, str] | None = None
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, and why; `lines` says it in words."""

    step: Step
    why: str = ""
    filings: tuple[Filing, ...] = ()
    sure: float | None = None
    warnings: tuple[str, ...] = ()
    question: MailQuestion | None = None
    bounced: tuple[BouncedAddress, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manners:
    """How this house handles mail: whom it trusts, and the domain of its own ingest addresses."""

    trust: Trust
    ingest_domain: str = ""


def sought(letter: Letter) -> Sought:
    """What has to be known before `make` is called."""
    wished = wishes(letter.mail, letter.verbs)
    mails = _mails(letter, wished)
    boxes = [box for one in mails for _, box in people(one)]
    addresses = [key for box in boxes if (key := email_key(box.address or ""))]
    senders = [(one.sender.name, email_key(one.sender.address or "")) for one in mails if one.sender.name]
    names = [name for name, address in senders if not address] + ([wished.customer] if wished.customer else [])
    return Sought(
        addresses=tuple(dict.fromkeys(addresses)),
        names=tuple(dict.fromkeys(names)),
        senders=tuple(dict.fromkeys(pair for pair in senders if pair[1])),
        deals=(wished.deal.name,) if wished.deal else (),
        thread_keys=tuple(dict.fromkeys(one.thread_key for one in mails)),
    )


def make(letter: Letter, known: KnownFacts, manners: Manners) -> Plan:
    """The plan for one mail; the same mail and the same facts always give the same plan."""
    plan = _plan(letter, known, manners)
    return replace(plan, lines=_lines(plan))


def _plan(letter: Letter, known: KnownFacts, manners: Manners) -> Plan:
    mail = letter.mail
    if mail.kind is Kind.BOUNCE and mail.bounce is not None:
        return _bounce(mail)
    told = rules.Known(set(known.colleagues), known.never_log, manners.ingest_domain)
    wished = wishes(mail, letter.verbs)
    against = _against(mail, told, wished)
    if against and not letter.approved:
        return Plan(Step.DROP if against.decision is rules.Decision.DROP else Step.HOLD, against.reason)
    judged = authenticity.judge(
        mail,
        known.colleagues,
        manners.trust,
        mail_from=letter.mail_from,
        forwarded_by_machine=wished.by_machine,
    )
    if not (judged.verified or letter.approved):
        return Plan(Step.HOLD, judged.why)
    if not judged.verified:
        # Instructions are obeyed only from a verified sender; a person let the mail in, not its orders.
        wished = Wishes()
    return _filing_plan(letter, known, manners, wished)


def _against(mail: ParsedMail, told: rules.Known, wished: Wishes) -> rules.Hit | None:
    """The strictest rule that speaks against filing."""
    hits = rules.judge(mail, told).hits
    nameless = mail.forwarded is not None and bool(mail.forwarded.from_.name) and not mail.forwarded.from_.address
    if nameless or wished.customer or wished.sender:
        # Somebody who is no colleague is meant, though no address in the mail shows it.
        hits = tuple(hit for hit in hits if hit.rule != "only-colleagues")
    return min(hits, key=lambda hit: hit.decision is not rules.Decision.DROP, default=None)


def _filing_plan(letter: Letter, known: KnownFacts, manners: Manners, wished: Wishes) -> Plan:
    filings: list[Filing] = []
    warnings = [*wished.warnings, *letter.mail.warnings[:3]]
    sure = 1.0
    mails = _mails(letter, wished)
    for one in mails:
        crowd = gather(
            one,
            known,
            wanted=one.wanted or letter.approved,
            customer=wished.customer,
            answers=letter.answers or {},
            ingest_domain=manners.ingest_domain,
        )
        if isinstance(crowd, Unsure):
            return _ask(one, crowd)
        if not crowd.customers:
            warnings.append(_nobody(one))
            continue
        sure = min(sure, crowd.sure, one.sure)
        deal = _deal(one, crowd, known, wished)
        warnings += deal.warnings
        filings += _filings(one, crowd, known, wished, deal, with_tasks=not filings)
    if not filings:
        return Plan(Step.DROP, warnings[-1] if warnings else "There is nothing in it to file.")
    return Plan(
        Step.FILE,
        filings=tuple(filings),
        # What a person answered is not in doubt any more.
        sure=None if letter.answers or sure >= _SURE_ENOUGH else round(sure, 2),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _mails(letter: Letter, wished: Wishes) -> tuple[Seen, ...]:
    """Of a forward as attachment every attached mail, else the mail itself."""
    if not letter.attached:
        return (seen(letter.mail, letter.received_at, wished),)
    inner = [attached(one, letter.received_at) for one in letter.attached[:_MOST_ATTACHED]]
    if letter.mail.forwarded is None and letter.mail.new_text.strip():
        inner[0] = replace(inner[0], note=letter.mail.new_text.strip())
    return tuple(inner)


def _nobody(one: Seen) -> str:
    what = f"“{one.subject}”" if one.subject else "A mail"
    return f"{what} was not filed: nobody in it is a customer or was written to by a colleague."


def _ask(one: Seen, unsure: Unsure) -> Plan:
    question = MailQuestion(unsure.wanted, unsure.candidates, one.subject or "a mail without a subject")
    return Plan(Step.ASK, f"Who is {unsure.wanted}?", question=question)


@dataclass(frozen=True, slots=True)
class _Deal:
    deal_id: str | None = None
    new: NewDeal | None = None
    warnings: tuple[str, ...] = ()


def _deal(one: Seen, crowd: Crowd, known: KnownFacts, wished: Wishes) -> _Deal:
    """The thread's deal; else the one that was named; else the only open one of these people; several are asked."""
    of_thread = known.thread_deals.get(one.thread_key)
    if of_thread:
        passed_over = wished.deal is not None and of_thread not in {
            deal.deal_id for deal in known.deals_named.get(wished.deal.name, ())
        }
        told = (f"The thread is on another deal already, so “{wished.deal.name}” was not used.",) if wished.deal else ()
        return _Deal(of_thread, warnings=told if passed_over else ())
    if wished.deal is not None:
        return _named_deal(wished.deal, crowd, known)
    return _one_of(_open_deals(crowd, known))


def _named_deal(wanted: FileOnDeal, crowd: Crowd, known: KnownFacts) -> _Deal:
    if wanted.create:
        first = crowd.customers[0]
        return _Deal(new=NewDeal(wanted.name.title(), first, crowd.companies.get(first), known.owner.user_id))
    fitting = known.deals_named.get(wanted.name, ())
    theirs = {deal.deal_id for deal in _open_deals(crowd, known)}
    if not fitting:
        return _Deal(warnings=(f"There is no open deal “{wanted.name}”, so it is with the customer alone.",))
    return _one_of(tuple(deal for deal in fitting if deal.deal_id in theirs) or fitting)


def _open_deals(crowd: Crowd, known: KnownFacts) -> tuple[DealView, ...]:
    found = {deal.deal_id: deal for one in crowd.customers for deal in known.deals_of.get(one, ())}
    return tuple(found.values())


def _one_of(deals: Sequence[DealView]) -> _Deal:
    """Of several none is guessed: the receipt asks, and its button moves the mail."""
    if len(deals) <= 1:
        return _Deal(deals[0].deal_id if deals else None)
    names = ", ".join(deal.name for deal in deals[:3]) + (" and others" if len(deals) > 3 else "")
    return _Deal(warnings=(f"Which deal is it for: {names}? Until you say, it is with the customer alone.",))


def _filings(
    one: Seen, crowd: Crowd, known: KnownFacts, wished: Wishes, deal: _Deal, *, with_tasks: bool
) -> list[Filing]:
    """The mail, and beside it what the forwarder wrote above it."""
    level = "private" if wished.private else "team"
    tasks = _tasks(one, known, wished, crowd) if with_tasks else ()
    note = _note(one, crowd, known, level, deal.deal_id)
    if wished.note_only and note is not None:
        return [Filing(replace(note, tasks=tasks), crowd.new_people, crowd.learned, deal.new)]
    mail = NewCommunication(
        kind=one.kind,
        direction=crowd.direction,
        happened_at=one.at,
        text=one.text,
        source="mail",
        source_key=one.source_key,
        people=crowd.people,
        subject=one.subject,
        quoted=one.quoted,
        level=level,
        thread_key=one.thread_key,
        deal_id=deal.deal_id,
        tasks=tasks,
        attachments=tuple(NewAttachment(file.name, file.content_type, file.size, file.sha256)
                          for file in one.attachments if file.content_type != "message/rfc822"),
    )  # fmt: skip
    filed = Filing(mail, crowd.new_people, crowd.learned, deal.new)
    return [filed] if note is None else [filed, Filing(note, crowd.new_people)]


def _note(one: Seen, crowd: Crowd, known: KnownFacts, level: str, deal_id: str | None) -> NewCommunication | None:
    if not one.note:
        return None
    author = Person("from", known.owner.name, None, None, known.owner.user_id)
    about = tuple(Person("about", customer_id=customer_id) for customer_id in crowd.customers)
    return NewCommunication(
        kind="note",
        direction="none",
        happened_at=known.now,
        text=one.note,
        source="mail",
        source_key=f"note:{known.owner.user_id}:{one.source_key}"[:200],
        people=(author, *about),
        subject=one.subject,
        level=level,
        thread_key=one.thread_key,
        deal_id=deal_id,
    )


def _tasks(one: Seen, known: KnownFacts, wished: Wishes, crowd: Crowd) -> tuple[NewTask, ...]:
    tasks = []
    for text in wished.tasks:
        at, title = due.read(text, known.now, known.owner.time_zone)
        title = title or subjects.bare(one.subject) or f"Answer {one.sender.name or 'the mail'}"
        tasks.append(NewTask(title, at, known.owner.user_id, crowd.customers[0]))
    return tuple(tasks)


def _bounce(mail: ParsedMail) -> Plan:
    """A report tells of an address of ours; only what is gone for good is marked."""
    recipients = mail.bounce.recipients if mail.bounce else ()
    gone = tuple(BouncedAddress(one.address, one.reason) for one in recipients if one.hard and one.address)
    if not gone:
        return Plan(Step.DROP, "It is a delivery report about a passing failure.")
    return Plan(Step.BOUNCE, f"{gone[0].address} takes no mail.", bounced=gone)


def _lines(plan: Plan) -> tuple[str, ...]:
    match plan.step:
        case Step.FILE:
            return tuple(line for filing in plan.filings for line in _filing_lines(filing)) + plan.warnings
        case Step.ASK if plan.question is not None:
            count = len(plan.question.candidates)
            return (f"ask who {plan.question.wanted} is ({count} candidates)",)
        case _:
            return (f"{plan.step.value}: {plan.why}",)


def _filing_lines(filing: Filing) -> Sequence[str]:
    one = filing.communication
    lines = [f"create {person.customer.name}" for person in filing.new_people if one.kind != "note"]
    lines.append(f"log {one.kind} ({one.direction}) of {one.happened_at:%Y-%m-%d}: {one.subject or 'no subject'}")
    if filing.new_deal:
        lines.append(f"open deal {filing.new_deal.name}")
    return [*lines, *(f"set task {task.title}" for task in one.tasks)]
