"""Planning: how densely, how high and for what the land is built."""

from layers.contract import Column, Layer, View

USE_COLOURS = {
    "residential": (238, 196, 120), "mixed": (228, 160, 110), "office": (110, 160, 205), "government": (86, 126, 180),
    "retail": (214, 108, 96), "hotel": (196, 132, 168), "education": (150, 140, 200), "healthcare": (120, 190, 190),
    "culture": (176, 120, 184), "sports": (128, 184, 128), "worship": (160, 150, 130), "industrial": (150, 120, 140),
    "warehouse": (130, 118, 128), "transport": (140, 146, 156), "parking": (168, 172, 178),
    "agricultural": (176, 180, 112), "utility": (118, 128, 128), "other": (190, 188, 182),
}

LAYER = Layer(
    name="planning",
    domain="planning",
    tables={
        "parcel_planning": (
            Column("buildings", "1", "Buildings whose outline lies mostly on the parcel", total=True),
            Column("built_m2", "m2", "Ground covered by buildings", total=True),
            Column("gross_floor_area_m2", "m2", "Gross floor area above ground", total=True),
            Column("coverage", "1", "Ground covered by buildings divided by the parcel's area"),
            Column("far", "1", "Floor area ratio: gross floor area divided by the parcel's area"),
            Column("mean_height_m", "m", "Mean height of the buildings, weighted by the ground they cover"),
            Column("tallest_m", "m", "Height of the tallest building on the parcel"),
            Column("far_of_limit", "1", "Floor area ratio divided by the highest that the plan allows"),
        ),
    },
    needs=("parcel", "building", "building_parcel"),
    views=(
        View("height", "building", "height_m", ramp="violet", edges=(0, 6, 12, 18, 24, 36, 60)),
        View("use", "building", "use", ramp=None, colours=USE_COLOURS),
        View("year_built", "building", "year_built", ramp="amber", edges=(1800, 1900, 1945, 1970, 1990, 2010, 2030)),
        View("far", "parcel", "far", ramp="violet", edges=(0, 0.25, 0.5, 1, 1.5, 2.5, 4)),
        View("coverage", "parcel", "coverage", ramp="violet", edges=(0, 0.1, 0.2, 0.3, 0.45, 0.6, 1)),
    ),
)
