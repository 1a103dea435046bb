"""What residents are told of their quarter, and the plain page of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
import pytest

from server.quarter_page import Figures, preferred_language

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from twin.store import Release, Store

LANGUAGES = ("en", "zh", "fr", "de")


def quarters(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/neighbourhoods").json()["neighbourhoods"]
    return found


def footprints(client: TestClient) -> list[dict[str, Any]]:
    return [client.get(f"/api/neighbourhoods/{quarter['id']}/footprint").json() for quarter in quarters(client)]


@pytest.fixture(scope="module")
def helsinki_buildings(helsinki_store: Store) -> pd.DataFrame:
    release = helsinki_store.open_release("helsinki")
    buildings = pd.read_parquet(release.table("building"), columns=["building_id", "use", "status", "neighbourhood_id",
                                                                    "residents", "dwellings"])
    return buildings.merge(pd.read_parquet(release.table("building_construction")), on="building_id")


def test_homes_of_a_quarter_are_those_of_its_buildings(client: TestClient, helsinki_buildings: pd.DataFrame) -> None:
    told = [one for one in footprints(client) if one["homes"]]
    assert told
    for one in told:
        mine = helsinki_buildings[(helsinki_buildings["neighbourhood_id"] == one["id"])
                                  & (helsinki_buildings["use"] == "residential")
                                  & (helsinki_buildings["status"] == "existing")]
        energy = mine[["electricity_kwh_per_a", "gas_kwh_per_a", "heat_kwh_per_a"]].sum().sum()
        people = mine.loc[mine["energy_kwh_per_m2_a"].notna(), "residents"].sum()
        assert one["homes"]["energy_kwh_per_person_a"]["value"] == pytest.approx(energy / people, rel=1e-6)
        assert one["homes"]["residents"] == pytest.approx(people)


def test_what_carriers_use_adds_up(client: TestClient) -> None:
    for one in footprints(client):
        if one["homes"]:
            for figure in ("energy_kwh_per_person_a", "emissions_kgco2e_per_person_a"):
                parts = sum(row[figure]["value"] for row in one["homes"]["carriers"])
                assert parts == pytest.approx(one["homes"][figure]["value"])


def test_figures_lie_in_their_intervals(client: TestClient) -> None:
    for one in footprints(client):
        bounded = [one["territorial"], one["lifestyle"]]
        if one["homes"]:
            bounded += [one["homes"]["energy_kwh_per_person_a"], one["homes"]["emissions_kgco2e_per_person_a"]]
        bounded += [action[name] for action in one["actions"] for name in ("kwh_per_person_a", "kgco2e_per_person_a")]
        for figure in bounded:
            assert figure["low"] <= figure["value"] <= figure["high"]


def test_the_line_ends_at_the_goal(client: TestClient) -> None:
    for one in footprints(client):
        if one["homes"]:
            years = one["path"]["years"]
            assert years[0]["kgco2e_per_person_a"] == pytest.approx(
                one["homes"]["emissions_kgco2e_per_person_a"]["value"])
            assert years[-1] == {"year": one["target_year"], "kgco2e_per_person_a": pytest.approx(0.0)}


def test_a_quarter_of_few_homes_tells_nothing_of_them(client: TestClient) -> None:
    silent = [one for one in footprints(client) if not one["homes"]]
    for one in silent:
        assert one["reason_key"] in {"app.quarter.nobody", "app.quarter.too_few"}
        assert (one["actions"], one["measured"], one["path"]) == ([], [], None)
    assert all(one["dwellings"] >= 10 for one in footprints(client) if one["homes"])


def test_actions_are_a_tenth_of_what_is_used_or_all_roofs(
    toy_client: TestClient, toy_release: Release
) -> None:
    told = next(one for one in footprints(toy_client) if one["homes"])
    homes = pd.read_parquet(toy_release.table("ledger_home")).set_index("home_id")
    for action in told["actions"]:
        if action["kind"] in {"gas", "heat"}:
            row = homes.loc[f"{told['id']}/{told['year']}/{action['kind']}"]
            assert action["kgco2e_per_person_a"]["value"] == pytest.approx(
                0.1 * row["emissions_kgco2e_per_a"] / told["homes"]["residents"])
    weights = [action["kgco2e_per_person_a"]["value"] for action in told["actions"]]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_no_script_and_little_data(client: TestClient, language: str) -> None:
    for quarter in quarters(client):
        answer = client.get(f"/n/{quarter['id']}", params={"lang": language})
        assert answer.status_code == 200
        assert len(answer.content) < 300_000
        assert "<script" not in answer.text
        assert "app." not in re.sub(r"<[^>]+>", "", answer.text)
        assert quarter["name"] in answer.text
        assert f'lang="{ {"en": "en-GB", "zh": "zh-Hans-CN", "fr": "fr-FR", "de": "de-DE"}[language] }"' in answer.text


def test_a_plan_zone_says_so_in_its_first_line(toy_client: TestClient) -> None:
    page = toy_client.get(f"/n/{quarters(toy_client)[0]['id']}", params={"lang": "en"}).text
    body = page[page.index("<main>"):]
    notice = toy_client.get("/api/zone").json()["notice"]
    assert notice
    assert body.index(notice) < body.index("<h1>")


def test_the_page_speaks_the_browsers_language() -> None:
    assert preferred_language("fr-CH, fr;q=0.9, en;q=0.8") == "fr"
    assert preferred_language("ja, en;q=0.5, de;q=0.7") == "de"
    assert preferred_language("zh-CN") == "zh"
    assert preferred_language("") == "en"
    assert preferred_language("de;q=0, *;q=junk") == "en"


@pytest.mark.parametrize("weight", ["\u00b2", "\u0663", "1e999", "nan", "-1", "1.5.5", "", "0.", "9" * 150])
def test_no_weight_of_a_language_makes_the_page_fail(client: TestClient, weight: str) -> None:
    header = f"fr;q={weight}, de;q=0.1".encode()
    answer = client.get(f"/n/{quarters(client)[0]['id']}", headers={b"Accept-Language": header})
    assert answer.status_code == 200


def test_an_unknown_quarter_is_told_in_plain_words(client: TestClient) -> None:
    answer = client.get("/api/neighbourhoods/nowhere/footprint")
    assert answer.status_code == 404
    assert "nowhere" in answer.json()["error"]["message"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_an_unknown_quarter_is_shown_which_there_are(client: TestClient, language: str) -> None:
    answer = client.get("/n/<b>nowhere", params={"lang": language})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;nowhere" in answer.text
    assert "<b>" not in answer.text
    assert "app." not in re.sub(r"<[^>]+>", "", answer.text)
    links = re.findall(r'href="(/n/[^"?]+)\?lang=' + language, answer.text)
    assert len(links) == len(quarters(client))
    assert all(client.get(link).status_code == 200 for link in links)


def test_the_way_to_the_map_keeps_the_language(toy_client: TestClient) -> None:
    quarter = quarters(toy_client)[0]["id"]
    page = toy_client.get(f"/n/{quarter}", params={"lang": "fr"}).text
    assert f"quarter={quote(quarter)}&amp;lang=fr" in page


def test_figures_are_written_to_three_digits() -> None:
    german, french = Figures("de_DE"), Figures("fr_FR")
    assert german.number(3987.3) == "3.990"
    assert german.number(0.012345) == "0,0123"
    assert german.whole(5545.9999) == "5.546"
    assert german.whole(24.0) == "24"
    assert german.percent(0.39414) == "39,4\u00a0%"
    assert german.amount(2_946_500.5, "kWh") == "2.950 MWh"
    assert german.amount(9_999.0, "kWh") == "10.000 kWh"
    assert french.amount(3_918.49, "m3") == "3\u202f920 m³"
    assert german.amount(1_234_567.0, "kg") == "1,23 kt"
    assert german.amount(5.0, "sacks") == "5 sacks"
