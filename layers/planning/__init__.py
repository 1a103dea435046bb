"""Planning: how densely, how high and for what the land is built, its limits, its sun, and what is near on foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, View, bounded

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

# Far enough apart for every kind of colour vision: tests/layers/test_colours.py.
USE_COLOURS = {
    "residential": (219, 190, 136), "mixed": (153, 108, 70), "office": (116, 158, 204), "government": (75, 93, 164),
    "retail": (228, 124, 129), "hotel": (192, 101, 144), "education": (94, 187, 187), "healthcare": (55, 155, 169),
    "culture": (132, 75, 137), "sports": (173, 213, 168), "worship": (121, 112, 171), "industrial": (106, 89, 71),
    "warehouse": (173, 149, 98), "transport": (64, 72, 106), "parking": (107, 104, 104),
    "agricultural": (117, 140, 102), "utility": (40, 82, 89), "other": (174, 173, 159),
}

KEPT_COLOURS = {"kept": (72, 142, 120), "broken": (196, 92, 80), "unknown": (178, 174, 166)}
KINDS = {
    "education": "school, kindergarten or university",
    "healthcare": "place of health care",
    "retail": "shop",
    "green": "park",
    "leisure": "place of culture or sports",
}


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.planning.compute import compute_planning

    compute_planning(connection, site)


LAYER = Layer(
    name="planning",
    domain="planning",
    tables={
        "building_planning": (
            Column("sunlight_kept", "", "Whether its lowest dwellings have the hours of sun that the rule asks for",
                   words="planning.kept"),
            Column("sunlight_reason", "", "Why there is no verdict on the sun", words="planning.sunlight_reason"),
            Column("sunlight_evidence", "", "modelled where the heights of all houses around are known, else default",
                   words="evidence"),
            *bounded("dwellings_without_sunlight", "1", "Dwellings whose windows miss the hours of sun of the rule",
                     evidence="sunlight_evidence"),
            *(Column(f"{kind}_walk_min", "min", f"Minutes on foot to the nearest {place} that the model knows")
              for kind, place in KINDS.items()),
            *bounded("access_15min", "1", "Kinds of daily services within 15 minutes on foot, of five"),
            Column("access_reason", "", "Why a walk is not told", words="planning.access_reason"),
        ),
        "parcel_planning": (
            Column("buildings", "1", "Buildings that stand in the base year, their outline mostly on the parcel",
                   total=True),
            Column("built_m2", "m2", "Ground covered by buildings that stand in the base year", total=True),
            Column("gross_floor_area_m2", "m2", "Gross floor area above ground that stands in the base year",
                   total=True),
            Column("coverage", "1", "Ground covered by buildings divided by the parcel's area"),
            Column("far", "1", "Floor area ratio: gross floor area divided by the parcel's area"),
            Column("mean_height_m", "m", "Mean height of the buildings, weighted by the ground they cover"),
            Column("tallest_m", "m", "Height of the tallest building on the parcel"),
            Column("density_persons_per_ha", "persons/ha", "Residents per hectare of the parcel"),
            Column("far_counted", "1", "Floor area ratio by the counting rules of the zone"),
            *bounded("far_of_limit", "1", "Floor area ratio divided by the highest that the plan allows"),
            *bounded("height_of_limit", "1", "Height of the tallest building divided by the greatest that the plan "
                     "allows"),
            Column("coverage_of_limit", "1", "Site coverage divided by the highest that the plan allows"),
            Column("green_m2", "m2", "Mapped green, farmland and built ground left out", total=True),
            Column("green_share", "1", "Mapped green divided by the parcel's area"),
            Column("green_of_limit", "1", "Share of mapped green divided by the least that the plan asks for"),
            Column("limits_kept", "", "Whether the parcel keeps the limits of its plan", words="planning.kept"),
            Column("limits_reason", "", "Why there is no verdict on the limits", words="planning.limits_reason"),
            Column("limit_broken", "", "The limit that is exceeded most", words="planning.limit_broken"),
            Column("limits_broken", "1", "Limits that are exceeded for certain"),
            *bounded("dwellings_without_sunlight", "1", "Dwellings whose windows miss the hours of sun of the rule",
                     total=True),
            Column("served_persons", "persons", "Residents with all five kinds of daily services within 15 minutes on "
                                                "foot", total=True),
            *bounded("access_15min_share", "1", "Share of the residents with all five kinds of daily services within "
                     "15 minutes on foot"),
        ),
    },
    needs=("parcel", "building", "building_parcel", "building_solar", "road", "land_cover", "factor_in_force"),
    quantities=("walking_speed.*", "walking_reach.*", "least_green.service", "sunlight_rule.*", "sunlight_near.radius"),
    views=(
        View("height", "building", "height_m", ramp="sea", edges=(0, 6, 12, 18, 24, 36, 60)),
        View("use", "building", "use", ramp=None, colours=USE_COLOURS),
        View("year_built", "building", "year_built", ramp="time", edges=(1800, 1900, 1945, 1970, 1990, 2010, 2030)),
        View("far", "parcel", "far", ramp="sea", edges=(0, 0.25, 0.5, 1, 1.5, 2.5, 4)),
        View("coverage", "parcel", "coverage", ramp="sea", edges=(0, 0.1, 0.2, 0.3, 0.45, 0.6, 1)),
        View("limits", "parcel", "limits_kept", ramp=None, colours=KEPT_COLOURS),
        View("sunlight_rule", "building", "sunlight_kept", ramp=None, colours=KEPT_COLOURS),
        View("access", "building", "access_15min", ramp="sea", edges=(0, 1, 2, 3, 4, 5)),
    ),
    compute=_compute,
)
