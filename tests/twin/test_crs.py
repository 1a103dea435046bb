"""Where grid north points, and what a place's degrees are."""

from __future__ import annotations

import math

import pyproj
import pytest

from twin.crs import WGS84, grid_convergence, parse_crs, to_degrees


@pytest.mark.parametrize(("code", "lon", "lat"), [
    (4549, 121.1, 31.45), (32651, 121.1, 31.45), (32651, 123.0, 31.45), (28992, 4.37, 52.01), (6675, 136.39, 36.31),
    (32756, 151.2, -33.9), (32760, 178.4, -18.1), (32633, 15.0, 0.0),
])
def test_grid_north_is_where_proj_says(code: int, lon: float, lat: float) -> None:
    """PROJ's own meridian convergence is the independent answer."""
    crs = parse_crs(code)
    point = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    assert to_degrees(crs, point) == pytest.approx((lon, lat), abs=1e-7)
    # PROJ knows no shift of datum here: give it the place on the system's own ellipsoid
    own = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(*point)
    told = pyproj.Proj(crs).get_factors(*own).meridian_convergence
    assert grid_convergence(crs, point) == pytest.approx(told, abs=2e-3)


def test_grid_north_turns_with_the_sine_of_the_latitude() -> None:
    """Two degrees east of the central meridian, grid north lies 2 sin(31.45) = 1.04 degrees east of true north."""
    point = pyproj.Transformer.from_crs(WGS84, parse_crs(32651), always_xy=True).transform(125.0, 31.45)
    assert grid_convergence(parse_crs(32651), point) == pytest.approx(2 * math.sin(math.radians(31.45)), abs=0.01)
