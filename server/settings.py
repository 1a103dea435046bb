"""Settings of the server, from the environment (`ZONETWIN_…`) or given by the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    """

    model_config = SettingsConfigDict(env_prefix="ZONETWIN_", extra="ignore")

    store: Path = Path("store")
    zone: str | None = None
    query_seconds: float = Field(default=5.0, gt=0, le=300)
    memory_limit: str = Field(default="512MB", pattern=r"^\d+(MB|GB)$")
    tile_cache_mb: int = Field(default=64, ge=1, le=4096)
    search_limit: int = Field(default=20, ge=1, le=100)
    export_rows: int = Field(default=200_000, ge=1)
    verify: bool = True
