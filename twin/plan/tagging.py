"""How a mapper would have tagged a plan: much of it, but never all, as in real Chinese extracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.plan.streets import LANES

if TYPE_CHECKING:
    import numpy as np

    from twin.plan.records import House, Lot, Part
    from twin.plan.streets import Way

Tags = dict[str, str]

# Shares of buildings with a tag, by kind; real Chinese extracts have 0-11 % of heights and more of storeys
TYPED = {"apartments": 0.82, "house": 0.55, "industrial": 0.7, "warehouse": 0.7, "office": 0.75, "retail": 0.65}
COUNTED = {"apartments": 0.5, "house": 0.06, "industrial": 0.12, "warehouse": 0.1, "office": 0.4, "retail": 0.2}
MEASURED = {"apartments": 0.05, "office": 0.12, "industrial": 0.03}
OTHER_TYPED, OTHER_COUNTED, OTHER_MEASURED = 0.85, 0.22, 0.04
TALL_LEVELS, TALL_MEASURED = 20, 0.5  # towers are measured more often
FLATS_TAGGED, FLAT_M2 = 0.2, 98.4  # gross floor area of a dwelling, Shanghai 2024
ROOFS_TAGGED = 0.4
SPEED_KMH = {"primary": "60", "secondary": "50", "tertiary": "40", "residential": "30"}

LAND_TAGS: dict[str, Tags] = {
    "gated": {"landuse": "residential"}, "tower": {"landuse": "residential"}, "walkup": {"landuse": "residential"},
    "oldtown": {"landuse": "residential"}, "commons": {"landuse": "residential"}, "field": {"landuse": "farmland"},
    "park": {"leisure": "park"}, "garden": {"leisure": "park"}, "belt": {"landuse": "forest"},
    "industry": {"landuse": "industrial"}, "logistics": {"landuse": "industrial", "industrial": "warehouse"},
    "centre": {"landuse": "commercial"}, "market": {"landuse": "retail"}, "school": {"amenity": "school"},
    "hospital": {"amenity": "hospital"}, "government": {"amenity": "townhall"}, "sports": {"leisure": "sports_centre"},
    "culture": {"amenity": "arts_centre"}, "works": {"landuse": "industrial"}, "rail": {"landuse": "railway"},
}
LAND_MAPPED = {"belt": 0.8, "field": 0.9, "industry": 0.75, "centre": 0.7}
OTHER_LAND_MAPPED = 0.92


def tag_house(random: np.random.Generator, house: House) -> Tags:
    """
    Return the tags of a building: always when it was finished; use, storeys, height and roof as unevenly as they come.

    Parameters
    ----------
    random
        Random numbers of this house.
    house
        The building; its own tags replace what was drawn.
    """
    draws = random.random(6)
    typed = draws[0] < TYPED.get(house.kind, OTHER_TYPED)
    tags = {"building": house.kind if typed else "yes", "start_date": str(house.year)}
    if house.name:
        tags["name"] = house.name
    if draws[1] < COUNTED.get(house.kind, OTHER_COUNTED):
        tags["building:levels"] = str(house.levels)
    measured = TALL_MEASURED if house.levels >= TALL_LEVELS else MEASURED.get(house.kind, OTHER_MEASURED)
    if draws[2] < measured:
        tags["height"] = f"{house.height_m:.1f}".removesuffix(".0")
    if draws[3] < ROOFS_TAGGED or house.roof_shape not in {"flat", "gabled"}:
        tags["roof:shape"] = house.roof_shape
    if house.is_home and draws[4] < FLATS_TAGGED:
        tags["building:flats"] = str(max(round(house.floor_area_m2 / FLAT_M2), 1))
    if house.use == "hotel" and typed:
        tags["tourism"] = "hotel"
    return tags | house.tags


def tag_part(house: House, part: Part) -> Tags:
    """Return the tags of a building part, which mappers measure well."""
    tags = {"building:part": "yes", "building:levels": str(part.top_levels),
            "height": f"{part.top_levels * house.storey_m:.1f}"}
    if part.base_levels:
        tags |= {"building:min_level": str(part.base_levels), "min_height": f"{part.base_levels * house.storey_m:.1f}"}
    return tags


def tag_lot(random: np.random.Generator, lot: Lot) -> Tags | None:
    """Return the tags of a lot as an area of land use, None where nobody mapped it."""
    tags = LAND_TAGS.get(lot.purpose)
    if tags is None or random.random() >= LAND_MAPPED.get(lot.purpose, OTHER_LAND_MAPPED):
        return None
    return tags | ({"name": lot.name} if lot.name else {})


def tag_way(way: Way) -> Tags:
    """Return the tags of a piece of street."""
    kind = way.street.kind
    tags = {"highway": kind, "surface": "asphalt", "lanes": str(LANES[kind]), "maxspeed": SPEED_KMH[kind]}
    if way.street.name:
        tags["name"] = way.street.name
    if way.structure == "bridge":
        tags |= {"bridge": "yes", "layer": "1"}
    if way.structure == "underpass":
        tags |= {"tunnel": "yes", "layer": "-1"}
    return tags
