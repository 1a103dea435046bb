"""The map: views as pydeck specs, and tiles."""

from __future__ import annotations

import gzip
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from server.caching import is_known
from server.dependencies import Release, Tiles
from server.doubt import describe_doubt
from server.views import view_spec
from twin.errors import NotFoundError

router = APIRouter(tags=["map"])
IMMUTABLE = "public, max-age=31536000, immutable"


@router.get("/views/{view}.json")
def get_view(
    view: Annotated[str, Path(max_length=80)], release: Release,
    theme: Annotated[Literal["light", "dark"], Query()] = "light", step: Annotated[int, Query(ge=0, le=100)] = 0,
) -> dict[str, Any]:
    """Return the pydeck spec of a view, or of one of its steps (months); its data are addresses, never rows."""
    return view_spec(release, view, theme, step)


@router.get("/views/{view}/doubt.json")
def get_doubt(view: Annotated[str, Path(max_length=80)], release: Release) -> dict[str, Any]:
    """Return which features of a view are unsure, by the width of their intervals."""
    return describe_doubt(release, view)


@router.get("/tiles/{release_id}/{layer}/{z}/{x}/{y}.geojson")
def get_tile(
    request: Request, release: Release, tiles: Tiles, release_id: Annotated[str, Path(max_length=64)],
    layer: Annotated[str, Path(max_length=64)], z: Annotated[int, Path(ge=0, le=22)],
    x: Annotated[int, Path(ge=0, lt=2**22)], y: Annotated[int, Path(ge=0, lt=2**22)],
) -> Response:
    """Return a tile of a release as GeoJSON; it never changes."""
    if release_id != release.release.release_id:
        message = f"release {release_id} is not served any more; load the page again"
        raise NotFoundError(message)
    etag = f'"{release_id}-{layer}-{z}-{x}-{y}"'
    headers = {"Cache-Control": IMMUTABLE, "ETag": etag, "Vary": "Accept-Encoding"}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    content = tiles.tile(release, layer, z, x, y)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type="application/geo+json", headers=headers)
