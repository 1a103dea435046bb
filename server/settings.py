"""Settings of the server, from the environment (`ZONETWIN_…`) or given by the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

HASH = re.compile(r"[0-9a-f]{64}")


class Settings(BaseSettings):
    """
    What an operator may choose.

    Attributes
    ----------
    store
        Folder of the releases.
    zone
        Zone to serve; the one built last where none is named.
    query_seconds
        Longest time that one database query may take. [s]
    memory_limit
        Memory of the database.
    tile_cache_mb
        Memory for tiles that were asked for before. [MB]
    search_limit
        Most results of a search.
    export_rows
        Most rows of an export over HTTP; larger ones are for the command line.
    verify
        Whether the hashes of a release are checked before it is served.
    keys
        SHA-256 of each key that opens what is not public, in hexadecimal, separated by commas; none opens nothing.
    """

    # What was given is not repeated in an error: a key set in place of its hash would stand in the log.
    model_config = SettingsConfigDict(env_prefix="ZONETWIN_", extra="ignore", hide_input_in_errors=True)

    store: Path = Path("store")
    zone: str | None = None
    query_seconds: float = Field(default=5.0, gt=0, le=300)
    memory_limit: str = Field(default="512MB", pattern=r"^\d+(MB|GB)$")
    tile_cache_mb: int = Field(default=64, ge=1, le=4096)
    search_limit: int = Field(default=20, ge=1, le=100)
    export_rows: int = Field(default=200_000, ge=1)
    verify: bool = True
    keys: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)

    @field_validator("keys", mode="before")
    @classmethod
    def _are_hashes(cls, keys: object) -> object:
        listed = [key.strip().lower() for key in keys.split(",") if key.strip()] if isinstance(keys, str) else keys
        if isinstance(listed, list | tuple) and all(HASH.fullmatch(str(key)) for key in listed):
            return tuple(listed)
        message = "not the SHA-256 of keys; make each with `printf %s KEY | sha256sum`"
        raise ValueError(message)
