"""Who can introduce somebody: a newcomer asks for a company or a person, typed or said, and gets the way in."""

from tests.journeys.house import Demo, action_ids, words_of


def test_a_company_is_asked_for_and_the_way_in_is_named(demo: Demo) -> None:
    demo.type("add Quill Marsh at Marshwerk quill@marshwerk.example", "U_BEN")
    demo.type("log quill@marshwerk.example: called about HUSHED-PRICES", "U_BEN")
    demo.type("log quill@marshwerk.example: met for lunch", "U_BEN")
    demo.type("who-knows marshwerk")
    card = demo.last()
    said = words_of(card)
    assert "Ask Ben" in said
    assert "to introduce you to Quill Marsh" in said
    assert "HUSHED-PRICES" not in said
    assert any(one.startswith("card") for one in action_ids(card))
    demo.type("who-knows quill@marshwerk.example", "U_BEN")
    assert "nobody else here does" in words_of(demo.last(user="U_BEN"))
    demo.say("who knows Quill Marsh?")
    assert "to introduce you to Quill Marsh" in words_of(demo.last(demo.direct()))


def test_a_private_call_makes_nobody_an_acquaintance(demo: Demo) -> None:
    demo.type("add Orla Finch at Finchworks orla@finchworks.example", "U_BEN")
    demo.type("log orla@finchworks.example: called about a job private", "U_BEN")
    demo.type("who-knows orla@finchworks.example")
    assert "Nobody here has been in touch" in words_of(demo.last())
