"""What would be done with a mail, decided without a store."""

from dataclasses import replace
from datetime import UTC, datetime

from crm_store.values.mail import NEW, KnownFacts
from crm_store.values.people import CustomerBrief, DealView, Found, LookUp
from crm_store.values.teams import UserView
from ingest import mime
from ingest.address import AutoForwarded, FileFor, FileOnDeal, UnknownVerb, Verb
from ingest.authenticity import Trust
from ingest.parsed import ParsedMail
from ingest.plan import Letter, Manners, Plan, Step, make, sought
from tests.units.ingest.letters import letter

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ADA = UserView("usr_ada", "U_ADA", "Ada Lovell", "rep", "Europe/Berlin")
ANN = CustomerBrief("cus_ann", "Ann Lee", "Acme", "com_acme", "ann@acme.com", "U_ADA")
FACTS = KnownFacts(ADA, NOW, {"ada@team.com": "usr_ada", "ben@team.com": "usr_ben"})
WITH_ANN = replace(FACTS, by_point={"ann@acme.com": ANN})
MANNERS = Manners(Trust("address"), "in.team.com")


def deal(deal_id: str, name: str) -> DealView:
    return DealView(deal_id, name, "Proposal", "stg_1", None, None, "open", "U_ADA", "Acme", "Ann Lee", 1)


def parsed(body: str = "Hello.", **headers: str) -> ParsedMail:
    fields = {"From": "Ada <ada@team.com>", "To": "Ann Lee <ann@acme.com>", "Message_ID": "<1@team.com>"}
    return mime.read(letter(body, **(fields | headers)), mail_from="ada@team.com")


def planned(mail: ParsedMail, facts: KnownFacts = WITH_ANN, *verbs: Verb, **more: object) -> Plan:
    return make(replace(Letter(mail, NOW, verbs), **more), facts, MANNERS)  # type: ignore[arg-type]  # by name


def test_a_copy_of_an_own_mail_is_outgoing_to_the_customer() -> None:
    plan = planned(parsed())
    [filing] = plan.filings
    assert filing.communication.direction == "outgoing"
    assert [one.customer_id for one in filing.communication.people] == [None, "cus_ann"]
    assert filing.communication.people[0].user_id == "usr_ada"
    assert plan.sure is None


def test_whoever_a_colleague_wrote_to_is_created() -> None:
    plan = planned(
        parsed(Cc="Bob Stone <bob@acme.com>, info@acme.com"), replace(FACTS, companies={"acme.com": "com_acme"})
    )
    people = [person.customer for person in plan.filings[0].new_people]
    assert [(one.name, one.company_id, one.needs_check) for one in people] == [
        ("Ann Lee", "com_acme", True),
        ("Bob Stone", "com_acme", True),
    ]
    assert plan.filings[0].communication.people[1].customer_id == NEW + "ann@acme.com"


def test_nobody_is_created_for_being_on_copy_of_what_came_in() -> None:
    text = "---------- Forwarded message ---------\nFrom: Ann Lee <ann@acme.com>\nDate: Tue, 24 Nov 2026 at 10:00\n"
    text += "Subject: Quote\nTo: Ada <ada@team.com>\nCc: Bob <bob@acme.com>\n\nPlease send it."
    plan = planned(parsed(text, Subject="Fwd: Quote", To="x@in.team.com"), FACTS)
    assert [one.customer.name for one in plan.filings[0].new_people] == ["Ann Lee"]
    assert [one.address for one in plan.filings[0].communication.people] == [
        "ann@acme.com",
        "ada@team.com",
        "bob@acme.com",
    ]


def test_a_mail_among_colleagues_is_not_filed() -> None:
    plan = planned(parsed(To="ben@team.com"))
    assert (plan.step, plan.why) == (Step.DROP, "Only colleagues wrote and read it.")


def test_a_mail_among_colleagues_is_told_of_only_where_somebody_sent_it_here() -> None:
    assert planned(parsed(To="ben@team.com")).told is not None
    assert planned(parsed(To="ben@team.com"), in_bulk=True).told is None
    assert planned(parsed(To="ben@team.com"), WITH_ANN, AutoForwarded()).told is None


def test_a_burst_waits_unless_it_is_allowed_or_a_whole_mailbox_comes() -> None:
    many = replace(WITH_ANN, recent=20)
    plan = planned(parsed(), many)
    assert (plan.step, plan.burst, plan.recent) == (Step.HOLD, "ada@team.com", 20)
    assert planned(parsed(), replace(many, recent=19)).step is Step.FILE
    assert planned(parsed(), replace(many, burst_allowed=True)).step is Step.FILE
    assert planned(parsed(), many, in_bulk=True).step is Step.FILE
    assert planned(parsed(), many, approved=True).step is Step.FILE


def test_the_never_log_list_goes_before_everything() -> None:
    plan = planned(parsed(), replace(WITH_ANN, never_log=frozenset({"acme.com"})))
    assert plan.step is Step.DROP
    assert "never-log" in plan.why


def test_a_stranger_is_held_and_makes_nothing() -> None:
    plan = planned(parsed(From="Mo <mo@far.com>"))
    assert (plan.step, plan.filings) == (Step.HOLD, ())
    assert plan.why == "Unverified sender: mo@far.com is not the address of a colleague."


def test_instructions_of_a_stranger_are_not_obeyed_even_if_the_mail_is_let_in() -> None:
    plan = planned(parsed("/private\nHello", From="Ann <ann@acme.com>", To="ada@team.com"), approved=True)
    assert plan.filings[0].communication.level == "team"


def test_the_only_open_deal_is_taken_and_several_are_asked_about() -> None:
    one = replace(WITH_ANN, deals_of={"cus_ann": (deal("d1", "Renewal"),)})
    assert planned(parsed(), one).filings[0].communication.deal_id == "d1"
    two = replace(WITH_ANN, deals_of={"cus_ann": (deal("d1", "Renewal"), deal("d2", "Hall"))})
    plan = planned(parsed(), two)
    assert plan.filings[0].communication.deal_id is None
    assert plan.warnings == ("Which deal is it for: Renewal, Hall? Until you say, it is with the customer alone.",)


def test_the_deal_of_the_thread_goes_before_the_one_that_was_named() -> None:
    mail = parsed()
    [thread] = sought(Letter(mail, NOW)).thread_keys
    facts = replace(WITH_ANN, thread_deals={thread: "d1"}, deals_named={"hall": (deal("d2", "Hall"),)})
    plan = planned(mail, facts, FileOnDeal("hall"))
    assert plan.filings[0].communication.deal_id == "d1"
    assert "“hall” was not used" in plan.warnings[0]


def test_an_unknown_deal_is_not_created_unless_asked_for() -> None:
    plan = planned(parsed(), WITH_ANN, FileOnDeal("moon"))
    assert plan.filings[0].new_deal is None
    assert "no open deal “moon”" in plan.warnings[0]
    created = planned(parsed(), WITH_ANN, FileOnDeal("moon base", create=True)).filings[0].new_deal
    assert created is not None
    assert (created.name, created.customer_id) == ("Moon Base", "cus_ann")


def test_first_lines_are_obeyed_and_an_unknown_verb_is_told() -> None:
    plan = planned(parsed("/task fri send quote\n/private\nHello Ann"), WITH_ANN, UnknownVerb("dael.x"))
    [filing] = plan.filings
    assert (filing.communication.level, filing.communication.text) == ("private", "Hello Ann")
    [task] = filing.communication.tasks
    assert (task.title, task.due_at) == ("send quote", datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    assert "“+dael.x” in the address means nothing here" in plan.warnings[0]
    mistyped = planned(parsed("/dael Acme\n/private\nHello Ann"), WITH_ANN)
    assert mistyped.filings[0].communication.level == "private"
    assert "“/dael” is no instruction I know" in mistyped.warnings[0]


def test_a_named_customer_gets_the_mail_where_the_name_is_certain() -> None:
    look_up = LookUp("ann", (Found(ANN, 0.97, "ann"),), certain=True)
    facts = replace(FACTS, look_ups={"ann lee": look_up})
    plan = planned(parsed(To="info@acme.com"), facts, FileFor("ann lee"))
    assert plan.filings[0].communication.people[-1].customer_id == "cus_ann"
    unsure = replace(FACTS, look_ups={"ann lee": replace(look_up, certain=False)})
    asked = planned(parsed(To="info@acme.com"), unsure, FileFor("ann lee"))
    assert asked.step is Step.ASK
    assert asked.question is not None
    assert asked.question.candidates == ("cus_ann",)


def test_the_same_name_at_the_same_company_is_the_same_person_with_a_new_address() -> None:
    look_up = LookUp("Ann Lee", (Found(ANN, 0.97, "ann"),), certain=True)
    facts = replace(FACTS, look_ups={"Ann Lee": look_up}, companies={"acme.com": "com_acme"})
    text = "---------- Forwarded message ---------\nFrom: Ann Lee <a.lee@acme.com>\nDate: Tue, 24 Nov 2026 at 10:00\n"
    plan = planned(
        parsed(text + "Subject: Quote\nTo: Ada <ada@team.com>\n\nHi.", Subject="Fwd: Quote", To="x@in.team.com"), facts
    )
    assert plan.filings[0].new_people == ()
    assert [one.address for one in plan.filings[0].learned] == ["a.lee@acme.com"]
    assert plan.sure == 0.85


def test_a_mail_that_one_colleague_forwarded_to_another_is_filed_as_the_customers() -> None:
    deeper = "From: Ann Lee <ann@acme.com>\nSent: Monday, November 23, 2026 9:00 AM\nTo: Ben <ben@team.com>\n"
    outer = "---------- Forwarded message ---------\nFrom: Ben <ben@team.com>\nDate: Tue, 24 Nov 2026 at 10:00\n"
    text = f"For the file.\n\n{outer}Subject: FW: Roof\nTo: <ada@team.com>\n\n\nPlease take over.\n\n{deeper}"
    mail = parsed(f"{text}Subject: Roof\n\nWe need a roof.", Subject="Fwd: FW: Roof")
    entry, note = (filing.communication for filing in planned(mail).filings)
    assert note.text == "For the file.\n\nBen: Please take over."
    assert (entry.text, entry.subject) == ("We need a roof.", "Roof")
    assert [(one.customer_id, one.role) for one in entry.people if one.customer_id] == [("cus_ann", "from")]
    asked = sought(Letter(mail, NOW))
    assert {"ann@acme.com", "ben@team.com"} <= set(asked.addresses)


def test_an_invitation_that_only_came_here_is_filed_to_who_is_invited() -> None:
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20261210T100000Z\nSUMMARY:Visit\nATTENDEE:mailto:ann@acme.com\nEND:VEVENT"
    body = f"BEGIN:VCALENDAR\nMETHOD:REQUEST\n{event}\nEND:VCALENDAR"
    plan = planned(parsed(body, To="x@in.team.com", Content_Type="text/calendar; method=REQUEST"))
    assert [one.customer_id for one in plan.filings[0].communication.people if one.customer_id] == ["cus_ann"]


def test_a_card_that_a_colleague_sent_alone_is_about_whom_it_names() -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nEMAIL:ann@acme.com\nTITLE:Head\nEND:VCARD"
    mail = parsed(card, To="x@in.team.com", Content_Type="text/vcard")
    assert "ann@acme.com" in sought(Letter(mail, NOW)).addresses
    [filing] = planned(mail).filings
    assert [one.customer_id for one in filing.communication.people if one.customer_id] == ["cus_ann"]
    assert [one.customer.title for one in filing.cards] == ["Head"]
    with_others = planned(parsed(card, To="Bo <bo@acme.com>", Content_Type="text/vcard"))
    assert "cus_ann" not in [one.customer_id for one in with_others.filings[0].communication.people]


def test_the_same_mail_and_facts_give_the_same_plan() -> None:
    assert planned(parsed()) == planned(parsed())
    assert planned(parsed()).lines == ("log mail (outgoing) of 2026-11-25: hello",)
