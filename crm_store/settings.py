"""The only reader of the environment: typed, frozen settings, and one sentence for each that is wrong."""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from crm_store.errors import BadSetting


class Settings(BaseSettings):
    """Everything that can be set, with its default; docs/settings.md says what each is for."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False, populate_by_name=True)

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    slack_bot_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(default=SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    port: int = Field(default=8080, ge=0, le=65535, validation_alias="PORT")
    smtp_host: str = Field(default="127.0.0.1", validation_alias="SMTP_HOST")
    smtp_port: int = Field(default=2525, ge=0, le=65535, validation_alias="SMTP_PORT")
    ingest_domain: str = Field(default="in.rapport.example", validation_alias="INGEST_DOMAIN")

    data: Path = Field(default=Path("data"), validation_alias="CRM_DATA")
    web_host: str = Field(default="127.0.0.1", validation_alias="CRM_WEB_HOST")
    log_style: Literal["console", "json"] = Field(default="console", validation_alias="CRM_LOG_STYLE")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", validation_alias="CRM_LOG_LEVEL")
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="CRM_SLACK_API_URL")
    slack_sockets: int = Field(default=2, ge=1, le=10, validation_alias="CRM_SLACK_SOCKETS")
    log_reaction: str = Field(default="memo", validation_alias="CRM_LOG_REACTION")
    link_domain: str = Field(default="crm.example.com", validation_alias="CRM_LINK_DOMAIN")
    channel: str = Field(default="", validation_alias="CRM_CHANNEL")
    currency: str = Field(default="EUR", min_length=3, max_length=3, validation_alias="CRM_CURRENCY")
    time_zone: str = Field(default="UTC", validation_alias="CRM_TIME_ZONE")
    mail_verification: Literal["authenticated", "address"] = Field(
        default="authenticated", validation_alias="CRM_MAIL_VERIFICATION"
    )
    mail_authserv_id: str = Field(default="", validation_alias="CRM_MAIL_AUTHSERV_ID")
    mail_size_limit: int = Field(default=50_000_000, ge=10_000, validation_alias="CRM_MAIL_SIZE_LIMIT")
    smtp_connections: int = Field(default=500, ge=1, validation_alias="CRM_SMTP_CONNECTIONS")
    smtp_connections_per_address: int = Field(default=50, ge=1, validation_alias="CRM_SMTP_CONNECTIONS_PER_ADDRESS")
    writes_per_transaction: int = Field(default=200, ge=1, le=1000, validation_alias="CRM_WRITES_PER_TRANSACTION")
    parsers: int = Field(default=2, ge=1, le=16, validation_alias="CRM_PARSERS")
    attempts: int = Field(default=5, ge=1, le=50, validation_alias="CRM_ATTEMPTS")
    schedule_nightly: str = Field(default="0 3 * * *", validation_alias="CRM_SCHEDULE_NIGHTLY")
    schedule_upkeep: str = Field(default="*/10 * * * *", validation_alias="CRM_SCHEDULE_UPKEEP")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: `read` passes the environment, so tests need not touch it."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("currency")
    @classmethod
    def _three_letters(cls, code: str) -> str:
        if not (code.isascii() and code.isalpha()):
            raise ValueError("must be three letters such as EUR")
        return code.upper()

    @field_validator("slack_bot_token")
    @classmethod
    def _a_bot_token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not token.get_secret_value().startswith("xoxb-"):
            raise ValueError("must be the bot token, which begins with xoxb-")
        return token

    @field_validator("slack_app_token")
    @classmethod
    def _an_app_token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not token.get_secret_value().startswith("xapp-"):
            raise ValueError("must be the app-level token, which begins with xapp-")
        return token

    @field_validator("schedule_nightly", "schedule_upkeep")
    @classmethod
    def _a_schedule(cls, text: str) -> str:
        if not (re.fullmatch(r"every \d+s", text) or text == "never" or len(text.split()) == 5):
            raise ValueError("must be five cron fields such as '0 3 * * *', 'every 60s', or 'never'")
        return text

    @model_validator(mode="after")
    def _api_url_ends_in_a_slash(self) -> "Settings":
        if not self.slack_api_url.endswith("/"):
            raise ValueError("CRM_SLACK_API_URL must end in /")
        return self

    @property
    def store_url(self) -> str:
        """Where the data lie: what was set, or a SQLite file in the data folder."""
        url = self.database_url or f"sqlite:///{self.data.absolute() / 'crm.db'}"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def names() -> tuple[str, ...]:
    """Every environment variable Rapport reads."""
    return tuple(str(field.validation_alias) for field in Settings.model_fields.values())


def read(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Settings from the environment (os.environ unless given); raises BadSetting with one sentence."""
    given = dict(os.environ if environment is None else environment)
    known = set(names())
    for name in sorted(given):
        if name.startswith("CRM_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise BadSetting(f"There is no setting {name}{hint}")
    try:
        values: dict[str, object] = {name: value for name, value in given.items() if name in known and value != ""}
        aliases = {key: str(field.validation_alias) for key, field in Settings.model_fields.items()}
        values |= {aliases[key]: value for key, value in overrides.items()}
        return Settings.model_validate(values)
    except ValidationError as problem:
        raise BadSetting(_sentence(problem)) from problem


def child_environment(extra: Mapping[str, str] | None = None, *, with_store: bool = False) -> dict[str, str]:
    """What a child process may know: where programs lie, and the store's address only if it reads the store."""
    kept = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "SYSTEMROOT")
    store = ("DATABASE_URL", "CRM_DATA") if with_store else ()
    return {name: os.environ[name] for name in (*kept, *store) if name in os.environ} | dict(extra or {})


def _sentence(problem: ValidationError) -> str:
    first = problem.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "A setting"
    reason = str(first["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}." if first["loc"] else f"{reason}."
