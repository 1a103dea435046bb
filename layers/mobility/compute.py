"""The traffic of every road, from its class, its lanes and its place in the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.mobility.betweenness import edge_betweenness
from twin.database import load_frame, run_select
from twin.factors import require_factors
from twin.network import make_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from layers.contract import Site

FOLDER = Path(__file__).parent
THINGS = ("road_traffic", "vehicle_fleet")  # in the order in which one reads the other
SETTINGS = ("centrality.sources", "centrality.greatest_ratio", "heavy_vehicle_level.default", "calendar.days")
METRES_PER_KM = 1000


def compute_mobility(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    """
    Make the tables of the traffic of roads and of the fleet.

    Parameters
    ----------
    connection
        Database with the model.
    site
        The zone.

    Raises
    ------
    LayerError
        If a setting is missing.
    """
    settings = dict(connection.execute("select quantity, value from factor_in_force").fetchall())
    require_factors(settings, SETTINGS, layer="mobility")
    rows = connection.execute(
        "select road_id, st_aswkb(geometry) as line from road inner join factor_in_force as traffic "
        "on traffic.quantity = 'traffic.' || road.class order by road_id").fetchall()
    lines = [shapely.from_wkb(bytes(line)) for _, line in rows]
    site.say(f"ways over {len(lines):,} roads")
    load_frame(connection, "road_centrality", pd.DataFrame({
        "road_id": pd.Series([name for name, _ in rows], dtype="string"),
        "centrality": pd.Series(road_centrality(lines, sources=int(settings["centrality.sources"])), dtype="Float64"),
        "length_km": pd.Series(shapely.length(lines) / METRES_PER_KM, dtype="Float64"),
    }))
    for table in THINGS:
        run_select(connection, table, (FOLDER / f"{table}.sql").read_text(encoding="utf-8"))
    connection.execute("drop table road_centrality")
    _note_level(connection, site)


def road_centrality(lines: Sequence[shapely.Geometry], *, sources: int) -> np.ndarray:
    """
    Return the share of all shortest ways between intersections that lead over each road.

    Of a road of several edges it is their mean by length.

    Parameters
    ----------
    lines
        Centre lines, one per road. [m]
    sources
        Most nodes that ways are counted from.

    Returns
    -------
    centrality
        [0, 1], shape (lines,)
    """
    network = make_network(lines)
    share = edge_betweenness(network, sources=sources)
    length = np.bincount(network.road, network.length_m, len(lines))
    passed = np.bincount(network.road, share * network.length_m, len(lines))
    return np.divide(passed, length, out=np.zeros(len(lines)), where=length > 0)


def _note_level(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    """Say how the traffic of the residents compares with what the classes of the roads would make expect."""
    row = connection.execute(
        "select sum(light_vehicle_km_per_a + heavy_vehicle_km_per_a), "
        "sum(unscaled_vehicles_per_day * (light_vehicle_km_per_a + heavy_vehicle_km_per_a) / vehicles_per_day) "
        "from road_traffic").fetchone()
    if row and row[0] and row[1]:
        share = row[0] / row[1]
        site.checks.note(f"mobility: traffic by residents is {share:.2f} times the default of its roads' classes")
