"""Land kept for the works of the zone: substations, storage and stations, cut off the corners of other lots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.plan.lots import carve

if TYPE_CHECKING:
    from collections.abc import Callable

    import shapely

    from twin.plan.records import Lot
    from twin.plan.site import Site

RESIDENTS_PER_110_KV = 37_500
RESIDENTS_PER_220_KV = 200_000
LEAST_RESIDENTS_220_KV = 40_000
STATION_EVERY_M = 2_300.0
ROOMY_M2 = 15_000.0
LATEST_YEAR = 2020  # works come before what they serve
BESIDE_RAIL_M = 70.0
SIZES_M = {"220 kV": (105.0, 125.0), "110 kV": (58.0, 72.0), "storage": (56.0, 64.0), "station": (116.0, 46.0)}
HOSTS = {"gated", "tower", "market", "industry", "logistics"}


def reserve_lots(site: Site, lots: list[Lot], rail: shapely.LineString) -> list[Lot]:
    """
    Return lots of substations, a storage and the railway's stations, taken off larger ones.

    Parameters
    ----------
    site
        The frame.
    lots
        All lots; those that give land become smaller.
    rail
        Axis of the railway. [m], EPSG:4549
    """
    made: list[Lot] = []
    hosts = [lot for lot in lots if lot.purpose in HOSTS and lot.geometry.area > ROOMY_M2]
    industry = [lot for lot in hosts if lot.purpose == "industry"] or hosts

    def take(lot: Lot, purpose: str, size: str, corner: tuple[int, int]) -> None:
        hosts.remove(lot)
        made.append(carve(lot, purpose, SIZES_M[size], corner))
        made[-1].year = min(lot.year, LATEST_YEAR)
        made[-1].name = size if purpose == "substation" else None

    for share in _shares(int(site.width_m / STATION_EVERY_M) or 1):
        point = rail.interpolate(share, normalized=True)
        near = [lot for lot in hosts if lot.geometry.distance(rail) < BESIDE_RAIL_M]
        if near:
            lot = min(near, key=lambda other: other.geometry.distance(point))
            side = 1 if lot.geometry.centroid.y < point.y else -1
            take(lot, "station", "station", (1 if point.x > lot.geometry.centroid.x else -1, side))
    if site.residents >= LEAST_RESIDENTS_220_KV:
        for _ in range(-(-site.residents // RESIDENTS_PER_220_KV)):
            take(_largest(industry, hosts, lambda lot: lot.geometry.centroid.x), "substation", "220 kV", (1, 1))
    take(_largest(industry, hosts, lambda lot: -lot.geometry.centroid.y), "storage", "storage", (1, -1))
    for _ in range(max(round(site.residents / RESIDENTS_PER_110_KV), 1)):
        taken = [lot.geometry.centroid for lot in made if lot.name == "110 kV"]
        take(_farthest(hosts, taken), "substation", "110 kV", (-1, -1))
    return made


def _shares(number: int) -> list[float]:
    return [(index + 0.5) / number for index in range(number)]


def _largest(wanted: list[Lot], free: list[Lot], rank: Callable[[Lot], float]) -> Lot:
    among = [lot for lot in wanted if any(lot is other for other in free)] or free
    return max(among, key=rank)


def _farthest(lots: list[Lot], taken: list[shapely.Point]) -> Lot:
    """Return the lot farthest from all points; without any the one in the midst."""
    centres = np.array([lot.geometry.centroid.coords[0] for lot in lots])
    if not taken:
        middle = np.median(centres, axis=0)
        return lots[int(np.hypot(*(centres - middle).T).argmin())]
    points = np.array([point.coords[0] for point in taken])
    away = np.hypot(*(centres[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1)
    return lots[int(away.argmax())]
