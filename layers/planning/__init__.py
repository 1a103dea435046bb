"""Planning: how densely, how high and for what the land is built."""

from layers.contract import Column, Layer, View

USE_COLOURS = {
    "residential": (219, 193, 140), "mixed": (201, 161, 135), "office": (105, 150, 197), "government": (84, 94, 150),
    "retail": (219, 118, 120), "hotel": (185, 104, 144), "education": (103, 191, 191), "healthcare": (14, 137, 159),
    "culture": (136, 97, 164), "sports": (131, 180, 120), "worship": (102, 67, 110), "industrial": (112, 96, 82),
    "warehouse": (139, 126, 105), "transport": (51, 62, 77), "parking": (131, 134, 140),
    "agricultural": (133, 148, 84), "utility": (40, 85, 88), "other": (162, 158, 148),
}

LAYER = Layer(
    name="planning",
    domain="planning",
    tables={
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
            Column("far_of_limit", "1", "Floor area ratio divided by the highest that the plan allows"),
        ),
    },
    needs=("parcel", "building", "building_parcel"),
    views=(
        View("height", "building", "height_m", ramp="sea", edges=(0, 6, 12, 18, 24, 36, 60)),
        View("use", "building", "use", ramp=None, colours=USE_COLOURS),
        View("year_built", "building", "year_built", ramp="time", edges=(1800, 1900, 1945, 1970, 1990, 2010, 2030)),
        View("far", "parcel", "far", ramp="sea", edges=(0, 0.25, 0.5, 1, 1.5, 2.5, 4)),
        View("coverage", "parcel", "coverage", ramp="sea", edges=(0, 0.1, 0.2, 0.3, 0.45, 0.6, 1)),
    ),
)
