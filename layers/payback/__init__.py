"""Payback: what becomes of each roof's yield hour by hour, what that is worth, and when it has paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, Thing, View, bounded

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

EVIDENCE = "payback_evidence"
PERIODS = {"critical_peak": "critical peak hours", "peak": "peak hours", "flat": "flat hours", "valley": "valley hours"}
TARIFF = Column("tariff", "", "Tariff that the building is billed by", words="payback.tariff")

BUILDING = (
    *bounded("payback_years", "years", "Simple payback: what modules on the roof cost over what they leave in a year",
             evidence=EVIDENCE),
    Column("payback_reason", "", "Why there is no payback", words="payback.payback_reason"),
    Column(EVIDENCE, "", "How the payback came about", words="evidence"),
    *bounded("value_cny_per_a", "CNY/a", "What the roof's yield saves and earns in the first year", evidence=EVIDENCE,
             total=True),
    *bounded("capex_cny", "CNY", "What modules on the usable roof cost, turn-key", evidence=EVIDENCE, total=True),
    *bounded("opex_cny_per_a", "CNY/a", "What they cost every year", evidence=EVIDENCE, total=True),
    *bounded("avoided_kgco2e_per_a", "kgCO2e/a", "Emissions of the grid that the roof's yield would replace",
             evidence=EVIDENCE, total=True),
    *bounded("self_used_share", "1", "Share of the yield that the building itself uses, hour by hour",
             evidence=EVIDENCE),
    *bounded("self_used_kwh_per_a", "kWh/a", "Yield that the building itself uses", evidence=EVIDENCE, total=True),
    *bounded("exported_kwh_per_a", "kWh/a", "Yield that is fed into the grid", evidence=EVIDENCE, total=True),
    TARIFF,
    Column("connection_kva", "kVA", "Rating that the tariff goes by: transformers on the parcel, or the greatest hour"),
    Column("grid_asset_id", "", "Nearest transformer or substation that stands"),
    Column("grid_distance_m", "m", "Distance to it as the crow flies"),
    *(Column(f"pv_{period}_kwh", "kWh", f"Yield of a year in {hours}", hidden=True)
      for period, hours in PERIODS.items()),
    *(Column(f"self_used_{period}_kwh", "kWh", f"Yield of a year that the building uses in {hours}", hidden=True)
      for period, hours in PERIODS.items()),
    *(Column(f"self_used_share_{what}_{side}", "1", f"Self-used share at the {bound} bound of the {what}", hidden=True)
      for what in ("load", "yield") for side, bound in (("low", "lower"), ("high", "upper"))),
)

THINGS = {
    "tariff_price": Thing("tariff_period", (
        TARIFF,
        Column("period", "", "Period of the tariff", words="payback.period"),
        *bounded("price_cny_per_kwh", "CNY/kWh", "What a kilowatt-hour costs, all that is paid per kilowatt-hour"),
        Column("float_ratio", "1", "Purchase price over that of flat hours"),
    ), is_drawn=False),
    "tariff_hour": Thing("tariff_hour", (
        TARIFF,
        Column("month", "1", "Month, 1 to 12"),
        Column("hour_of_day", "1", "Hour of the day, 0 from midnight on, local standard time"),
        Column("price_cny_per_kwh", "CNY/kWh", "What a kilowatt-hour costs in this hour"),
        *(Column(f"{period}_share", "1", f"Share of the hour that belongs to {hours}")
          for period, hours in PERIODS.items()),
    ), is_drawn=False),
}  # fmt: skip


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.payback.compute import compute_payback

    compute_payback(connection, site, BUILDING, THINGS)


LAYER = Layer(
    name="payback",
    domain="energy",
    tables={"building_payback": BUILDING},
    things=THINGS,
    needs=("building", "parcel", "energy_asset", "building_solar", "roof_power", "load_shape", "building_construction",
           "factor_in_force"),
    quantities=("tariff_price.*", "tariff_ratio.*", "tariff_capacity.*", "pv_price.*", "pv_capex", "pv_opex", "pv_life",
                "grid_emission.location"),
    views=(View("payback", "building", "payback_years", ramp="sea", edges=(0, 4, 5, 6, 7, 8, 10)),),
    compute=_compute,
)
