"""What requests are given: settings, and one release from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from server.access import opens
from server.database import ReleaseSwitch, ServedRelease
from server.settings import Settings
from server.tiles import TileCache
from server.whatif.answer import Bureau


def get_settings(request: Request) -> Settings:
    """Return the settings the app was made with."""
    settings: Settings = request.app.state.settings
    return settings


def get_release(request: Request) -> Iterator[ServedRelease]:
    """Lend the current release for the time of one request."""
    switch: ReleaseSwitch = request.app.state.switch
    with switch.use() as served:
        yield served


def get_tiles(request: Request) -> TileCache:
    """Return the tiles asked for before."""
    cache: TileCache = request.app.state.tiles
    return cache


def get_bureau(request: Request) -> Bureau:
    """Return what works drafts out."""
    bureau: Bureau = request.app.state.bureau
    return bureau


def get_is_owner(
    settings: Annotated[Settings, Depends(get_settings)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
) -> bool:
    """Return whether the asker holds a key to what is not public."""
    return given is not None and opens(given.credentials, settings.keys)


Release = Annotated[ServedRelease, Depends(get_release)]
Tiles = Annotated[TileCache, Depends(get_tiles)]
Drafts = Annotated[Bureau, Depends(get_bureau)]
AppSettings = Annotated[Settings, Depends(get_settings)]
IsOwner = Annotated[bool, Depends(get_is_owner)]
Language = Annotated[Literal["en", "zh", "fr", "de"], Query(description="language of the texts")]
MaybeLanguage = Annotated[Literal["en", "zh", "fr", "de"] | None, Query(description="else the browser's language")]
Book = Annotated[Literal["gpc", "park", "building", "embodied", "consumption"], Query(description="book of the ledger")]
Year = Annotated[int | None, Query(ge=1990, le=2100, description="year of the inventory; else the base year")]
Basis = Annotated[Literal["location", "market"], Query(description="how electricity is counted")]
