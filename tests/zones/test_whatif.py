"""Questions about drafts on the reference plan, against what its release has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from starlette.testclient import TestClient

from layers.solar.sills import dwelling_hours
from layers.solar.yields import Modules
from server.app import make_app
from server.settings import Settings
from server.whatif.limits import KINDS, judge_limit
from server.whatif.town import make_town
from twin.crs import WGS84, transform
from twin.light.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.whatif.town import Town
    from twin.store import Store

DWELLINGS = 60  # whose sun is worked out once more
ROOFS = 400


@pytest.fixture(scope="module")
def client(taicang_store: Store) -> Iterator[TestClient]:
    with TestClient(make_app(Settings(store=taicang_store.folder, zone="taicang"))) as client:
        yield client


@pytest.fixture(scope="module")
def town(client: TestClient) -> Iterator[Town]:
    with client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        yield make_town(served)


def some(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return rows spread evenly over a table."""
    return frame.iloc[np.unique(np.linspace(0, len(frame) - 1, number).astype(int))]


def test_hours_before_are_those_of_the_release(town: Town) -> None:
    known = pd.DataFrame(town.served.rows(
        "select building_id, sunlight_h_min as least_h, sunlight_h_mean as mean_h from building_solar "
        "where sunlight_h_min is not null order by sunlight_h_mean, building_id")).set_index("building_id")
    known = pd.concat([known.iloc[: DWELLINGS // 2], some(known, DWELLINGS // 2)])
    found = dwelling_hours(town.blocks, known.index.to_numpy(str), latitude_deg=town.latitude_deg,
                           convergence_deg=town.convergence_deg, rule=town.rule)
    error_min = 60 * (found[["least_h", "mean_h"]].reindex(known.index) - known)
    assert len(error_min) >= DWELLINGS // 2
    assert not error_min.isna().to_numpy().any()
    assert np.abs(error_min.to_numpy()).max() < 0.01


def test_yields_before_are_those_of_the_release(town: Town) -> None:
    sun = town.sun
    assert sun is not None
    frame = some(town.roofs[town.roofs["capacity_kwp"] > 0], ROOFS)
    modules = Modules.lay(frame, frame["tilt_deg"].to_numpy(float), frame["azimuth_deg"].to_numpy(float), sun.daylight,
                          convergence_deg=town.convergence_deg)
    signature = Signature.unpack(sun.sky.dome, [sun.signatures[name] for name in frame["surface_id"]])
    found = modules.feed_in(signature, sun.sky, sun.daylight, sun.settings)[0].sum(axis=1)
    error = found / frame["yield_kwh_per_a"].to_numpy(float) - 1
    assert np.abs(error).max() < 1e-4


def test_limits_of_every_parcel_are_judged_as_in_the_release(town: Town) -> None:
    known = {row["parcel_id"]: row for row in town.served.rows(
        "select parcel_id, limits_kept, far_counted, coverage from parcel_planning where limits_kept is not null")}
    standing = town.served.rows(
        "select min(building_id) as building_id, building_parcel.parcel_id from building_parcel "
        "inner join building using (building_id) where status = 'existing' group by all order by all")
    parcels: dict[str, list[bool | None]] = {}
    for first in range(0, len(standing), 20):
        desk = town.drawer.work_out([], [row["building_id"] for row in standing[first : first + 20]], [])
        for parcel_id, parcel in desk.parcels.items():
            before = desk.before[parcel_id]
            if parcel["land_use"] != "public":
                assert before["far_counted"] == pytest.approx(known[parcel_id]["far_counted"], rel=1e-12)
                judged = [judge_limit(kind, parcel, before, before, town.drawer.planning) for kind in KINDS]
                parcels[parcel_id] = [told["passes_before"] for told in judged
                                      if told["reason"] in {None, "in_doubt"}]
    verdicts = {parcel_id: "broken" if False in judged else "kept" if judged and None not in judged else "unknown"
                for parcel_id, judged in parcels.items()}
    assert len(verdicts) > 300
    assert verdicts == {parcel_id: known[parcel_id]["limits_kept"] for parcel_id in verdicts}


def drawn(town: Town, shape: shapely.Geometry, **told: Any) -> dict[str, Any]:
    """Return a drawn building over a shape of the zone."""
    return {"footprint": json.loads(shapely.to_geojson(transform(shape, town.crs, WGS84))), **told}


def test_buildings_drawn_anew_have_the_figures_of_the_release(client: TestClient, town: Town) -> None:
    flats = town.served.rows(
        "select *, st_aswkb(geometry) as wkb from building inner join building_construction using (building_id) "
        "where status = 'existing' and use = 'residential' and levels > 0 and st_ngeometries(geometry) = 1 "
        "and height_source = 'levels' and roof_shape is null "
        "order by building_id")
    for row in flats[:: len(flats) // 6]:
        shape = shapely.get_parts(shapely.from_wkb(bytes(row["wkb"])))[0]
        answer = client.post("/api/whatif", json={"buildings": [drawn(
            town, shape, storeys=int(row["levels"]), storey_height_m=row["height_m"] / row["levels"],
            use="residential", replaces=row["building_id"])]}).json()
        (draft,) = answer["buildings"]
        for name in ("footprint_m2", "floor_area_m2", "residents"):
            assert draft[name] == pytest.approx(row[name], rel=1e-6)
        for name in ("electricity_kwh_per_a", "gas_kwh_per_a", "emissions_kgco2e_per_a", "embodied_kgco2e"):
            assert draft["energy"][name] == pytest.approx(row[name], rel=1e-6)
        for parcel in answer["parcels"]:
            for kind in ("far", "height", "coverage"):
                told = parcel["limits"][kind]
                assert told["after"] == pytest.approx(told["before"], rel=1e-6)
        changes = answer["neighbours"]["sunlight"]["dwellings"]
        assert all(abs(told["mean_hours_after"] - told["mean_hours_before"]) < 1 / 60 for told in changes)
        assert abs(answer["neighbours"]["photovoltaics"]["lost_kwh"]) < 0.5


def test_beyond_the_radius_next_to_nothing_is_lost(
    client: TestClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower = {"buildings": [drawn(town, shapely.box(*_densest(town)), storeys=20, use="residential")]}
    near = client.post("/api/whatif", json=tower).json()["neighbours"]["photovoltaics"]
    monkeypatch.setattr("server.whatif.panels.LEAST_DEG", 2.5)
    far = client.post("/api/whatif", json=tower).json()["neighbours"]["photovoltaics"]
    assert far["radius_m"] == pytest.approx(2 * near["radius_m"], rel=0.01)
    assert far["looked_at"] > 1.3 * near["looked_at"]
    assert 0 <= far["lost_kwh"] - near["lost_kwh"] < 0.05 * near["lost_kwh"]


def _densest(town: Town) -> tuple[float, float, float, float]:
    """Return a square of 24 m amid the most dwellings."""
    homes = town.blocks[town.blocks["use"] == "residential"]
    middle = np.column_stack([homes["west"] + homes["east"], homes["south"] + homes["north"]]) / 2
    near = (np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1)) < 250).sum(axis=1)
    x, y = middle[int(np.argmax(near))]
    return x - 12, y - 12, x + 12, y + 12


def changed(client: TestClient, building_id: str, **told: Any) -> dict[str, Any]:
    """Return the answer about a standing building with what is to differ."""
    answer = client.post("/api/whatif", json={"buildings": [{"replaces": building_id, "roof_pv": True, **told}]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# a tower on a podium, a courtyard, heights by tag, an unknown use, a tower
UNTOUCHED = ("osm:way/3319", "osm:relation/1", "osm:way/3928", "osm:way/2743", "osm:way/3297")


def test_a_building_that_is_not_touched_keeps_the_figures_of_the_release(client: TestClient, town: Town) -> None:
    holed = town.served.rows("select building_id from building where status = 'existing' "
                             "and list_aggregate(list_transform(st_dump(geometry), x -> "
                             "st_ninteriorrings(x.geom)), 'sum') > 0 order by building_id")
    parted = town.served.rows("select distinct building_id from building_part inner join building using (building_id) "
                              "where building.status = 'existing' order by all")
    for building_id in {*UNTOUCHED, *(row["building_id"] for row in [*holed[:4], *parted[:6]])}:
        answer = changed(client, building_id)
        (draft,), (was,) = answer["buildings"], answer["removed"]
        assert (draft["use"], draft["storeys"]) == (was["use"], was["levels"])
        for name in ("footprint_m2", "floor_area_m2", "height_m", "residents"):
            assert draft[name] == (was[name] and pytest.approx(was[name], rel=1e-9))
        for name in ("electricity_kwh_per_a", "gas_kwh_per_a", "emissions_kgco2e_per_a", "embodied_kgco2e"):
            assert draft["energy"][name] == (was[name] and pytest.approx(was[name], rel=1e-9))
        solar = draft["solar"]
        assert solar["yield_p50_kwh_per_a"] == pytest.approx(was["pv_yield_kwh_per_a"], rel=1e-6)
        assert solar["yield_p90_kwh_per_a"] == pytest.approx(was["pv_yield_p90_kwh_per_a"], rel=1e-4)
        if draft["sunlight"]:
            assert draft["sunlight"]["hours"] == pytest.approx(was["sunlight_h_min"], abs=1e-6)
        assert answer["neighbours"]["photovoltaics"]["lost_kwh"] == 0
        assert answer["neighbours"]["sunlight"]["dwellings"] == []
        limits = [told for parcel in answer["parcels"] for told in parcel["limits"].values()]
        assert [told["passes"] for told in limits] == [told["passes_before"] for told in limits]


def test_the_storeys_of_a_tower_on_a_podium_are_cut_from_above_and_added_on_top(client: TestClient) -> None:
    # a podium of 3 storeys over 2,912 m2, of which 1,292 m2 bear 29 more
    podium_m2, tower_m2, storey_m = 2912.4757, 1292.0079, 3.9
    for storeys, floor_m2 in ((2, 2 * podium_m2), (3, 3 * podium_m2), (10, 3 * podium_m2 + 7 * tower_m2),
                              (40, 3 * podium_m2 + 37 * tower_m2)):
        (draft,) = changed(client, "osm:way/3319", storeys=storeys)["buildings"]
        assert draft["floor_area_m2"] == pytest.approx(floor_m2, rel=1e-6)
        assert draft["height_m"] == pytest.approx(storeys * storey_m)
        assert max(body["height_m"] for body in draft["bodies"]) == pytest.approx(storeys * storey_m)
