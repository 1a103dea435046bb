"""Ledger: what every room claims, multiplied out row by row, and summed for parcels, neighbourhoods and the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import DOMAINS, Column, Layer, Thing, View, bounded

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

KG = "kgCO2e/a"
EMITTING = tuple(domain for domain in DOMAINS if domain not in {"planning", "governance", "lifestyle"})

LEDGER = (
    Column("parcel_id", "", "Parcel that it happens on"),
    Column("subject_kind", "", "What does it: building, parcel, road, asset, zone"),
    Column("subject_id", "", "Which of them"),
    Column("domain", "", "Domain that owns the activity", words="domain"),
    Column("book", "", "Book that the row belongs to", words="ledger.book"),
    Column("gpc_ref", "", "Code of the GPC, or stage of the life cycle in the book of embodied carbon",
           words="ledger.gpc_ref"),
    Column("gpc_level", "", "BASIC, BASIC+, territorial or other"),
    Column("scope", "1", "Scope of the GPC"),
    Column("basis", "", "Electricity by the grid (location) or by contracts (market); empty where it makes none",
           words="ledger.basis"),
    Column("carrier", "", "What is used, treated or done"),
    Column("gas", "", "CO2 alone, one gas by its warming, or CO2e: all together"),
    Column("year", "year", "Year"),
    Column("base", "see base_unit", "What the activity is estimated from: floor area, residents, length"),
    Column("base_low", "see base_unit", "The same: lower bound (2.5 %)", hidden=True),
    Column("base_high", "see base_unit", "The same: upper bound (97.5 %)", hidden=True),
    Column("base_unit", "", "Unit of the base"),
    Column("activity_factors", "", "Quantities that the base is multiplied with; / divides, ~ takes one less it"),
    Column("modelled_activity", "see activity_unit", "Activity before it was scaled to what is measured or known"),
    Column("scale", "1", "What the modelled activity was multiplied with"),
    Column("activity", "see activity_unit", "Activity of the year"),
    Column("activity_unit", "", "Unit of the activity"),
    Column("factor_id", "", "Emission factor"),
    Column("factor_quantity", "", "Quantity of the emission factor"),
    Column("factor_value", "see factor_unit", "Its value, reduced to kilograms per unit of the activity"),
    Column("factor_unit", "", "Unit of that value"),
    Column("emissions_kgco2e_per_a", KG, "Activity times factor", low="low", high="high", evidence="evidence"),
    Column("evidence", "", "How the activity is known", words="evidence"),
    Column("quality_activity", "", "Quality of the activity: H, M, L"),
    Column("quality_factor", "", "Quality of the factor: H, M, L"),
    Column("notation_key", "", "Why there is no figure: NO, NE, IE, C"),
    Column("reason", "", "The reason for it", words="ledger.reason"),
    Column("missing_quantity", "", "Quantity that the zone's regions have no factor for"),
    Column("method", "", "How it is estimated", words="ledger.method"),
    Column("low", KG, "Emissions of the row: lower bound (2.5 %)", hidden=True),
    Column("high", KG, "Emissions of the row: upper bound (97.5 %)", hidden=True),
    Column("total_id", "", "Known total that the activity was scaled to"),
)

TOTAL = (
    Column("place_kind", "", "zone, neighbourhood or parcel"),
    Column("place_id", "", "Which of them"),
    Column("year", "year", "Year"),
    Column("book", "", "Book", words="ledger.book"),
    Column("basis", "", "Electricity by the grid (location) or by contracts (market)", words="ledger.basis"),
    Column("line", "", "total, scope, domain, domain_plus (by BASIC+), code, or gas of a code"),
    Column("item", "", "Which of them"),
    *bounded("emissions_kgco2e_per_a", KG, "Sum of the rows"),
    Column("share_measured", "1", "Share of the sum whose activity is measured"),
)

INTENSITY = (
    Column("year", "year", "Year"),
    Column("basis", "", "Electricity by the grid (location) or by contracts (market)", words="ledger.basis"),
    Column("coal_basis", "", "Electricity by its heat (calorific) or by the coal that makes it (equivalent)",
           words="ledger.coal_basis"),
    *bounded("energy_tce_per_a", "tce/a", "Energy that the park uses, in tonnes of standard coal"),
    *bounded("carbon_tco2_per_tce", "tCO2/tce", "Carbon dioxide of the park per standard coal"),
    Column("coal_factors", "", "Factors of the standard coal"),
)

HOME = (
    Column("place_kind", "", "zone or neighbourhood"),
    Column("place_id", "", "Which of them"),
    Column("year", "year", "Year"),
    Column("carrier", "", "electricity, gas, heat, or all together"),
    Column("buildings", "1", "Residential buildings with an estimate"),
    Column("residents_persons", "persons", "People who live in them"),
    *bounded("energy_kwh_per_a", "kWh/a", "Energy of homes"),
    *bounded("emissions_kgco2e_per_a", KG, "Emissions of the energy of homes, by location"),
    Column("scale", "1", "What the modelled energy was multiplied with, for what is measured or known"),
    Column("share_measured", "1", "Share of the emissions whose activity is measured"),
)

FACTOR = (
    Column("year", "year", "Year of the ledger"),
    Column("quantity", "", "What a row of that year is multiplied with"),
    Column("factor_id", "", "Factor that holds for it"),
)


def _domains() -> tuple[Column, ...]:
    """Return the columns of a parcel: its footprint, and each domain's part of it."""
    found: list[Column] = []
    for name, meaning in (("footprint", "all domains"), *((domain, domain) for domain in EMITTING)):
        column = f"{name}_kgco2e_per_a"
        evidence = "ledger_evidence" if name == "footprint" else f"ledger_{name}_evidence"
        found += bounded(column, KG, f"Emissions of the parcel by GPC BASIC, by location: {meaning}",
                         evidence=evidence, total=True)
        found.append(Column(evidence, "", f"How the figure came about: {meaning}", words="evidence", hidden=True))
    return tuple(found)


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.ledger.compute import compute_ledger

    compute_ledger(connection, site)


LAYER = Layer(
    name="ledger",
    domain="governance",
    tables={
        "parcel_ledger": (
            *_domains(),
            *bounded("footprint_kgco2e_per_m2_a", "kgCO2e/m2/a", "Emissions by GPC BASIC per area of the parcel",
                     evidence="ledger_evidence"),
            Column("share_measured", "1", "Share of the emissions whose activity is measured"),
        ),
    },
    things={
        "ledger": Thing("entry_id", LEDGER, is_drawn=False),
        "ledger_total": Thing("total_id", TOTAL, is_drawn=False),
        "ledger_intensity": Thing("intensity_id", INTENSITY, is_drawn=False),
        "ledger_home": Thing("home_id", HOME, is_drawn=False),
        "ledger_factor": Thing("use_id", FACTOR, is_drawn=False),
    },
    needs=("parcel", "zone", "factor_in_force", "ledger_*"),
    quantities=("grid_emission.residual", "measured.least_coverage", "net_calorific_value.natural_gas",
                "activity_error.*", "coal_equivalent.*"),
    views=(View("footprint", "parcel", "footprint_kgco2e_per_m2_a", ramp="ember"),),
    compute=_compute,
)
