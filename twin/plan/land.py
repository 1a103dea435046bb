"""The land between streets and waters: blocks, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.lines import GRID_M, Axis, band, place_line, polygons, sample_span
from twin.plan.streets import WIDTH_M, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from twin.plan.site import Site

# Land by what it is for, net of streets and waters [m2 per resident]; homes take what is left. The shares of built land
# lie within those of GB 50137-2011, table 4.4.1: dwellings 25-40 %, industry 15-30 %, services 5-8 %, green 10-15 %.
LAND_M2 = {
    "works": 0.9, "centre": 3.0, "oldtown": 1.2, "park": 4.2, "government": 0.5, "culture": 0.5, "hospital": 0.75,
    "sports": 0.6, "logistics": 3.0, "industry": 18.0, "village": 3.2, "field": 4.5, "walkup": 4.4,
    "school": 3.8, "market": 2.5, "garden": 1.9, "tower": 5.2,
}
SPREAD = {"school", "market", "garden"}  # wherever there are homes
HOMES_M2 = 17.0  # what is left for gated quarters, where blocks come out even
SMALL_M2 = 7_000.0  # smaller pieces of land are planted
NARROW_M = 46.0
BANK_M = 7.0  # path and trees on either side of a canal
RAIL_WIDTH_M = 26.0
BELT_M = 24.0  # shelter belt on either side of the railway
LEAST_FIRST_SHARE, LEAST_SHARE = 0.35, 0.55  # of a mean block: from there a purpose gets its first, or a further one


@dataclass(slots=True)
class Block:
    """
    A piece of land with one purpose. [m], EPSG:4549

    Attributes
    ----------
    cell
        Column and row of the arterial grid; -1 where it lies in the river's corridor.
    x, y
        Place in the zone, -1 in the west and south, 1 in the east and north.
    """

    geometry: shapely.Polygon
    purpose: str
    cell: tuple[int, int]
    x: float
    y: float

    @property
    def area_m2(self) -> float:
        """Area."""
        return float(self.geometry.area)


def outline(site: Site) -> shapely.Polygon:
    """Return the outline of the zone: the outer edge of its outer streets. [m], EPSG:4549"""
    inside = ring(site, (0.0, site.width_m), (0.0, site.height_m))
    lines: list[tuple[Axis, list[float], float]] = [
        ("v", site.lines_u, site.height_m), ("u", site.lines_v, site.width_m)
    ]  # fmt: skip
    edges = [
        band(place_line(site, along, across[index], sample_span(0.0, end)), WIDTH_M[rank(index % len(across))])
        for along, across, end in lines
        for index in (0, -1)
    ]
    whole = shapely.union_all([inside, *edges], grid_size=GRID_M)
    return shapely.Polygon(max(polygons(whole), key=lambda part: part.area).exterior)


def rail_line(site: Site) -> shapely.LineString:
    """Return the axis of the railway from edge to edge. [m], EPSG:4549"""
    ends = site.place(np.array([-60.0, site.width_m / 2, site.width_m + 60.0]), np.full(3, site.rail))
    positions = sample_span(-60.0, site.width_m + 60.0)
    share = (positions + 60) / (site.width_m + 120)
    northing = (ends[0, 1] * (1 - share) + ends[2, 1] * share)  # straighter than the streets
    points = site.place(positions, np.full(len(positions), site.rail))
    return shapely.LineString(np.round(np.column_stack([points[:, 0], 0.5 * northing + 0.5 * points[:, 1]]), 3))


def rail_space(site: Site, width_m: float = RAIL_WIDTH_M) -> shapely.Polygon:
    """Return the land of the railway. [m], EPSG:4549"""
    return band(shapely.get_coordinates(rail_line(site)), width_m)


def cut_blocks(site: Site, streets: shapely.Geometry, water: shapely.Geometry) -> list[Block]:
    """
    Return the land between streets, waters and rails, without purpose yet; belts and banks are parks.

    Parameters
    ----------
    site
        The frame.
    streets, water
        Land of the streets, and the waters. [m], EPSG:4549
    """
    zone = outline(site)
    rails, belts = rail_space(site), rail_space(site, RAIL_WIDTH_M + 2 * BELT_M)
    banks = shapely.buffer(water, BANK_M, join_style="mitre")
    open_land = shapely.difference(zone, shapely.union_all([streets, banks, belts]))
    green_land = shapely.difference(shapely.union_all([belts, banks]), shapely.union_all([streets, water, rails]))
    cells = _cell_outlines(site)
    blocks = [_block(zone, cells, piece, "") for piece in polygons(_trim(open_land), 250)]
    planted = _trim(shapely.intersection(green_land, zone))
    blocks += [_block(zone, cells, piece, "belt") for piece in polygons(planted, 250)]
    for block in blocks:
        if block.purpose == "" and (block.cell[0] < 0 or block.area_m2 < SMALL_M2 or _is_narrow(block.geometry)):
            block.purpose = "park" if block.cell[0] < 0 else "belt"
    return blocks


def assign_purposes(site: Site, blocks: list[Block], homes_m2: float = HOMES_M2) -> None:
    """
    Give every block without a purpose one, by where it lies and how much land of each kind the residents need.

    Parameters
    ----------
    site
        The frame.
    blocks
        The land.
    homes_m2
        What is to be left for gated quarters. [m2 per resident]
    """
    free = [block for block in blocks if not block.purpose]
    whole_m2 = sum(block.area_m2 for block in free)
    mean_m2 = whole_m2 / max(len(free), 1)
    residents = whole_m2 / (sum(LAND_M2.values()) + homes_m2)  # as many as the land would suit
    for purpose, land_m2 in LAND_M2.items():
        wanted_m2 = land_m2 * residents
        if is_near_place := purpose not in SPREAD:
            free.sort(key=_distance(site, purpose))
        least_m2 = LEAST_FIRST_SHARE * mean_m2
        while free and wanted_m2 > least_m2:
            block = free[0] if is_near_place else _least_served(free, blocks, purpose)
            block.purpose = purpose
            wanted_m2 -= block.area_m2
            least_m2 = LEAST_SHARE * mean_m2
            free = [other for other in free if other is not block]
    for block in free:
        block.purpose = "gated"


def _distance(site: Site, purpose: str) -> Callable[[Block], float]:
    """Return how ill a block suits a purpose."""
    river = 2 * site.river / site.height_m - 1
    rail = 2 * site.rail / site.height_m - 1
    aspect = site.width_m / site.height_m
    places: dict[str, list[tuple[float, float]]] = {
        "works": [(1.0, river - 0.1)], "centre": [(0.08, river + 0.2)], "oldtown": [(-0.52, river)],
        "park": [(0.08, river + 0.62), (-0.35, -0.6)], "government": [(-0.12, river + 0.32)],
        "culture": [(0.2, river + 0.4)], "hospital": [(-0.28, river + 0.42)], "sports": [(0.22, -0.55)],
        "logistics": [(1.0, rail + 0.1)], "industry": [(1.0, 0.45)], "village": [(-1.0, -1.0), (-1.0, 0.9)],
        "field": [(-0.9, -0.9), (-0.9, 0.85)], "walkup": [(-0.52, river - 0.25), (-0.6, river + 0.3)],
        "tower": [(0.1, river + 0.3)],
    }

    def distance(block: Block) -> float:
        return min(float(np.hypot((block.x - x) * aspect, block.y - y)) for x, y in places[purpose])

    return distance


def _least_served(free: list[Block], blocks: list[Block], purpose: str) -> Block:
    """Return the block in the midst of the free ones of the cell that has most free land per block of a purpose."""
    land_m2: dict[tuple[int, int], float] = {}
    for block in free:
        land_m2[block.cell] = land_m2.get(block.cell, 0.0) + block.area_m2
    for cell in land_m2:
        land_m2[cell] /= 1 + sum(block.purpose == purpose and block.cell == cell for block in blocks)
    cell = max(land_m2, key=lambda key: (round(land_m2[key]), key))
    near = [block for block in free if block.cell == cell]
    centre = shapely.union_all([block.geometry for block in near]).centroid
    return min(near, key=lambda block: block.geometry.centroid.distance(centre))


def _cell_outlines(site: Site) -> dict[tuple[int, int], shapely.Polygon]:
    """Return the outline of each cell of the arterial grid, to the axes of its streets. [m], EPSG:4549"""
    return {
        (column, row): ring(site, span_u, span_v)
        for column, span_u in enumerate(site.columns)
        for row, span_v in enumerate(site.rows)
    }


def _block(
    zone: shapely.Polygon, cells: dict[tuple[int, int], shapely.Polygon], piece: shapely.Polygon, purpose: str
) -> Block:
    point = piece.representative_point()
    cell = next((key for key, shape in cells.items() if shape.contains(point)), (-1, -1))
    west, south, east, north = zone.bounds
    x, y = piece.centroid.coords[0]
    return Block(piece, purpose, cell, 2 * (x - west) / (east - west) - 1, 2 * (y - south) / (north - south) - 1)


def ring(site: Site, span_u: tuple[float, float], span_v: tuple[float, float]) -> shapely.Polygon:
    """Return the area between two positions along the river and two across it. [m], EPSG:4549"""
    along_u, along_v = sample_span(*span_u), sample_span(*span_v)
    sides: Iterable[NDArray[np.float64]] = (
        place_line(site, "u", span_v[0], along_u), place_line(site, "v", span_u[1], along_v),
        place_line(site, "u", span_v[1], along_u)[::-1], place_line(site, "v", span_u[0], along_v)[::-1],
    )
    return shapely.Polygon(np.concatenate(list(sides)))


def _trim(land: shapely.Geometry) -> shapely.Geometry:
    """Return land without its spikes, its vertices on the centimetre. [m]"""
    parts = shapely.get_parts(land)  # one by one: a mitred buffer of many at once may lose some
    opened = shapely.buffer(shapely.buffer(parts, -2.5, join_style="mitre"), 2.5, join_style="mitre", mitre_limit=2.0)
    kept = shapely.get_parts(shapely.set_precision(shapely.intersection(opened, parts), GRID_M))
    return shapely.GeometryCollection(kept.tolist())


def _is_narrow(piece: shapely.Polygon) -> bool:
    return bool(shapely.is_empty(shapely.buffer(piece, -NARROW_M / 2)))
