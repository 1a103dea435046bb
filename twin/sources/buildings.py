"""Building files of every kind as one frame: outlines, parts under their building, strict numbers, known words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin.sources.citygml import read_citygml
from twin.sources.cityjson import is_cityjson, read_cityjson
from twin.sources.columns import map_columns, map_values, read_names, read_numbers, words_of
from twin.sources.fault import SourceFault, noted, shown
from twin.sources.frame import (
    BUILDING_COLUMNS,
    BUILDING_NUMBERS,
    STATUSES,
    USES,
    conform,
    empty_frame,
    geometry_ids,
    no_texts,
    texts,
    unique_ids,
)
from twin.sources.landuse import split_scheme
from twin.sources.repair import drop_twins, repair_polygons
from twin.sources.vector import read_vector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyproj
    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series

    from twin.checks import Checks
    from twin.inputs import VectorSource

    Lookup = Callable[[str], str | None]

ROLE = "buildings"
KNOWN = ("building_id", "part_of", "name_local", "name_latin", "address", "use", "status", "roof_shape",
         "roof_orientation", "roof_faces", "cadastral_ref", *BUILDING_NUMBERS)  # fmt: skip
GROUP = "building_id"


def read_buildings(
    source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks, *, lookup: Lookup | None = None
) -> GeoDataFrame:
    """
    Read the buildings of a CityGML, CityJSON or any other vector file.

    Parameters
    ----------
    source
        What the zone's description says of the file: columns, value maps, patterns of parts.
    path
        The file.
    zone_crs
        Metric system that the geometry is brought into.
    checks
        Receives the file's faults and the counts of what was read, repaired and dropped.
    lookup
        Word of the model for a use that no value map knows.

    Returns
    -------
    buildings
        The canonical building frame; no rows where the file has a fault.
    """
    with noted(checks, path):
        kind, features = _read_features(source, path, zone_crs, checks)
        if features.empty:
            return empty_frame(BUILDING_COLUMNS, zone_crs)
        columns = map_columns(features, source.columns, KNOWN, ROLE)
        frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=features.geometry, crs=zone_crs)
        frame = _sort_parts(_name_features(frame), features, source, checks)
        frame = _read_values(frame, source, lookup, checks)
        frame["source"] = kind
        frame = _attach_parts(frame, checks)
        checks.count("read", "buildings", int((~frame["is_part"]).sum()))
        checks.count("read", "building_m2", float(frame.area[~frame["is_part"]].sum()))
        checks.count("read", "building_parts", int(frame["is_part"].sum()))
        return conform(frame, BUILDING_COLUMNS, zone_crs)
    return empty_frame(BUILDING_COLUMNS, zone_crs)


def _read_features(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks) -> tuple[str, GeoDataFrame]:
    """Return what kind of file it is, and its features with the columns that the file has."""
    suffix = path.suffix.lower()
    if suffix in {".gml", ".xml", ".citygml"} and _is_citygml(path):
        features = read_citygml(source, path, zone_crs, checks)
        return "citygml", _clean(features, checks)
    if suffix in {".json", ".cityjson"} and is_cityjson(path):
        features = read_cityjson(source, path, zone_crs, checks)
        return "cityjson", _clean(features, checks)
    return "file", read_vector(source, path, zone_crs, checks, role=ROLE)


def _is_citygml(path: Path) -> bool:
    """Return whether an XML file speaks of CityGML near its beginning."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return b"citygml" in file.read(65536).replace(b"\0", b"").lower() or path.suffix.lower() == ".citygml"


def _clean(features: GeoDataFrame, checks: Checks) -> GeoDataFrame:
    """Return a city model's features without broken outlines; its ids come with the format."""
    if features.empty:
        return features
    return repair_polygons(features, checks, ROLE).reset_index(drop=True)


def _name_features(frame: GeoDataFrame) -> GeoDataFrame:
    """Return a frame whose `building_id` is never missing: the file's own id, else one made from the outline."""
    own = texts(frame[GROUP]) if GROUP in frame else no_texts(frame.index)
    bare = own.isna()
    if bare.any():
        own = own.copy()
        own[bare] = geometry_ids(frame.geometry[bare])
    return frame.assign(building_id=own)


def _sort_parts(frame: GeoDataFrame, features: GeoDataFrame, source: VectorSource, checks: Checks) -> GeoDataFrame:
    """Return a frame with `is_part` and the owner's id, without the features that are to be skipped."""
    if source.skip_pattern:
        skipped = frame[GROUP].str.contains(_ungrouped(source.skip_pattern), regex=True).to_numpy(dtype=bool)
        checks.count("dropped", f"{ROLE}: left out by skip_pattern", int(skipped.sum()))
        frame, features = frame[~skipped], features[~skipped]
    owner = texts(frame["part_of"]) if "part_of" in frame else no_texts(frame.index)
    if source.part_pattern:
        pattern = re.compile(source.part_pattern)
        if GROUP not in pattern.groupindex:
            reason = f"sources.{ROLE}.part_pattern {shown(source.part_pattern)!r} has no group {GROUP}"
            raise SourceFault(reason, r"write it such as (?P<building_id>.+)_part\d+")
        matches = [pattern.search(name) for name in frame[GROUP]]
        found = pd.Series([match[GROUP] if match else None for match in matches], index=frame.index, dtype=object)
        owner = owner.where(owner.notna(), found)
    return frame.assign(part_of=owner, is_part=owner.notna())


def _ungrouped(pattern: str) -> str:
    """Return a pattern whose groups pandas does not warn of."""
    return re.sub(r"(?<!\\)\((?:\?P<\w+>|(?!\?))", "(?:", pattern)


def _read_values(frame: GeoDataFrame, source: VectorSource, lookup: Lookup | None, checks: Checks) -> GeoDataFrame:
    """Return a frame with strict numbers and the model's words."""
    frame = frame.copy()
    sunken = _below_ground(frame)
    for name in BUILDING_NUMBERS:
        if name in frame:
            frame[name] = read_numbers(frame[name], name, ROLE, checks)
    if "levels" in frame:  # a part may carry nothing; a whole building of no storey says that nobody counted them
        frame["levels"] = frame["levels"].mask((frame["levels"] == 0) & ~frame["is_part"].astype(bool))
    if "use" in frame:
        frame["use_raw"] = texts(frame["use"])
        words, scheme = split_scheme(words_of(source, "use"), "building_use", ROLE)
        frame["use"] = map_values(
            frame["use"], words, USES, subject=f"{ROLE}: use", checks=checks,
            lookup=lambda value: scheme(value) or (lookup(value) if lookup else None),
        )  # fmt: skip
    status = frame["status"] if "status" in frame else no_texts(frame.index)
    words = words_of(source, "status")
    known = map_values(status, words, STATUSES, subject=f"{ROLE}: status", checks=checks)
    frame["status"] = known.where(known.notna(), "existing").mask(sunken, "underground")
    return frame.assign(**read_names(frame))


def _below_ground(frame: GeoDataFrame) -> Series:
    """Return which features have no storey above ground, and no height either."""
    storeys = pd.to_numeric(frame["levels"], errors="coerce") if "levels" in frame else no_texts(frame.index)
    height = pd.to_numeric(frame["height_m"], errors="coerce") if "height_m" in frame else no_texts(frame.index)
    sunken: Series = (storeys == 0) & height.isna() & ~frame["is_part"].astype(bool)
    return sunken


def _attach_parts(frame: GeoDataFrame, checks: Checks) -> GeoDataFrame:
    """Return buildings and parts with unique ids; every part names its building, an outline is made where none is."""
    outlines = drop_twins(frame[~frame["is_part"]], checks, ROLE, columns=False)
    parts = frame[frame["is_part"]].reset_index(drop=True)
    outlines = _add_outlines(outlines, parts, checks).reset_index(drop=True)
    names = outlines[GROUP]
    outlines = outlines.assign(building_id=unique_ids(names, checks, ROLE))
    if len(parts):
        owners = _owners(parts, outlines, names)
        parts = parts.assign(part_of=outlines[GROUP].to_numpy()[owners])
        parts = parts.assign(building_id=unique_ids(parts[GROUP], checks, "building parts"))
        parts["use"] = None
        outlines = _fill_from_parts(outlines, parts, owners)
    frame = gpd.GeoDataFrame(pd.concat([outlines, parts], ignore_index=True), geometry="geometry", crs=outlines.crs)
    prefix = frame["source"] + ":"
    owner = pd.Series(np.where(frame["is_part"], prefix + texts(frame["part_of"]).fillna(""), None), dtype=object)
    return frame.assign(feature_id=prefix + frame[GROUP].astype(object), part_of=owner)


def _add_outlines(outlines: GeoDataFrame, parts: GeoDataFrame, checks: Checks) -> GeoDataFrame:
    """Return the outlines, and the union of the parts of every building that has none."""
    orphans = parts[~parts["part_of"].isin(outlines[GROUP])]
    if orphans.empty:
        return outlines
    rows = []
    for owner, group in orphans.groupby("part_of", sort=False):
        shared = group.iloc[0].drop(["height_m", "levels", "base_m", "geometry"], errors="ignore").to_dict()
        outline = shapely.union_all(group.geometry.to_numpy())
        rows.append(shared | {GROUP: owner, "part_of": None, "is_part": False, "geometry": outline})
    checks.count("repaired", f"{ROLE}: outline made of its parts", len(rows))
    made = gpd.GeoDataFrame(rows, geometry="geometry", crs=parts.crs)
    if outlines.empty:
        return made
    return gpd.GeoDataFrame(pd.concat([outlines, made], ignore_index=True), geometry="geometry", crs=parts.crs)


def _owners(parts: GeoDataFrame, outlines: GeoDataFrame, names: Series) -> np.ndarray:
    """Return for every part the row of its building: of several outlines of that id the one it lies in most."""
    pairs = pd.DataFrame({"part": np.arange(len(parts)), "name": parts["part_of"].to_numpy()}).merge(
        pd.DataFrame({"row": np.arange(len(outlines)), "name": names.to_numpy()}), on="name"
    )
    part_shapes, shapes = parts.geometry.to_numpy(), outlines.geometry.to_numpy()
    pairs["shared"] = shapely.area(shapely.intersection(part_shapes[pairs["part"]], shapes[pairs["row"]]))
    pairs["away"] = -shapely.distance(part_shapes[pairs["part"]], shapes[pairs["row"]])
    best = pairs.sort_values(["part", "shared", "away"]).groupby("part")["row"].last()
    return best.reindex(range(len(parts))).to_numpy(dtype=np.int64)


def _fill_from_parts(outlines: GeoDataFrame, parts: DataFrame, owners: np.ndarray) -> GeoDataFrame:
    """Return outlines whose missing height and storeys are those of their highest part."""
    for name in ("height_m", "levels"):
        if name in parts:
            highest = parts[name].astype("float64").groupby(owners).max().reindex(range(len(outlines)))
            given = outlines[name].astype("float64") if name in outlines else pd.Series(np.nan, index=outlines.index)
            outlines = outlines.assign(**{name: given.where(given.notna(), highest)})
    return outlines
