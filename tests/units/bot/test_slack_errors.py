"""Every refusal of Slack has a cause, and what is done about it."""

import pytest

from bot import slack_errors
from bot.slack_errors import REFUSALS, Then

KNOWN = {
    Then.INSTALLER: ("invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_allowed_token_type",
                     "missing_scope", "org_login_required", "team_access_not_granted", "access_denied"),
    Then.ELSEWHERE: ("not_in_channel", "channel_not_found", "is_archived", "restricted_action"),
    Then.PERSON: ("user_not_in_channel", "used_url", "expired_url"),
    Then.NEVER: ("cannot_dm_bot", "user_disabled", "users_not_found"),
    Then.LATER: ("ratelimited", "internal_error", "fatal_error", "service_unavailable", "operation_timeout",
                 "dispatch_failed"),
    Then.SHORTER: ("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "view_too_large"),
    Then.REOPEN: ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "push_limit_reached"),
    Then.REREAD: ("hash_conflict", "not_found"),
    Then.ANEW: ("message_not_found", "cant_update_message"),
    Then.WORDS: ("file_not_found", "file_upload_size_restricted", "storage_limit_reached"),
}  # fmt: skip


@pytest.mark.parametrize(("then", "code"), [(then, code) for then, codes in KNOWN.items() for code in codes])
def test_a_code_is_known_with_what_is_done(then: Then, code: str) -> None:
    assert slack_errors.refusal(code).then is then
    assert code in slack_errors.codes(then)
    assert slack_errors.sentence(code).count(code) == 1


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_cause_is_words_that_end_where_the_sentence_does(code: str) -> None:
    one = REFUSALS[code]
    assert one.cause
    assert not one.cause.endswith((".", "!", " "))
    assert not one.cure.endswith((".", "!", " "))
    assert "!" not in slack_errors.sentence(code)


@pytest.mark.parametrize("then", [Then.INSTALLER, Then.ELSEWHERE, Then.REOPEN])
def test_where_somebody_can_mend_it_they_are_told_how(then: Then) -> None:
    assert all(REFUSALS[code].cure for code in slack_errors.codes(then))


def test_what_passes_is_tried_again_and_the_unknown_is_not() -> None:
    assert slack_errors.passes("internal_error")
    assert slack_errors.passes("token_expired")
    assert not slack_errors.passes("is_archived")
    assert not slack_errors.passes("something_new")
    assert "something_new" in slack_errors.sentence("something_new")


def test_a_missing_permission_is_named() -> None:
    assert "A permission is missing: files:write (missing_scope)." in slack_errors.sentence(
        "missing_scope", "files:write"
    )


@pytest.mark.parametrize("code", ["used_url", "expired_url"])
def test_a_code_is_found_in_an_answer_of_words(code: str) -> None:
    assert slack_errors.found_in(f'{{"ok":false,"error":"{code}"}}') == code
    assert slack_errors.found_in(code) == code
    assert slack_errors.found_in("<html>bad gateway</html>") == ""
