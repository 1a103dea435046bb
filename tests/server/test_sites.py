"""Roofs ranked for photovoltaics, and the map's surfaces of roofs and facades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from twin.store import Release


def sites(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/solar/sites", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["sites"]
    return found


def test_best_roofs_come_first_with_intervals_and_reasons(toy_client: TestClient) -> None:
    found = sites(toy_client, least_kwp=0)
    yields = [site["yield_kwh_per_a"] for site in found]
    assert yields == sorted(yields, reverse=True)
    assert found[0]["building_id"] == "file:h2"  # the works hall has few things on its roof
    for site in found:
        assert site["yield_kwh_per_a_low"] < site["yield_p90_kwh_per_a"] < site["yield_kwh_per_a"]
        assert site["yield_kwh_per_a"] < site["yield_kwh_per_a_high"]
        told = site["roof_usable_m2"] + sum(site["left_out_m2"].values())
        assert told == pytest.approx(site["roof_m2"], rel=1e-3)


def test_best_roofs_can_be_narrowed(toy_client: TestClient) -> None:
    assert len(sites(toy_client, limit=2, least_kwp=0)) == 2
    assert all(site["capacity_kwp"] >= 10 for site in sites(toy_client))
    uses = {site["use"] for site in sites(toy_client, least_kwp=0)}
    for use in uses:
        assert {site["use"] for site in sites(toy_client, least_kwp=0, use=use)} == {use}
    by = [site["specific_yield_kwh_per_kwp_a"] for site in sites(toy_client, by="specific_yield", least_kwp=0)]
    assert by == sorted(by, reverse=True)


def test_best_roofs_say_their_weather_and_that_the_zone_is_invented(toy_client: TestClient) -> None:
    answer = toy_client.get("/api/solar/sites", params={"lang": "de"}).json()
    assert answer["weather"][0].startswith("weather: synthetic typical year")
    assert "erfunden" in answer["notice"].lower()


@pytest.mark.parametrize("query", ["limit=0", "limit=1000", "by=price", "least_kwp=-1", "limit=many"])
def test_odd_questions_are_refused(toy_client: TestClient, query: str) -> None:
    assert toy_client.get(f"/api/solar/sites?{query}").status_code == 422


def test_a_zone_without_weather_has_no_best_roofs(client: TestClient) -> None:
    assert sites(client) == []


@pytest.mark.parametrize(("view", "subject"), [("roof_irradiation", "roof_surface"),
                                               ("facade_irradiation", "facade_surface")])
def test_surfaces_stand_in_space_and_carry_every_month(
    toy_client: TestClient, toy_release: Release, read_tiles: Callable[..., list[dict[str, Any]]], view: str,
    subject: str,
) -> None:
    tiles = read_tiles(toy_client, subject, 14)
    features = [feature for tile in tiles for feature in tile["features"]]
    assert len(features) == toy_release.manifest["counts"][subject]
    meta = toy_client.get(f"/views/{view}.json").json()["metadata"]
    assert (meta["steps"], meta["step"]) == (12, 0)
    columns = {toy_client.get(f"/views/{view}.json?step={step}").json()["metadata"]["column"] for step in range(13)}
    assert len(columns) == 13
    for feature in features:
        assert shapely.geometry.shape(feature["geometry"]).has_z
        assert {"id", "building_id"} | columns <= set(feature["properties"])


def test_months_share_one_legend(toy_client: TestClient) -> None:
    legends = [toy_client.get(f"/views/roof_irradiation.json?step={step}").json()["metadata"]["legend"]["stops"]
               for step in (1, 7)]
    assert legends[0] == legends[1]


def test_a_step_that_is_not_there_is_told(toy_client: TestClient) -> None:
    assert toy_client.get("/views/roof_irradiation.json?step=13").status_code == 404
    assert toy_client.get("/views/height.json?step=1").status_code == 404
