"""Industry: energy of what stands on industrial land and of industry elsewhere; processes and product use."""

from layers.contract import Column, Layer, View, bounded

KWH, KG = "kWh/a", "kgCO2e/a"


def _bounded(name: str, unit: str, meaning: str) -> tuple[Column, ...]:
    """Return a bounded column, with a sum over the zone where it is an amount of a year."""
    is_ratio = "_per_m2" in name or name.endswith("_per_kgce")
    return bounded(name, unit, meaning, evidence="industry_evidence", total=not is_ratio)


LAYER = Layer(
    name="industry",
    domain="industry",
    tables={
        "parcel_industry": (
            *_bounded("industry_electricity_kwh_per_a", KWH, "Electricity of the parcel's industry in a year"),
            *_bounded("industry_gas_kwh_per_a", KWH, "Natural gas of the parcel's industry in a year"),
            *_bounded("industry_emissions_kgco2e_per_a", KG,
                      "Emissions of the energy of the parcel's industry, location-based"),
            Column("industry_floor_area_m2", "m2", "Gross floor area of the parcel's industry with an estimate",
                   total=True),
            *_bounded("industry_electricity_kwh_per_m2_land_a", "kWh/m2/a", "Electricity per area of the parcel"),
            *_bounded("industry_emissions_kgco2e_per_m2_land_a", "kgCO2e/m2/a", "Emissions per area of the parcel"),
            *_bounded("industry_emissions_kgco2e_per_m2_a", "kgCO2e/m2/a", "Emissions per gross floor area"),
            *_bounded("industry_calorific_kgce_per_a", "kgce/a",
                      "Energy in standard coal, electricity by its calorific value"),
            *_bounded("industry_equivalent_kgce_per_a", "kgce/a",
                      "Energy in standard coal, electricity by the coal burnt for it"),
            *_bounded("industry_calorific_kgco2e_per_kgce", "kgCO2e/kgce",
                      "Emissions per standard coal, electricity by its calorific value"),
            *_bounded("industry_equivalent_kgco2e_per_kgce", "kgCO2e/kgce",
                      "Emissions per standard coal, electricity by the coal burnt for it"),
            Column("industry_evidence", "", "How the figures came about", words="evidence"),
            Column("industry_floor_area_not_estimated_m2", "m2",
                   "Gross floor area of the parcel's industry without an estimate", total=True, gap=True),
        ),
    },
    needs=("parcel", "building", "building_parcel", "building_construction", "factor_in_force", "factor_by_age"),
    quantities=("electricity_intensity.*", "gas_intensity.*", "heat_intensity.*", "gas_per_electricity.industrial",
                "grid_emission.location", "fuel_emission.natural_gas", "heat_emission.district", "coal_equivalent.*",
                "park_threshold.*", "park_size.*"),
    views=(View("industry_emissions", "parcel", "industry_emissions_kgco2e_per_m2_land_a", ramp="ember"),),
)
