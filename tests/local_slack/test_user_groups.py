"""User groups: read by the app, changed by an admin, mentioned by everybody."""

import pytest

from bot.local_slack.errors import RefusedError
from tests.local_slack.conftest import App, Caller

BEN = {"user": "U_BEN"}


async def test_groups_and_their_people_are_read(call: Caller) -> None:
    bare = (await call.ok("usergroups.list"))["usergroups"]
    assert [(one["id"], one["handle"], "users" in one) for one in bare] == [
        ("S_SALES", "sales", False), ("S_LEADS", "sales-leads", False),
    ]  # fmt: skip
    full = (await call.ok("usergroups.list", include_users=True, include_count=True))["usergroups"]
    assert [(one["users"], one["user_count"]) for one in full] == [(["U_ADA"], 1), (["U_BEN"], 1)]
    assert (await call.ok("usergroups.users.list", usergroup="S_LEADS"))["users"] == ["U_BEN"]
    assert (await call("usergroups.users.list", usergroup="S_NONE"))["error"] == "no_such_subteam"
    assert (await call("usergroups.users.list", token="xoxb-local-other", usergroup="S_SALES"))["error"] == (
        "no_such_subteam"
    )


async def test_the_app_hears_who_came_and_who_went(call: Caller, app: App) -> None:
    await call.running.gesture({"type": "group_members", **BEN, "usergroup": "S_SALES", "users": ["U_BEN", "U_BEN"]})
    event = (await app.next("subteam_members_changed"))["payload"]["event"]
    assert (event["subteam_id"], event["added_users"], event["removed_users"]) == ("S_SALES", ["U_BEN"], ["U_ADA"])
    assert (event["added_users_count"], event["removed_users_count"]) == (1, 1)
    assert (await call.ok("usergroups.users.list", usergroup="S_SALES"))["users"] == ["U_BEN"]


async def test_a_disabled_group_is_gone_until_it_is_enabled(call: Caller, app: App) -> None:
    await call.running.gesture({"type": "group_disable", **BEN, "usergroup": "S_SALES"})
    assert (await app.next("subteam_updated"))["payload"]["event"]["subteam"]["date_delete"] > 0
    assert [one["id"] for one in (await call.ok("usergroups.list"))["usergroups"]] == ["S_LEADS"]
    assert len((await call.ok("usergroups.list", include_disabled=True))["usergroups"]) == 2
    await call.running.gesture({"type": "group_disable", **BEN, "usergroup": "S_SALES", "enable": True})
    assert len((await call.ok("usergroups.list"))["usergroups"]) == 2


async def test_a_new_group_can_be_mentioned(call: Caller, app: App) -> None:
    made = await call.running.gesture(
        {"type": "group_create", **BEN, "handle": "@Closers", "name": "Closers", "users": ["U_ADA"]}
    )
    assert (await app.next("subteam_created"))["payload"]["event"]["subteam"]["handle"] == "closers"
    await call.running.gesture({"type": "message", **BEN, "channel": "C_SALES", "text": "@closers well done"})
    assert (await call.messages())[-1]["text"] == f"<!subteam^{made['usergroup']}|@closers> well done"


@pytest.mark.parametrize(
    ("gesture", "words"),
    [
        ({"type": "group_members", "user": "U_ADA", "usergroup": "S_SALES", "users": []}, "Only an admin"),
        ({"type": "group_members", **BEN, "usergroup": "S_NONE", "users": []}, "no user group"),
        ({"type": "group_members", **BEN, "usergroup": "S_SALES", "users": ["U_CLEO"]}, "people of its team"),
        ({"type": "group_create", **BEN, "handle": "sales"}, "is taken"),
        ({"type": "group_create", **BEN, "handle": "ada"}, "is taken"),
    ],
)
async def test_what_slack_does_not_offer_is_refused_with_a_sentence(
    call: Caller, gesture: dict[str, object], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        await call.running.gesture(gesture)
