"""Land for the works of a zone: whole pieces of it, whatever the corners of the lots are like."""

from __future__ import annotations

import pytest
import shapely

from twin.plan.lots import carve, cut_corner
from twin.plan.records import Lot
from twin.plan.reserve import CIVIC, reserve_lots
from twin.plan.site import lay_out_site

RAIL = shapely.LineString([(-10_000, 320), (10_000, 320)])


def lot(shape: shapely.Polygon, purpose: str = "gated") -> Lot:
    return Lot(shape, purpose, "070102", 0.0, year=2010)


def squares() -> list[Lot]:
    """Return twenty square lots of 300 m side below a railway."""
    return [lot(shapely.box(350 * number, 0, 350 * number + 300, 300), "industry") for number in range(20)]


def civic() -> list[Lot]:
    """Return lots of what has blocks of its own in a large zone."""
    return [lot(shapely.box(0, 500, 10, 510), purpose) for purpose in CIVIC]


def test_the_corner_of_a_square_is_the_whole_rectangle() -> None:
    piece = cut_corner(lot(shapely.box(0, 0, 200, 100)), (50, 40), (1, -1))
    assert piece.equals(shapely.box(150, 0, 200, 40))


def test_in_a_sharp_corner_there_is_little_or_nothing() -> None:
    triangle = lot(shapely.Polygon([(0, 0), (200, 0), (0, 200)]))
    assert cut_corner(triangle, (50, 40), (-1, -1)).area == pytest.approx(2000)
    assert cut_corner(triangle, (50, 40), (1, 1)).is_empty
    assert cut_corner(triangle, (50, 40), (1, -1)).area == pytest.approx(1200)  # 50 by 40 less half of 40 by 40


def test_what_is_carved_and_what_is_left_are_the_lot() -> None:
    whole = lot(shapely.box(0, 0, 200, 100))
    made = carve(whole, cut_corner(whole, (50, 40), (-1, 1)), "storage")
    assert made.geometry.area == pytest.approx(2000)
    assert whole.geometry.area == pytest.approx(18_000)
    assert not made.geometry.overlaps(whole.geometry)


def test_a_lot_is_not_taken_whole_nor_cut_in_two() -> None:
    small = lot(shapely.box(0, 0, 124, 124), "industry")  # 105 by 125 m would leave a strip
    bent = shapely.Polygon([(0, 0), (400, 0), (400, 300), (120, 300), (120, 60), (80, 60), (80, 300), (0, 300)])
    made = reserve_lots(lay_out_site(50_000, 1), [small, lot(bent, "industry"), *squares(), *civic()], RAIL)
    large = next(part.geometry for part in made if part.level == "220 kV")
    assert large.area == pytest.approx(105 * 125)
    assert not large.intersects(shapely.box(0, 0, 124, 124))


def test_a_sharp_lot_is_passed_over_for_one_with_room() -> None:
    sharp = lot(shapely.Polygon([(0, -900), (900, -900), (450, -780)]), "industry")
    made = reserve_lots(lay_out_site(10_000, 1), [sharp, *squares()], RAIL)
    assert sharp.geometry.area == pytest.approx(54_000)
    assert all(part.geometry.area > 0.8 * 3_500 for part in made if part.purpose == "storage")


def test_a_station_lies_on_the_side_of_the_railway() -> None:
    made = reserve_lots(lay_out_site(150_000, 1), [*squares(), *civic()], RAIL)
    stations = [part for part in made if part.purpose == "station"]
    assert len(stations) == 2
    assert all(part.geometry.distance(RAIL) == pytest.approx(20) for part in stations)


def test_each_lot_gives_once_and_every_work_has_its_land() -> None:
    made = reserve_lots(lay_out_site(300_000, 1), [*squares(), *civic()], RAIL)
    assert [part.level for part in made].count("110 kV") == 8
    assert [part.level for part in made].count("220 kV") == 2
    assert [part.purpose for part in made].count("storage") == 2
    pieces = [part.geometry for part in made]
    assert shapely.union_all(pieces).area == pytest.approx(sum(piece.area for piece in pieces))


def test_a_zone_without_a_block_for_it_gets_a_lot_for_each_public_service() -> None:
    made = {part.purpose: part for part in reserve_lots(lay_out_site(10_000, 1), squares(), RAIL)}
    assert made.keys() >= {"works", "hospital", "government", "sports", "culture"}
    assert made["works"].geometry.area == pytest.approx(0.9 * 10_000, rel=0.01)


def test_without_lots_nothing_is_reserved() -> None:
    assert reserve_lots(lay_out_site(10_000, 1), [], RAIL) == []
