"""OpenStreetMap files: one pass of pyosmium, relations assembled, features sorted into the model's themes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import osmium
import osmium.filter
import osmium.geom
import osmium.io
import osmium.osm
import pandas as pd
import shapely

from twin.classes import classify
from twin.crs import WGS84, transform
from twin.errors import SourceError
from twin.names import latin_name, postal_address
from twin.sources import tags as read
from twin.sources.frame import BUILDING_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyproj

    from twin.checks import Checks

AREA_KEYS = ("building", "building:part", "landuse", "natural", "leisure", "amenity", "water", "waterway", "place",
             "boundary", "power", "man_made", "highway", "area:highway", "tourism", "healthcare", "railway",
             "generator")
NOT_STANDING = {"no", "demolished", "razed", "proposed", "ruins", "collapsed"}
WATER_PLANTS = {"wastewater_plant", "water_works"}  # whatever land use they lie on
NEIGHBOURHOOD_PLACES = {"suburb", "quarter", "neighbourhood", "borough"}
ROAD_COLUMNS = ("road_id", "name_local", "name_latin", "class", "lanes", "one_way", "is_street", "width_m", "is_tunnel")
ENERGY_COLUMNS = ("asset_id", "kind", "name_local", "name_latin", "voltage_v", "capacity_kw", "source_fuel",
                  "year_built")
LAND_COLUMNS = ("feature_id", "name_local", "name_latin", "kind", "subkind", "use_hint")
PLACE_COLUMNS = ("neighbourhood_id", "name_local", "name_latin", "population", "rank", "households")

_WKB = osmium.geom.WKBFactory()
Tags = dict[str, str]
Row = dict[str, Any]


@dataclass(slots=True)
class OsmData:
    """
    The themes of an OSM file, in the zone's coordinate system.

    Attributes
    ----------
    bounds
        The box that the file's header declares: west, south, east, north. [degrees]
    """

    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    energy_assets: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    coastline: gpd.GeoDataFrame
    bounds: tuple[float, float, float, float] | None


@dataclass(slots=True)
class _Sorter:
    """Rows of each theme while the file is read."""

    buildings: list[Row] = field(default_factory=list)
    roads: list[Row] = field(default_factory=list)
    energy: list[Row] = field(default_factory=list)
    land: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    coastline: list[Row] = field(default_factory=list)
    tagged_buildings: int = 0
    tagged_points: int = 0
    broken: int = 0
    odd_directions: int = 0


def read_bounds(path: Path) -> tuple[float, float, float, float] | None:
    """
    Return the box that an OSM file's header declares, None where it declares none. [degrees]

    Raises
    ------
    SourceError
        If the file is no OSM file.
    """
    try:
        box = osmium.io.Reader(str(path)).header().box()
    except (RuntimeError, OSError) as error:
        raise _unreadable(path, error) from error
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def read_osm(path: Path, zone_crs: pyproj.CRS, checks: Checks, *, with_buildings: bool = True) -> OsmData:
    """
    Read an OSM file (.osm.pbf, .osm, .osm.bz2) into the model's themes.

    Parameters
    ----------
    path
        The file.
    zone_crs
        Metric system that the geometry is brought into.
    checks
        Receives the counts of what was read and dropped.
    with_buildings
        Whether its buildings are wanted; not where they have a file of their own.

    Raises
    ------
    SourceError
        If the file is truncated or no OSM file.
    """
    bounds = read_bounds(path)
    sorter = _Sorter()
    _sort_file(path, sorter)
    if not with_buildings:
        sorter.buildings, sorter.tagged_buildings, sorter.tagged_points, sorter.odd_directions = [], 0, 0, 0
        checks.note("buildings: taken from their own file; those of OpenStreetMap are left out")
    data = OsmData(
        buildings=_frame(sorter.buildings, BUILDING_COLUMNS, zone_crs),
        roads=_frame(sorter.roads, ROAD_COLUMNS, zone_crs),
        energy_assets=_frame(sorter.energy, ENERGY_COLUMNS, zone_crs),
        land=_frame(sorter.land, LAND_COLUMNS, zone_crs),
        places=_frame(sorter.places, PLACE_COLUMNS, zone_crs),
        coastline=_frame(sorter.coastline, ("feature_id",), zone_crs),
        bounds=bounds,
    )
    _count(data, sorter, checks)
    data.roads = data.roads[data.roads["class"].notna()].reset_index(drop=True)
    if not any((sorter.buildings, sorter.roads, sorter.land, sorter.energy)):
        checks.fault(str(path), "holds no buildings, roads, land or energy assets", "give another extract")
    return data


def _sort_file(path: Path, sorter: _Sorter) -> None:
    """Read every object once and hand it to the themes it belongs to."""
    processor = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*AREA_KEYS))
    try:
        for item in processor.with_filter(osmium.filter.EmptyTagFilter()):
            if isinstance(item, osmium.osm.Changeset):
                continue
            tags = dict(item.tags)
            if item.is_area():
                _sort_area(item, tags, sorter)
            elif item.is_way():
                _sort_way(item, tags, sorter)
            elif item.is_node():
                _sort_node(item, tags, sorter)
            elif item.is_relation():
                sorter.tagged_buildings += _is_building(tags) and tags.get("type") == "multipolygon"
    except (RuntimeError, OSError) as error:
        raise _unreadable(path, error) from error


def _sort_area(area: Any, tags: Tags, sorter: _Sorter) -> None:
    origin = f"osm:{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
    geometry = _geometry(_WKB.create_multipolygon, area, sorter)
    if geometry is None:
        return
    if _is_building(tags) or tags.get("building:part", "no") != "no":
        building = _building_row(origin, tags)
        sorter.odd_directions += "roof:direction" in tags and building["roof_direction_deg"] is None
        sorter.buildings.append(building | {"geometry": geometry})
    if row := _energy_row(origin, tags, point=False):
        sorter.energy.append(row | {"geometry": geometry})
    if "building" not in tags and (row := _land_row(origin, tags)):
        sorter.land.append(row | {"geometry": geometry})
    if row := _place_row(origin, tags):
        sorter.places.append(row | {"geometry": geometry})


def _sort_way(way: Any, tags: Tags, sorter: _Sorter) -> None:
    origin = f"osm:way/{way.id}"
    sorter.tagged_buildings += _is_building(tags)
    if "highway" in tags:
        geometry = _geometry(_WKB.create_linestring, way, sorter)
        if geometry is not None and tags.get("area") == "yes" and way.is_closed():
            sorter.roads.append(_road_row(origin, tags) | {"class": None, "geometry": geometry})
        elif geometry is not None:
            sorter.roads.append(_road_row(origin, tags) | {"geometry": geometry})
    if tags.get("power") in {"line", "minor_line", "cable"}:
        geometry = _geometry(_WKB.create_linestring, way, sorter)
        if geometry is not None and (row := _energy_row(origin, tags, point=False)):
            sorter.energy.append(row | {"geometry": geometry})
    if tags.get("natural") == "coastline" and (geometry := _geometry(_WKB.create_linestring, way, sorter)) is not None:
        sorter.coastline.append({"feature_id": origin, "geometry": geometry})


def _sort_node(node: Any, tags: Tags, sorter: _Sorter) -> None:
    origin = f"osm:node/{node.id}"
    sorter.tagged_points += _is_building(tags)
    row, place = _energy_row(origin, tags, point=True), _place_row(origin, tags)
    if not row and not place:
        return
    geometry = shapely.Point(node.location.lon, node.location.lat)
    if row:
        sorter.energy.append(row | {"geometry": geometry})
    if place:
        sorter.places.append(place | {"geometry": geometry})


def _is_building(tags: Mapping[str, str]) -> bool:
    return tags.get("building", "no") not in NOT_STANDING


def _names(tags: Mapping[str, str]) -> Row:
    name = tags.get("name")
    return {"name_local": name, "name_latin": latin_name(name, tags)}


def _building_row(origin: str, tags: Mapping[str, str]) -> Row:
    is_part = tags.get("building", "no") == "no"
    construction = tags.get("building") == "construction"
    levels = read.parse_levels(tags.get("building:levels"))
    if levels == 0 and not is_part:
        levels = 1.0  # what stands has a ground floor, if only under its roof
    low_levels = read.parse_levels(tags.get("building:min_level"))
    orientation = tags.get("roof:orientation", "").strip().lower()
    return _names(tags) | {
        "source": "osm",
        "feature_id": origin,
        "is_part": is_part,
        "part_of": None,
        "address": postal_address(tags),
        "use_raw": _use_raw(tags),
        "use": classify(tags, "osm_building_use", "use") if not is_part else None,
        "status": "underground" if _is_below_ground(tags) else "planned" if construction else "existing",
        "year_built": read.parse_year(tags.get("start_date") or tags.get("year_of_construction")),
        "height_m": read.parse_height(tags.get("height") or tags.get("building:height")),
        "levels": levels,
        "base_m": read.parse_height(tags.get("min_height")),
        "base_levels": low_levels,
        "roof_shape": (tags.get("roof:shape") or "").strip().lower()[:40] or None,
        "roof_direction_deg": read.parse_direction(tags.get("roof:direction")),
        "roof_orientation": orientation if orientation in {"along", "across"} else None,
        "roof_height_m": read.parse_height(tags.get("roof:height")),
        "roof_angle_deg": read.parse_angle(tags.get("roof:angle")),
        "roof_faces": None,
        "cadastral_ref": tags.get("ref:cadastre") or tags.get("ref:cadastral"),
        "dwellings": read.parse_count(tags.get("building:flats")),
        "residents": None,
        "ground_m": None,
    }


def _is_below_ground(tags: Mapping[str, str]) -> bool:
    """Return whether a building lies below ground: it is tagged so, or on a lower layer without anything above."""
    if tags.get("location") == "underground" or tags.get("parking") == "underground":
        return True
    if tags.get("building") in {"underground", "basement"}:
        return True
    above = ("height", "building:height", "building:levels", "min_height")
    lower = tags.get("layer", "").startswith("-") and tags.get("location") not in {"surface", "overground"}
    return lower and not any(key in tags for key in above)


def _use_raw(tags: Mapping[str, str]) -> str | None:
    """Return the tags that speak of a building's use, as `key=value`."""
    keys = ("building", "building:part", "building:use", "amenity", "shop", "office", "tourism", "leisure",
            "healthcare")
    return "; ".join(f"{key}={tags[key]}" for key in keys if tags.get(key)) or None


def _road_row(origin: str, tags: Mapping[str, str]) -> Row:
    one_way = tags.get("oneway") in {"yes", "1", "true", "-1"} or tags.get("junction") == "roundabout"
    width_m = classify(tags, "osm_road_class", "one_way_width_m" if one_way else "width_m")
    covered = tags.get("tunnel", "no") != "no" or tags.get("covered", "no") != "no" or tags.get("indoor") == "yes"
    return _names(tags) | {
        "road_id": origin,
        "class": classify(tags, "osm_road_class", "class"),
        "lanes": read.parse_levels(tags.get("lanes")),
        "one_way": one_way,
        "is_street": classify(tags, "osm_road_class", "is_street") == "true",
        "width_m": read.parse_width(tags.get("width")) or (float(width_m) if width_m else None),
        "is_tunnel": covered,
    }


def _energy_row(origin: str, tags: Mapping[str, str], *, point: bool) -> Row | None:
    kind = classify(tags, "osm_energy", "kind")
    if kind is None or (point and kind == "line"):
        return None
    electric = ("generator:output:electricity", "plant:output:electricity", "charging_station:output", "rating",
                "socket:type2:output", "capacity:power")
    thermal = ("plant:output:hot_water", "generator:output:hot_water", "plant:output:steam")
    powers = thermal if kind == "heat" else electric
    is_apparent = kind in {"substation", "transformer"}
    found = (read.parse_kilowatts(tags.get(key), is_apparent=is_apparent) for key in powers)
    return _names(tags) | {
        "asset_id": origin,
        "kind": kind,
        "voltage_v": read.parse_voltage(tags.get("voltage")),
        "capacity_kw": next((power_kw for power_kw in found if power_kw is not None), None),
        "source_fuel": tags.get("generator:source") or tags.get("plant:source"),
        "year_built": read.parse_year(tags.get("start_date")),
    }


def _land_row(origin: str, tags: Mapping[str, str]) -> Row | None:
    if tags.get("area") != "yes":  # a street that runs in a circle is no square
        tags = {key: value for key, value in tags.items() if key != "highway"}
    kind = classify(tags, "osm_land_cover", "kind")
    telling = {key: tags[key] for key in ("landuse", "man_made") if key in tags}
    if telling.get("man_made") not in WATER_PLANTS:
        telling.pop("man_made", None)
    hint = classify(telling, "osm_building_use", "use")
    if kind is None and hint is None:
        return None
    subkind = classify(tags, "osm_land_cover", "subkind") if kind else None
    return _names(tags) | {"feature_id": origin, "kind": kind, "subkind": subkind, "use_hint": hint}


def _place_row(origin: str, tags: Mapping[str, str]) -> Row | None:
    level = tags.get("admin_level", "") if tags.get("boundary") == "administrative" else ""
    is_place = tags.get("place") in NEIGHBOURHOOD_PLACES
    if not tags.get("name") or not (is_place or level in {"9", "10", "11"}):
        return None
    population = read.parse_count(tags.get("population"))
    rank = int(level) if level else 10
    return _names(tags) | {"neighbourhood_id": origin, "population": population, "rank": rank, "households": None}


def _geometry(create: Callable[[Any], str], item: Any, sorter: _Sorter) -> Any:
    """Return an object's geometry, None (and counted) where its nodes are missing or fewer than it needs."""
    try:
        return shapely.from_wkb(create(item))
    except (RuntimeError, osmium.InvalidLocationError, shapely.errors.GEOSException):
        sorter.broken += 1
        return None


def _frame(rows: list[Row], columns: tuple[str, ...], crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """Return rows as a frame in the zone's system, self-crossing areas made valid."""
    table = pd.DataFrame(rows, columns=[*(name for name in columns if name != "geometry"), "geometry"])
    geometry = shapely.from_wkb(shapely.to_wkb(table.pop("geometry").to_numpy()))
    geometry = transform(geometry, WGS84, crs)
    invalid = ~shapely.is_valid(geometry)
    if invalid.any():
        geometry[invalid] = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
    return gpd.GeoDataFrame(table, geometry=geometry, crs=crs)


def _count(data: OsmData, sorter: _Sorter, checks: Checks) -> None:
    """Count what was read, before anything is clipped."""
    outlines = data.buildings[~data.buildings["is_part"].astype(bool)]
    checks.count("read", "buildings", len(outlines))
    checks.count("read", "building_m2", float(outlines.area.sum()))
    checks.count("read", "building_parts", len(data.buildings) - len(outlines))
    checks.count("read", "roads", len(data.roads))
    checks.count("read", "road_km", float(data.roads.length.sum()) / 1000)
    checks.count("read", "energy_assets", len(data.energy_assets))
    checks.count("read", "land_covers", len(data.land))
    unbuilt = int(data.roads["class"].isna().sum())
    checks.count("dropped", "roads: squares, and kinds that are not built or no road", unbuilt)
    lost = sorter.tagged_buildings - len(outlines)
    checks.count("dropped", "buildings: outline incomplete in the file", max(lost, 0))
    checks.count("dropped", "buildings: tagged on a point", sorter.tagged_points)
    checks.count("repaired", "buildings: roof direction that is none, found from the outline", sorter.odd_directions)
    checks.count("dropped", "ways and areas: nodes missing in the file", sorter.broken)


def _unreadable(path: Path, error: Exception) -> SourceError:
    reason = " ".join(str(error).split())[:160] or type(error).__name__
    return SourceError(
        f"{path} cannot be read as OSM data ({reason}); give a complete .osm.pbf, .osm or .osm.bz2 file, "
        "downloaded again if it was cut off"
    )
