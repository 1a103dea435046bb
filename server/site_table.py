"""Ranked roofs as a table to take along: CSV, or a GeoPackage with the outlines of the buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

from server.assumptions import Known
from server.export import write_frame
from server.sites import ENDINGS, FIGURES, REASONS, SHORT, known_release, ranked_roofs

if TYPE_CHECKING:
    from pathlib import Path

    from server.database import ServedRelease
    from server.sites import SiteQuery

SiteFormat = Literal["csv", "gpkg"]
LAYER = "solar_sites"
COLUMNS = ("rank", "building_id", "name", "use", "neighbourhood_id", "lon", "lat", "roof_m2", "roof_usable_m2",
           *(f"roof_{reason}_m2" for reason in REASONS), *SHORT.values(),
           *(f"{figure}{ending}" for figure in FIGURES for ending in ENDINGS), "payback_reason", "tariff",
           "grid_asset_id", "grid_kind", "grid_name", "grid_distance_m", "grid_capacity_kw", "grid_voltage_v")


def write_sites(served: ServedRelease, query: SiteQuery, path: Path, *, form: SiteFormat) -> None:
    """
    Write all roofs that pass a filter, in their order; the query's page does not cut them.

    Raises
    ------
    NotFoundError
        If the release has no such figures.
    StoreError
        If the file cannot be written.
    """
    known = Known(known_release(served))
    roofs = ranked_roofs(served, known, query)
    table = roofs.assign(rank=range(1, len(roofs) + 1)).reindex(columns=list(COLUMNS)).reset_index(drop=True)
    terms = [item for item in known.told(query) if item["value"] is not None]
    table["assumptions"] = "; ".join(_told(item) for item in terms)
    extra = {"assumptions": pd.DataFrame(terms).astype("string")} if form == "gpkg" else {}
    if form == "gpkg":
        outlines = gpd.read_parquet(served.release.table("building"), columns=["building_id", "geometry"])
        shapes = outlines.set_index("building_id").geometry.reindex(table["building_id"])
        table = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes.to_numpy(), crs=outlines.crs))
    write_frame(table, path, LAYER, served.release, form=form, more=extra)


def _told(item: dict[str, Any]) -> str:
    return f"{item['key']} = {item['value']:.6g} {item['unit']}{' (changed)' if item['overridden'] else ''}"
