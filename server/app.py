"""The app, made by one function from settings."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from server.catalogue import web_folder
from server.database import ReleaseSwitch
from server.errors import add_error_handlers
from server.routes import api, export, map, pages, solar, whatif  # noqa: A004 the map is the map
from server.security import BodyLimit, SecurityHeaders
from server.settings import Settings
from server.tiles import TileCache
from server.whatif.answer import Bureau
from twin.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

def make_app(settings: Settings | None = None) -> FastAPI:
    """
    Return the app that serves a store's current release.

    Raises
    ------
    StoreError, ReleaseError
        If there is no release, or it is damaged.
    """
    settings = settings or Settings()
    switch = ReleaseSwitch(Store(settings.store), settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        switch.close()

    app = FastAPI(title="zonetwin", description="A geospatial digital twin of a carbon-neutral city zone",
                  lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.settings = settings
    app.state.switch = switch
    app.state.tiles = TileCache(settings.tile_cache_mb * 1_000_000)
    app.state.bureau = Bureau()
    add_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(SecurityHeaders)
    for module in (pages, api, solar, map, whatif, export):
        app.include_router(module.router)
    app.mount("/static/web", StaticFiles(directory=web_folder()))
    return app
