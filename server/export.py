"""Exports of a release: single tables in four formats, and everything in one GeoPackage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from layers.contract import LANGUAGES
from layers.wide import SUBJECTS, drawn_instead, drawn_things, layer_tables
from server.catalogue import labels
from server.notice import is_synthetic, notice_of
from server.qgis import write_styles
from server.zone import attribution
from twin.crs import WGS84
from twin.errors import NotFoundError, StoreError
from twin.model import read_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from layers.contract import Layer
    from twin.store import Release

Format = Literal["csv", "geojson", "gpkg", "parquet"]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last are full-width
WHOLE = ("zone", "neighbourhood", "road", "energy_asset", "land_cover", "building_part", "building_parcel",
         "road_parcel", "factor", "reading_cell", "reading_total")


def exportable(release: Release, layers: Mapping[str, Layer]) -> list[str]:
    """Return the tables that can be exported: those of the release, and the wide ones."""
    tables = sorted(path.stem for path in (release.folder / "tables").glob("*.parquet"))
    return tables + [f"wide_{subject}" for subject in SUBJECTS if layer_tables(layers, subject) or subject in tables]


def read_table(release: Release, layers: Mapping[str, Layer], table: str) -> pd.DataFrame:
    """
    Return a table of a release, with geometry in the zone's system where it has one.

    Raises
    ------
    NotFoundError
        If the release has no such table.
    """
    if table not in exportable(release, layers):
        message = f"there is no table {table[:60]!r}; there are {', '.join(exportable(release, layers))}"
        raise NotFoundError(message)
    if not table.startswith("wide_"):
        return _read(release, table)
    subject = table.removeprefix("wide_")
    wide = _read(release, subject)
    for name in layer_tables(layers, subject):
        wide = wide.merge(_read(release, name), on=SUBJECTS[subject], how="left", validate="one_to_one")
    return wide


def write_export(
    release: Release, layers: Mapping[str, Layer], table: str, path: Path, *, form: Format, geometry: bool = False,
    only: Collection[str] | None = None,
) -> None:
    """
    Write a table to a file, with licence and attribution inside.

    Parameters
    ----------
    geometry
        Whether CSV carries the geometry, as WKT in WGS 84.
    only
        Ids of the features that are wanted, by the table's first column; all if not given.

    Raises
    ------
    NotFoundError
        If the release has no such table, or the format needs a geometry that the table lacks.
    StoreError
        If the file cannot be written.
    """
    frame = read_table(release, layers, table)
    if only is not None:
        frame = frame[frame.iloc[:, 0].isin(list(only))].reset_index(drop=True)
    if form == "geojson" and not isinstance(frame, gpd.GeoDataFrame):
        message = f"table {table} has no geometry; choose csv or parquet"
        raise NotFoundError(message)
    write_frame(frame, path, table, release, form=form, geometry=geometry)


def write_frame(
    frame: pd.DataFrame, path: Path, name: str, release: Release, *, form: Format, geometry: bool = False,
    more: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """
    Write rows made from a release to a file, with licence and attribution inside.

    Parameters
    ----------
    name
        Of the layer in a GeoPackage.
    geometry
        Whether CSV carries the geometry, as WKT in WGS 84.
    more
        Further tables of a GeoPackage, by their name.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    try:
        if form == "csv":
            _write_csv(frame, path, release, geometry=geometry)
        elif form == "geojson":
            _write_geojson(gpd.GeoDataFrame(frame), path, release)
        elif form == "gpkg":
            _write_layer(frame, path, name, release)
            _write_tables(path, {**(more or {}), "attribution": _attribution_table(release)})
        else:
            _write_parquet(frame, path, release)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        message = f"{path} cannot be written ({getattr(error, 'strerror', None) or error}); choose another --out"
        raise StoreError(message) from error


def write_all(release: Release, layers: Mapping[str, Layer], path: Path) -> list[str]:
    """Write one GeoPackage: wide buildings, parcels and assets, the other tables, styles and a data dictionary."""
    path.unlink(missing_ok=True)
    written = []
    for subject in SUBJECTS:
        _write_layer(read_table(release, layers, f"wide_{subject}"), path, subject, release)
        written.append(subject)
    whole = [*WHOLE, *drawn_things(layers), *drawn_instead(layers).values()]
    for table in (table for table in whole if release.table(table).exists()):
        _write_layer(read_table(release, layers, table), path, table, release)
        written.append(table)
    dictionary = data_dictionary(layers)
    _write_tables(path, {"data_dictionary": dictionary, "attribution": _attribution_table(release)})
    write_styles(path, layers, notice=notice_of(release.manifest))
    return [*written, "data_dictionary", "attribution"]


def data_dictionary(layers: Mapping[str, Layer]) -> pd.DataFrame:
    """Return every column with unit, meaning and its names in every language."""
    words = {language: labels(layers, language) for language in LANGUAGES}
    rows: list[dict[str, Any]] = []
    for table, columns in read_columns().items():
        for column, (unit, meaning) in columns.items():
            rows.append({"table": table, "column": column, "unit": unit, "meaning": meaning, "layer": "",
                         **{f"name_{lang}": words[lang].get(f"{table}.{column}", "") for lang in LANGUAGES}})
    for layer in layers.values():
        for table, described in layer.described.items():
            rows += [
                {"table": table.removesuffix(f"_{layer.name}"), "column": item.name, "unit": item.unit,
                 "meaning": item.meaning, "layer": layer.name,
                 **{f"name_{lang}": words[lang].get(f"{layer.name}.{item.name}", "") for lang in LANGUAGES}}
                for item in described
            ]
    return pd.DataFrame(rows)


def provenance(release: Release) -> dict[str, Any]:
    """Return what travels inside every export: notice, year, licences and attributions, release."""
    manifest = release.manifest
    return {"notice": notice_of(manifest), "synthetic": is_synthetic(manifest), "year": manifest["zone"].get("year"),
            "attribution": attribution(manifest), "release_id": release.release_id}


def credits_line(release: Release) -> str:
    """Return the notice, and licence and attribution of a release's sources, in one line."""
    named = [f"{item['text']} ({item['licence']})" if item["licence"] else item["text"]
             for item in attribution(release.manifest)]
    notice = [text] if (text := notice_of(release.manifest)) else []
    year = release.manifest["zone"].get("year")
    state = [f"state of {year}"] if year else []
    return "; ".join([*notice, *named, *state, f"zonetwin release {release.release_id}"])


def _read(release: Release, table: str) -> pd.DataFrame:
    path = release.table(table)
    if "geometry" in pq.read_schema(path).names:
        spatial: pd.DataFrame = gpd.read_parquet(path)
        return spatial
    return pd.DataFrame(pd.read_parquet(path))


def _write_csv(frame: pd.DataFrame, path: Path, release: Release, *, geometry: bool) -> None:
    """Write CSV in which no text is taken for a formula by a spreadsheet."""
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    for name in plain.columns:
        if not pd.api.types.is_numeric_dtype(plain[name]) and not pd.api.types.is_bool_dtype(plain[name]):
            plain[name] = plain[name].map(_cell)
    if geometry and isinstance(frame, gpd.GeoDataFrame):
        plain["geometry_wkt"] = frame.geometry.to_crs(WGS84).to_wkt(rounding_precision=7)
    if notice := notice_of(release.manifest):
        plain["notice"] = without_formula(notice)
    plain["attribution"] = without_formula(credits_line(release))
    plain.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _cell(value: object) -> object:
    return without_formula(value) if isinstance(value, str) else value


def without_formula(text: str) -> str:
    """Return a text in which no spreadsheet sees a formula or the end of a row; an apostrophe marks text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _write_geojson(frame: gpd.GeoDataFrame, path: Path, release: Release) -> None:
    content = json.loads(frame.to_crs(WGS84).to_json(drop_id=True))
    content |= provenance(release)
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _write_layer(frame: pd.DataFrame, path: Path, layer: str, release: Release) -> None:
    """Add a layer, or a table without geometry, to a GeoPackage whose bytes do not depend on the hour."""
    if not isinstance(frame, gpd.GeoDataFrame):
        _write_tables(path, {layer: frame})
        return
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00Z"})
    metadata = {"attribution": credits_line(release), "release_id": release.release_id}
    if notice := notice_of(release.manifest):
        metadata["notice"] = notice
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", layer_metadata=metadata, promote_to_multi=True,
                            DESCRIPTION=credits_line(release), geometry_type=_geometry_type(frame))


def _geometry_type(frame: gpd.GeoDataFrame) -> str | None:
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna().unique()}
    in_space = " Z" if bool(frame.has_z.any()) else ""
    return f"Multi{kinds.pop()}{in_space}" if len(kinds) == 1 else "Unknown"


def _write_tables(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Add tables without geometry to a GeoPackage."""
    for name, table in tables.items():
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists() and _has(path, name))


def _has(path: Path, layer: str) -> bool:
    return layer in {str(row[0]) for row in pyogrio.list_layers(path)}


def _attribution_table(release: Release) -> pd.DataFrame:
    rows = attribution(release.manifest) or [{"text": "", "url": None, "licence": None}]
    told = {name: value for name, value in provenance(release).items() if name != "attribution"}
    return pd.DataFrame([row | told for row in rows]).astype("string")


def _write_parquet(frame: pd.DataFrame, path: Path, release: Release) -> None:
    frame.to_parquet(path, index=False)
    table = pq.read_table(path)
    metadata = dict(table.schema.metadata or {})
    metadata[b"zonetwin"] = json.dumps(provenance(release), ensure_ascii=False).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd", write_page_checksum=True)
