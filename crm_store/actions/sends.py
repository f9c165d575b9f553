"""Letters of campaigns: a row for each person, claimed with a lease after a last look at who may get it, done once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update

from crm_store import audit
from crm_store.actions import calls, doubts, mail_domains, unsubscribing
from crm_store.actions.doubts import held
from crm_store.actions.touches import mark_dirty
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.briefs import briefs
from crm_store.matching.contact_points import email_key
from crm_store.models.history import Communication, Participant
from crm_store.models.mail import MailKey
from crm_store.models.marketing import Campaign, CampaignMember, Send
from crm_store.models.people import ContactPoint, Customer, IngestAddress, Team, User, UserAddress
from crm_store.queries import clicks, plans, suggestions
from crm_store.queries import sends as queries
from crm_store.values import sending, variants
from crm_store.values.plans import CALL, CHANNEL, TASK_SENT
from crm_store.values.sending import ClaimedLetter, LetterLeft, SendHours

BELL: Final = "sends"
LEASE: Final = timedelta(seconds=120)
TRIES: Final = 10
_AT_ONCE: Final = 200
_FIRST_WAIT: Final = timedelta(minutes=1)
_SENDING: Final = ("approved", "running")


def start(work: Work, campaign_id: str) -> int:
    """Put a letter, or a task to call, down for every treated person of a campaign, once; says how many.

    Part of approving it. Not undoable: the first may have left a moment later. Stop the campaign to withhold the rest.
    """
    members = work.session.scalars(
        select(CampaignMember.customer_id)
        .where(CampaignMember.campaign_id == campaign_id, CampaignMember.arm == "treated")
        .order_by(CampaignMember.customer_id)
    ).all()
    campaign = work.session.get_one(Campaign, (work.team_id, campaign_id))
    tried = bool(campaign.template.get("variants"))
    due = _begins(work, campaign)
    by_phone = campaign.template.get(CHANNEL) == CALL
    new = 0
    for begin in range(0, len(members), _AT_ONCE):
        rows = [
            {
                "send_id": work.new_id(Prefix.SEND),
                "campaign_id": campaign_id,
                "customer_id": one,
                "idempotency_key": f"{campaign_id}:{one}:0",
                "step": 0,
                "variant": variants.drawn(campaign_id, one) if tried else None,
                "state": TASK_SENT if by_phone else sending.WAITING,
                "due_at": due,
                "at": work.now if by_phone else None,
                "attempts": 0,
            }
            for one in members[begin : begin + _AT_ONCE]
        ]
        known = work.insert(Send, rows, or_nothing=True)
        if by_phone and known:
            calls.of_campaign(work, campaign, members[begin : begin + _AT_ONCE], due)
        new += known
    if not by_phone:
        _answerable(work, members)
    audit.append(work, "start sending", campaign_id, {"tasks" if by_phone else "letters": new})
    work.ring(BELL)
    return new


def _begins(work: Work, campaign: Campaign) -> datetime:
    """The day that was chosen, as it begins where the team lives; the hours for sending come on top. Else now."""
    chosen = campaign.template.get("send_on")
    if not chosen:
        return work.now
    team = work.session.get_one(Team, (work.team_id,))
    zone = ZoneInfo(str(team.settings.get("time_zone", "UTC")))
    clock = time.fromisoformat(campaign.template.get("send_time") or "00:00")
    return max(work.now, datetime.combine(date.fromisoformat(chosen), clock, zone).astimezone(UTC))


def _answerable(work: Work, customer_ids: Sequence[str]) -> None:
    """Everybody in whose name letters leave has an address that answers come to."""
    owners: set[str | None] = {work.actor}
    for begin in range(0, len(customer_ids), _AT_ONCE):
        some = customer_ids[begin : begin + _AT_ONCE]
        owners |= set(work.session.scalars(select(Customer.owner).where(Customer.customer_id.in_(some)).distinct()))
    has = select(IngestAddress.user_id).where(
        IngestAddress.local_part.startswith(sending.REPLY_HINT), IngestAddress.revoked_at.is_(None)
    )
    known = set(work.session.scalars(has))
    users = set(work.session.scalars(select(User.user_id).where(User.user_id.in_(owners - {None}))))
    for user_id in sorted(users - known):
        local_part, secret_hash = sending.mint_reply()
        work.add(
            IngestAddress(
                address_id=work.new_id(Prefix.ADDRESS), user_id=user_id, local_part=local_part,
                secret_hash=secret_hash, created_at=work.now,
            )
        )  # fmt: skip


def claim(
    work: Work, hours: SendHours, most: int = 50, holder: str = "", gap: timedelta = timedelta(0)
) -> tuple[ClaimedLetter, ...]:
    """Take letters of all teams that are due and may leave now; the rest is put off or withheld with its reason.

    Everything that could speak against a letter is read in this unit, so that nothing leaves after a word against it.
    Between two letters to one domain lies `gap`, whichever workers send them. A try that was cut off is taken up by
    whoever has its journal; an hour later nobody will, and it is in doubt. Not audited: what becomes of a letter is.
    """
    cut_off = (Send.state == sending.HANDING) & (Send.lease_until < work.now)
    ours = or_(Send.holder == (holder or None), Send.holder.is_(None), Send.lease_until < work.now - sending.ORPHANED)
    free = or_(Send.state == sending.WAITING, cut_off & ours)
    rows = work.session.execute(
        select(Send.team_id, Send.send_id)
        .join(Campaign, (Campaign.team_id == Send.team_id) & (Campaign.campaign_id == Send.campaign_id))
        .where(free, Send.due_at <= work.now, Campaign.state.in_(_SENDING))
        .order_by(Send.due_at, Send.send_id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Send)
    ).all()
    claimed: list[ClaimedLetter] = []
    turns = mail_domains.Turns(work, gap)
    for team_id in sorted({team_id for team_id, _ in rows}):
        own = [send_id for each, send_id in rows if each == team_id]
        claimed += _claim_of_team(work.act_as(team_id, work.actor), own, hours, holder, turns)
    return tuple(claimed)


def _claim_of_team(
    work: Work, send_ids: Sequence[str], hours: SendHours, holder: str, turns: mail_domains.Turns
) -> list[ClaimedLetter]:
    rows = work.session.scalars(
        select(Send).where(Send.send_id.in_(send_ids)).order_by(Send.due_at, Send.send_id)
    ).all()
    team = work.session.get_one(Team, (work.team_id,))
    campaigns = {
        one.campaign_id: one
        for one in work.session.scalars(
            select(Campaign).where(Campaign.campaign_id.in_({row.campaign_id for row in rows}))
        )
    }
    verdicts = queries.may_send(work, rows, campaigns, hours)
    leaving = []
    for row in rows:
        verdict = verdicts[row.send_id]
        # A try that was cut off may have left already: whether it may leave is no question any more.
        if row.state == sending.HANDING:
            if row.holder not in (None, holder):
                doubts.unknown(work, row.send_id, row.attempts)
            else:
                leaving.append(row)
        elif verdict.skip is not None:
            row.state, row.reason = sending.SKIPPED, verdict.skip
        elif verdict.later is not None:
            row.due_at = verdict.later
        else:
            leaving.append(row)
    addresses = queries.addresses(work, [row.customer_id for row in leaving])
    going = _in_turn(work, leaving, addresses, turns)
    facts = _Facts(work, going, addresses)
    return [_taken(work, row, campaigns[row.campaign_id], team, facts, holder) for row in going]


def _in_turn(
    work: Work, rows: Sequence[Send], addresses: Mapping[str, str], turns: mail_domains.Turns
) -> Sequence[Send]:
    """Those whose domains take a letter now; the others wait until then. A try that was cut off had its turn."""
    domains = {row.send_id: sending.domain_of(addresses.get(row.customer_id, "")) for row in rows}
    going = []
    for row in rows:
        until = turns.wait(domains[row.send_id]) if row.state == sending.WAITING else None
        if until is None:
            going.append(row)
        else:
            row.due_at = until
    turns.keep(work, [domains[row.send_id] for row in going])
    return going


class _Facts:
    """What the letters of a claim need, read for all at once."""

    def __init__(self, work: Work, rows: Sequence[Send], addresses: Mapping[str, str]) -> None:
        ids = [row.customer_id for row in rows]
        self.addresses = addresses
        self.first = plans.first_letters(work, [row.campaign_id for row in rows if row.step], ids)
        self.led = clicks.led(work, [row.campaign_id for row in rows])
        self.names = {one.customer_id: one.name for one in briefs(work, ids)}
        self.fields = suggestions.draft_fields(work, ids)
        owners = work.session.execute(select(Customer.customer_id, Customer.owner).where(Customer.customer_id.in_(ids)))
        self.owners = dict(owners.all())
        self.users = {one.user_id: one for one in work.session.scalars(select(User))}
        self.user_addresses = {one.user_id: one.address_key for one in work.session.scalars(select(UserAddress))}
        replies = select(IngestAddress).where(
            IngestAddress.local_part.startswith(sending.REPLY_HINT), IngestAddress.revoked_at.is_(None)
        )
        self.replies = {one.user_id: one.local_part for one in work.session.scalars(replies)}


def _taken(work: Work, row: Send, campaign: Campaign, team: Team, facts: _Facts, holder: str) -> ClaimedLetter:
    again = row.state == sending.HANDING
    row.state, row.lease_until, row.attempts = sending.HANDING, work.now + LEASE, row.attempts + 1
    row.holder = holder or None
    owner = facts.owners.get(row.customer_id) or campaign.approved_by
    user = facts.users.get(owner) or facts.users.get(campaign.approved_by)
    user_id = user.user_id if user else campaign.approved_by
    template = (campaign.template.get("variants") or {}).get(row.variant or "", campaign.template)
    body = template["body"] if row.step == 0 else campaign.template["steps"][row.step - 1]["body"]
    return ClaimedLetter(
        team_id=work.team_id,
        send_id=row.send_id,
        attempts=row.attempts,
        again=again,
        campaign_id=campaign.campaign_id,
        campaign_name=campaign.name,
        kind=campaign.kind,
        step=row.step,
        variant=row.variant,
        customer_id=row.customer_id,
        to_name=facts.names.get(row.customer_id, ""),
        to_address=facts.addresses.get(row.customer_id, ""),
        from_name=user.name if user else team.name,
        from_address=facts.user_addresses.get(user_id, ""),
        reply_local=facts.replies.get(user_id),
        unsubscribe_token=sending.unsubscribe_token(team.pseudonym_key, work.team_id, row.send_id),
        subject_template=template["subject"] if row.step == 0 else f"Re: {template['subject']}",
        body_template=body,
        fields=tuple(sorted(facts.fields.get(row.customer_id, {}).items())),
        made_at=row.due_at,
        answers=facts.first.get((row.campaign_id, row.customer_id), "") if row.step else "",
        led=clicks.tokens(team.pseudonym_key, work.team_id, row.send_id, facts.led.get(row.campaign_id, ())),
    )


def sent(work: Work, left: Sequence[LetterLeft]) -> int:
    """They left: the rows say so and the timelines show it, all in one unit; says how many of them still counted.

    Written in bulk, since a campaign is thousands of letters of one kind. Not undoable: they are with the customers.
    """
    told = {one.send_id: one for one in left}
    rows = [
        row
        for row in work.session.scalars(select(Send).where(Send.send_id.in_(told)).with_for_update())
        if row.state == sending.HANDING and row.attempts == told[row.send_id].attempts
    ]
    for campaign_id in sorted({row.campaign_id for row in rows}):
        campaign = work.session.get_one(Campaign, (work.team_id, campaign_id))
        if campaign.state == "approved":
            campaign.state = "running"
        own = [row for row in rows if row.campaign_id == campaign_id]
        _on_timelines(work, campaign.approved_by, own, told)
        audit.append(work, "send", campaign_id, {"letters": [row.send_id for row in own]})
    return len(rows)


def _on_timelines(work: Work, by: str, rows: Sequence[Send], told: Mapping[str, LetterLeft]) -> None:
    """The letters as outgoing mails of their recipients; a letter that is there already is not written twice."""
    keys = {f"send:{row.send_id}" for row in rows}
    known = set(work.session.scalars(select(Communication.source_key).where(Communication.source_key.in_(keys))))
    mails, people, names = [], [], []
    for row in rows:
        one = told[row.send_id]
        row.state, row.at, row.lease_until, row.reason = sending.SENT, work.now, None, None
        if f"send:{row.send_id}" in known:
            continue
        row.communication_id = work.new_id(Prefix.COMMUNICATION)
        mails.append(
            {
                "communication_id": row.communication_id, "kind": "mail", "direction": "outgoing",
                "happened_at": work.now, "logged_at": work.now, "logged_by": by, "subject": one.subject,
                "new_text": one.text, "quoted_text": "", "level": "team",
                "thread_key": sending.conversation_of(one.identifier), "source": "campaign",
                "source_key": f"send:{row.send_id}", "version": 1,
            }
        )  # fmt: skip
        people.append(
            {
                "participant_id": work.new_id(Prefix.PARTICIPANT), "communication_id": row.communication_id,
                "role": "to", "customer_id": row.customer_id,
            }
        )  # fmt: skip
        names.append({"mail_key": sending.mail_key_of(one.identifier), "communication_id": row.communication_id})
    work.insert(Communication, mails)
    work.insert(Participant, people)
    work.insert(MailKey, names, or_nothing=True)
    ids = sorted({row.customer_id for row in rows})
    work.session.execute(
        update(Customer)
        .where(Customer.customer_id.in_(ids))
        .values(last_touch_at=work.now, last_touch_kind="mail", last_touch_by=by)
        .execution_options(synchronize_session=False)
    )
    mark_dirty(work, ids)


def not_sent(work: Work, send_id: str, attempts: int, reason: str, *, passing: bool, dead: str = "") -> bool:
    """It did not leave: tried again later, or given up; a `dead` address gets no campaign mail any more."""
    row = held(work, send_id, attempts)
    if row is None:
        return False
    row.reason, row.lease_until = reason[:60], None
    if passing and row.attempts < TRIES:
        row.state, row.due_at = sending.WAITING, work.now + _FIRST_WAIT * 2 ** (row.attempts - 1)
        return True
    row.state = sending.FAILED
    if dead:
        unsubscribing.suppress(work, [email_key(dead)], "hard bounce")
        point = select(ContactPoint).where(ContactPoint.value_key == email_key(dead), ContactPoint.kind == "email")
        for one in work.session.scalars(point):
            one.state = "bounced"
    audit.append(work, "not sent", send_id, {"reason": reason[:60]})
    return True


def skip_rest(work: Work, campaign_id: str, customer_id: str, why: str) -> int:
    """Withhold what still waits for a person in a campaign, and say how many. Not undoable: they answered."""
    gone = work.session.scalars(
        update(Send)
        .where(Send.campaign_id == campaign_id, Send.customer_id == customer_id, Send.state == sending.WAITING)
        .values(state=sending.SKIPPED, reason=why[:60])
        .returning(Send.send_id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        audit.append(work, "skip letters", campaign_id, {"letters": len(gone)})
    return len(gone)


def look_again(work: Work, send_id: str, attempts: int, hours: SendHours) -> bool:
    """One more look in the moment a letter leaves that waited for its turn; its lease is lengthened if it may.

    What was said meanwhile, such as an answer, withholds it or puts it off. Not audited: what becomes of it is.
    """
    row = held(work, send_id, attempts)
    if row is None:
        return False
    campaign = work.session.get_one(Campaign, (work.team_id, row.campaign_id))
    verdict = queries.may_send(work, [row], {row.campaign_id: campaign}, hours)[send_id]
    if verdict.skip is not None:
        row.state, row.reason, row.lease_until = sending.SKIPPED, verdict.skip, None
        return False
    if verdict.later is not None or campaign.state not in _SENDING:
        row.state, row.lease_until, row.due_at = sending.WAITING, None, verdict.later or work.now
        return False
    row.lease_until = work.now + LEASE
    return True


def hand_back(work: Work, send_id: str, attempts: int, until: datetime | None = None) -> bool:
    """Not tried after all, as when the process stops: it waits again as if unclaimed, for longer where `until` says so.

    Not audited: nothing happened.
    """
    row = held(work, send_id, attempts)
    if row is None:
        return False
    row.state, row.lease_until, row.attempts = sending.WAITING, None, max(0, row.attempts - 1)
    row.due_at = until or row.due_at
    return True
