"""Neighbourhoods of a plan: parts of the arterial grid, and the people in them year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.land import ring
from twin.plan.lines import tidy
from twin.plan.names import quarter_names
from twin.plan.records import Quarter
from twin.plan.site import RIVER_CORRIDOR_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.records import House, Lot
    from twin.plan.site import Site

YEARS = tuple(range(2020, 2029))
RESIDENTS_PER_QUARTER = 5_400
MOST_PARTS = 4
BEYOND_M = 60.0  # past the outer streets, cut off at the zone's outline
HOUSEHOLD_SIZE = 2.62  # persons, Shanghai Statistical Yearbook 2024


def draw_quarters(site: Site, zone: shapely.Polygon, lots: list[Lot], houses: list[House]) -> list[Quarter]:
    """
    Return the neighbourhoods of a plan, and write into every lot which it lies in.

    A part of the arterial grid with many homes is divided, so that neighbourhoods hold about as many people each.
    """
    home_m2 = np.array([house.floor_area_m2 if house.use == "residential" else 0.0 for house in houses])
    points = shapely.points([lots[house.lot].geometry.centroid.coords[0] for house in houses])
    shapes: list[shapely.Polygon] = []
    for span_u in site.columns:
        for span_v in _rows(site):
            cell = _cell(site, span_u, span_v)
            share = home_m2[shapely.contains(cell, points)].sum() / max(home_m2.sum(), 1)
            parts = int(np.clip(round(share * site.residents / RESIDENTS_PER_QUARTER), 1, MOST_PARTS))
            for part in _divide(site, span_u, span_v, parts):
                taken = shapely.union_all([shape for shape in shapes if shape.intersects(part)])
                shapes.append(tidy(shapely.difference(shapely.intersection(part, zone), taken)))
    inner = shapely.points([lot.geometry.representative_point().coords[0] for lot in lots])
    lot_numbers, quarter_numbers = shapely.STRtree(shapes).query(inner, predicate="intersects")
    for lot, quarter in zip(lot_numbers[::-1], quarter_numbers[::-1], strict=True):
        lots[lot].quarter = int(quarter)
    lived_in = {lots[house.lot].quarter for house in houses if house.use == "residential"}
    names = quarter_names(site.random("quarters"), [number in lived_in for number in range(len(shapes))])
    return [Quarter(shape, name) for shape, name in zip(shapes, names, strict=True)]


def settle(residents: int, quarters: list[Quarter], lots: list[Lot], houses: list[House]) -> dict[int, int]:
    """
    Share the residents out over homes, neighbourhoods and years; return the zone's population by year. [persons]

    People fill homes as they are finished, each with the same floor area; whole persons, so that sums are exact.
    """
    homes = [house for house in houses if house.use == "residential"]
    floor_m2 = np.array([house.floor_area_m2 for house in homes])
    year = np.array([house.year for house in homes])
    where = np.array([lots[house.lot].quarter for house in homes])
    total: dict[int, int] = {}
    for now in YEARS:
        standing_m2 = np.where(year <= now, floor_m2, 0.0)
        total[now] = round(residents * float(standing_m2.sum() / floor_m2.sum()))
        by_quarter = np.bincount(where, standing_m2, len(quarters)).astype(np.float64)
        people = share_out(total[now], by_quarter)
        households = share_out(round(total[now] / HOUSEHOLD_SIZE), by_quarter)
        for number, quarter in enumerate(quarters):
            quarter.population[now], quarter.households[now] = int(people[number]), int(households[number])
    for number, quarter in enumerate(quarters):
        _date_stock(quarter, year[where == number], floor_m2[where == number])
    return total


def share_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Return whole numbers that sum to a total and follow weights as closely as whole numbers can.

    Examples
    --------
    >>> share_out(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = total * weights / max(float(weights.sum()), 1e-9)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    for number in np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]:
        whole[number] += 1
    return whole


def _date_stock(quarter: Quarter, year: NDArray[np.int64], floor_m2: NDArray[np.float64]) -> None:
    if not len(year):
        return
    order = np.argsort(year, kind="stable")
    half = np.searchsorted(np.cumsum(floor_m2[order]), floor_m2.sum() / 2)
    quarter.median_year = int(year[order][half])
    quarter.built_before_2000 = round(float(floor_m2[year < 2000].sum() / floor_m2.sum()), 3)
    quarter.built_since_2020 = round(float(floor_m2[year >= 2020].sum() / floor_m2.sum()), 3)


def _rows(site: Site) -> list[tuple[float, float]]:
    """Return the rows of the grid, widened to the river's axis and beyond the outer streets. [m]"""
    half = RIVER_CORRIDOR_M / 2 + 1e-6
    rows = []
    for low, high in site.rows:
        low_out = site.river if abs(low - site.river) <= half else low
        high_out = site.river if abs(high - site.river) <= half else high
        rows.append((low_out if low_out > 0 else -BEYOND_M, high_out))
    rows[-1] = (rows[-1][0], rows[-1][1] + BEYOND_M)
    if site.rows[0][0] > 0 and abs(rows[0][0] - site.river) < 1:  # the river is the zone's southern edge
        rows[0] = (-BEYOND_M, rows[0][1])
    return rows


def _cell(site: Site, span_u: tuple[float, float], span_v: tuple[float, float]) -> shapely.Polygon:
    low, high = span_u
    if low <= 0:
        low -= BEYOND_M
    if high >= site.width_m:
        high += BEYOND_M
    return ring(site, (low, high), span_v)


def _divide(
    site: Site, span_u: tuple[float, float], span_v: tuple[float, float], parts: int
) -> list[shapely.Polygon]:
    """Return a cell in one, two or three parts along the river, or in four quarters."""
    (west, east), (south, north) = span_u, span_v
    across = [(south, north)] if parts < MOST_PARTS else [(south, (south + north) / 2), ((south + north) / 2, north)]
    number = parts if parts < MOST_PARTS else 2
    edges = [round(west + (east - west) * index / number, 1) for index in range(number + 1)]
    return [
        _cell(site, (edges[index], edges[index + 1]), span) for span in across for index in range(number)
    ]
