"""Lifestyle: what the consumption of residents emits, wherever it is made, and how far that is from a safe budget."""

from layers.contract import Column, Layer, View, bounded

EVIDENCE = "lifestyle_evidence"
YEARS = (2030, 2040, 2050)


LAYER = Layer(
    name="lifestyle",
    domain="lifestyle",
    tables={
        "parcel_lifestyle": (
            *bounded("consumption_tco2e_per_a", "tCO2e/a",
                     "What the consumption of those who live on the parcel emits, wherever it is made",
                     evidence=EVIDENCE, total=True),
            *bounded("lifestyle_tco2e_per_person_a", "tCO2e/person/a",
                     "Footprint of consumption per head: the country's mean, alike on every parcel",
                     evidence=EVIDENCE),
            *(column for year in YEARS for column in bounded(
                f"times_budget_{year}", "1",
                f"Footprint per head divided by what {year} leaves for 1.5 °C: alike on every parcel",
                evidence=EVIDENCE)),
            Column(EVIDENCE, "", "How the figures came about; empty where nobody lives", words="evidence"),
        ),
    },
    needs=("building", "building_parcel", "factor_in_force", "parcel", "zone"),
    quantities=("lifestyle_footprint.*", "lifestyle_level.default", "lifestyle_budget.*", "floor_area_per_resident"),
    views=(View("consumption", "parcel", "consumption_tco2e_per_a", ramp="ember"),),
)
