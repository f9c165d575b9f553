"""Who may write to a team by mail, and whose word is believed."""

import pytest

from ingest.authenticity import Trust, judge
from ingest.parsed import Kind, Mailbox, ParsedMail, Signs

COLLEAGUES = {"ada@team.com": "usr_ada"}
STRICT = Trust("authenticated", "mx.team.com")


def mail(sender: str = "ada@team.com", *results: str, to: str = "ann@acme.com") -> ParsedMail:
    return ParsedMail(
        kind=Kind.MESSAGE,
        from_=Mailbox(None, sender),
        to=(Mailbox(None, to),),
        signs=Signs(authentication_results=results),
    )


@pytest.mark.parametrize(
    "result",
    [
        "mx.team.com; dmarc=pass (p=reject) header.from=team.com",
        "mx.team.com 1; spf=fail smtp.mailfrom=x@y.com; dmarc=pass header.from=team.com",
        "MX.team.com; dkim=pass header.d=team.com header.s=s1",
        "mx.team.com; dkim=pass (1024 (bit)) header.i=@mail.team.com",
    ],
)
def test_a_pass_of_the_trusted_host_for_the_senders_domain_counts(result: str) -> None:
    assert judge(mail("ada@team.com", result), COLLEAGUES, STRICT).verified


@pytest.mark.parametrize(
    "result",
    [
        "mx.evil.com; dmarc=pass header.from=team.com",
        "mx.team.com; dmarc=fail header.from=team.com",
        "mx.team.com; dmarc=pass header.from=evil.com",
        "mx.team.com; dkim=pass header.d=evil.com",
        "mx.team.com; dkim=pass header.d=com",
        "mx.team.com; spf=pass smtp.mailfrom=ada@team.com",
        "mx.team.com; x=y (dmarc=pass header.from=team.com)",
        "mx.team.com",
        "",
    ],
)
def test_anything_else_proves_nothing(result: str) -> None:
    judged = judge(mail("ada@team.com", result), COLLEAGUES, STRICT)
    assert not judged.verified
    assert "nothing proves that" in judged.why


def test_without_a_trusted_host_nobody_is_believed() -> None:
    told = "mx.team.com; dmarc=pass header.from=team.com"
    assert not judge(mail("ada@team.com", told), COLLEAGUES, Trust("authenticated", "")).verified


def test_in_a_demo_a_colleagues_address_is_enough_and_a_strangers_is_not() -> None:
    assert judge(mail("Ada@Team.com"), COLLEAGUES, Trust("address")).user_id == "usr_ada"
    assert not judge(mail("ann@acme.com"), COLLEAGUES, Trust("address")).verified
    assert not judge(mail(""), COLLEAGUES, Trust("address")).verified


def test_a_machine_may_forward_what_came_to_a_colleagues_mailbox() -> None:
    to_ada, to_nobody = mail("ann@acme.com", to="ada@team.com"), mail("ann@acme.com", to="x@y.com")
    trust = Trust("address")
    assert judge(to_ada, COLLEAGUES, trust, forwarded_by_machine=True).verified
    assert not judge(to_nobody, COLLEAGUES, trust, forwarded_by_machine=True).verified
    forwarded = judge(to_nobody, COLLEAGUES, trust, mail_from="ada+caf_=x=y.com@team.com", forwarded_by_machine=True)
    assert forwarded.user_id == "usr_ada"
