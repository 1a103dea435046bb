"""Pages and files for the browser: the app, its modules, and the deck.gl bundle of the pydeck wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

import brotli
import pydeck
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse

from server.caching import is_known
from server.catalogue import web_folder
from server.code import draw_code
from server.dependencies import MaybeLanguage, Release
from server.neighbourhoods import describe_neighbourhoods
from server.quarter_page import preferred_language, render_no_quarter, render_quarter
from twin.errors import NotFoundError

router = APIRouter(tags=["pages"])
BROTLI_QUALITY = 5
DAY = "public, max-age=86400"


@router.get("/health")
def get_health(release: Release) -> dict[str, Any]:
    """Return that the server answers, and which release it serves."""
    return {"status": "ok", "zone": release.release.zone_name, "release_id": release.release.release_id}


@router.get("/", include_in_schema=False)
def get_index() -> FileResponse:
    """Return the app."""
    return FileResponse(web_folder() / "index.html", media_type="text/html", headers={"Cache-Control": "no-cache"})


@router.get("/n/{neighbourhood_id:path}", response_class=HTMLResponse)
def get_quarter(
    request: Request, release: Release, neighbourhood_id: Annotated[str, PathParameter(max_length=200)],
    lang: MaybeLanguage = None,
) -> HTMLResponse:
    """Return the plain page of a quarter: no script, no account; where there is no such quarter, which there are."""
    language = lang or preferred_language(request.headers.get("accept-language", ""))
    status = 200
    try:
        page = render_quarter(release, neighbourhood_id, language, str(request.url.replace(query="")))
    except NotFoundError:
        known = describe_neighbourhoods(release, language)["neighbourhoods"]
        if any(quarter["id"] == neighbourhood_id for quarter in known):
            raise  # it is there, but this release has no figures of homes
        status, page = 404, render_no_quarter(release, neighbourhood_id, language)
    return HTMLResponse(page, status, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})


@router.get("/api/qr.svg", response_class=Response)
def get_code(request: Request, path: Annotated[str, Query(max_length=2000, pattern=r"^/([^/]|$)")]) -> Response:
    """Return the QR code of a page of this server: its path, query and fragment."""
    drawing = draw_code(f"{str(request.base_url).rstrip('/')}{path}")
    return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": DAY})


@router.get("/favicon.ico", include_in_schema=False)
def get_favicon() -> FileResponse:
    """Return the icon, which browsers ask for by this name whatever the page says."""
    return FileResponse(web_folder() / "favicon.svg", media_type="image/svg+xml", headers={"Cache-Control": DAY})


@router.get("/static/deck.js", include_in_schema=False)
def get_deck(request: Request) -> Response:
    """Return deck.gl as the pydeck wheel brings it."""
    headers = {"Cache-Control": DAY, "ETag": f'"pydeck-{pydeck.__version__}"', "Vary": "Accept-Encoding"}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    packed = "br" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "br"
    return Response(_deck_bundle(packed=packed), media_type="text/javascript", headers=headers)


@cache
def _deck_bundle(*, packed: bool) -> bytes:
    bundle = (Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js").read_bytes()
    return brotli.compress(bundle, quality=BROTLI_QUALITY) if packed else bundle
