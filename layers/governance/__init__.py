"""Governance: how well the zone is known, where its doubt comes from, and what is worth measuring next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, Thing, View

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

QUALITY_COLOURS = {"H": (58, 130, 160), "M": (226, 190, 120), "L": (196, 92, 80)}


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.governance.doubt import find_doubt

    find_doubt(connection, site)


LAYER = Layer(
    name="governance",
    domain="governance",
    tables={
        "parcel_governance": (
            Column("data_quality", "", "Worst quality that more than a tenth of the emissions have",
                   words="governance.data_quality"),
            Column("measured_share", "1", "Share of the emissions whose activity is measured"),
            Column("reported_share", "1", "Share of the emissions whose activity is reported"),
            Column("modelled_share", "1", "Share of the emissions whose activity is modelled"),
            Column("default_share", "1", "Share of the emissions whose activity is a default"),
            Column("remembered_share", "1", "Share of the emissions with a factor that nobody has looked up"),
            Column("factor_age_a", "a", "Mean age of the emission factors in the base year, weighted by emissions"),
            Column("interval_share", "1", "Half of the interval's width divided by the emissions"),
        ),
        "building_governance": (
            Column("meter_rank", "1", "Place among the buildings whose meters would narrow the zone's interval most"),
            Column("meter_gain_share", "1", "Share of the zone's variance that its meter would take away, after those "
                                            "before it"),
        ),
    },
    things={
        "input_doubt": Thing("input", (
            Column("kind", "", "factor, or base of an activity", words="governance.kind"),
            Column("quantity", "", "Quantity of the factor, or kind of the base"),
            Column("factor_id", "", "Factor"),
            Column("seen", "", "How the factor was verified"),
            Column("emissions_kgco2e_per_a", "kgCO2e/a", "Emissions of the zone that depend on it"),
            Column("variance_share", "1", "Share of the zone's variance that it makes"),
            Column("doubt_rank", "1", "Place among the inputs, the weakest first"),
        ), is_drawn=False),
    },
    needs=("parcel", "building", "zone", "factor_in_force", "ledger", "ledger_total", "parcel_ledger"),
    quantities=("activity_error.*", "data_quality.least_share"),
    views=(
        View("data_quality", "parcel", "data_quality", ramp=None, colours=QUALITY_COLOURS),
        View("meters_next", "building", "meter_rank", ramp="ember", edges=(1, 6, 11, 16, 21)),
    ),
    compute=_compute,
)
