"""The Chinese shifts, checked against a forward formula written out here on its own."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Geod

from twin.inputs import VectorSource
from twin.sources.datum import unshift
from twin.sources.vector import read_vector

TAICANG = (121.1130, 31.4580)


def shift(lon, lat):
    """The published GCJ-02 shift, point by point with math alone."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    waves = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    north += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    east += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    squared, major = 0.00669342162296594323, 6378245.0
    magic = 1 - squared * math.sin(lat / 180 * pi) ** 2
    north_deg = north * 180 / ((major * (1 - squared)) / (magic * math.sqrt(magic)) * pi)
    east_deg = east * 180 / (major / math.sqrt(magic) * math.cos(lat / 180 * pi) * pi)
    return lon + east_deg, lat + north_deg


def baidu(lon, lat):
    turn = math.pi * 3000 / 180
    radius = math.sqrt(lon**2 + lat**2) + 0.00002 * math.sin(lat * turn)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * turn)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def test_shift_at_taicang_is_about_480_m():
    _, _, metres = Geod(ellps="WGS84").inv(*TAICANG, *shift(*TAICANG))
    assert metres == pytest.approx(480, abs=20)


@pytest.mark.parametrize(("datum", "forward"), [("gcj02", shift), ("bd09", lambda *p: baidu(*shift(*p)))])
def test_unshift_undoes_the_shift_all_over_china(datum, forward):
    places = np.array([TAICANG, (116.4, 39.9), (87.6, 43.8), (102.7, 25.0), (126.6, 45.8), (113.3, 23.1)])
    shifted = np.array([forward(*place) for place in places])
    assert np.abs(unshift(shifted, datum) - places).max() < 1e-6


def test_places_outside_china_stay():
    places = np.array([(4.36, 52.0), (-70.0, -33.0)])
    assert np.array_equal(unshift(places, "gcj02"), places)


def test_no_points_are_no_points():
    assert unshift(np.empty((0, 2)), "bd09").shape == (0, 2)


def test_shifted_file_lands_where_it_was_surveyed(taicang, checks, write):
    true = shapely.box(121.113, 31.458, 121.114, 31.459)
    points = [shift(*point) for point in shapely.get_coordinates(true)]
    path = write("shifted.geojson", [shapely.Polygon(points)], crs=4326)
    frame = read_vector(VectorSource(datum="gcj02"), path, taicang, checks, role="buildings")
    assert frame.to_crs(4326).total_bounds == pytest.approx(true.bounds, abs=2e-7)  # GeoJSON keeps 7 decimals


def test_datum_of_metric_coordinates_is_a_fault(taicang, checks, write, squares):
    path = write("metric.gpkg", squares(1))
    read_vector(VectorSource(datum="gcj02"), path, taicang, checks, role="buildings")
    assert "is declared as gcj02 but its coordinates are in EPSG:4549" in str(checks.faults[0])
