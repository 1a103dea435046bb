"""The paybacks of the toy zone: sums, one building hour by hour, reasons, and zones without tariff or sun."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from layers.payback.roofs import PV, SELF_USED

if TYPE_CHECKING:
    from twin.store import Release, Store

PERIODS = ("critical_peak", "peak", "flat", "valley")
HALL = "file:h2"  # retail, single-part, with its own hours


def read(release: Release, table: str) -> pd.DataFrame:
    return pd.read_parquet(release.table(table))


@pytest.fixture(scope="module")
def roofs(toy_release: Release) -> pd.DataFrame:
    told = read(toy_release, "building_payback").set_index("building_id")
    return told.join(read(toy_release, "building_solar").set_index("building_id")).join(
        read(toy_release, "building").set_index("building_id")[["use", "status"]])


def period_of(moment: datetime) -> str:
    """Return the period of an hour without critical peaks, read from the notice once more by hand."""
    if moment.month in {6, 7, 8, 12, 1, 2}:
        if 14 <= moment.hour < 22:
            return "peak"
        return "valley" if moment.hour < 6 or moment.hour in {11, 12} else "flat"
    if 15 <= moment.hour < 22:
        return "peak"
    return "valley" if 2 <= moment.hour < 6 or 10 <= moment.hour < 14 else "flat"


def test_periods_of_a_roof_add_up_to_its_yield(roofs: pd.DataFrame) -> None:
    known = roofs[roofs["pv_capacity_kwp"] > 0]
    assert len(known) == 6
    assert known[list(PV)].sum(axis=1).to_numpy() == pytest.approx(known["pv_yield_kwh_per_a"].to_numpy(), rel=1e-6)
    own = known["self_used_kwh_per_a"]
    assert known[list(SELF_USED)].sum(axis=1).to_numpy() == pytest.approx(own.to_numpy(), rel=1e-6)
    assert (own + known["exported_kwh_per_a"]).to_numpy() == pytest.approx(known["pv_yield_kwh_per_a"].to_numpy(),
                                                                            rel=1e-6)
    assert (known[list(SELF_USED)].to_numpy() <= known[list(PV)].to_numpy() * (1 + 1e-6)).all()


def test_one_building_is_what_a_loop_over_the_hours_gives(toy_release: Release, roofs: pd.DataFrame) -> None:
    """Two-byte hours, load and tariff put together once more, with no code of the layer but the names of periods."""
    stored = read(toy_release, "roof_power").set_index("building_id").loc[HALL, "power"]
    steps = np.frombuffer(stored, "<u2").astype(float)
    roof = roofs.loc[HALL]
    shape = read(toy_release, "load_shape").query("use == 'retail'").set_index("hour")["share_of_year"]
    year = read(toy_release, "building_construction").set_index("building_id").loc[HALL, "electricity_kwh_per_a"]
    pv, own = dict.fromkeys(PERIODS, 0.0), dict.fromkeys(PERIODS, 0.0)
    for hour, step in enumerate(steps):
        period = period_of(datetime(2025, 1, 1) + timedelta(hours=hour))  # noqa: DTZ001 local standard time
        given = step / steps.sum() * roof["pv_yield_kwh_per_a"]
        pv[period] += given
        own[period] += min(given, year * shape[hour])
    for period in PERIODS:
        assert roof[f"pv_{period}_kwh"] == pytest.approx(pv[period], rel=1e-6, abs=1e-9)
        assert roof[f"self_used_{period}_kwh"] == pytest.approx(own[period], rel=1e-6, abs=1e-9)
    price = {"critical_peak": 0, "peak": 0.315 + 0.424 * 1.6, "flat": 0.739, "valley": 0.315 + 0.424 * 0.35}
    value = sum(own[period] * price[period] for period in PERIODS)
    value += (roof["pv_yield_kwh_per_a"] - sum(own.values())) * 0.32
    assert roof["tariff"] == "single_part_small"
    assert roof["connection_kva"] == pytest.approx(year * shape.max(), rel=1e-6)  # no transformer stands on its parcel
    assert roof["value_cny_per_a"] == pytest.approx(value, rel=1e-5)
    assert roof["payback_years"] == pytest.approx(3000 * roof["pv_capacity_kwp"] / (
        value - 46 * roof["pv_capacity_kwp"]), rel=1e-5)


def test_the_hours_of_a_roof_add_up_to_the_months_of_its_surfaces(toy_release: Release) -> None:
    surfaces = read(toy_release, "roof_surface").groupby("building_id")
    for building_id, power in read(toy_release, "roof_power").itertuples(index=False, name=None):
        steps = np.frombuffer(power, "<u2").astype(float)
        month = pd.date_range("2023-01-01", periods=len(steps), freq="h").month
        told = surfaces.get_group(building_id)
        months = [told[f"yield_month_{number}_kwh"].sum() for number in range(1, 13)]
        found = np.bincount(month, steps)[1:] / steps.sum() * sum(months)
        assert found.tolist() == pytest.approx(months, rel=1e-5)


def test_noon_is_when_the_sun_is_highest_in_local_standard_time(toy_release: Release) -> None:
    for power in read(toy_release, "roof_power")["power"]:
        day = np.frombuffer(power, "<u2").astype(float).reshape(365, 24).sum(axis=0)
        assert day[:5].sum() == day[20:].sum() == 0
        middle = (day * (np.arange(24) + 0.5)).sum() / day.sum()
        assert middle == pytest.approx(12, abs=0.3)  # 120.47 degrees east, UTC+8


def test_avoided_emissions_are_yield_times_the_grid_factor(roofs: pd.DataFrame) -> None:
    known = roofs[roofs["pv_capacity_kwp"] > 0]
    assert known["avoided_kgco2e_per_a"].to_numpy() == pytest.approx(
        (0.5827 * known["pv_yield_kwh_per_a"]).to_numpy(), rel=1e-6)


def test_who_has_no_payback_has_a_reason_and_who_has_one_has_none(roofs: pd.DataFrame) -> None:
    assert (roofs["payback_years"].isna() == roofs["payback_reason"].notna()).all()
    assert set(roofs.loc[roofs["use"] == "residential", "payback_reason"]) == {"no_tariff_of_use"}
    assert set(roofs.loc[roofs["status"] != "existing", "payback_reason"]) == {"not_standing"}
    assert roofs.loc[roofs["payback_reason"] == "no_tariff_of_use", "self_used_share"].between(0, 1).all()


def test_prices_stand_in_tables_by_period_and_by_hour(toy_release: Release) -> None:
    price = read(toy_release, "tariff_price").set_index("tariff_period")["price_cny_per_kwh"]
    hours = read(toy_release, "tariff_hour")
    assert len(hours) == 4 * 12 * 24
    shares = hours[[f"{period}_share" for period in PERIODS]].to_numpy()
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(hours)))
    told = [[price[f"{tariff}/{period}"] for period in PERIODS] for tariff in hours["tariff"]]
    assert hours["price_cny_per_kwh"].to_numpy() == pytest.approx((shares * np.array(told)).sum(axis=1), rel=1e-6)


def test_the_nearest_substation_is_as_far_as_it_is(toy_release: Release, roofs: pd.DataFrame) -> None:
    import geopandas as gpd

    shapes = gpd.read_parquet(toy_release.table("building")).set_index("building_id").geometry
    assets = gpd.read_parquet(toy_release.table("energy_asset")).set_index("asset_id")
    assets = assets[assets["kind"].isin(["substation", "transformer"]) & (assets["status"] == "existing")]
    for building_id, roof in roofs.iterrows():
        distances = assets.distance(shapes[building_id])
        assert roof["grid_asset_id"] == distances.idxmin()
        assert roof["grid_distance_m"] == pytest.approx(distances.min(), rel=1e-6)


def test_a_zone_without_sun_and_tariff_says_so_and_prices_nothing(helsinki_store: Store) -> None:
    release = helsinki_store.open_release("helsinki")
    told = read(release, "building_payback")
    assert set(told["payback_reason"]) <= {"no_weather", "not_standing", "no_roof"}
    assert told[["payback_years", "value_cny_per_a", "tariff", "connection_kva"]].isna().all(axis=None)
    assert len(read(release, "tariff_price")) == len(read(release, "tariff_hour")) == 0
    assert len(read(release, "roof_power")) == 0
