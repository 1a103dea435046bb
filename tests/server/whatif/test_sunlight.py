"""Sun that a draft takes: by hand behind a slab, and what must hold whatever is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.whatif.sunlight import judge_sunlight
from tests.server.whatif.conftest import box

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., dict[str, Any]]

LATITUDE_DEG, DAY = 31.44, 20
SILL_M = 0.9
H6_SOUTH_M, H6_WINDOWS_M = 50.0, np.linspace(51.5, 68.5, 5)  # 1.5 m from the corners, at most 5 m apart


def sun_by_hand() -> tuple[np.ndarray, np.ndarray]:
    """Return elevation and azimuth from south, west positive, each minute from 8 to 16 h. [radians]"""
    hour_angle = np.radians(15 * (8 + (np.arange(480) + 0.5) / 60 - 12))
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + DAY) / 365)  # Cooper 1969
    latitude = np.radians(LATITUDE_DEG)
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    elevation = np.arcsin(up)
    south = np.sin(latitude) * up - np.sin(declination)
    azimuth = np.sign(hour_angle) * np.arccos(south / (np.cos(latitude) * np.cos(elevation)))
    return elevation, azimuth


def hours_behind(slab: tuple[float, float, float, float], height_m: float) -> np.ndarray:
    """Return the hours of sun at the windows of h6 behind a slab to the south: west, south, east, north. [m]"""
    west, _, east, north = slab
    elevation, azimuth = sun_by_hand()
    hours = []
    for window in H6_WINDOWS_M:
        away = H6_SOUTH_M - north
        meets = window - away * np.tan(azimuth)
        ray_m = SILL_M + away / np.cos(azimuth) * np.tan(elevation)
        hours.append(480 - np.sum((meets > west) & (meets < east) & (ray_m < height_m)))
    return np.array(hours) / 60


@pytest.mark.parametrize("storeys", [2, 3, 4])
def test_sun_behind_a_slab_is_that_worked_out_by_hand(ask: Ask, storeys: int) -> None:
    slab = (1.0, 33.0, 99.0, 34.0)
    by_hand = hours_behind(slab, 3.0 * storeys)
    # nothing else stands to the south
    answer = ask(box(*slab, storeys=storeys, use="office"), remove=["file:h1", "file:h4", "file:h5"])
    sunlight = answer["neighbours"]["sunlight"]
    (told,) = [row for row in sunlight["dwellings"] if row["building_id"] == "file:h6"]
    assert told["hours_after"] == pytest.approx(by_hand.min(), abs=5 / 60)
    assert told["mean_hours_after"] == pytest.approx(by_hand.mean(), abs=5 / 60)
    assert told["needs"] == 2.0


def test_who_loses_the_rules_hours_falls_below(ask: Ask) -> None:
    # 30 m high and 1 m to the south: nothing but slanting light is left
    sunlight = ask(box(30, 45, 90, 49, storeys=10, use="office"))["neighbours"]["sunlight"]
    (told,) = [row for row in sunlight["dwellings"] if row["building_id"] == "file:h6"]
    assert told["verdict_before"] == "kept"
    assert told["hours_after"] < 2.0
    assert told["falls_below"] is True
    assert sunlight["falls_below"] == 1


def test_a_draft_to_the_north_takes_no_sun(ask: Ask) -> None:
    sunlight = ask(box(10, 65, 90, 78, storeys=40, use="office"))["neighbours"]["sunlight"]
    assert sunlight["dwellings"] == []


@pytest.mark.parametrize(("building", "outline", "storeys", "height_m"), [
    ("file:h1", (10, 10, 30, 30), 4, 12.0), ("file:h4", (50, 10, 60, 20), 3, 9.0),
    ("file:h5", (70, 10, 80, 20), 5, 15.0)])
def test_removing_and_drawing_anew_changes_nothing(
    ask: Ask, building: str, outline: tuple[float, ...], storeys: int, height_m: float
) -> None:
    drawn = box(*outline, storeys=storeys, storey_height_m=height_m / storeys, replaces=building)
    neighbours = ask(drawn)["neighbours"]
    assert neighbours["sunlight"]["dwellings"] == []
    assert neighbours["sunlight"]["looked_at"] > 0
    assert neighbours["photovoltaics"]["buildings"] == []
    assert abs(neighbours["photovoltaics"]["lost_kwh"]) < 1e-6


@settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(west=st.integers(2, 80), south=st.integers(2, 60), width=st.integers(4, 18), depth=st.integers(4, 18),
       low=st.integers(1, 12), more=st.integers(0, 20))
def test_a_lower_draft_never_takes_more(
    ask: Ask, west: int, south: int, width: int, depth: int, low: int, more: int
) -> None:
    small, tall = (
        ask(box(west, south, west + width, south + depth, storeys=storeys, use="office"))["neighbours"]
        for storeys in (low, low + more))
    lost = [{row["building_id"]: row["hours_before"] - row["hours_after"] for row in found["sunlight"]["dwellings"]}
            for found in (small, tall)]
    assert all(lost[1].get(name, 0.0) >= hours - 1e-9 for name, hours in lost[0].items())
    kwh = [{row["building_id"]: row["lost_kwh"] for row in found["photovoltaics"]["buildings"]}
           for found in (small, tall)]
    # slight changes go by the year, larger ones by the hour: at the step from one to the other a tenth is allowed
    assert all(kwh[1].get(name, 0.0) >= 0.9 * value - 0.5 for name, value in kwh[0].items())


@pytest.mark.parametrize(("least", "mean", "needs", "verdict"), [
    (2.0, 2.5, 2.0, "kept"), (1.9, 2.0, 2.0, "some_windows"), (1.0, 1.9, 2.0, "broken"), (0.0, 0.0, None, "unknown")])
def test_the_rule_is_that_of_planning(least: float, mean: float, needs: float | None, verdict: str) -> None:
    assert judge_sunlight(least, mean, needs) == verdict
