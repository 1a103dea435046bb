"""Rays through small cities that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.light.bodies import Bodies
from twin.light.rays import GROUND, City, terrain


def one(outline: shapely.Geometry, base_m: float = 0.0, top_m: float = 10.0) -> Bodies:
    return Bodies.of([outline], np.array([base_m]), np.array([top_m]))


def test_a_ray_meets_the_wall_that_is_in_its_way() -> None:
    city = City.of(one(shapely.box(0, 0, 10, 10)))
    hits = city.hit(np.array([[5.0, -8.0, 2.0], [5.0, -8.0, 12.0]]), np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]))
    assert hits.ray.tolist() == [0]
    assert hits.distance_m == pytest.approx([8.0])
    assert hits.place == pytest.approx(np.array([[5.0, 0.0, 2.0]]), abs=1e-4)
    assert hits.normal == pytest.approx(np.array([[0.0, -1.0, 0.0]]))
    assert hits.body.tolist() == [0]


def test_the_wall_that_is_met_is_the_one_of_that_number() -> None:
    bodies = Bodies.of([shapely.box(0, 0, 4, 4), shapely.box(20, 0, 24, 4)], np.zeros(2), np.full(2, 9.0))
    walls = bodies.walls
    middle = np.column_stack([(walls.start + walls.end) / 2 + walls.normal, np.full(len(walls), 3.0)])
    inward = np.column_stack([-walls.normal, np.zeros(len(walls))])
    hits = City.of(bodies).hit(middle, inward)
    assert hits.wall.tolist() == list(range(8))
    assert hits.body.tolist() == walls.body.tolist()
    assert hits.normal[:, :2] == pytest.approx(walls.normal)


def test_what_is_seen_from_above_is_roof_and_ground() -> None:
    city = City.of(one(shapely.box(0, 0, 10, 10)), ground=1.0)
    hits = city.hit(np.array([[5.0, 5.0, 30.0], [-40.0, 5.0, 30.0]]), np.array([[0.0, 0.0, -1.0]] * 2))
    assert hits.distance_m == pytest.approx([20.0, 29.0])
    assert hits.body.tolist() == [0, GROUND]
    assert hits.wall.tolist() == [-1, -1]


def test_a_courtyard_is_open_to_the_sky_and_closed_to_the_sides() -> None:
    yard = shapely.Polygon(shapely.box(0, 0, 30, 30).exterior.coords, [shapely.box(10, 10, 20, 20).exterior.coords])
    city = City.of(one(yard))
    places = np.array([[15.0, 15.0, 1.0]] * 3)
    assert city.occluded(places, np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])).tolist() == [False, True, True]
    assert len(city.hit(places[:1] + np.array([0, 0, 50]), np.array([[0.0, 0.0, -1.0]])).ray) == 0


def test_walls_look_away_from_their_bodies_round_holes_too() -> None:
    yard = shapely.Polygon(shapely.box(0, 0, 30, 30).exterior.coords, [shapely.box(10, 10, 20, 20).exterior.coords])
    bodies = one(yard)
    walls = bodies.walls
    before = shapely.points((walls.start + walls.end) / 2 + 0.5 * walls.normal)
    assert len(walls) == 8
    assert not shapely.contains(bodies.outlines[0], before).any()


def test_thousands_of_outlines_are_cut_into_triangles_that_fill_them() -> None:
    rng = np.random.default_rng(5)
    stars = []
    for x, y in rng.uniform(0, 5000, (2000, 2)):
        turn = np.sort(rng.uniform(0, 2 * np.pi, 11))
        radius = rng.uniform(4, 20, 11)
        stars.append(shapely.Polygon(np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])))
    bodies = Bodies.of(stars, np.zeros(2000), np.full(2000, 5.0))
    city = City.of(bodies)
    flat = city.triangles[(city.wall < 0) & (city.triangles[:, 0, 2] == 5.0)]
    assert shapely.area(shapely.polygons(flat[:, :, :2])).sum() == pytest.approx(shapely.area(bodies.outlines).sum())


def test_the_result_does_not_depend_on_the_place_on_earth() -> None:
    near, far = np.zeros(2), np.array([607_936.0, 3_482_909.0])
    rng = np.random.default_rng(3)
    places, ways = rng.uniform(-50, 50, (5000, 3)), rng.normal(size=(5000, 3))
    places[:, 2] = np.abs(places[:, 2])
    found = []
    for shift in (near, far):
        box = shapely.transform(shapely.box(-9.3, -4.7, 12.1, 7.9), lambda points, shift=shift: points + shift)
        found.append(City.of(one(box)).occluded(places + np.append(shift, 0), ways))
    assert (found[0] == found[1]).all()
    assert 0 < found[0].sum() < 5000


def test_degenerate_outlines_are_left_out_and_counted() -> None:
    outlines = [
        shapely.box(0, 0, 5, 5), shapely.Polygon(), shapely.Polygon([(0, 0), (5, 5), (0, 0), (0, 0)]), None,
        shapely.box(0, 0, 5, 5), shapely.box(0, 0, 5, 5), shapely.LineString([(0, 0), (1, 1)]),
    ]  # fmt: skip
    base = np.array([0.0, 0, 0, 0, 9.0, np.nan, 0])
    bodies = Bodies.of(outlines, base, np.full(7, 8.0))
    assert (len(bodies), bodies.skipped) == (1, 6)


def test_a_bow_tie_becomes_two_bodies_of_one_owner() -> None:
    tie = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    bodies = Bodies.of([tie], np.zeros(1), np.ones(1), np.array([7]))
    assert bodies.owner.tolist() == [7, 7]
    assert shapely.area(bodies.outlines).sum() == pytest.approx(8)


def test_nothing_is_in_the_way_where_nothing_stands() -> None:
    city = City.of(Bodies.of([], np.empty(0), np.empty(0)))
    assert city.occluded(np.zeros((2, 3)), np.ones((2, 3))).tolist() == [False, False]
    assert len(city.hit(np.zeros((2, 3)), np.ones((2, 3))).ray) == 0


def test_terrain_lies_at_the_heights_of_its_nodes() -> None:
    heights = np.array([[3.0, 4.0, 5.0], [1.0, 2.0, 3.0]])  # rises 1 m per 10 m eastward, 2 m northward
    city = City.of(Bodies.of([], np.empty(0), np.empty(0)), terrain(heights, 0.0, 10.0, 10.0))
    hits = city.hit(np.array([[12.5, 2.5, 20.0]]), np.array([[0.0, 0.0, -1.0]]))
    assert hits.place[0, 2] == pytest.approx(1 + 1.25 + 0.5)
    assert hits.normal[0] == pytest.approx(np.array([-0.1, -0.2, 1]) / np.sqrt(1.05), abs=1e-6)
