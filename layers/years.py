"""Other years of the inventory: the zone as it stands in each, its claims, and what these emit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Site
from layers.discovery import LEDGER_CLAIMS
from twin.build import build_model
from twin.checks import Checks
from twin.database import connect
from twin.readings.attach import attach_readings
from twin.zone import set_base_year

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb
    import pandas as pd

    from layers.contract import Layer
    from twin.material import Material
    from twin.store import Store
    from twin.zone import Zone

# Tables that hold every year.
YEARLY = ("building_year", "ledger", "ledger_total", "ledger_intensity", "ledger_home", "ledger_factor")


def add_years(
    connection: duckdb.DuckDBPyConnection, zone: Zone, store: Store, material: Material, factors: pd.DataFrame,
    layers: Mapping[str, Layer], make: Callable[[duckdb.DuckDBPyConnection, Layer, Site], None], *,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """
    Add the other years of a zone's inventory to the ledger, and the state of every building in each year.

    A year holds what stands in that year, with its people, meters and factors. Only rooms that claim take part: what
    is shown on the map is of the base year.

    Parameters
    ----------
    connection
        Database with the model, the layers and the ledger of the base year.
    zone, store, material, factors
        What the build is made from.
    layers
        All layers in their order.
    make
        Makes one layer's tables in a database.
    say
        Told what is being done.
    """
    taking_part = [layer for layer in layers.values() if layer.claims is not None or LEDGER_CLAIMS in layer.needs]
    for year in zone.inventory.years:
        if year == zone.inventory.base_year:
            continue
        say(f"the zone in {year}")
        then = set_base_year(zone, year)
        with connect() as other:
            build_model(other, then, material, factors)
            attach_readings(other, then, store, Checks())
            for layer in taking_part:
                make(other, layer, Site(then, material.crs, Checks(), say))
            for table in YEARLY:
                _append(connection, table, other)


def _append(connection: duckdb.DuckDBPyConnection, table: str, other: duckdb.DuckDBPyConnection) -> None:
    connection.register("incoming", other.execute(f'select * from "{table}"').to_arrow_table())
    connection.execute(f'insert into "{table}" by name select * from incoming')
    connection.unregister("incoming")
