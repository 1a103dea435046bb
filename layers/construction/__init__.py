"""Construction: what buildings use in a year, by carrier and end use, what that emits, and what they embody."""

from layers.contract import Column, Layer, View, bounded

EVIDENCE = "energy_evidence"
END_USES = (("cooling", "Electricity for cooling"), ("heating", "Electricity for heating"),
            ("base", "Electricity for all but cooling and heating"))
CARRIERS = (("electricity", "Electricity", "grid_emission.location"),
            ("gas", "Natural gas", "fuel_emission.natural_gas"),
            ("heat", "District heat", "heat_emission.district"))
INTENSITIES = tuple(f"{carrier}_intensity.*" for carrier, _, _ in CARRIERS)
EMISSIONS = (*INTENSITIES, *(factor for _, _, factor in CARRIERS))


def _energy(subject: str) -> tuple[Column, ...]:
    """Return the columns that a building and a parcel have alike."""
    columns: list[Column] = []
    for carrier, title, _ in CARRIERS:
        name = f"{carrier}_kwh_per_a"
        columns += bounded(name, "kWh/a", f"{title} that the {subject} uses in a year", evidence=EVIDENCE, total=True,
                           factors=(f"{carrier}_intensity.*",))
    columns += bounded("emissions_kgco2e_per_a", "kgCO2e/a",
                       f"Emissions of the energy that the {subject} uses in a year, location-based",
                       evidence=EVIDENCE, total=True, factors=EMISSIONS)
    return tuple(columns)


def _end_uses(subject: str) -> tuple[Column, ...]:
    """Return the columns of what the electricity serves."""
    return tuple(column for name, title in END_USES
                 for column in bounded(f"{name}_kwh_per_a", "kWh/a", f"{title} of the {subject} in a year",
                                       evidence=EVIDENCE, total=True,
                                       factors=("electricity_intensity.*", "electricity_share.*")))


def _embodied(name: str, meaning: str) -> tuple[Column, ...]:
    """Return a column of embodied carbon with the two that bound it."""
    return bounded(name, "kgCO2e", f"Embodied carbon, stages A1 to A5, of {meaning}", evidence="embodied_evidence",
                   total=True, factors=("embodied_carbon.*",))


LAYER = Layer(
    name="construction",
    domain="construction",
    tables={
        "building_construction": (
            *_energy("building"),
            *bounded("energy_kwh_per_m2_a", "kWh/m2/a", "Energy of all carriers per gross floor area",
                     evidence=EVIDENCE, factors=INTENSITIES),
            *bounded("emissions_kgco2e_per_m2_a", "kgCO2e/m2/a", "Emissions of energy per gross floor area",
                     evidence=EVIDENCE, factors=EMISSIONS),
            Column("energy_evidence", "", "How the energy figures came about", words="evidence"),
            Column("carriers_left_out", "", "Carriers without an intensity in the zone's regions, not in the figures",
                   words="construction.carriers_left_out"),
            Column("energy_notation_key", "", "Why there is no figure: NE not estimated, NO not occurring"),
            Column("energy_reason", "", "What is missing for a figure", words="construction.energy_reason"),
            *_end_uses("building"),
            *bounded("energy_of_limit", "1", "Electricity over what the standard of the region allows for all energy",
                     evidence=EVIDENCE, factors=("electricity_intensity.*", "energy_limit.*")),
            *_embodied("embodied_kgco2e", "the building, standing or planned"),
            Column("embodied_evidence", "", "How the embodied carbon came about", words="evidence"),
        ),
        "parcel_construction": (
            *_energy("parcel's buildings"),
            *bounded("emissions_kgco2e_per_m2_land_a", "kgCO2e/m2/a", "Emissions of energy per area of the parcel",
                     evidence=EVIDENCE, factors=EMISSIONS),
            Column("energy_evidence", "", "How the energy figures came about", words="evidence"),
            Column("floor_area_not_estimated_m2", "m2", "Gross floor area of buildings not estimated", total=True,
                   gap=True),
            Column("buildings_not_estimated", "1", "Buildings on the parcel without an estimate", total=True),
            *_end_uses("parcel's buildings"),
            *_embodied("embodied_kgco2e", "the parcel's buildings, standing and planned"),
            *_embodied("embodied_planned_kgco2e", "the parcel's planned buildings"),
            Column("embodied_evidence", "", "How the embodied carbon came about", words="evidence"),
        ),
    },
    needs=("parcel", "building", "building_parcel", "factor_in_force", "factor_by_age"),
    quantities=("electricity_intensity.*", "gas_intensity.*", "heat_intensity.*", "grid_emission.location",
                "fuel_emission.natural_gas", "heat_emission.district", "electricity_share.*", "energy_limit.*",
                "embodied_carbon.*", "service_life.building"),
    views=(
        View("emissions", "building", "emissions_kgco2e_per_a", ramp="ember"),
        View("energy_intensity", "building", "energy_kwh_per_m2_a", ramp="ember"),
        View("parcel_emissions", "parcel", "emissions_kgco2e_per_m2_land_a", ramp="ember"),
        View("embodied_carbon", "building", "embodied_kgco2e", ramp="ember"),
    ),
)
