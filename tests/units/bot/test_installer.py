"""What the installer reads of a refused token or a missing permission."""

import pytest
from pydantic import SecretStr

from bot import installer, slack_errors
from bot.slack_errors import Then
from crm_store.errors import DeliveryError
from crm_store.settings import Settings


def _problem(code: str, needed: str = "") -> DeliveryError:
    return DeliveryError("No.", permanent=False, code=code, needed=needed)


def test_a_missing_permission_is_named_with_what_it_is_for_and_where_it_is_given() -> None:
    by_page = Settings.model_construct(
        slack_client_id="1.1", slack_client_secret=SecretStr("s"), public_url="https://crm.example.com/"
    )  # fmt: skip
    said = installer.notice(_problem("missing_scope", "usergroups:read,chat:write"), by_page)
    assert "usergroups:read (roles by user group" in said
    assert "chat:write (cards, receipts" in said
    assert "https://crm.example.com/slack/install" in said
    assert "from manifest.yaml" in installer.notice(_problem("missing_scope", "chat:write"), Settings())


def test_a_permission_that_slack_does_not_name_is_no_gap_in_the_sentence() -> None:
    assert "one that Slack does not name" in installer.notice(_problem("missing_scope"), Settings())


@pytest.mark.parametrize("code", sorted(slack_errors.codes(Then.INSTALLER)))
def test_each_refusal_of_the_installation_has_its_cause_and_its_cure(code: str) -> None:
    said = installer.notice(_problem(code), Settings())
    assert "Install Rapport anew" in said
    assert "nothing is lost" in said
