"""What a mail tells, which conversation and deal it goes to, and how often it passed our hosts: without a store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.values.acts import Person
from crm_store.values.mail import EarlierMail, Failure, KnownFacts, MailRules
from crm_store.values.people import CustomerBrief, DealView
from crm_store.values.teams import UserView
from ingest import conversation, deal_choice, told
from ingest.address import FileOnDeal
from ingest.hops import own_hops
from ingest.parsed import Bounce, BouncedRecipient, Calendar, Complaint, Kind, Mailbox, ParsedMail, Signature
from ingest.people import Crowd
from ingest.reading import Seen

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ADA = UserView("usr_ada", "U_ADA", "Ada Lovell", "rep", "Europe/Berlin")
FACTS = KnownFacts(ADA, NOW, {"ada@team.com": "usr_ada"})
ANN = Person("from", "Ann Lee", "ann@acme.com", "cus_ann")
CROWD = Crowd((ANN,), ("cus_ann",), "incoming", {"cus_ann": "com_acme"})
SEEN = Seen("mail", Mailbox("Ann Lee", "ann@acme.com"), (), (), "The second hall", NOW, "Hi", "", "k", "t", (), True)


def deal(deal_id: str, name: str) -> DealView:
    return DealView(deal_id, name, "Proposal", "stg_1", None, None, "open", "U_ADA", "Acme", "Ann Lee", 1)


@pytest.mark.parametrize(
    ("status", "reason", "hard", "failure"),
    [
        ("5.1.1", "user unknown", True, Failure.DEAD),
        ("5.2.1", "mailbox disabled", True, Failure.DEAD),
        (None, "550 no such user", True, Failure.DEAD),
        ("5.2.2", "mailbox full", True, Failure.FULL),
        (None, "552 Quota exceeded for this mailbox", True, Failure.FULL),
        ("5.7.1", "message refused", True, Failure.POLICY),
        ("5.0.0", "blocked by our spam policy", True, Failure.POLICY),
        ("5.3.4", "message too big", True, Failure.POLICY),
        ("5.1.1", "550 unknown; see our policy page", True, Failure.DEAD),
        ("4.4.1", "connection timed out", False, Failure.PASSING),
        ("", "", False, Failure.PASSING),
    ],
)
def test_why_a_mail_did_not_arrive(status: str | None, reason: str, hard: bool, failure: Failure) -> None:
    assert told.failure(BouncedRecipient("ann@acme.com", status, hard, reason)) is failure


def test_a_report_names_each_address_once_and_never_our_own_or_a_delay() -> None:
    rows = (
        BouncedRecipient("Ann@Acme.com", "5.1.1", True, "unknown"),
        BouncedRecipient("ann@acme.com", "5.1.1", True, "again"),
        BouncedRecipient("ada@team.com", "5.1.1", True, "ours"),
        BouncedRecipient("ada-x@in.team.com", "5.1.1", True, "ours"),
        BouncedRecipient("bo@acme.com", "4.4.7", False, "delayed"),
        BouncedRecipient(None, None, True, "nobody"),
    )
    mail = ParsedMail(Kind.BOUNCE, bounce=Bounce(rows))
    assert [one.address for one in told.reports(mail, FACTS, "in.team.com")] == ["ann@acme.com"]
    complained = replace(mail, complaint=Complaint("bo@acme.com", "abuse"))
    assert told.reports(complained, FACTS, "in.team.com")[-1].failure is Failure.COMPLAINT


def test_another_persons_signature_says_nothing_of_the_sender() -> None:
    one = replace(SEEN, signature=Signature("x", name="Bob Stone", title="Plumber"))
    assert told.facts(one, CROWD) is None
    own = told.facts(replace(SEEN, signature=Signature("x", name="A. Lee", title="Buyer")), CROWD)
    assert own is not None
    assert (own.title, own.sure) == ("Buyer", 0.9)
    unsure = replace(SEEN, signature=Signature("x", title="Buyer"), sure=0.5)
    assert told.facts(unsure, CROWD) is None


def test_a_whole_day_has_no_hour_and_a_moment_is_shown_in_the_readers_zone() -> None:
    event = Calendar("REQUEST", "u", None, 0, "2026-12-03", None, "Fair", None, None, ())
    mail = ParsedMail(Kind.CALENDAR, date=NOW)
    whole = told.meeting(replace(SEEN, event=event), mail, "Europe/Berlin")
    at = told.meeting(replace(SEEN, event=replace(event, start="2026-12-03T09:00:00+00:00")), mail, "Europe/Berlin")
    assert whole is not None
    assert at is not None
    assert (whole.shown_as, at.shown_as) == ("Thu 3 Dec 2026", "Thu 3 Dec 2026 10:00")
    assert told.meeting(replace(SEEN, event=replace(event, uid=None)), mail, "UTC") is None


def test_each_day_of_a_repeated_meeting_is_a_meeting_of_its_own() -> None:
    event = Calendar("REQUEST", "u", None, 0, None, None, None, None, None, ())
    assert told.meeting_key(event) != told.meeting_key(replace(event, recurrence_id="2026-12-03"))


@pytest.mark.parametrize(
    ("subject", "days", "customers", "joined"),
    [
        ("Re: The second hall", 1, {"cus_ann"}, True),
        ("AW: the  SECOND hall", 59, {"cus_ann"}, True),
        ("Re: The second hall", 61, {"cus_ann"}, False),
        ("Re: The second hall", 1, {"cus_bob"}, False),
        ("The third hall", 1, {"cus_ann"}, False),
    ],
)
def test_a_conversation_by_subject_needs_people_and_time(
    subject: str, days: int, customers: set[str], *, joined: bool
) -> None:
    before = EarlierMail("t_old", "The second hall", NOW - timedelta(days=days), frozenset(customers))
    key, reason = conversation.of(replace(SEEN, subject=subject), CROWD, replace(FACTS, earlier=(before,)))
    assert (key == "t_old") is joined
    assert (reason is not None) is joined


@pytest.mark.parametrize("subject", [None, "", "Hi", "Re: Offer", "a b", "12 34 56"])
def test_a_plain_subject_tells_no_conversation(subject: str | None) -> None:
    assert conversation.spoken_subject(subject) == ""


def test_a_known_mail_goes_before_the_subject() -> None:
    one = replace(SEEN, mail_keys=("id:1", "id:2"))
    key, reason = conversation.of(one, CROWD, replace(FACTS, threads={"id:1": "t_1"}))
    assert key == "t_1"
    assert reason is not None
    assert reason.rule == "thread"


def test_a_persons_word_on_a_conversation_goes_before_everything() -> None:
    known = replace(
        FACTS,
        thread_deals={"t": "d1"},
        rules=MailRules(deal_of_thread={"t": "d2"}, deal_of_sender={"ann@acme.com": "d3"}),
    )
    assert deal_choice.choose("t", "ann@acme.com", CROWD, known, None).deal_id == "d2"
    without = replace(known, rules=MailRules(deal_of_thread={"t": None}))
    assert deal_choice.choose("t", "ann@acme.com", CROWD, without, None).deal_id is None
    by_sender = replace(known, thread_deals={})
    assert deal_choice.choose("other", "ann@acme.com", CROWD, by_sender, None).deal_id == "d3"


def test_a_named_deal_is_taken_among_those_of_the_people_alone() -> None:
    theirs, strange = deal("d1", "Hall"), deal("d2", "Hall of others")
    known = replace(FACTS, deals_of={"cus_ann": (theirs,)}, deals_named={"hall": (strange, theirs)})
    assert deal_choice.choose("t", "", CROWD, known, FileOnDeal("hall")).deal_id == "d1"
    other = replace(known, deals_named={"hall": (strange,)})
    asked = deal_choice.choose("t", "", CROWD, other, FileOnDeal("hall"))
    assert (asked.deal_id, asked.ask) == (None, ("d2", "d1"))
    unknown = deal_choice.choose("t", "", CROWD, replace(known, deals_named={}), FileOnDeal("moon"))
    assert (unknown.deal_id, unknown.ask) == (None, ("d1",))


def test_received_lines_of_our_own_hosts_are_counted_and_others_are_not() -> None:
    head = b"Received: from a\r\n\tby mx.in.team.com with ESMTP;\r\nReceived: from b by mx.other.com\r\n"
    head += b"Received: from c by in.team.com\r\nX-Note: received: by in.team.com\r\n"
    assert own_hops(head + b"\r\nReceived: from d by in.team.com\r\n", "in.team.com") == 2
    assert own_hops(head, "") == 0
    assert own_hops(b"Received: from a by notin.team.com\r\n\r\n", "in.team.com") == 0


def test_nobody_known_is_needed_for_an_absence_to_tell_nothing() -> None:
    assert told.absence(ParsedMail(Kind.AUTO_REPLY), FACTS) is None
    brief = CustomerBrief("cus_ann", "Ann Lee", "Acme", "com_acme", "ann@acme.com", "U_ADA")
    known = replace(FACTS, by_point={"ann@acme.com": brief})
    assert told.absence(ParsedMail(Kind.AUTO_REPLY, from_=Mailbox(None, "ann@acme.com")), known) is None
