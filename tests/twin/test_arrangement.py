"""Outlines of any shape cut a zone into faces that are the zone, each with one owner."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from twin.arrangement import GRID_M, NOBODY, absorb_slivers, cut_faces, dissolve, is_sliver, own_faces
from twin.tiling import divide, geometry_id

ZONE = box(0, 0, 100, 80)
# Vertices move by up to half the grid when they are snapped to it, along at most this much of outline.
ROUNDING_M2 = 12 * 400 * GRID_M

coordinates = st.floats(-20, 120, allow_nan=False).map(lambda value: round(value, 4))
triangles = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=3).map(shapely.Polygon)
boxes = st.tuples(coordinates, coordinates, st.floats(0.01, 60), st.floats(0.01, 60)).map(
    lambda item: box(item[0], item[1], item[0] + item[2], item[1] + item[3]))
claims = st.lists(st.one_of(triangles, boxes).filter(lambda shape: shape.is_valid and shape.area > 1e-3), max_size=8)
lean = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def overlap_m2(shapes: np.ndarray) -> float:
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    return float(shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]])).sum())


def array(shapes: list[shapely.Geometry]) -> np.ndarray:
    result = np.empty(len(shapes), dtype=object)
    result[:] = shapes
    return result


@lean
@given(claims)
def test_faces_are_the_zone_without_gap_or_overlap(shapes: list[shapely.Geometry]) -> None:
    faces = cut_faces(shapes, ZONE)
    assert shapely.area(faces).sum() == pytest.approx(ZONE.area, abs=1e-6)
    assert shapely.symmetric_difference(shapely.union_all(faces), ZONE).area < 1e-6
    assert overlap_m2(faces) < 1e-6


@lean
@given(claims)
def test_every_face_belongs_to_the_first_that_claims_it(shapes: list[shapely.Geometry]) -> None:
    faces = cut_faces(shapes, ZONE)
    owner, contested = own_faces(faces, array(shapes))
    points = shapely.point_on_surface(faces)
    for face, point in enumerate(points):
        holders = [number for number, shape in enumerate(shapes) if shape.intersects(point)]
        assert owner[face] == (holders[0] if holders else NOBODY)
        assert contested[face] == (len(holders) > 1)


@lean
@given(claims)
def test_the_first_claim_gets_all_it_asks_for_within_the_zone(shapes: list[shapely.Geometry]) -> None:
    faces = cut_faces(shapes, ZONE)
    owner, _ = own_faces(faces, array(shapes))
    if shapes:
        held = shapely.area(faces[owner == 0]).sum()
        assert held == pytest.approx(shapes[0].intersection(ZONE).area, abs=ROUNDING_M2)


@lean
@given(claims)
def test_what_owners_hold_tiles_the_zone_after_slivers_are_absorbed(shapes: list[shapely.Geometry]) -> None:
    faces = cut_faces(shapes, ZONE)
    owner, _ = own_faces(faces, array(shapes))
    owner = np.where(owner == NOBODY, len(shapes), owner)
    slivers = is_sliver(faces, width_m=0.5, area_m2=1.0)
    settled = absorb_slivers(faces, owner, slivers)
    assert (settled[~slivers] == owner[~slivers]).all()
    owners, merged = dissolve(faces, settled)
    assert list(owners) == sorted(set(settled))
    assert shapely.is_valid(merged).all()
    assert shapely.area(merged).sum() == pytest.approx(ZONE.area, abs=1e-6)
    assert overlap_m2(merged) < 1e-6


@lean
@given(st.one_of(triangles, boxes).filter(lambda shape: shape.is_valid and shape.area > 1e-3),
       st.floats(1, 100))
def test_a_divided_area_stays_the_same_area(shape: shapely.Geometry, cell_m: float) -> None:
    pieces = divide(shape, cell_m)
    assert shapely.area(pieces).sum() == pytest.approx(shape.area, rel=1e-9, abs=1e-9)
    width, height = np.ptp(shapely.bounds(pieces).reshape(-1, 2, 2), axis=1).max(axis=0)
    assert max(width, height) <= cell_m * (1 + 1e-9)


def test_a_zone_without_outlines_is_one_face() -> None:
    faces = cut_faces([], ZONE)
    assert len(faces) == 1
    assert faces[0].equals(ZONE)


def test_a_line_cuts_only_where_it_crosses_the_zone() -> None:
    faces = cut_faces([shapely.LineString([(50, -10), (50, 90)]), shapely.LineString([(10, 10), (20, 10)])], ZONE)
    assert sorted(shapely.area(faces)) == [4000, 4000]


def test_two_overlapping_claims_make_three_faces_and_the_first_has_the_contested_one() -> None:
    shapes = array([box(0, 0, 60, 80), box(40, 0, 100, 80)])
    faces = cut_faces(shapes, ZONE)
    owner, contested = own_faces(faces, shapes)
    assert sorted(zip(shapely.area(faces), owner, contested, strict=True)) == [
        (1600, 0, True), (3200, 0, False), (3200, 1, False)]


def test_a_sliver_goes_to_the_neighbour_with_the_longest_shared_edge() -> None:
    shapes = array([box(50.2, 0, 100, 40), box(0, 0, 50, 80), box(50.2, 40, 100, 80)])
    faces = cut_faces(shapes, ZONE)
    owner, _ = own_faces(faces, shapes)
    slivers = is_sliver(faces, width_m=0.5, area_m2=0.5)
    assert [round(area, 6) for area in shapely.area(faces[slivers])] == [16]
    settled = absorb_slivers(faces, owner, slivers)
    assert NOBODY not in settled
    assert shapely.area(faces[settled == 1]).sum() == pytest.approx(4000 + 16)  # 80 m of edge against 40 m


def test_an_id_stays_as_long_as_the_shape_and_the_place_do() -> None:
    shape = box(545_000, 3_480_000, 545_010, 3_480_010)
    again = shapely.Polygon(np.roll(shapely.get_coordinates(shape)[:-1], 2, axis=0))
    assert geometry_id(shape) == geometry_id(again)
    assert geometry_id(shape) != geometry_id(shapely.transform(shape, lambda xy: xy + 0.02))
