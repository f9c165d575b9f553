"""A permission that is missing: whoever can mend it is told once a day, and what waited goes out by itself."""

from tests.journeys.house import Demo, words_of


def _told(demo: Demo) -> list[str]:
    """What any of the two reads of a missing permission."""
    found = [words_of(one) for user in ("U_ADA", "U_BEN") for one in demo.messages(demo.direct(user), user)]
    return [one for one in found if "A permission is missing" in one]


def test_who_can_mend_a_missing_permission_is_told_once_and_the_answer_follows(demo: Demo) -> None:
    for words in ("help tasks", "help deals"):
        demo._post("faults", {"error": {"method": "chat.postEphemeral", "error": "missing_scope", "times": 1}})
        demo.act(type="mention", user="U_ADA", channel="C_SALES", text=words)
        demo.settle()
        assert "/crm" in words_of(demo.last())
    assert len(_told(demo)) == 1
    assert "chat:write (cards, receipts, reminders and reports)" in _told(demo)[0]
