"""Lots: blocks cut into parcels of the cadastre, with land-use code, tenure, year and quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from twin.plan.lines import GRID_M, polygons
from twin.plan.records import Lot
from twin.plan.rows import chief_bearing

if TYPE_CHECKING:
    from twin.plan.land import Block
    from twin.plan.site import Site

# Classification of land and sea use of 2023 (Ministry of Natural Resources)
CODES = {
    "gated": "070102", "tower": "070102", "walkup": "070102", "oldtown": "070103/090101", "village": "070301",
    "commons": "0703", "field": "0101", "centre": "090201", "market": "090101", "industry": "100102",
    "logistics": "110101", "works": "130201", "school": "080403", "hospital": "080601", "government": "080101",
    "culture": "080302", "sports": "080501", "park": "1401", "garden": "1401", "belt": "1402", "rail": "1201",
    "station": "120801", "substation": "1303", "storage": "1303",
}
LOT_M2 = {"gated": 46_000.0, "tower": 46_000.0, "walkup": 40_000.0, "industry": 19_000.0, "logistics": 42_000.0,
          "centre": 13_000.0, "field": 17_000.0, "oldtown": 4_200.0, "school": 36_000.0, "government": 60_000.0}
LEAST_M2 = 900.0
GRANTED = {"school", "hospital", "government", "culture", "sports", "park", "garden", "belt", "works", "rail",
           "station", "substation", "storage"}  # allotted without payment
COLLECTIVE = {"village", "commons", "field"}
MOST_BEARING_DEG = 14.0  # dwellings face south within this


@dataclass(frozen=True, slots=True)
class Era:
    """When the lots of a purpose are finished: from the oldest to the last, and how many before 2020."""

    first: int
    last: int
    existing: float


EXISTING_UNTIL = 2019
ERAS = {
    "oldtown": Era(1980, 1998, 1.0), "walkup": Era(1984, 2003, 1.0), "village": Era(1982, 2014, 1.0),
    "field": Era(1982, 1998, 1.0), "industry": Era(1998, 2028, 0.52), "logistics": Era(2006, 2027, 0.5),
    "gated": Era(2003, 2028, 0.34), "tower": Era(2014, 2028, 0.18), "centre": Era(2018, 2028, 0.15),
    "market": Era(1999, 2028, 0.4), "school": Era(1988, 2027, 0.45), "hospital": Era(2012, 2025, 0.5),
    "government": Era(2011, 2023, 0.5), "culture": Era(2017, 2026, 0.4), "sports": Era(2019, 2024, 0.4),
    "works": Era(2009, 2024, 0.5),
}
PARK_ERA = Era(2002, 2027, 0.45)


def cut_lots(site: Site, blocks: list[Block]) -> list[Lot]:
    """Return the lots of all blocks, in the blocks' order."""
    random = site.random("lots")
    finished = _finish_years(site, blocks)
    lots = []
    for block, year in zip(blocks, finished, strict=True):
        pieces = [block.geometry]
        if block.purpose in LOT_M2:
            pieces = _divide(random, block.geometry, LOT_M2[block.purpose])
        for piece in pieces:
            bearing = float(np.clip(chief_bearing(piece), -MOST_BEARING_DEG, MOST_BEARING_DEG))
            lot = Lot(piece, block.purpose, CODES[block.purpose], bearing, year=year)
            lot.tenure = tenure(block.purpose)
            lots.append(lot)
    return lots


def tenure(purpose: str) -> str:
    """Return how land of a purpose is held, in the cadastre's words."""
    if purpose in COLLECTIVE:
        return "集体"
    return "划拨" if purpose in GRANTED else "出让"


def cut_corner(lot: Lot, size_m: tuple[float, float], corner: tuple[int, int]) -> shapely.Polygon:
    """
    Return what of a rectangle in a corner of a lot is the lot's; it may be much less where the corner is sharp.

    Parameters
    ----------
    lot
        The lot.
    size_m
        Along and across the lot's bearing. [m]
    corner
        -1 or 1 along and across: west or east, south or north.
    """
    centre = lot.geometry.centroid
    turned = affinity.rotate(lot.geometry, -lot.bearing_deg, origin=centre)
    west, south, east, north = turned.bounds
    x = west if corner[0] < 0 else east - size_m[0]
    y = south if corner[1] < 0 else north - size_m[1]
    box = affinity.rotate(shapely.box(x, y, x + size_m[0], y + size_m[1]), lot.bearing_deg, origin=centre)
    pieces = _clean(shapely.intersection(lot.geometry, box))
    return max(pieces, key=lambda part: part.area, default=shapely.Polygon())


def carve(lot: Lot, piece: shapely.Polygon, purpose: str) -> Lot:
    """Take a piece off a lot and return it as a lot of its own for a purpose."""
    rest = _clean(shapely.difference(lot.geometry, piece))
    lot.geometry = max(rest, key=lambda part: part.area)
    return Lot(piece, purpose, CODES[purpose], lot.bearing_deg, tenure(purpose), lot.year, lot.quarter)


def _clean(area: shapely.Geometry) -> list[shapely.Polygon]:
    return polygons(shapely.set_precision(area, GRID_M), 1.0)


def _divide(random: np.random.Generator, piece: shapely.Polygon, lot_m2: float) -> list[shapely.Polygon]:
    """Return an area cut across its longer side, again and again, until each piece is about as large as wanted."""
    if piece.area < 1.45 * lot_m2:
        return [piece]
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(piece))[:4]
    sides = np.hypot(*(ring[[1, 2]] - ring[[0, 1]]).T)
    start = 0 if sides[0] >= sides[1] else 1
    low, high = (ring[start], ring[(start + 3) % 4]), (ring[start + 1], ring[(start + 2) % 4])
    share = 0.5 + random.uniform(-0.06, 0.06)
    first, last = (near + share * (far - near) for near, far in zip(low, high, strict=True))
    reach = (last - first) * 2
    away = 4 * (low[0] - high[0])
    side = shapely.Polygon([first - reach, last + reach, last + reach + away, first - reach + away])
    pieces = [*_clean(shapely.intersection(piece, side)), *_clean(shapely.difference(piece, side))]
    if len(pieces) < 2 or min(part.area for part in pieces) < LEAST_M2:
        return [piece]
    return [lot for part in pieces for lot in _divide(random, part, lot_m2)]


def _finish_years(site: Site, blocks: list[Block]) -> list[int]:
    """Return the year in which each block is finished: the old near the old town, works and halls from the west."""
    random = site.random("years")
    years = [0] * len(blocks)
    purposes = sorted({block.purpose for block in blocks})
    for purpose in purposes:
        members = [number for number, block in enumerate(blocks) if block.purpose == purpose]
        age = [_remoteness(site, blocks[number]) + random.uniform(0, 0.35) for number in members]
        order = np.argsort(np.argsort(age))
        era = ERAS.get(purpose, PARK_ERA)
        for number, rank in zip(members, order, strict=True):
            years[number] = _year(era, (rank + 0.5) / len(members))
    return years


def _remoteness(site: Site, block: Block) -> float:
    river = 2 * site.river / site.height_m - 1
    if block.purpose in {"industry", "logistics"}:
        return -0.6 * block.y + 0.5 * block.x
    return float(np.hypot(block.x + 0.52, block.y - river))


def _year(era: Era, share: float) -> int:
    """Return the year of what is finished after a share of all of its kind."""
    if share < era.existing:
        last = min(era.last, EXISTING_UNTIL) if era.existing < 1 else era.last
        return int(era.first + share / era.existing * (last - era.first + 0.99))
    first = max(era.first, EXISTING_UNTIL + 1)
    return int(first + (share - era.existing) / (1 - era.existing) * (era.last - first + 0.99))
