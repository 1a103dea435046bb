"""What a draft is and uses: floor area, people, energy and carbon by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.whatif.conftest import box

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def factors(toy_client: TestClient) -> dict[str, dict[str, Any]]:
    """Return the factors in force on the toy zone."""
    with toy_client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        return {row["quantity"]: row for row in served.rows("from factor_in_force")}


def test_energy_is_floor_area_times_intensity(ask: Ask, factors: dict[str, dict[str, Any]]) -> None:
    (draft,) = ask(box(75, 50, 95, 70))["buildings"]
    assert draft["floor_area_m2"] == pytest.approx(1600)
    energy = draft["energy"]
    # Jiangsu takes East China's 31.5 and 26.4 kWh/(m2 a)
    assert energy["electricity_kwh_per_a"] == pytest.approx(1600 * 31.5)
    assert energy["gas_kwh_per_a"] == pytest.approx(1600 * 26.4)
    assert energy["heat_kwh_per_a"] is None
    assert energy["carriers_left_out"] == "heat"
    grid, gas = (factors[name]["value"] for name in ("grid_emission.location", "fuel_emission.natural_gas"))
    assert energy["emissions_kgco2e_per_a"] == pytest.approx(1600 * (31.5 * grid + 26.4 * gas))
    assert energy["embodied_kgco2e"] == pytest.approx(1600 * factors["embodied_carbon.residential"]["value"])
    for name in ("electricity_kwh_per_a", "gas_kwh_per_a", "emissions_kgco2e_per_a", "embodied_kgco2e"):
        assert energy[f"{name}_low"] < energy[name] < energy[f"{name}_high"]


def test_people_live_as_densely_as_in_the_zone(ask: Ask) -> None:
    # 120 people on 3,200 m2 of dwellings
    (draft,) = ask(box(75, 50, 95, 70))["buildings"]
    assert draft["residents"] == pytest.approx(1600 * 120 / 3200)


def test_nobody_lives_in_an_office(ask: Ask) -> None:
    (draft,) = ask(box(75, 50, 95, 70, use="office"))["buildings"]
    assert draft["residents"] == 0
    assert draft["sunlight"] is None


def test_the_usual_storey_of_the_use_stands_where_none_is_given(ask: Ask, factors: dict[str, dict[str, Any]]) -> None:
    (draft,) = ask(box(75, 50, 95, 70, use="office", storey_height_m=None))["buildings"]
    assert draft["height_m"] == pytest.approx(4 * factors["storey_height.office"]["value"])


def test_a_building_drawn_anew_is_what_the_release_has(ask: Ask, toy_client: TestClient) -> None:
    (draft,) = ask(box(10, 10, 30, 30, replaces="file:h1", roof_pv=True))["buildings"]
    with toy_client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        row = served.row("from building inner join building_construction using (building_id) "
                         "inner join building_solar using (building_id) where building_id = 'file:h1'")
    for name in ("footprint_m2", "floor_area_m2", "residents", "dwellings", "height_m"):
        assert draft[name] == pytest.approx(row[name])
    for name, value in draft["energy"].items():
        assert value == (pytest.approx(row[name]) if isinstance(value, float) else row[name])
    solar = draft["solar"]
    # points stand for the roof where the release has cells of 1 m: two thousandths
    assert solar["usable_m2"] == pytest.approx(row["roof_usable_m2"], rel=2e-3)
    assert solar["yield_p50_kwh_per_a"] == pytest.approx(row["pv_yield_kwh_per_a"], rel=3e-3)
    assert solar["yield_p90_kwh_per_a"] == pytest.approx(row["pv_yield_p90_kwh_per_a"], rel=3e-3)
    assert solar["yield_low_kwh_per_a"] == pytest.approx(row["pv_yield_kwh_per_a_low"], rel=3e-3)


def test_a_draft_without_panels_tells_of_none(ask: Ask) -> None:
    assert ask(box(75, 50, 95, 70))["buildings"][0]["solar"] is None


def test_every_language_has_its_notice(ask: Ask) -> None:
    told = {lang: ask(box(75, 50, 95, 70), lang=lang) for lang in ("en", "zh", "fr", "de")}
    assert len({answer["notice"] for answer in told.values()}) == 4
    assert len({answer["method"]["sunlight"] for answer in told.values()}) == 4


def test_nothing_of_a_draft_stays(ask: Ask, toy_client: TestClient) -> None:
    before = toy_client.get("/api/zone").json()
    ask(box(75, 50, 95, 70))
    assert toy_client.get("/api/zone").json() == before
    assert toy_client.get("/api/buildings/draft:1").status_code == 404


def test_a_zone_that_does_not_say_how_many_live_there_houses_people_all_the_same(client: TestClient) -> None:
    ring = [[24.9400, 60.1700], [24.9403, 60.1700], [24.9403, 60.1702], [24.9400, 60.1702], [24.9400, 60.1700]]
    building = {"footprint": {"type": "Polygon", "coordinates": [ring]}, "storeys": 4, "use": "residential"}
    answer = client.post("/api/whatif", json={"buildings": [building]})
    assert answer.status_code == 200, answer.text
    (draft,) = answer.json()["buildings"]
    with client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        factors = {row["quantity"]: row["value"] for row in served.rows("select quantity, value from factor_in_force")}
    lived_m2 = draft["floor_area_m2"] * factors["residential_share.residential"]
    assert draft["residents"] == pytest.approx(lived_m2 / factors["floor_area_per_resident"])
