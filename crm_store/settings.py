"""The only reader of the environment: typed, frozen settings, and one sentence for each that is wrong."""

import difflib
import ipaddress
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
    slack_client_id: str = Field(default="", validation_alias="CRM_SLACK_CLIENT_ID")
    slack_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_SLACK_CLIENT_SECRET")
    token_keys: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_TOKEN_KEYS")
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
    mail_dkim: Literal["on", "off"] = Field(default="on", validation_alias="CRM_MAIL_DKIM")
    mail_http_secret: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_MAIL_HTTP_SECRET")
    imap_password: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_IMAP_PASSWORD")
    clamd: str = Field(default="", validation_alias="CRM_CLAMD")
    relay: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_RELAY")
    send_from: str = Field(default="", validation_alias="CRM_SEND_FROM")
    send_hours: str = Field(default="8-18 mon-fri", validation_alias="CRM_SEND_HOURS")
    relay_unique: Literal["on", "off"] = Field(default="off", validation_alias="CRM_RELAY_UNIQUE")
    send_rate: int = Field(default=600, ge=0, validation_alias="CRM_SEND_RATE")
    send_rate_domain: int = Field(default=0, ge=0, validation_alias="CRM_SEND_RATE_DOMAIN")
    send_connections: int = Field(default=4, ge=1, le=50, validation_alias="CRM_SEND_CONNECTIONS")
    one_click: Literal["all", "purpose"] = Field(default="all", validation_alias="CRM_ONE_CLICK")
    public_url: str = Field(default="", validation_alias="CRM_PUBLIC_URL")
    dkim_key: str = Field(default="", validation_alias="CRM_DKIM_KEY")
    dkim_selector: str = Field(default="", validation_alias="CRM_DKIM_SELECTOR")
    mailchimp_key: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_MAILCHIMP_KEY")
    mailchimp_list: str = Field(default="", validation_alias="CRM_MAILCHIMP_LIST")
    mailchimp_url: str = Field(default="", validation_alias="CRM_MAILCHIMP_URL")
    google_id: str = Field(default="", pattern=r"^(G-[A-Z0-9]{4,20})?$", validation_alias="CRM_GOOGLE_ID")
    google_secret: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_GOOGLE_SECRET")
    google_url: str = Field(default="https://www.google-analytics.com", validation_alias="CRM_GOOGLE_URL")
    webhook_url: str = Field(default="", validation_alias="CRM_WEBHOOK_URL")
    webhook_secret: SecretStr = Field(default=SecretStr(""), validation_alias="CRM_WEBHOOK_SECRET")
    mail_size_limit: int = Field(default=50_000_000, ge=10_000, validation_alias="CRM_MAIL_SIZE_LIMIT")
    smtp_connections: int = Field(default=500, ge=1, validation_alias="CRM_SMTP_CONNECTIONS")
    smtp_connections_per_address: int = Field(default=50, ge=1, validation_alias="CRM_SMTP_CONNECTIONS_PER_ADDRESS")
    smtp_timeout: int = Field(default=300, ge=1, le=3600, validation_alias="CRM_SMTP_TIMEOUT")
    smtp_tls_cert: str = Field(default="", validation_alias="CRM_SMTP_TLS_CERT")
    smtp_tls_key: str = Field(default="", validation_alias="CRM_SMTP_TLS_KEY")
    smtp_tls: Literal["offered", "required"] = Field(default="offered", validation_alias="CRM_SMTP_TLS")
    smtp_proxy_from: str = Field(default="", validation_alias="CRM_SMTP_PROXY_FROM")
    lmtp_port: int = Field(default=0, ge=0, le=65535, validation_alias="CRM_LMTP_PORT")
    mail_per_sender: int = Field(default=60_000, ge=0, validation_alias="CRM_MAIL_PER_SENDER")
    mail_per_team: int = Field(default=600_000, ge=0, validation_alias="CRM_MAIL_PER_TEAM")
    mail_burst: int = Field(default=20, ge=0, validation_alias="CRM_MAIL_BURST")
    writes_per_transaction: int = Field(default=200, ge=1, le=1000, validation_alias="CRM_WRITES_PER_TRANSACTION")
    parsers: int = Field(default=2, ge=1, le=16, validation_alias="CRM_PARSERS")
    lookup_memory: int = Field(default=1000, ge=0, validation_alias="CRM_LOOKUP_MEMORY")
    lookup_from: int = Field(default=5000, ge=1, validation_alias="CRM_LOOKUP_FROM")
    attempts: int = Field(default=5, ge=1, le=50, validation_alias="CRM_ATTEMPTS")
    schedule_nightly: str = Field(default="0 3 * * *", validation_alias="CRM_SCHEDULE_NIGHTLY")
    analysis_cores: int = Field(default=2, ge=1, le=2, validation_alias="CRM_ANALYSIS_CORES")
    schedule_scores: str = Field(default="every 30s", validation_alias="CRM_SCHEDULE_SCORES")
    schedule_upkeep: str = Field(default="*/10 * * * *", validation_alias="CRM_SCHEDULE_UPKEEP")
    schedule_weekly: str = Field(default="0 8 * * mon", validation_alias="CRM_SCHEDULE_WEEKLY")
    schedule_report_card: str = Field(default="30 8 1 * *", validation_alias="CRM_SCHEDULE_REPORT_CARD")
    schedule_duplicates: str = Field(default="30 4 * * *", validation_alias="CRM_SCHEDULE_DUPLICATES")
    schedule_campaigns: str = Field(default="every 60s", validation_alias="CRM_SCHEDULE_CAMPAIGNS")
    schedule_audiences: str = Field(default="every 30s", validation_alias="CRM_SCHEDULE_AUDIENCES")
    schedule_alerts: str = Field(default="every 60s", validation_alias="CRM_SCHEDULE_ALERTS")
    schedule_briefs: str = Field(default="* * * * *", validation_alias="CRM_SCHEDULE_BRIEFS")
    schedule_events: str = Field(default="every 20s", validation_alias="CRM_SCHEDULE_EVENTS")

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

    @field_validator("token_keys")
    @classmethod
    def _keys(cls, keys: SecretStr) -> SecretStr:
        for number, one in enumerate(_split(keys), 1):
            # Thirty-two bytes in the alphabet for addresses, as `crm rotate-keys --new-key` writes them.
            if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", one):
                raise ValueError(f"number {number} is no key; make one with 'crm rotate-keys --new-key'")
        return keys

    @field_validator("mail_http_secret", "webhook_secret")
    @classmethod
    def _no_short_secret(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters")
        return secret

    @field_validator(
        "schedule_nightly",
        "schedule_scores",
        "schedule_upkeep",
        "schedule_weekly",
        "schedule_report_card",
        "schedule_alerts",
        "schedule_audiences",
        "schedule_briefs",
        "schedule_campaigns",
        "schedule_duplicates",
        "schedule_events",
    )
    @classmethod
    def _a_schedule(cls, text: str) -> str:
        if not (re.fullmatch(r"every \d+s", text) or text == "never" or len(text.split()) == 5):
            raise ValueError("must be five cron fields such as '0 3 * * *', 'every 60s', or 'never'")
        return text

    @field_validator("smtp_proxy_from")
    @classmethod
    def _networks(cls, text: str) -> str:
        for word in filter(None, (one.strip() for one in text.split(","))):
            try:
                ipaddress.ip_network(word, strict=False)
            except ValueError:
                raise ValueError("must be addresses and networks with commas, such as 10.0.0.7, 10.1.0.0/16") from None
        return text

    @model_validator(mode="after")
    def _certificate_and_key(self) -> "Settings":
        if bool(self.smtp_tls_cert) != bool(self.smtp_tls_key):
            raise ValueError("CRM_SMTP_TLS_CERT and CRM_SMTP_TLS_KEY go together")
        if self.smtp_tls == "required" and not self.smtp_tls_cert:
            raise ValueError("CRM_SMTP_TLS=required needs CRM_SMTP_TLS_CERT and CRM_SMTP_TLS_KEY")
        return self

    @model_validator(mode="after")
    def _installing_needs_all(self) -> "Settings":
        if bool(self.slack_client_id) != bool(self.slack_client_secret.get_secret_value()):
            raise ValueError("CRM_SLACK_CLIENT_ID and CRM_SLACK_CLIENT_SECRET go together")
        if self.slack_client_id and not self.token_ring:
            raise ValueError("CRM_SLACK_CLIENT_ID needs CRM_TOKEN_KEYS; make a key with 'crm rotate-keys --new-key'")
        return self

    @model_validator(mode="after")
    def _api_url_ends_in_a_slash(self) -> "Settings":
        if not self.slack_api_url.endswith("/"):
            raise ValueError("CRM_SLACK_API_URL must end in /")
        return self

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """Slack's signing secret, or two while one is being replaced by the other."""
        return _split(self.slack_signing_secret)

    @property
    def token_ring(self) -> tuple[str, ...]:
        """The keys of the tokens in the store; the first seals."""
        return _split(self.token_keys)

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


def _split(secret: SecretStr) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in secret.get_secret_value().split(","))))


def _sentence(problem: ValidationError) -> str:
    first = problem.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "A setting"
    reason = str(first["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}." if first["loc"] else f"{reason}."
