"""What planning's SQL cannot do: the zone's settings as a table, and the ways on foot to daily services."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.planning.walk import Footholds, find_footholds, walking_minutes
from twin.database import load_frame
from twin.factors import require_factors
from twin.network import make_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from numpy.typing import NDArray

    from layers.contract import Site
    from twin.network import Network
    from twin.settings import PlanningSettings

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

SERVICES = Path(__file__).parent / "services.csv"
KINDS = ("education", "healthcare", "retail", "green", "leisure")
LIMITS = ("walking_reach.leg", "least_green.service", "walking_reach.green_step", "walking_speed.off_road")
WITHIN_MIN = 15  # what the columns say
SECONDS_PER_MINUTE = 60
BOUNDS = {"": "value", "_low": "low", "_high": "high"}  # suffix of a column, and the speed that it follows from


def compute_planning(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    """
    Make the tables `planning_setting`, one row, and `building_walk`, one row per building where people live.

    Parameters
    ----------
    connection
        Database with the model.
    site
        The zone.

    Raises
    ------
    LayerError
        If a limit of walking is missing.
    """
    factors = connection.execute("select quantity, value, low, high from factor_in_force").df().set_index("quantity")
    homes = _read_shapes(connection, "select building_id, geometry from building "
                                     "where status = 'existing' and residents > 0 order by building_id")
    services = _read_services(connection, factors)
    kinds = len(KINDS) if all(services.values()) else None
    setting = make_setting(site.zone.planning, site.zone.solar.sunlight_day, factors, kinds=kinds)
    load_frame(connection, "planning_setting", setting)
    site.say(f"ways on foot from {len(homes):,} buildings")
    walks = _find_walks(connection, factors, homes, services)
    for kind in KINDS:
        if homes and not services[kind]:
            site.checks.note(f"access: the model knows no place of {kind} in the zone")
    load_frame(connection, "building_walk", walks)


def make_setting(
    planning: PlanningSettings, sunlight_day: str, factors: pd.DataFrame, *, kinds: int | None
) -> pd.DataFrame:
    """
    Return the table `planning_setting`, one row.

    Parameters
    ----------
    planning, sunlight_day
        Settings of the zone, and the day of its sunlight rule, whose hours are a factor where the zone sets none.
    factors
        The factors in force, by quantity.
    kinds
        How many kinds of services are all, None where one of them is not known.
    """
    told = planning.model_dump() | {"walk_kinds": kinds}
    if told["sunlight_hours"] is None:
        told["sunlight_hours"] = factors["value"].get(f"sunlight_rule.{sunlight_day}")
    return pd.DataFrame([told]).astype({"sunlight_hours": "Float64", "walk_kinds": "Float64"})


def _find_walks(
    connection: duckdb.DuckDBPyConnection, factors: pd.DataFrame, homes: Mapping[str, shapely.Geometry],
    services: Mapping[str, list[shapely.Geometry]],
) -> pd.DataFrame:
    """Return minutes to each kind of service, and how many kinds are near; one row per building."""
    network, speeds = _walkable(connection, factors)
    shapes = _array(list(homes.values()))
    minutes = {suffix: np.full((len(homes), len(KINDS)), np.inf) for suffix in BOUNDS}
    has_road = np.zeros(len(homes), bool)
    if len(network.tail):
        require_factors(factors.index, LIMITS, layer="planning")
        leg_m, step_m = (float(factors["value"][name]) for name in ("walking_reach.leg", "walking_reach.green_step"))
        found = find_footholds(network, shapes, greatest_leg_m=leg_m)
        has_road[found.place] = True
        places = [_entrances(network, services[kind], leg_m=leg_m, step_m=step_m if kind == "green" else None)
                  for kind in KINDS]
        for suffix, bound in BOUNDS.items():
            pace = float(factors[bound]["walking_speed.off_road"]) * SECONDS_PER_MINUTE
            minutes[suffix][found.place] = walking_minutes(network, speeds[bound], found, places, leg_speed=pace)
    told = {f"{kind}_walk_min": np.where(np.isfinite(column), column, np.nan)
            for kind, column in zip(KINDS, minutes[""].T, strict=True)}
    near = {f"access_15min{suffix}": np.where(has_road, (all_ <= WITHIN_MIN).sum(axis=1), np.nan)
            for suffix, all_ in minutes.items()}
    frame = pd.DataFrame(told | near, dtype="float64").astype("Float64")
    frame.insert(0, "building_id", pd.Series(list(homes), dtype="string"))
    return frame


def _walkable(connection: duckdb.DuckDBPyConnection, factors: pd.DataFrame) -> tuple[Network, dict[str, Floats]]:
    """Return the roads that are walked on as a graph, and the speeds on its edges by bound. [m/min]"""
    classes = dict(connection.execute("select road_id, class from road").fetchall())
    lines = _read_shapes(connection, "select road_id, geometry from road order by road_id")
    walked = {name: line for name, line in lines.items() if f"walking_speed.{classes[name]}" in factors.index}
    network = make_network(_array(list(walked.values())))  # type: ignore[arg-type]
    quantity = [f"walking_speed.{classes[name]}" for name in walked]
    speeds = {bound: factors.loc[quantity, bound].to_numpy(float)[network.road] * SECONDS_PER_MINUTE
              for bound in BOUNDS.values()}
    return network, speeds


def _read_services(
    connection: duckdb.DuckDBPyConnection, factors: pd.DataFrame
) -> dict[str, list[shapely.Geometry]]:
    """Return the outlines of standing buildings and of parks that serve daily life, by kind."""
    least_m2 = factors["value"].get("least_green.service", np.inf)
    sources: dict[str, dict[str, list[shapely.Geometry]]] = defaultdict(lambda: defaultdict(list))
    for table, sql in (
        ("building", "select use as word, geometry from building where status = 'existing' order by building_id"),
        ("land_cover", "select subkind as word, geometry from land_cover where area_m2 >= $least order by cover_id"),
    ):
        rows = connection.execute(f"select word, st_aswkb(geometry) from ({sql})",
                                  {"least": least_m2} if "$least" in sql else {}).fetchall()
        for word, wkb in rows:
            sources[table][word].append(shapely.from_wkb(bytes(wkb)))
    found: dict[str, list[shapely.Geometry]] = {kind: [] for kind in KINDS}
    with SERVICES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"]] += sources[row["source"]][row["word"]]
    return found


def _entrances(
    network: Network, places: list[shapely.Geometry], *, leg_m: float, step_m: float | None
) -> Footholds:
    """Return where services are entered: buildings at the nearest road, parks every few metres along their edge."""
    shapes = _array(places)
    if step_m is not None:
        rings = shapely.get_parts(shapely.boundary(shapes))
        steps = [np.arange(0.0, length, step_m) for length in shapely.length(rings)]
        ring = np.repeat(np.arange(len(rings)), [len(step) for step in steps])
        shapes = shapely.line_interpolate_point(rings[ring], np.concatenate([np.zeros(0), *steps]))
    return find_footholds(network, shapes, greatest_leg_m=leg_m)


def _read_shapes(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, shapely.Geometry]:
    """Return geometries by the first column of a SELECT."""
    rows = connection.execute(f"select columns(* exclude (geometry)), st_aswkb(geometry) from ({sql})").fetchall()
    return {name: shapely.from_wkb(bytes(wkb)) for name, wkb in rows}


def _array(shapes: list[shapely.Geometry]) -> Shapes:
    array = np.empty(len(shapes), object)
    array[:] = shapes
    return array
