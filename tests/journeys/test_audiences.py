"""A group of customers on its way to another tool, asked for in Slack."""

from tests.journeys.apart import until
from tests.journeys.house import Demo, words_of


def test_a_manager_gets_a_group_as_a_file_and_a_rep_a_sentence(demo: Demo) -> None:
    direct = demo.direct("U_BEN")
    demo.type('segment "2+ orders" save:Regulars', "U_BEN")
    demo.type("segment regulars export:meta", "U_BEN")
    message = next(one for one in reversed(demo.messages(direct, "U_BEN")) if "for meta" in words_of(one))
    assert "hashed, as Meta wants them" in words_of(message)
    files = [one for each in demo.messages(direct, "U_BEN") for one in each.get("files") or []]
    assert [one["name"].split("-")[:2] for one in files if "meta" in one["name"]] == [["regulars", "meta"]]
    demo.type("segment regulars export:meta")
    assert "manager or an admin" in words_of(demo.last())
    demo.type("segment regulars export:fax", "U_BEN")
    assert "choose from csv, mailchimp, meta, google, webhook" in words_of(demo.last(user="U_BEN"))
    demo.type("segment regulars export:mailchimp-direct", "U_BEN")
    until(lambda: any("Set CRM_MAILCHIMP_KEY" in words_of(one) for one in demo.messages(direct, "U_BEN")))
