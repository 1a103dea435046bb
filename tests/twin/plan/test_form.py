"""The form of a plan: what stands where, and that nothing stands where it must not."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely

from twin.plan.streets import WIDTH_M

if TYPE_CHECKING:
    from twin.plan.records import Plan

SHARED_M2 = 0.5


def test_arterials_lie_800_to_1200_m_apart(whole_plan: Plan) -> None:
    site = whole_plan.site
    spans = [high - low for low, high in (*site.columns, *site.rows)]
    assert min(spans) >= 800
    assert max(spans) <= 1200


def test_local_streets_lie_150_to_250_m_apart(whole_plan: Plan) -> None:
    site = whole_plan.site
    streets = {way.street for way in whole_plan.ways if way.street.kind in {"tertiary", "residential"}}
    gaps = []
    for span, row in itertools.product(site.columns, site.rows):
        inside = sorted(street.across for street in streets
                        if street.along == "v" and span[0] < street.across < span[1] and street.start == row[0])
        gaps += np.diff([span[0], *inside, span[1]]).tolist()
    usual = [gap for gap in gaps if 150 <= gap <= 250]
    assert len(usual) / len(gaps) > 0.9  # a twentieth of the local streets was never built


def test_streets_have_at_least_8_km_per_km2(whole_plan: Plan) -> None:
    inside = [shapely.intersection(shapely.LineString(way.points), whole_plan.zone).length for way in whole_plan.ways]
    assert sum(inside) / 1e3 / (whole_plan.zone.area / 1e6) >= 8


def test_built_land_is_13_to_16_km2_and_85_to_105_m2_per_head(whole_plan: Plan) -> None:
    fields = sum(lot.geometry.area for lot in whole_plan.lots if lot.purpose == "field")
    water = whole_plan.water.intersection(whole_plan.zone).area
    built_m2 = whole_plan.zone.area - fields - water
    assert 13e6 <= built_m2 <= 16e6
    assert 85 <= built_m2 / whole_plan.site.residents <= 105


def test_the_zone_has_as_many_buildings_and_neighbourhoods_as_its_people_need(whole_plan: Plan) -> None:
    assert 3000 <= len(whole_plan.houses) <= 5500
    assert 25 <= len(whole_plan.quarters) <= 45


def test_the_street_network_is_one_piece(whole_plan: Plan) -> None:
    graph = nx.Graph()
    for way in whole_plan.ways:
        places = [tuple(point) for point in np.round(way.points, 2).tolist()]
        nx.add_path(graph, places)
    sizes = sorted((len(part) for part in nx.connected_components(graph)), reverse=True)
    assert sizes[0] / sum(sizes) > 0.995


def test_no_house_stands_in_water_or_on_a_street_or_on_the_rails(whole_plan: Plan) -> None:
    houses = shapely.MultiPolygon([house.geometry for house in whole_plan.houses if not house.is_odd])
    streets = shapely.union_all([
        shapely.buffer(shapely.LineString(way.points), WIDTH_M[way.street.kind] / 2 - 0.2, cap_style="flat")
        for way in whole_plan.ways
    ])  # fmt: skip
    tree = shapely.STRtree(list(houses.geoms))
    for area in (streets, whole_plan.water, shapely.buffer(whole_plan.rail, 5)):
        hit = tree.query(area, predicate="intersects")
        assert [round(houses.geoms[number].intersection(area).area, 1) for number in hit] == []


def test_no_two_houses_overlap(whole_plan: Plan) -> None:
    shapes = [house.geometry for house in whole_plan.houses if not house.is_odd]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a < b]
    assert [pair for pair in pairs if shapes[pair[0]].intersection(shapes[pair[1]]).area > SHARED_M2] == []


def test_every_house_stands_on_its_lot(whole_plan: Plan) -> None:
    for house in whole_plan.houses:
        if not house.oddity:
            lot = whole_plan.lots[house.lot].geometry
            assert house.geometry.difference(lot).area < SHARED_M2


def test_lots_do_not_overlap_but_for_the_one_that_is_meant_to(whole_plan: Plan) -> None:
    shapes = [lot.geometry for lot in whole_plan.lots]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a < b]
    shared = {pair: shapes[pair[0]].intersection(shapes[pair[1]]).area for pair in pairs}
    odd = whole_plan.lots.index(whole_plan.oddities["overlapping parcels"])  # type: ignore[arg-type]
    assert {pair for pair, area in shared.items() if area > 2} <= {pair for pair in pairs if odd in pair}
    assert max(shared.values()) > 20


def test_no_lot_that_should_be_built_upon_is_empty(whole_plan: Plan) -> None:
    built = {house.lot for house in whole_plan.houses}
    meant = {"gated", "tower", "walkup", "industry", "logistics", "centre", "market", "school", "hospital"}
    empty = [lot for number, lot in enumerate(whole_plan.lots) if lot.purpose in meant and number not in built]
    land_m2 = sum(lot.geometry.area for lot in whole_plan.lots if lot.purpose in meant)
    assert sum(lot.geometry.area for lot in empty) < 0.01 * land_m2


def test_dwellings_of_2025_and_later_have_storeys_of_3_m(whole_plan: Plan) -> None:
    storeys = {(house.year >= 2025, house.storey_m) for house in whole_plan.houses if house.is_home}
    assert storeys == {(False, 2.8), (True, 3.0)}


def test_houses_were_and_will_be_built_from_the_eighties_to_2028(whole_plan: Plan) -> None:
    years = [house.year for house in whole_plan.houses]
    assert 1980 <= min(years) <= 1985
    assert max(years) == 2028
    assert {year for year in years if year >= 2020} == set(range(2020, 2029))


def test_the_zone_has_a_bit_of_everything(whole_plan: Plan) -> None:
    purposes = {lot.purpose for lot in whole_plan.lots}
    assert purposes >= {"gated", "tower", "walkup", "oldtown", "village", "commons", "field", "industry", "logistics",
                        "centre", "market", "school", "hospital", "sports", "government", "culture", "park", "garden",
                        "belt", "rail", "station", "substation", "storage", "works"}
    assert {stream.kind for stream in whole_plan.streams} == {"river", "canal"}
    walkups = [house.levels for house in whole_plan.houses
               if whole_plan.lots[house.lot].purpose == "walkup" and house.is_home]
    assert np.median(walkups) in {5, 6}


def test_people_are_whole_and_add_up(whole_plan: Plan) -> None:
    assert whole_plan.population[2028] == 150_000
    assert list(whole_plan.population.values()) == sorted(whole_plan.population.values())
    for year, people in whole_plan.population.items():
        assert sum(quarter.population[year] for quarter in whole_plan.quarters) == people
        households = sum(quarter.households[year] for quarter in whole_plan.quarters)
        assert people / households == pytest.approx(2.62, rel=0.001)


def test_neighbourhoods_cover_the_zone_once(whole_plan: Plan) -> None:
    shapes = [quarter.geometry for quarter in whole_plan.quarters]
    assert sum(shape.area for shape in shapes) == pytest.approx(shapely.union_all(shapes).area, rel=1e-6)
    assert shapely.union_all(shapes).area == pytest.approx(whole_plan.zone.area, rel=0.002)
