"""Land kept for the works of the zone: substations, storage and stations, cut off the corners of other lots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.land import LAND_M2
from twin.plan.lots import ERAS, carve, cut_corner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.plan.records import Lot
    from twin.plan.site import Site

RESIDENTS_PER_110_KV = 37_500
RESIDENTS_PER_220_KV = 200_000
RESIDENTS_PER_STORAGE = 150_000
LEAST_RESIDENTS_220_KV = 40_000
STATION_EVERY_M = 2_000.0
ROOMY_M2, STATION_ROOMY_M2 = 15_000.0, 8_000.0  # of a lot that may give land
LATEST_YEAR = 2020  # works come before what they serve
BESIDE_RAIL_M = 70.0
SIZES_M = {"220 kV": (105.0, 125.0), "110 kV": (58.0, 72.0), "storage": (56.0, 64.0), "station": (116.0, 46.0)}
HOSTS = {"gated", "tower", "market", "industry", "logistics"}
STATION_HOSTS = HOSTS | {"walkup", "village", "field", "centre"}  # beside the railway there may be nothing else
CIVIC = ("oldtown", "works", "hospital", "government", "sports", "culture")  # what a small zone has no whole block for
CIVIC_ASPECT = 1.25
FULL_SHARE = 0.8  # of the rectangle that is wanted: less is taken only where no lot has as much
LEFT_SHARE = 0.25  # of a lot that gives land
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def reserve_lots(site: Site, lots: list[Lot], rail: shapely.LineString) -> list[Lot]:
    """
    Return lots of substations, storage, the railway's stations and what no block is left for, taken off larger ones.

    Parameters
    ----------
    site
        The frame.
    lots
        All lots; those that give land become smaller.
    rail
        Axis of the railway. [m], EPSG:4549
    """
    reserve = _Reserve(lots)
    for share in _shares(max(round(site.width_m / STATION_EVERY_M), 1)):
        reserve.take_station(rail, rail.interpolate(share, normalized=True))
    if site.residents >= LEAST_RESIDENTS_220_KV:
        for _ in range(math.ceil(site.residents / RESIDENTS_PER_220_KV)):
            eastern = sorted(reserve.industry, key=lambda lot: -lot.geometry.centroid.x)
            reserve.take(eastern, "substation", SIZES_M["220 kV"], "220 kV")
    for _ in range(max(round(site.residents / RESIDENTS_PER_STORAGE), 1)):
        southern = sorted(reserve.industry, key=lambda lot: lot.geometry.centroid.y)
        reserve.take(southern, "storage", SIZES_M["storage"])
    for _ in range(max(round(site.residents / RESIDENTS_PER_110_KV), 1)):
        taken = [lot.geometry.centroid for lot in reserve.made if lot.level == "110 kV"]
        reserve.take(_farthest(reserve.hosts, taken), "substation", SIZES_M["110 kV"], "110 kV")
    there = {lot.purpose for lot in lots}
    for purpose in (purpose for purpose in CIVIC if purpose not in there):
        depth_m = math.sqrt(LAND_M2[purpose] * site.residents / CIVIC_ASPECT)
        hosts = reserve.industry if purpose == "works" else reserve.hosts
        roomy = sorted(hosts, key=lambda lot: -lot.geometry.area)
        reserve.take(roomy, purpose, (depth_m * CIVIC_ASPECT, depth_m))
    return reserve.made


class _Reserve:
    """
    The lots that may give land, each once, and those that were made of it.

    Attributes
    ----------
    whole, made
        Lots that have given nothing yet, and new ones.
    """

    def __init__(self, lots: list[Lot]) -> None:
        self.whole = list(lots)
        self.made: list[Lot] = []

    @property
    def hosts(self) -> list[Lot]:
        """Lots that may give land to anything."""
        return [lot for lot in self.whole if lot.purpose in HOSTS and lot.geometry.area > ROOMY_M2]

    @property
    def industry(self) -> list[Lot]:
        """Hosts in industry; all hosts where there are none."""
        return [lot for lot in self.hosts if lot.purpose == "industry"] or self.hosts

    def take_station(self, rail: shapely.LineString, point: shapely.Point) -> None:
        """Take land for a station on the side of a lot that faces the railway, as near a point as may be."""
        able = [lot for lot in self.whole if lot.purpose in STATION_HOSTS and lot.geometry.area > STATION_ROOMY_M2]
        near = [lot for lot in able if lot.geometry.distance(rail) < BESIDE_RAIL_M]
        hosts = {id(lot) for lot in self.hosts}
        near.sort(key=lambda lot: (id(lot) not in hosts, lot.geometry.distance(point)))
        places = [(lot, corner) for lot in near for corner in CORNERS if _faces(lot, corner, rail)]
        self._take_first(places, "station", SIZES_M["station"])

    def take(self, lots: Iterable[Lot], purpose: str, size_m: tuple[float, float], level: str = "") -> None:
        """Take land off the first of some lots that has a corner for it."""
        made = self._take_first([(lot, corner) for lot in lots for corner in CORNERS], purpose, size_m)
        if made:
            made.level = level

    def _take_first(
        self, places: list[tuple[Lot, tuple[int, int]]], purpose: str, size_m: tuple[float, float]
    ) -> Lot | None:
        """Take the first piece that is whole enough, else the wholest; none where there is no place."""
        best: tuple[float, Lot, shapely.Polygon] | None = None
        for lot, corner in places:
            piece = cut_corner(lot, size_m, corner)
            share = piece.area / (size_m[0] * size_m[1])
            if not _leaves_most(lot, piece):
                continue
            if best is None or share > best[0]:
                best = share, lot, piece
            if share >= FULL_SHARE:
                break
        if best is None:
            return None
        _, host, piece = best
        self.whole = [lot for lot in self.whole if lot is not host]
        made = carve(host, piece, purpose)
        made.year = min(host.year, ERAS[purpose].last if purpose in ERAS else LATEST_YEAR, LATEST_YEAR)
        self.made.append(made)
        return made


def _leaves_most(lot: Lot, piece: shapely.Polygon) -> bool:
    """Return whether a lot is still good for something in one piece without what is cut off."""
    rest = shapely.get_parts(shapely.difference(lot.geometry, piece))
    largest_m2 = max((part.area for part in rest), default=0.0)
    return bool(largest_m2 > LEFT_SHARE * lot.geometry.area and largest_m2 > 0.999 * sum(part.area for part in rest))


def _faces(lot: Lot, corner: tuple[int, int], rail: shapely.LineString) -> bool:
    """Return whether a corner is on the side of a lot where the railway runs."""
    centre = lot.geometry.centroid
    nearest = rail.interpolate(rail.project(centre))
    return (corner[1] > 0) == (nearest.y > centre.y)


def _shares(number: int) -> list[float]:
    return [(index + 0.5) / number for index in range(number)]


def _farthest(lots: list[Lot], taken: list[shapely.Point]) -> list[Lot]:
    """Return lots by their distance from all points, the farthest first; without any the one in the midst."""
    centres = np.array([lot.geometry.centroid.coords[0] for lot in lots]).reshape(-1, 2)
    if not lots:
        return []
    if not taken:
        away = -np.hypot(*(centres - np.median(centres, axis=0)).T)
    else:
        points = np.array([point.coords[0] for point in taken])
        away = np.hypot(*(centres[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1)
    return [lots[number] for number in np.argsort(-away, kind="stable").tolist()]
