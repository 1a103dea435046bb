"""Writing a plan's folder: the files of a zone, the same bytes every time."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import rasterio

from twin.errors import PlanError
from twin.names import latin_name
from twin.plan.description import describe_zone
from twin.plan.meters import COLUMNS, meter_rows
from twin.plan.osm import draw_sheet, write_sheet
from twin.plan.quarters import YEARS
from twin.plan.records import Lot
from twin.plan.site import CRS
from twin.plan.terrain import shape_terrain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from twin.plan.records import Plan

OSM, CADASTRE, NEIGHBOURHOODS, BOUNDARY = "plan.osm.pbf", "cadastre.gpkg", "neighbourhoods.gpkg", "boundary.gpkg"
TERRAIN, METERS, ZONE, SUMMARY = "terrain.tif", "meters.csv", "zone.toml", "plan.json"
FIXED_DATE = "2026-01-01T00:00:00.000Z"  # what GeoPackages say of their last change


def write_plan(plan: Plan, folder: Path, say: Callable[[str], None] = lambda _: None) -> None:
    """
    Write a plan as a zone folder that `zonetwin build --zone FOLDER` takes.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where to write; it is made, and files of an earlier plan are replaced.
    say
        Told what is being written.

    Raises
    ------
    PlanError
        If the folder cannot be written.
    """
    open_folder(folder)
    try:
        say("OpenStreetMap")
        write_sheet(draw_sheet(plan), folder / OSM, plan.zone)
        say("cadastre and terrain")
        with _fixed_date():
            _write_vector(folder / CADASTRE, "parcels", _lot_frame(plan))
            _write_vector(folder / NEIGHBOURHOODS, "neighbourhoods", _quarter_frame(plan))
            outline = gpd.GeoDataFrame({"name": ["zone"]}, geometry=[plan.zone], crs=CRS)
            _write_vector(folder / BOUNDARY, "boundary", outline)
        _write_terrain(folder / TERRAIN, plan)
        say("meters")
        _write_texts(folder, plan)
    except (OSError, RuntimeError, pyogrio.errors.DataSourceError) as error:
        raise _unwritable(folder, error) from error


def open_folder(folder: Path) -> None:
    """
    Make a folder, and see whether it can be written.

    Raises
    ------
    PlanError
        If it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ZONE).touch()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: Exception) -> PlanError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return PlanError(f"{folder} cannot be written ({reason}); choose another folder with --out")


def _write_texts(folder: Path, plan: Plan) -> None:
    with (folder / METERS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(meter_rows(plan))
    (folder / ZONE).write_text(describe_zone(plan), encoding="utf-8")
    summary = json.dumps(_summary(plan), indent=1, ensure_ascii=False)
    (folder / SUMMARY).write_text(summary + "\n", encoding="utf-8")


def _lot_frame(plan: Plan) -> gpd.GeoDataFrame:
    """Return the cadastre under the field names that Chinese registers use."""
    columns: dict[str, list[Any]] = {
        "ZDDM": [lot.ref for lot in plan.lots],  # reference number of the parcel
        "YDFL": [lot.code for lot in plan.lots],  # land-use code
        "QLXZ": [lot.tenure for lot in plan.lots],  # kind of right
        "DJNF": [lot.year for lot in plan.lots],  # year of registration
        "RJL": [lot.far_max for lot in plan.lots],  # floor area ratio
        "JZXG": [lot.height_max_m for lot in plan.lots],  # height limit
        "JZMD": [lot.coverage_max for lot in plan.lots],  # coverage
        "LDL": [lot.green_min for lot in plan.lots],  # green share
        "ZDMC": [lot.name for lot in plan.lots],  # name
    }
    return gpd.GeoDataFrame(columns, geometry=[lot.geometry for lot in plan.lots], crs=CRS)


def _quarter_frame(plan: Plan) -> gpd.GeoDataFrame:
    columns: dict[str, list[Any]] = {
        "neighbourhood_id": [f"n{number + 1:03d}" for number in range(len(plan.quarters))],
        "name_local": [quarter.name for quarter in plan.quarters],
        "name_latin": [latin_name(quarter.name) for quarter in plan.quarters],
        "median_year_built": [quarter.median_year for quarter in plan.quarters],
        "built_before_2000": [quarter.built_before_2000 for quarter in plan.quarters],
        "built_since_2020": [quarter.built_since_2020 for quarter in plan.quarters],
    }
    for year in YEARS:
        columns[f"population_{year}"] = [quarter.population[year] for quarter in plan.quarters]
        columns[f"households_{year}"] = [quarter.households[year] for quarter in plan.quarters]
    return gpd.GeoDataFrame(columns, geometry=[quarter.geometry for quarter in plan.quarters], crs=CRS)


def _write_vector(path: Path, layer: str, frame: gpd.GeoDataFrame) -> None:
    path.unlink(missing_ok=True)
    frame = frame.assign(**{
        name: frame[name].astype("Int64") for name in frame if pd.api.types.is_integer_dtype(frame[name])
    })  # fmt: skip
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", geometry_type="Polygon")


def _write_terrain(path: Path, plan: Plan) -> None:
    height_m, place = shape_terrain(plan)
    rows, columns = height_m.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32", crs=f"EPSG:{CRS}",
        transform=place, compress="deflate", predictor=3, tiled=True, blockxsize=256, blockysize=256,
    ) as file:  # fmt: skip
        file.write(height_m, 1)


def _summary(plan: Plan) -> dict[str, Any]:
    """Return what a plan is and holds, for people and tests."""
    return {
        "what": "a reference plan made by rules, not a survey; names of quarters and streets are invented",
        "seed": plan.site.seed,
        "residents": plan.site.residents,
        "sun_hours_great_cold": plan.sun_h,
        "population": plan.population,
        "counts": {"buildings": len(plan.houses), "parcels": len(plan.lots), "ways": len(plan.ways),
                   "neighbourhoods": len(plan.quarters), "energy_assets": len(plan.assets)},
        "oddities": {
            name: item.ref if isinstance(item, Lot) else item.feature_id for name, item in plan.oddities.items()
        },
    }


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Let GeoPackages bear a fixed date instead of that of the day."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
