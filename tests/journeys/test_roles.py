"""Journey: what each role may do is one table, asked before anything happens; the last admin stays one."""

from collections.abc import Iterator

import pytest

from tests.journeys.house import Demo, words_of


@pytest.fixture
def ada_reads(demo: Demo) -> Iterator[Demo]:
    """Ada as a viewer, and a rep again afterwards; Ben leads, and stands in for the admin that there is not."""
    demo.type("settings role @ada viewer", "U_BEN")
    assert "is viewer now" in words_of(demo.last(user="U_BEN"))
    yield demo
    demo.type("settings role @ada rep", "U_BEN")
    assert "is rep now" in words_of(demo.last(user="U_BEN"))


def test_a_viewer_looks_things_up_and_changes_nothing(ada_reads: Demo) -> None:
    demo = ada_reads
    demo.type("john smith acme")
    card = demo.last()
    assert "Acme" in words_of(card)
    for line in ("log john smith acme: a word", "deal john smith acme 5k", "add Nobody New at Nowhere", "undo"):
        demo.type(line)
        assert "Only reps, managers and admins" in words_of(demo.last())
        assert "You are a viewer" in words_of(demo.last())
    demo.press(card, "task_dialog")
    assert not [one for one in demo.state()["views"] if one["type"] == "modal"]
    assert "Only reps" in words_of(demo.last())


def test_a_viewer_is_refused_by_mention_in_direct_message_and_by_shortcut(ada_reads: Demo) -> None:
    demo = ada_reads
    demo.act(type="mention", user="U_ADA", channel="C_SALES", text="log john smith acme: a word")
    demo.settle()
    assert "Only reps" in words_of(demo.last())
    demo.say("task call them back tomorrow")
    assert "Only reps" in words_of(demo.last(demo.direct()))
    demo.act(type="global_shortcut", user="U_ADA", callback_id="new_deal")
    demo.settle()
    assert "Only reps" in words_of(demo.last(demo.direct()))
    assert not [one for one in demo.state()["views"] if one["type"] == "modal"]


def test_an_emoji_of_a_viewer_is_answered_only_where_it_would_log(ada_reads: Demo) -> None:
    demo = ada_reads
    said = demo.act(type="message", user="U_BEN", channel="C_SALES", text="John Smith of Acme rang")
    before = len(demo.messages()) + len(demo.messages(demo.direct()))
    demo.act(type="reaction", user="U_ADA", channel="C_SALES", ts=said["ts"], name="tada")
    demo.settle()
    assert len(demo.messages()) + len(demo.messages(demo.direct())) == before
    demo.act(type="reaction", user="U_ADA", channel="C_SALES", ts=said["ts"], name="memo")
    demo.settle()
    assert len(demo.messages()) + len(demo.messages(demo.direct())) == before + 1


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("settings limit 5k", "Only managers and admins"),
        ("settings stages A, B", "Only managers and admins"),
        ("settings channel here", "Only managers and admins"),
        ("settings role @ada admin", "Only admins give roles"),
        ("export customers", "Only managers and admins"),
    ],
)
def test_a_rep_reads_who_may(demo: Demo, line: str, who: str) -> None:
    demo.type(line)
    assert who in words_of(demo.last())
    assert "You are a rep here" in words_of(demo.last())


def test_everybody_sees_the_roles_and_what_each_may_do(demo: Demo) -> None:
    demo.type("settings roles")
    shown = words_of(demo.last())
    assert "Manager" in shown
    assert "log, add and change things" in shown


def test_the_last_admin_keeps_the_role_also_against_an_undo(demo: Demo) -> None:
    demo.type("settings role me admin", "U_BEN")
    assert "is admin now" in words_of(demo.last(user="U_BEN"))
    demo.type("settings role me manager", "U_BEN")
    assert "keeps one admin at least" in words_of(demo.last(user="U_BEN"))
    demo.type("undo", "U_BEN")
    assert "keeps one admin at least" in words_of(demo.last(user="U_BEN"))
    demo.type("settings role @ada admin", "U_BEN")
    demo.type("settings role me manager", "U_BEN")
    assert "is manager now" in words_of(demo.last(user="U_BEN"))
    demo.type("settings role @ben admin")
    demo.type("settings role me rep")
    assert "is rep now" in words_of(demo.last())


def test_settings_alone_say_what_is_set_and_how_to_change_it(demo: Demo) -> None:
    demo.type("settings")
    shown = words_of(demo.last())
    assert "/crm settings limit 50k" in shown
    assert "Lead → Qualified" in shown
    demo.type("settings colour blue")
    assert "There is no setting “colour”" in words_of(demo.last())


def test_a_role_that_there_is_not_is_answered_with_those_there_are(demo: Demo) -> None:
    demo.type("settings role @ada king", "U_BEN")
    assert "viewer, rep, manager, admin" in words_of(demo.last(user="U_BEN"))
    demo.type("settings role @nobody rep", "U_BEN")
    assert "Nobody of your team is called" in words_of(demo.last(user="U_BEN"))


@pytest.fixture
def by_groups(demo: Demo) -> Iterator[Demo]:
    """@sales gives a role; everything is as before afterwards."""
    demo.type("settings roles @sales = viewer", "U_BEN")
    yield demo
    demo.act(type="group_members", user="U_BEN", usergroup="S_SALES", users=["U_ADA"])
    demo.type("settings roles @sales off", "U_BEN")
    demo.type("settings role @ada rep", "U_BEN")


def test_who_is_in_a_user_group_has_the_role_that_it_gives_also_when_they_come_and_go(by_groups: Demo) -> None:
    demo = by_groups
    assert "Who is in @sales is viewer" in words_of(demo.last(user="U_BEN"))
    demo.type("log john smith acme: a word")
    assert "You are a viewer" in words_of(demo.last())
    demo.act(type="group_members", user="U_BEN", usergroup="S_SALES", users=[])
    demo.settle()
    demo.type("settings roles")
    shown = words_of(demo.last())
    assert "@sales: viewer, 0 people" in shown
    demo.type("log john smith acme: a word")
    assert "You are a viewer" not in words_of(demo.last())
    demo.act(type="group_members", user="U_BEN", usergroup="S_SALES", users=["U_ADA"])
    demo.settle()
    demo.type("log john smith acme: a word")
    assert "You are a viewer" in words_of(demo.last())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("settings roles @nobodys = rep", "There is no user group “nobodys”. There are @sales, @sales-leads"),
        ("settings roles @sales = king", "Say which group and which role"),
        ("settings roles @sales-leads off", "That group gives no role"),
    ],
)
def test_a_group_or_role_that_is_not_there_is_said(demo: Demo, line: str, words: str) -> None:
    demo.type(line, "U_BEN")
    assert words in words_of(demo.last(user="U_BEN"))
