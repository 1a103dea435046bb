"""Hours of zones: the toy zone, one without weather, and one of a single house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from shapely import box

from layers.contract import Site
from layers.discovery import discover_layers
from layers.release import run_layer
from tests.twin.model.zoned import Zoned, house
from twin.checks import Checks
from twin.crs import parse_crs
from twin.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release, Store

PARTS = ("base", "cooling", "heating")
SPLIT = {"electricity_share.cooling.office": (0.3, 0.2, 0.4), "electricity_share.heating.office": (0.1, 0, 0.2),
         "balance_temperature.cooling": (22, 20, 26), "balance_temperature.heating": (14, 12, 18),
         "load_error.hour": (1, 0.6, 1.6)}
NEW_YEAR = pd.Timestamp("2025-01-01")


def read(release: Release, table: str) -> pd.DataFrame:
    return pd.read_parquet(release.table(table))


def test_every_share_of_the_toy_zone_sums_to_one(toy_release: Release) -> None:
    shape = read(toy_release, "load_shape")
    standing = read(toy_release, "building").merge(read(toy_release, "building_construction"), on="building_id")
    assert set(shape["use"]) == set(standing.loc[standing["electricity_kwh_per_a"] > 0, "use"])
    for _, rows in shape.groupby("use"):
        assert rows["hour"].tolist() == list(range(8760))
        for column in ("share_of_year", "base_share", "cooling_share", "heating_share"):
            assert rows[column].sum() == pytest.approx(1, abs=1e-6)
            assert rows[column].min() >= 0
    assert shape["shape_hour"].is_unique
    assert set(shape["shape_evidence"]) == {"default"}


def test_hours_of_the_toy_zone_add_up_to_what_its_buildings_use(toy_release: Release) -> None:
    hours, buildings = read(toy_release, "load_hour"), read(toy_release, "building_construction")
    assert hours["hour"].tolist() == list(range(8760))
    assert hours["electricity_kwh"].sum() == pytest.approx(buildings["electricity_kwh_per_a"].sum(), rel=1e-6)
    for part in PARTS:
        assert hours[f"{part}_kwh"].sum() == pytest.approx(buildings[f"{part}_kwh_per_a"].sum(), rel=1e-6)
    parts = hours[[f"{part}_kwh" for part in PARTS]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(hours["electricity_kwh"].to_numpy(), abs=1e-5)


def test_offices_are_cooled_most_on_a_summer_afternoon_and_heated_in_winter(toy_release: Release) -> None:
    shape = read(toy_release, "load_shape")
    office = shape[shape["use"] == "office"].set_index("hour")
    cooled, heated = (NEW_YEAR + pd.Timedelta(hours=int(office[f"{part}_share"].idxmax()))
                      for part in ("cooling", "heating"))
    assert cooled.month in {7, 8}
    assert 12 <= cooled.hour <= 17
    assert cooled.weekday() < 5
    assert heated.month in {12, 1, 2}
    assert 6 <= heated.hour <= 10


def test_temperature_is_that_of_the_hours_of_the_sun(toy_release: Release) -> None:
    """Nothing is cooled in an hour of at most 22 degrees; where it is warmer, cooling is linear in the degrees."""
    shape, sun = read(toy_release, "load_shape"), read(toy_release, "solar_hour")
    share = shape.loc[shape["use"] == "office", "cooling_share"].to_numpy()
    above = np.maximum(sun["temp_air_degc"].to_numpy() - 22, 0)
    noon = np.arange(8760) % 24 == 11
    weekday = (2 + np.arange(8760) // 24) % 7 < 5
    assert (share[above == 0] == 0).all()
    chosen = noon & weekday & (above > 0)
    ratio = share[chosen] / above[chosen]
    assert chosen.sum() > 50
    assert ratio == pytest.approx(np.full(len(ratio), ratio.mean()), rel=1e-3)


def test_without_weather_there_is_no_cooling_and_the_reason_stands(make: Callable[..., Zoned]) -> None:
    """The sea off Africa, where no typical year is known."""
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=4)], factors=SPLIT)
    zone.run("construction")
    site = Site(Zone(name="sea"), parse_crs("EPSG:32631"), Checks())
    run_layer(zone.connection, discover_layers()["load"], site)
    rows = zone.rows("load_shape", "shape_hour").values()
    assert len(rows) == 8760
    assert {(row["cooling_share"], row["heating_share"], row["shape_reason"]) for row in rows} == {
        (None, None, "no_weather")}
    assert all(row["share_of_year"] == row["base_share"] for row in rows)
    hours = zone.rows("load_hour", "hour").values()
    assert {row["cooling_kwh"] for row in hours} == {None}
    assert sum(row["electricity_kwh"] for row in hours) == pytest.approx(1600 * 80)


@pytest.mark.parametrize(("left_out", "reason"), [
    ("electricity_share.cooling.office", "no_split"), ("balance_temperature.cooling", "no_balance_temperature")])
def test_what_is_not_known_is_said(make: Callable[..., Zoned], left_out: str, reason: str) -> None:
    factors = {name: value for name, value in SPLIT.items() if name != left_out}
    zone = make([house("a", box(612_000, 3_486_000, 612_020, 3_486_020), use="office", levels=4)],
                outline=box(611_000, 3_485_000, 613_000, 3_487_000), factors=factors)
    zone.run("construction")
    zone.run("load")
    rows = zone.rows("load_shape", "shape_hour").values()
    assert {(row["cooling_share"], row["shape_reason"]) for row in rows} == {(None, reason)}
    assert sum(row["share_of_year"] for row in rows) == pytest.approx(1, abs=1e-6)


def test_a_building_that_is_planned_or_of_unknown_use_has_no_hours(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=4, status="planned"),
                 house("b", box(50, 0, 70, 20), levels=4)], factors=SPLIT)
    zone.run("construction")
    zone.run("load")
    assert zone.rows("load_shape", "shape_hour") == {}
    assert zone.rows("load_hour", "hour") == {}


def test_helsinki_has_shapes_from_schedules_alone(helsinki_store: Store) -> None:
    shape = read(helsinki_store.open_release("helsinki"), "load_shape")
    assert len(shape) == 8760 * shape["use"].nunique() > 0
    assert shape[["cooling_share", "heating_share"]].isna().to_numpy().all()
    assert shape["shape_reason"].isin({"no_weather", "no_split"}).all()
