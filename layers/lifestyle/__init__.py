"""Lifestyle: what the consumption of residents emits, wherever it is made, and how far that is from a safe budget."""

from layers.contract import Column, Layer, View

EVIDENCE = "lifestyle_evidence"
YEARS = (2030, 2040, 2050)


def _interval(name: str, unit: str, meaning: str, *, total: bool = False) -> tuple[Column, ...]:
    """Return a column with the two that bound it."""
    low, high = f"{name}_low", f"{name}_high"
    return (
        Column(name, unit, meaning, low=low, high=high, evidence=EVIDENCE, total=total),
        Column(low, unit, f"{meaning}: lower bound (2.5 %)", hidden=True),
        Column(high, unit, f"{meaning}: upper bound (97.5 %)", hidden=True),
    )


LAYER = Layer(
    name="lifestyle",
    domain="lifestyle",
    tables={
        "parcel_lifestyle": (
            *_interval("consumption_tco2e_per_a", "tCO2e/a",
                       "What the consumption of those who live on the parcel emits, wherever it is made", total=True),
            *_interval("lifestyle_tco2e_per_person_a", "tCO2e/person/a",
                       "Footprint of consumption per head: the country's mean, alike on every parcel"),
            *(column for year in YEARS for column in _interval(
                f"times_budget_{year}", "1",
                f"Footprint per head divided by what {year} leaves for 1.5 °C: alike on every parcel")),
            Column(EVIDENCE, "", "How the figures came about; empty where nobody lives", words="evidence"),
        ),
    },
    needs=("building", "building_parcel", "factor_in_force", "parcel", "zone"),
    quantities=("lifestyle_footprint.*", "lifestyle_budget.*", "floor_area_per_resident"),
    views=(View("consumption", "parcel", "consumption_tco2e_per_a", ramp="ember"),),
)
