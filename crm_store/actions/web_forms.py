"""Forms on the team's site: what is sent in becomes a customer and a log, and consent counts once it is confirmed.

Double opt-in: whoever fills in a form may type anybody's address, so only the owner of the mailbox can consent.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, select

from crm_store import audit
from crm_store.actions import communications, customers, duplicates, news
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.ids import Prefix
from crm_store.lookup import duplicate_check
from crm_store.lookup.briefs import briefs
from crm_store.matching.contact_points import email_key
from crm_store.matching.normalise import clean
from crm_store.models.consent import ConsentProof, WebForm
from crm_store.models.marketing import Consent, Suppression
from crm_store.models.people import Customer, Team, User, UserAddress
from crm_store.queries import customers as customer_queries
from crm_store.queries import web_forms as queries
from crm_store.values import links, web_forms
from crm_store.values.acts import NewCommunication, NewCustomer, Person, Receipt
from crm_store.values.web_forms import ConfirmationLetter, Submission

BELL: Final = "confirmations"
CONFIRMED, WAITING, HANDING, SENT, FAILED = "confirmed", "waiting", "handing", "sent", "failed"
LEASE: Final = timedelta(seconds=120)
TRIES: Final = 10
BASIS: Final = "confirmed by mail"
GOOD_FOR: Final = timedelta(days=30)
_ASK_AGAIN: Final = timedelta(days=1)
_MAY: Final = frozenset({"admin", "manager"})
_LONGEST: Final = 4_000
_TAKEN_BACK: Final = ("unsubscribed",)


def open_form(work: Work, name: str, wording: str) -> Receipt:
    """A new form under a name of its own; what people consent to is kept word for word with each consent."""
    _may(work)
    name, wording = clean(name)[:80], clean(wording)[:500]
    if not name or not wording:
        raise BadInput('Say a name and what people consent to: `settings form new "News" "I want news by mail"`.')
    if any(one.name.casefold() == name.casefold() for one in queries.forms(work)):
        raise BadInput(f"There is a form “{name}” already.")
    with audit.record(work, "open form", sentence=f"Opened the form “{name}”") as ledger:
        row = WebForm(
            form_id=work.new_id(Prefix.FORM), name=name, purpose=web_forms.PURPOSE, wording=wording,
            made_by=work.actor, made_at=work.now,
        )  # fmt: skip
        ledger.add(row)
        ledger.row_id = row.form_id
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def close_form(work: Work, form_id: str) -> Receipt:
    """Take a form off; what came by it stays."""
    _may(work)
    row = work.session.get(WebForm, (work.team_id, form_id))
    if row is None or row.closed_at is not None:
        raise NotFound("This form is closed already.")
    with audit.record(work, "close form", form_id, f"Closed the form “{row.name}”") as ledger:
        ledger.change(row)
        row.closed_at = work.now
    return Receipt(form_id, ledger.undo_id, ledger.sentence)


def submit(work: Work, form_id: str, sent_in: Submission) -> bool:
    """Somebody sent the form in; says whether a letter asks them to confirm. The same press twice counts once.

    Who is known by the address keeps name and company as they are, since anybody can type an address.
    """
    form = queries.form(work, form_id)
    address = email_key(sent_in.email)
    if not address:
        raise BadInput("That is no mail address. Write it as ann@example.com.", field="email")
    with audit.record(work, "form", form_id, f"“{form.name}” was sent in") as ledger:
        known = customer_queries.by_points(work, [address]).get(address)
        new = NewCustomer(
            clean(sent_in.name)[:200], (address,), _phones(sent_in), clean(sent_in.company)[:200] or None,
            source="form", needs_check=True,
        )  # fmt: skip
        customer_id = known.customer_id if known else customers.write(ledger, new)
        like = () if known else duplicate_check.pairs_of(work, [customer_id])
        if like:
            duplicates.propose(work, like)
        row = work.session.get_one(WebForm, (work.team_id, form_id))
        written = communications.write(work, ledger, _log(form_id, form.name, sent_in, address, customer_id, work))
        ledger.row_id = written.communication.communication_id
        ledger.undoable = not written.already
        asked = sent_in.consents and not written.already and _ask(work, row, customer_id, address)
    if not written.already:
        logged = written.communication.communication_id
        _tell(work, row, customer_id, sent_in.message, logged, ledger.undo_id, like=bool(like))
    return asked


def _phones(sent_in: Submission) -> tuple[str, ...]:
    phone = clean(sent_in.phone)[:40]
    return (phone,) if any(mark.isdigit() for mark in phone) else ()


def _log(
    form_id: str, name: str, sent_in: Submission, address: str, customer_id: str, work: Work
) -> NewCommunication:  # fmt: skip
    return NewCommunication(
        kind="form",
        direction="incoming",
        happened_at=work.now,
        text=sent_in.message.strip()[:_LONGEST],
        source="form",
        source_key=f"form:{form_id}:{sent_in.nonce[:64]}",
        people=(Person("from", clean(sent_in.name)[:200], address, customer_id=customer_id),),
        subject=name,
    )


def _ask(work: Work, form: WebForm, customer_id: str, address: str) -> bool:
    """Put the question down, at most once a day for an address, so that a form is no means to bother people."""
    lately = select(ConsentProof.proof_id).where(
        ConsentProof.form_id == form.form_id,
        ConsentProof.customer_id == customer_id,
        or_(ConsentProof.asked_at > work.now - _ASK_AGAIN, ConsentProof.state == CONFIRMED),
    )
    if work.session.scalar(lately.limit(1)) is not None:
        return True
    work.add(
        ConsentProof(
            proof_id=work.new_id(Prefix.PROOF),
            customer_id=customer_id,
            form_id=form.form_id,
            purpose=form.purpose,
            wording=form.wording,
            address=address,
            asked_at=work.now,
            state=WAITING,
            attempts=0,
            not_before=work.now,
        )
    )
    work.ring(BELL)
    return True


def _tell(
    work: Work, form: WebForm, customer_id: str, message: str, communication_id: str, undo_id: str | None,
    *, like: bool,
) -> None:  # fmt: skip
    """Whoever owns the customer hears of it, else whoever made the form."""
    customer = work.session.get_one(Customer, (work.team_id, customer_id))
    said = f": “{clean(message)[:300]}”" if message.strip() else "."
    text = f"{customer.name} filled in “{form.name}”{said}"
    if like:
        text = f"{text.removesuffix('.')}. They may be known already: `/crm duplicates {customer.name}`."
    news.tell(work, customer.owner or form.made_by, f"form:{communication_id}", text, undo_id)


def confirm(work: Work, proof_id: str) -> bool:
    """The owner of the mailbox consents: from now on it counts, with its words and its moment; False where too late.

    Whoever had unsubscribed and confirms anew is written to again. Not undoable by us: they may unsubscribe.
    """
    row = work.session.get(ConsentProof, (work.team_id, proof_id), with_for_update=True)
    if row is None or (row.state != CONFIRMED and work.now - row.asked_at > GOOD_FOR):
        return False
    if row.state == CONFIRMED:
        return True
    row.state, row.confirmed_at, row.lease_until = CONFIRMED, work.now, None
    customer_id = customer_queries.survivor(work, row.customer_id)
    _withdrawals_over(work, customer_id, row.address)
    consent = work.session.get(Consent, (work.team_id, customer_id, row.purpose))
    if consent is None:
        consent = Consent(customer_id=customer_id, purpose=row.purpose, basis=BASIS, at=work.now)
        work.add(consent)
    consent.basis, consent.wording, consent.given, consent.at = BASIS, row.wording, True, work.now
    audit.append(work, "consent", customer_id, {"proof": proof_id, "purpose": row.purpose})
    return True


def _withdrawals_over(work: Work, customer_id: str, address: str) -> None:
    gone = delete(Consent).where(Consent.customer_id == customer_id, Consent.given.is_(False))
    work.session.execute(gone.execution_options(synchronize_session=False))
    freed = delete(Suppression).where(Suppression.value_key == address, Suppression.reason.in_(_TAKEN_BACK))
    work.session.execute(freed.execution_options(synchronize_session=False))


def claim(work: Work, most: int = 20) -> tuple[ConfirmationLetter, ...]:
    """Take letters of all teams that are due. Not audited: what becomes of a letter is."""
    free = or_(ConsentProof.state == WAITING, (ConsentProof.state == HANDING) & (ConsentProof.lease_until < work.now))
    rows = work.session.execute(
        select(ConsentProof.team_id, ConsentProof.proof_id)
        .where(free, ConsentProof.not_before <= work.now)
        .order_by(ConsentProof.not_before, ConsentProof.proof_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    return tuple(_taken(work.act_as(team_id, work.actor), proof_id) for team_id, proof_id in rows)


def _taken(work: Work, proof_id: str) -> ConfirmationLetter:
    row = work.session.get_one(ConsentProof, (work.team_id, proof_id))
    again = row.state == HANDING
    row.state, row.lease_until, row.attempts = HANDING, work.now + LEASE, row.attempts + 1
    team = work.session.get_one(Team, (work.team_id,))
    form = work.session.get_one(WebForm, (work.team_id, row.form_id))
    sender = work.session.get(User, (work.team_id, form.made_by))
    own = select(UserAddress.address_key).where(UserAddress.user_id == form.made_by).limit(1)
    name = next((one.name for one in briefs(work, [row.customer_id])), "")
    return ConfirmationLetter(
        work.team_id, proof_id, row.attempts, again, name, row.address, sender.name if sender else team.name,
        work.session.scalar(own) or "", team.name, row.wording,
        links.token(team.pseudonym_key, web_forms.CONFIRM, work.team_id, proof_id), row.asked_at,
    )  # fmt: skip


def left(work: Work, proof_ids: Sequence[str]) -> None:
    """The letters are on their way; who confirms faster than this is written keeps their consent."""
    for row in work.session.scalars(select(ConsentProof).where(ConsentProof.proof_id.in_(proof_ids))):
        if row.state == HANDING:
            row.state, row.lease_until = SENT, None
            audit.append(work, "ask for consent", row.customer_id, {"proof": row.proof_id})


def not_taken(work: Work, proof_id: str, attempts: int, *, passing: bool) -> None:
    """The letter was refused: later if that passes, else never; without an answer there is no consent.

    Not audited: nothing became of it.
    """
    row = work.session.get(ConsentProof, (work.team_id, proof_id))
    if row is None or row.state != HANDING or row.attempts != attempts:
        return
    row.lease_until = None
    if passing and attempts < TRIES:
        row.state, row.not_before = WAITING, work.now + timedelta(minutes=2 ** min(attempts, 8))
    else:
        row.state = FAILED


def _may(work: Work) -> None:
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None and user.role not in _MAY:
        raise NotAllowed("Only managers and admins open and close forms.")
