"""A standing building that is changed: untouched it is what the release has; only what is asked differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.whatif.conftest import box

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    Ask = Callable[..., dict[str, Any]]

FIGURES = {"levels": "storeys", "height_m": "height_m", "footprint_m2": "footprint_m2", "use": "use",
           "floor_area_m2": "floor_area_m2", "residents": "residents"}


@pytest.fixture(scope="module")
def standing(toy_client: TestClient) -> list[dict[str, Any]]:
    """Return the buildings of the toy zone."""
    with toy_client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        found: list[dict[str, Any]] = served.rows(
            "select building.* exclude (geometry), construction.emissions_kgco2e_per_a from building "
            "left join building_construction as construction using (building_id) order by building_id")
    return found


def change(building_id: str, **told: Any) -> dict[str, Any]:
    """Return a request's building: a standing one, with what is to differ."""
    return {"replaces": building_id, **told}


def test_what_is_not_touched_is_what_the_release_has(ask: Ask, standing: list[dict[str, Any]]) -> None:
    alive = [row for row in standing if row["status"] == "existing"]
    assert alive
    for row in alive:
        answer = ask(change(row["building_id"], roof_pv=True))
        (draft,), (was,) = answer["buildings"], answer["removed"]
        for column, key in FIGURES.items():
            assert draft[key] == (pytest.approx(row[column]) if isinstance(row[column], float) else row[column]), column
            assert was[column] == row[column]
        assert draft["energy"]["emissions_kgco2e_per_a"] == pytest.approx(row["emissions_kgco2e_per_a"])
        if draft["solar"]:
            assert draft["solar"]["yield_p50_kwh_per_a"] == pytest.approx(was["pv_yield_kwh_per_a"])
        assert answer["neighbours"]["photovoltaics"]["lost_kwh"] == 0
        assert answer["overlaps"] == []
        for parcel in answer["parcels"]:
            for told in parcel["limits"].values():
                assert told["passes"] == told["passes_before"]
                assert told["after"] == (None if told["before"] is None else pytest.approx(told["before"]))


def test_storeys_scale_floor_height_and_people(ask: Ask) -> None:
    # h1: four storeys over 400 m2
    (was,), (now,) = (ask(change("file:h1", **told))["buildings"] for told in ({}, {"storeys": 2}))
    assert now["floor_area_m2"] == pytest.approx(800)
    assert now["height_m"] == pytest.approx(was["height_m"] / 2)
    assert now["residents"] == pytest.approx(was["residents"] / 2)
    assert [(body["base_m"], body["height_m"]) for body in now["bodies"]] == [(0, pytest.approx(was["height_m"] / 2))]


def test_another_use_keeps_floor_and_height_and_moves_the_people_out(ask: Ask) -> None:
    (was,), (now,) = (ask(change("file:h1", **told))["buildings"] for told in ({}, {"use": "office"}))
    assert (now["use"], now["residents"]) == ("office", 0)
    assert (now["floor_area_m2"], now["height_m"]) == (was["floor_area_m2"], was["height_m"])
    assert now["energy"]["gas_kwh_per_a"] != was["energy"]["gas_kwh_per_a"]


def test_a_changed_one_and_a_drawn_one_are_told_apart(ask: Ask) -> None:
    changed, drawn = ask(change("file:h1"), box(75, 50, 95, 70))["buildings"]
    assert (changed["draft"], changed["replaces"], changed["floor_area_m2"]) == ("draft:1", "file:h1", 1600)
    assert (drawn["draft"], drawn["replaces"], drawn["floor_area_m2"]) == ("draft:2", None, pytest.approx(1600))


def test_buildings_with_parts_are_what_the_release_has(client: TestClient) -> None:
    with client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        parted = served.rows("select distinct building_id from building_part order by all")
    for row in parted[::6]:
        (draft,), (was,) = (answer := _asked(client, row["building_id"]))["buildings"], answer["removed"]
        for column, key in FIGURES.items():
            told = was[column]
            assert draft[key] == (pytest.approx(told) if isinstance(told, float) else told), (row, column)
        assert draft["energy"]["emissions_kgco2e_per_a"] == pytest.approx(was["emissions_kgco2e_per_a"])


def _asked(client: TestClient, building_id: str, **told: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/whatif", json={"buildings": [change(building_id, **told)]}).json()
    return found


def test_fewer_storeys_never_make_a_building_higher(client: TestClient) -> None:
    with client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        parted = served.rows("select building_id, levels, height_m, floor_area_m2 from building "
                             "where building_id in (select building_id from building_part) and levels > 2 "
                             "and status = 'existing' order by building_id")
        low = served.rows("select building_id from building inner join building_part using (building_id) "
                          "group by building_id, building.levels "
                          "having max(building_part.base_levels + building_part.levels) < building.levels "
                          "and building.levels > 2 order by all")
    assert "osm:way/122595198" in {row["building_id"] for row in low}  # parts of one storey, an outline of four
    wanted = {row["building_id"] for row in low}
    for row in [one for one in parted if one["building_id"] in wanted] + parted[::9]:
        answer = _asked(client, row["building_id"], storeys=int(row["levels"]) - 1)
        if "error" in answer:
            assert "nothing would be left" in answer["error"]["message"]
            continue
        (draft,) = answer["buildings"]
        assert draft["height_m"] <= row["height_m"] + 1e-6, row
        assert 0 < draft["floor_area_m2"] <= row["floor_area_m2"] + 1e-6, row


@pytest.mark.parametrize(("building_id", "storeys", "word"), [
    ("osm:way/122595198", 6, "which of them is the highest"), ("osm:relation/1319473", 1, "nothing would be left")])
def test_storeys_that_the_parts_cannot_have_are_refused(
    client: TestClient, building_id: str, storeys: int, word: str
) -> None:
    error = _asked(client, building_id, storeys=storeys)["error"]
    assert word in error["message"]
    for language in ("en", "zh", "fr", "de"):
        words = client.get("/api/labels", params={"lang": language}).json()[error["key"]]
        assert "1" in words.format(**error["values"])


@pytest.mark.parametrize(("told", "word"), [
    ({}, "draw a footprint"), ({"replaces": "file:h1", "storey_height_m": 3}, "keeps the height"),
    ({"footprint": box(75, 50, 95, 70)["footprint"]}, "give storeys")])
def test_half_a_request_is_refused_in_a_sentence(toy_client: TestClient, told: dict[str, Any], word: str) -> None:
    answer = toy_client.post("/api/whatif", json={"buildings": [told]})
    assert answer.status_code == 422
    assert word in answer.json()["error"]["message"]


def test_an_unknown_building_cannot_be_changed(toy_client: TestClient) -> None:
    answer = toy_client.post("/api/whatif", json={"buildings": [change("file:none")]})
    assert answer.status_code == 404
