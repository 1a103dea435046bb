"""Roofs ranked for photovoltaics, and the map's surfaces of roofs and facades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


@pytest.mark.parametrize("query", [
    "limit=0", "limit=1001", "by=price", "least_kwp=-1", "limit=many", "offset=-1", "self_used_share=1.1",
    "capex_cny_per_kwp=0", "export_price_cny_per_kwh=-0.1", "price_level=nan", "price_level=11", "least_kwp=inf",
    "target_kwp=0", "most_payback_years=-1", "ascending=perhaps", "lang=la",
])
def test_odd_questions_are_refused(toy_client: TestClient, query: str) -> None:
    assert toy_client.get(f"/api/solar/sites?{query}").status_code == 422


def test_a_zone_without_weather_has_no_best_roofs(client: TestClient) -> None:
    assert sites(client) == []


KEYS = {"capacity": "capacity_kwp", "yield": "yield_kwh_per_a", "p90": "yield_p90_kwh_per_a",
        "specific_yield": "specific_yield_kwh_per_kwp_a", "avoided": "avoided_kgco2e_per_a", "payback": "payback_years"}


@pytest.mark.parametrize("by", KEYS)
@pytest.mark.parametrize("ascending", [None, "true", "false"])
def test_roofs_stand_in_the_order_asked_for_and_gaps_at_the_end(
    toy_client: TestClient, by: str, ascending: str | None
) -> None:
    query = {"by": by, "least_kwp": 0} | ({} if ascending is None else {"ascending": ascending})
    values = [site[KEYS[by]] for site in sites(toy_client, **query)]
    known = [value for value in values if value is not None]
    assert len(known) >= 2
    assert values[len(known):] == [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=not (by == "payback" if ascending is None else ascending == "true"))


def answer_of(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/solar/sites", params={"least_kwp": 0} | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_pages_hold_every_roof_once_and_sums_are_over_all(toy_client: TestClient) -> None:
    whole = answer_of(toy_client)
    assert whole["count"] == len(whole["sites"]) == 6
    pages = [answer_of(toy_client, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [site for page in pages for site in page["sites"]] == whole["sites"]
    assert all(page["sums"] == whole["sums"] for page in pages)
    for name in ("capacity_kwp", "yield_kwh_per_a", "avoided_kgco2e_per_a", "capex_cny", "exported_kwh_per_a"):
        assert whole["sums"][name] == pytest.approx(sum(site[name] for site in whole["sites"]))
    sums = whole["sums"]
    assert sums["self_used_kwh_per_a"] + sums["exported_kwh_per_a"] + sums["no_load_kwh_per_a"] == pytest.approx(
        sums["yield_kwh_per_a"])
    paid = [site for site in whole["sites"] if site["payback_years"] is not None]
    left = sum(site["value_cny_per_a"] - site["opex_cny_per_a"] for site in paid)
    assert whole["sums"]["payback_years"] == pytest.approx(sum(site["capex_cny"] for site in paid) / left)
    assert whole["sums"]["roofs_with_payback"] == len(paid) == 2


def test_a_target_is_met_by_the_first_roofs_that_reach_it(toy_client: TestClient) -> None:
    best = sites(toy_client, least_kwp=0, by="capacity")
    two = best[0]["capacity_kwp"] + best[1]["capacity_kwp"]
    for target, roofs in ((two, 2), (two + 0.01, 3), (0.01, 1)):
        (told,) = answer_of(toy_client, by="capacity", target_kwp=target, limit=1)["targets"]
        assert (told["is_met"], told["roofs"], told["sums"]["roofs"]) == (True, roofs, roofs)
    assert told["sums"]["capacity_kwp"] == pytest.approx(best[0]["capacity_kwp"])
    (told,) = answer_of(toy_client, target_kwh_per_a=1e9)["targets"]
    assert (told["is_met"], told["roofs"], told["sums"]["roofs"]) == (False, None, 6)
    (told,) = answer_of(toy_client, target_kwh_per_a=1, use="nothing")["targets"]
    assert (told["is_met"], told["sums"]["roofs"]) == (False, 0)


def test_what_is_taken_for_granted_is_said_with_source_and_can_be_changed(toy_client: TestClient) -> None:
    told = {item["key"]: item for item in answer_of(toy_client)["assumptions"]}
    capex = told["capex_cny_per_kwp"]
    assert (capex["value"], capex["low"], capex["high"], capex["unit"]) == (3000, 2500, 3600, "CNY/kWp")
    assert capex["seen"] == "source"
    assert capex["source"]
    assert not any(item["overridden"] for item in told.values())
    changed = {item["key"]: item for item in answer_of(toy_client, capex_cny_per_kwp=2000)["assumptions"]}
    assert (changed["capex_cny_per_kwp"]["value"], changed["capex_cny_per_kwp"]["default"]) == (2000, 3000)
    assert [key for key, item in changed.items() if item["overridden"]] == ["capex_cny_per_kwp"]
    labels = toy_client.get("/api/labels", params={"lang": "zh"}).json()
    assert {item["label_key"] for item in told.values()} <= set(labels)


def test_asking_with_the_value_that_holds_changes_the_interval_alone(toy_client: TestClient) -> None:
    plain, set_ = (sites(toy_client, least_kwp=0, by="payback", **query)[0]
                   for query in ({}, {"capex_cny_per_kwp": 3000}))
    assert plain["payback_years"] == pytest.approx(set_["payback_years"])
    assert plain["payback_years_low"] < set_["payback_years_low"] < set_["payback_years"]
    assert set_["payback_years"] < set_["payback_years_high"] < plain["payback_years_high"]


def test_paybacks_follow_the_terms(toy_client: TestClient) -> None:
    def years(**query: Any) -> float:
        found = {site["building_id"]: site for site in sites(toy_client, least_kwp=0, **query)}
        return float(found["file:h2"]["payback_years"])

    assert years(capex_cny_per_kwp=6000) == pytest.approx(2 * years(), rel=1e-6)
    assert years(self_used_share=0) > years(self_used_share=0.5) > years(self_used_share=1)
    assert years(price_level=0.5) > years() > years(price_level=2)
    assert years(export_price_cny_per_kwh=0, self_used_share=0.5) > years(self_used_share=0.5)
    assert years(opex_cny_per_kwp_a=0) < years()


def test_dwellings_have_a_payback_only_where_nothing_is_self_used(toy_client: TestClient) -> None:
    told = sites(toy_client, least_kwp=0, use="residential")
    assert {site["payback_reason"] for site in told} == {"no_tariff_of_use"}
    assert {site["payback_reason_key"] for site in told} == {"payback.payback_reason.no_tariff_of_use"}
    exported = sites(toy_client, least_kwp=0, use="residential", self_used_share=0)
    for site in exported:
        income = site["yield_kwh_per_a"] * 0.32 - site["capacity_kwp"] * 46
        assert site["payback_years"] == pytest.approx(site["capacity_kwp"] * 3000 / income, rel=1e-6)


def test_what_does_not_pay_back_in_the_modules_life_is_told(toy_client: TestClient) -> None:
    told = sites(toy_client, least_kwp=0, self_used_share=0, export_price_cny_per_kwh=0.05)
    assert {site["payback_reason"] for site in told} == {"beyond_life"}
    assert {site["payback_years"] for site in told} == {None}


def test_long_paybacks_can_be_left_out(toy_client: TestClient) -> None:
    years = [site["payback_years"] for site in sites(toy_client, least_kwp=0, by="payback")[:2]]
    found = answer_of(toy_client, most_payback_years=(years[0] + years[1]) / 2)
    assert found["count"] == 1


def test_the_nearest_substation_stands_beside_each_roof(toy_client: TestClient) -> None:
    for site in sites(toy_client, least_kwp=0):
        assert site["grid"]["kind_key"] == "kind.substation"
        assert site["grid"]["distance_m"] > 0
        assert site["grid"]["synthetic"] is True
        answer = toy_client.get(f"/api/energy-assets/{site['grid']['asset_id']}").json()
        assert answer["kind"] == "energy_asset"


def test_one_roof_tells_its_months_and_days(toy_client: TestClient) -> None:
    best = sites(toy_client)[0]
    roof = toy_client.get(f"/api/solar/sites/{best['building_id']}").json()
    assert {name: roof[name] for name in best} == best
    months, days = roof["months"], roof["mean_days"]
    assert sum(months["pv_kwh"]) == pytest.approx(best["yield_kwh_per_a"], rel=1e-6)
    assert sum(months["self_used_kwh"]) == pytest.approx(best["self_used_kwh_per_a"], rel=1e-5)
    lengths = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    for name in ("pv", "load", "self_used"):
        told = [sum(day) * length for day, length in zip(days[f"{name}_kw"], lengths, strict=True)]
        assert told == pytest.approx(months[f"{name}_kwh"], rel=1e-9)
    assert days["price_cny_per_kwh"][6][12] == pytest.approx(0.4634)
    assert days["price_cny_per_kwh"][6][13] == pytest.approx(0.739)
    for surface in roof["surfaces"]:
        left_out = sum(surface["left_out_m2"].values())
        assert surface["usable_m2"] + left_out == pytest.approx(surface["area_m2"], rel=1e-5)
    assert sum(surface["capacity_kwp"] for surface in roof["surfaces"]) == pytest.approx(best["capacity_kwp"])


def test_one_roof_follows_the_terms_asked_for(toy_client: TestClient) -> None:
    best = sites(toy_client, price_level=0.5)[0]
    roof = toy_client.get(f"/api/solar/sites/{best['building_id']}", params={"price_level": 0.5}).json()
    assert roof["payback_years"] == best["payback_years"]
    assert roof["mean_days"]["price_cny_per_kwh"][6][13] == pytest.approx(0.739 / 2)


@pytest.mark.parametrize("building_id", ["file:h7", "nothing", "file:h1/more", "%00"])
def test_a_roof_that_is_not_there_is_told_plainly(toy_client: TestClient, building_id: str) -> None:
    answer = toy_client.get(f"/api/solar/sites/{building_id}")
    assert answer.status_code == 404
    assert "no modules" in answer.json()["error"]["message"]


def test_a_table_of_roofs_holds_what_the_ranking_tells(toy_client: TestClient, tmp_path: Path) -> None:
    query = {"least_kwp": 0, "by": "payback", "limit": 1, "capex_cny_per_kwp": 2500}
    answer = toy_client.get("/api/solar/sites.csv", params=query)
    assert 'filename="toy_solar_sites.csv"' in answer.headers["content-disposition"]
    (tmp_path / "sites.csv").write_bytes(answer.content)
    table = pd.read_csv(tmp_path / "sites.csv")
    told = sites(toy_client, **query | {"limit": 100})
    assert table["building_id"].tolist() == [site["building_id"] for site in told]
    assert table["payback_years"].dropna().tolist() == pytest.approx(
        [site["payback_years"] for site in told if site["payback_years"] is not None])
    assert table["roof_setback_m2"].tolist() == pytest.approx([site["left_out_m2"]["setback"] for site in told])
    assert table["assumptions"].str.contains("capex_cny_per_kwp = 2500 CNY/kWp (changed)", regex=False).all()
    assert table["attribution"].str.contains("zonetwin release").all()
    assert table["notice"].str.contains("invented").all()


def test_a_geopackage_of_roofs_has_outlines_and_the_same_bytes_each_time(
    toy_client: TestClient, tmp_path: Path
) -> None:
    saved = []
    for name in ("one.gpkg", "two.gpkg"):
        answer = toy_client.get("/api/solar/sites.gpkg", params={"least_kwp": 0})
        (tmp_path / name).write_bytes(answer.content)
        saved.append(answer.content)
    assert saved[0] == saved[1]
    layer = gpd.read_file(tmp_path / "one.gpkg", layer="solar_sites")
    assert len(layer) == 6
    assert layer.crs.to_epsg() == 4549
    assert (layer.area > 0).all()
    assert {row[0] for row in pyogrio.list_layers(tmp_path / "one.gpkg")} >= {"solar_sites", "assumptions",
                                                                             "attribution"}


def test_an_empty_table_of_roofs_still_has_its_columns(toy_client: TestClient, tmp_path: Path) -> None:
    for form in ("csv", "gpkg"):
        answer = toy_client.get(f"/api/solar/sites.{form}", params={"least_kwp": 1e6})
        assert answer.status_code == 200, answer.text
        (tmp_path / f"none.{form}").write_bytes(answer.content)
    assert "payback_years" in pd.read_csv(tmp_path / "none.csv").columns
    assert "payback_years" in gpd.read_file(tmp_path / "none.gpkg", layer="solar_sites").columns
    assert toy_client.get("/api/solar/sites.xlsx").status_code == 422


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


def test_bounds_of_every_number_are_told_and_hold(toy_client: TestClient) -> None:
    bounds = answer_of(toy_client)["bounds"]
    assert bounds["self_used_share"] == {"least": 0, "most": 1}
    assert bounds["least_kwp"] == {"least": 0, "most": 1e6}
    assert {"target_kwp", "target_kwh_per_a", "most_payback_years", "price_level"} <= set(bounds)
    for name, bound in bounds.items():
        assert toy_client.get("/api/solar/sites", params={name: bound["most"]}).status_code == 200
        assert toy_client.get("/api/solar/sites", params={name: bound["most"] * 2}).status_code == 422


def test_ids_of_all_that_pass_are_told_when_asked_for(toy_client: TestClient) -> None:
    assert answer_of(toy_client, limit=1)["building_ids"] is None
    told = answer_of(toy_client, limit=1, ids=True)
    assert len(told["building_ids"]) == told["count"] == 6
    assert answer_of(toy_client, ids=True, least_kwp=1e6)["building_ids"] == []


def test_the_typical_payback_says_what_it_comes_from(toy_client: TestClient) -> None:
    whole = answer_of(toy_client)
    typical, paid = whole["typical"], [site for site in whole["sites"] if site["payback_years"] is not None]
    assert typical["roofs"] == len(paid) == 2
    assert typical["payback_years"] == pytest.approx(sum(site["payback_years"] for site in paid) / 2)
    used, sold = (sum(site[name] for site in paid) for name in ("self_used_kwh_per_a", "exported_kwh_per_a"))
    assert typical["saved_cny_per_kwh"] * used + typical["sold_cny_per_kwh"] * sold == pytest.approx(
        sum(site["value_cny_per_a"] for site in paid))
    assert typical["self_used_share"] == pytest.approx(used / (used + sold))
    assert answer_of(toy_client, export_price_cny_per_kwh=0.1)["typical"]["saved_cny_per_kwh"] == pytest.approx(
        typical["saved_cny_per_kwh"])
    assert answer_of(toy_client, self_used_share=0)["typical"] is None
    assert answer_of(toy_client, least_kwp=1e6)["typical"] is None
