"""The solar tables of the toy zone: six roofs on open ground, checked by hand and against pvlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pvlib import atmosphere, irradiance

from layers.solar.area import REASONS
from layers.solar.pv import ac_yield, plane_of_array, shade, split_sky
from layers.solar.rows import lay_rows, shade_rows
from twin.light.dome import Dome
from twin.light.signature import Signature
from twin.light.sky import find_sun
from twin.packed import unpack_hours
from twin.store import find_damage
from twin.weather.typical import typical_year

if TYPE_CHECKING:
    from layers.solar.pv_settings import PvSettings
    from twin.store import Release, Store

OFFICIAL_HOURS, LOW_HOURS, HIGH_HOURS = 1080, 994, 1290  # Jiangsu's notice of 2025-11-11, published bounds [kWh/kWp]


@pytest.fixture(scope="module")
def roofs(toy_release: Release) -> gpd.GeoDataFrame:
    return gpd.read_parquet(toy_release.table("roof_surface")).set_index("building_id")


def read(release: Release, table: str) -> pd.DataFrame:
    return pd.read_parquet(release.table(table))


def test_every_standing_building_has_its_roof_and_no_other(toy_release: Release, roofs: gpd.GeoDataFrame) -> None:
    buildings = read(toy_release, "building").set_index("building_id")
    standing = buildings[buildings["status"] == "existing"]
    assert roofs.groupby(level=0)["plan_m2"].sum().to_dict() == pytest.approx(standing["footprint_m2"].to_dict())
    told = read(toy_release, "building_solar").set_index("building_id")
    assert told.loc[buildings["status"] != "existing", "solar_notation_key"].unique().tolist() == ["NO"]
    assert told.loc[buildings["status"] != "existing"].drop(columns=["solar_notation_key", "solar_reason"]).isna().all(
        axis=None)


def test_open_roofs_receive_what_the_weather_gives_the_horizontal(roofs: gpd.GeoDataFrame) -> None:
    year = typical_year(31.44, 120.47)
    assert year is not None
    free = roofs["irradiation_open_kwh_per_m2_a"]
    assert free.tolist() == pytest.approx([year.ghi_kwh_per_m2] * len(roofs), rel=1e-4)
    assert (roofs["irradiation_kwh_per_m2_a"] <= free * 1.0001).all()
    months = roofs[[f"irradiation_month_{month}_kwh_per_m2" for month in range(1, 13)]]
    assert months.sum(axis=1).to_numpy() == pytest.approx(roofs["irradiation_kwh_per_m2_a"].to_numpy(), rel=1e-5)
    assert months.iloc[0].to_numpy() == pytest.approx(year.monthly()["ghi_kwh_per_m2"].to_numpy(), rel=2e-3)


def test_a_low_house_beside_a_high_one_lies_in_its_shade(roofs: gpd.GeoDataFrame) -> None:
    """h4 is 9 m high and stands 14 m east of h1 with 12 m: it alone of all sees a higher roof nearby."""
    share = roofs["irradiation_kwh_per_m2_a"] / roofs["irradiation_open_kwh_per_m2_a"]
    assert share.idxmin() == "file:h4"
    assert roofs["sky_view_factor"].idxmin() == "file:h4"
    assert 0.9 < share.min() < 0.995


def test_every_square_metre_of_roof_is_usable_or_has_its_reason(roofs: gpd.GeoDataFrame) -> None:
    told = roofs[["usable_m2", *(f"{reason}_m2" for reason in REASONS)]]
    assert (told >= 0).all(axis=None)
    assert told.sum(axis=1).to_numpy() == pytest.approx(roofs["area_m2"].to_numpy(), rel=1e-5)


def test_the_yield_of_an_open_flat_roof_is_what_pvlib_says_step_by_step(
    toy_release: Release, roofs: gpd.GeoDataFrame, pv_settings: PvSettings
) -> None:
    """Rows of 10 degrees to the south under the typical year, the sky's diffuse light by pvlib's own transposition."""
    year = typical_year(31.44, 120.47)
    assert year is not None
    sun = year.sun()
    rows = lay_rows(pv_settings.rows, year.latitude_deg)
    zenith, azimuth = (sun[name].to_numpy() for name in ("apparent_zenith", "azimuth"))
    row = shade_rows(rows, zenith, azimuth, blocks=pv_settings.rows.blocks)
    poa = shade(plane_of_array(split_sky(year.hours, sun), tilt_deg=10.0, azimuth_deg=180.0, albedo=pv_settings.albedo),
                beam_visible=row.beam_visible, sky_share=row.sky_share, horizon_visible=row.horizon_visible,
                ground_share=row.ground_share)
    power = ac_yield(poa, year.hours["temp_air"].to_numpy(), year.hours["wind_speed"].to_numpy(), settings=pv_settings,
                     mount="rack", string_share=row.string_share)[0]
    roof = roofs.loc["file:h3"]
    assert roof["yield_kwh_per_a"] / roof["capacity_kwp"] == pytest.approx(power.sum(), rel=2e-3)
    stored = read(toy_release, "roof_power").set_index("building_id").loc["file:h3", "power"]
    hours_kw = unpack_hours([stored], np.array([roof["yield_kwh_per_a"]]))[0] / roof["capacity_kwp"]
    assert abs(hours_kw - year.from_new_year(power)).max() < 0.02  # its horizon is not quite free
    assert np.corrcoef(hours_kw, year.from_new_year(power))[0, 1] > 0.9999
    day = year.hours.index.day_of_year.to_numpy()
    open_poa = irradiance.get_total_irradiance(
        10, 180, zenith, azimuth, year.hours["dni"].to_numpy(), year.hours["ghi"].to_numpy(),
        year.hours["dhi"].to_numpy(), irradiance.get_extra_radiation(day), atmosphere.get_relative_airmass(zenith),
        albedo=pv_settings.albedo, model="perez")["poa_global"]  # fmt: skip
    assert np.nansum(open_poa) / 1000 == pytest.approx(poa.total.sum() / 1000, rel=0.03)  # rows see less of the sky


def test_yields_lie_where_published_figures_do(toy_release: Release) -> None:
    told = read(toy_release, "building_solar").dropna(subset=["pv_yield_kwh_per_a"])
    specific = told["pv_specific_yield_kwh_per_kwp_a"]
    print(f"{specific.min():.0f}-{specific.max():.0f} kWh/kWp; Jiangsu's official figure is {OFFICIAL_HOURS}")
    assert specific.between(LOW_HOURS, HIGH_HOURS).all()
    assert told["pv_performance_ratio"].between(0.75, 0.85).all()
    low, p90, p50, high = (told[name] for name in ("pv_yield_kwh_per_a_low", "pv_yield_p90_kwh_per_a",
                                                  "pv_yield_kwh_per_a", "pv_yield_kwh_per_a_high"))
    assert ((low < p90) & (p90 < p50) & (p50 < high)).all()


def test_parcels_hold_what_their_buildings_do(toy_release: Release) -> None:
    buildings, parcels = read(toy_release, "building_solar"), read(toy_release, "parcel_solar")
    for name in ("roof_m2", "roof_usable_m2", "roof_obstruction_m2", "pv_capacity_kwp", "pv_yield_kwh_per_a"):
        assert parcels[name].sum() == pytest.approx(buildings[name].sum(), rel=1e-9), name


def test_a_signature_gives_the_hours_of_any_year_without_geometry(
    toy_release: Release, roofs: gpd.GeoDataFrame
) -> None:
    """From the stored bytes alone: the beam of the typical year on h4, hour by hour, is what its irradiation lacks."""
    year = typical_year(31.44, 120.47)
    assert year is not None
    stored = read(toy_release, "roof_signature").set_index("surface_id")
    row = stored.loc[roofs.loc["file:h4", "surface_id"]]
    signature = Signature.unpack(Dome(int(row["azimuths"]), int(row["levels"])), [row["seen"]])
    sun = find_sun(pd.DatetimeIndex(year.hours.index), year.latitude_deg, year.longitude_deg,
                   altitude_m=year.altitude_m, convergence_deg=0.248)
    seen = signature.sun_seen(sun)[0]
    assert seen.min() < 0.9
    beam = year.hours["dni"].to_numpy()[sun.hour] * sun.direction[:, 2]
    lost = (beam * (1 - seen)).sum() / 1000
    missing = roofs.loc["file:h4", "irradiation_open_kwh_per_m2_a"] - roofs.loc["file:h4", "irradiation_kwh_per_m2_a"]
    assert 0 < lost < missing  # the rest is diffuse light


def test_hours_of_the_zone_add_up_to_its_yield(toy_release: Release) -> None:
    hours = read(toy_release, "solar_hour")
    assert len(hours) == 8760
    assert hours["pv_power_kw"].sum() == pytest.approx(read(toy_release, "building_solar")["pv_yield_kwh_per_a"].sum(),
                                                       rel=1e-5)


def test_synthetic_weather_is_said(toy_release: Release) -> None:
    notes = toy_release.manifest["report"]["notes"]
    assert any(note.startswith("weather: synthetic typical year of Shanghai-Baoshan") for note in notes)


def test_without_weather_nothing_is_estimated_and_the_reason_stands(helsinki_store: Store) -> None:
    """No typical year is known near Helsinki, and no file is given."""
    release = helsinki_store.open_release("helsinki")
    told = read(release, "building_solar")
    standing = told[told["solar_notation_key"] != "NO"]
    assert set(standing["solar_notation_key"]) == {"NE"}
    assert set(standing["solar_reason"]) == {"no_weather"}
    assert standing["pv_yield_kwh_per_a"].isna().all()
    assert len(read(release, "roof_surface")) == 0
    assert any("give an EPW or PVGIS file" in note for note in release.manifest["report"]["notes"])
    assert find_damage(release) == []
