"""Settings: typed, with one sentence for whatever is wrong, and nothing told to children that they need not know."""

import pytest
from pydantic import ValidationError

from crm_store import settings
from crm_store.errors import BadSetting


def test_without_any_setting_the_defaults_hold() -> None:
    read = settings.read({})
    assert (read.port, read.smtp_port, read.currency, read.attempts) == (8080, 2525, "EUR", 5)
    assert read.store_url.startswith("sqlite:///")


def test_an_empty_value_is_as_good_as_none() -> None:
    assert settings.read({"PORT": "", "CRM_CURRENCY": ""}) == settings.read({})


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"CRM_CURENCY": "EUR"}, "There is no setting CRM_CURENCY; did you mean CRM_CURRENCY?"),
        ({"CRM_QQQQ": "1"}, "There is no setting CRM_QQQQ."),
        ({"PORT": "many"}, "PORT: "),
        ({"PORT": "70000"}, "PORT: "),
        ({"CRM_CURRENCY": "E1R"}, "CRM_CURRENCY: must be three letters such as EUR."),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: must begin with sqlite:/// or postgresql://."),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: must be the bot token, which begins with xoxb-."),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: must be the app-level token, which begins with xapp-."),
        ({"CRM_SCHEDULE_NIGHTLY": "3 am"}, "CRM_SCHEDULE_NIGHTLY: must be five cron fields"),
        ({"CRM_SLACK_API_URL": "https://slack.example/api"}, "CRM_SLACK_API_URL must end in /."),
        ({"CRM_LOG_LEVEL": "LOUD"}, "CRM_LOG_LEVEL: "),
        ({"CRM_ATTEMPTS": "0"}, "CRM_ATTEMPTS: "),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(environment: dict[str, str], told: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.read(environment)
    assert refused.value.sentence.startswith(told)
    assert "\n" not in refused.value.sentence


def test_a_secret_never_shows_itself() -> None:
    read = settings.read({"SLACK_BOT_TOKEN": "xoxb-very-secret", "SLACK_SIGNING_SECRET": "very-secret"})
    assert "very-secret" not in repr(read)
    assert read.slack_bot_token.get_secret_value() == "xoxb-very-secret"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        settings.read({}).port = 1


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_spelling_of_postgresql_gets_our_driver(given: str) -> None:
    assert settings.read({"DATABASE_URL": given}).store_url == "postgresql+psycopg://u@h/d"


def test_a_given_value_wins_over_the_environment() -> None:
    assert settings.read({"PORT": "1"}, port=2).port == 2


def test_a_child_knows_of_the_store_only_where_it_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PATH", "/bin"), ("DATABASE_URL", "sqlite:///x"), ("SLACK_BOT_TOKEN", "xoxb-1")):
        monkeypatch.setenv(name, value)
    alone = settings.child_environment({"CRM_LOG_LEVEL": "INFO"})
    assert alone["PATH"] == "/bin"
    assert alone["CRM_LOG_LEVEL"] == "INFO"
    assert not {"DATABASE_URL", "SLACK_BOT_TOKEN"} & set(alone)
    reading = settings.child_environment(with_store=True)
    assert reading["DATABASE_URL"] == "sqlite:///x"
    assert "SLACK_BOT_TOKEN" not in reading
