"""Load: in which hours of the year buildings use their electricity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, Thing, bounded

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

EVIDENCE = Column("shape_evidence", "", "How the hours came about", words="evidence")
PARTS = {
    "electricity": "Electricity of all standing buildings with an estimate in this hour",
    "base": "Of it, what follows the schedules alone",
    "cooling": "Of it, for cooling",
    "heating": "Of it, for heating",
}

THINGS = {
    "load_shape": Thing("shape_hour", (
        Column("use", "", "Use of the buildings", words="use"),
        Column("hour", "1", "Hour of the year, 0 from midnight of 1 January on, local standard time"),
        *bounded("share_of_year", "1", "Share of the year's electricity of the use that is used in this hour",
                 evidence="shape_evidence"),
        Column("base_share", "1", "Share of the year's electricity for all but cooling and heating"),
        Column("cooling_share", "1", "Share of the year's electricity for cooling"),
        Column("heating_share", "1", "Share of the year's electricity for heating"),
        EVIDENCE,
        Column("shape_reason", "", "Why cooling or heating has no hours of its own", words="load.shape_reason"),
    ), is_drawn=False),
    "load_hour": Thing("hour", (
        *(column for name, meaning in PARTS.items()
          for column in bounded(f"{name}_kwh", "kWh", meaning, evidence="shape_evidence")),
        EVIDENCE,
    ), is_drawn=False, key_unit="1"),
}  # fmt: skip


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.load.compute import compute_load

    compute_load(connection, site, THINGS)


LAYER = Layer(
    name="load",
    domain="construction",
    tables={},
    things=THINGS,
    needs=("zone", "building", "building_construction", "factor_in_force"),
    quantities=("balance_temperature.*", "load_error.hour"),
    compute=_compute,
)
