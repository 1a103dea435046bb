"""The inventory over HTTP and as a table: codes, totals, notation keys, neutrality, and the way down from a figure."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from layers.discovery import discover_layers
from layers.release import build_release
from server.database import ServedRelease
from server.explain import explain as explain_parcel
from server.settings import Settings
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from twin.store import Release

ZONETWIN = Path(sys.executable).with_name("zonetwin")


@pytest.fixture(scope="module")
def inventory(toy_client: TestClient) -> dict[str, Any]:
    return toy_client.get("/api/inventory").json()


def test_every_code_has_a_figure_or_a_notation_key_with_its_reason(inventory: dict[str, Any]) -> None:
    codes = inventory["codes"]
    assert len(codes) == 53
    assert [code["gpc_ref"] for code in codes][:4] == ["I.1.1", "I.1.2", "I.1.3", "I.2.1"]
    for code in codes:
        assert (code["value"] is None) == (code["notation_key"] is not None)
        if code["value"] is None:
            assert code["notation_key"] in {"NO", "NE", "IE", "C"}
            assert code["reasons"]
        else:
            assert code["low"] <= code["value"] <= code["high"]
            assert code["quality_activity"] in {"H", "M", "L"}
            assert code["factors"]


def test_codes_sum_to_the_totals(inventory: dict[str, Any]) -> None:
    totals = {(total["line"], total["item"]): total["value"] for total in inventory["totals"]}
    basic = [code for code in inventory["codes"] if code["level"] == "BASIC" and code["value"] is not None]
    assert sum(code["value"] for code in basic) == pytest.approx(totals["total", "BASIC"], rel=1e-9)
    for scope in {str(code["scope"]) for code in basic}:
        own = sum(code["value"] for code in basic if str(code["scope"]) == scope)
        assert own == pytest.approx(totals["scope", scope], rel=1e-9)


def test_totals_are_told_per_head(inventory: dict[str, Any]) -> None:
    total = next(total for total in inventory["totals"] if total["item"] == "BASIC")
    assert total["per_head_kgco2e_per_a"] == pytest.approx(total["value"] / 120)
    assert total["per_head_low"] < total["per_head_kgco2e_per_a"] < total["per_head_high"]


def test_a_factor_for_carbon_dioxide_leaves_the_other_gases_unestimated(inventory: dict[str, Any]) -> None:
    gas = next(code for code in inventory["codes"] if code["gpc_ref"] == "I.1.1")["gases"]
    line = next(code for code in inventory["codes"] if code["gpc_ref"] == "I.1.1")
    assert gas["CO2"] == {name: pytest.approx(line[name]) for name in ("value", "low", "high")}
    assert (gas["CH4"], gas["N2O"]) == ("NE", "NE")


def test_books_and_bases_are_one_switch(toy_client: TestClient, inventory: dict[str, Any]) -> None:
    market = toy_client.get("/api/inventory", params={"basis": "market"}).json()
    told = [next(total["value"] for total in found["totals"] if total["item"] == "BASIC")
            for found in (inventory, market)]
    assert told[1] > told[0]  # what contracts leave over is dirtier than the grid
    park = toy_client.get("/api/inventory", params={"book": "park"}).json()
    assert {code["gpc_ref"].split(".")[0] for code in park["codes"]} <= {"I", "IV"}
    assert toy_client.get("/api/inventory", params={"book": "cooked"}).status_code == 422


def test_a_park_tells_its_carbon_per_coal_on_both_bases_and_a_small_one_neither_passes_nor_fails(
    toy_client: TestClient
) -> None:
    """100.8 MWh of dwellings, 288.8 of shops and offices and 84.5 of gas, at 0.1229, 0.298 and 0.1228 kgce/kWh."""
    park = toy_client.get("/api/inventory", params={"book": "park"}).json()
    kwh, gas = 3200 * 31.5 + 800 * 147.7 + 2000 * 85.3, 3200 * 26.4
    told = {item["coal_basis"]: item for item in park["per_standard_coal"]}
    assert told["calorific"]["energy_tce_per_a"] == pytest.approx((kwh * 0.1229 + gas * 0.1228) / 1000)
    assert told["equivalent"]["energy_tce_per_a"] == pytest.approx((kwh * 0.298 + gas * 0.1228) / 1000)
    emitted = (kwh * 0.5827 + gas * 0.20196) / 1000
    assert told["calorific"]["carbon_tco2_per_tce"] == pytest.approx(emitted / told["calorific"]["energy_tce_per_a"])
    assert {item["threshold_tco2_per_tce"] for item in told.values()} == {None}
    assert {item["threshold_reason"] for item in told.values()} == {"park_too_small"}


def test_a_total_says_what_it_leaves_out(inventory: dict[str, Any]) -> None:
    total = next(total for total in inventory["totals"] if total["item"] == "BASIC")
    basic = [code for code in inventory["codes"] if code["level"] == "BASIC"]
    assert total["not_estimated"] == [code["gpc_ref"] for code in basic if code["notation_key"] == "NE"]
    assert total["partly_estimated"] == [code["gpc_ref"] for code in basic if code["is_partial"]]
    mobility = next(total for total in inventory["totals"] if (total["line"], total["item"]) == ("domain", "mobility"))
    assert set(mobility["not_estimated"]) <= set(total["not_estimated"])
    assert all(code.startswith("II.") for code in mobility["not_estimated"])


def test_the_way_to_neutrality_is_a_straight_line(inventory: dict[str, Any]) -> None:
    """2025 to 2028, without offsets: a third less each year, and nothing in the last."""
    neutral = inventory["neutrality"]
    today = next(total["value"] for total in inventory["totals"] if total["item"] == "BASIC")
    assert [year["year"] for year in neutral["years"]] == [2025, 2026, 2027, 2028]
    assert [year["kgco2e_per_a"] for year in neutral["years"]] == pytest.approx([today, today * 2 / 3, today / 3, 0])
    assert neutral["gap"] == neutral["today"]
    assert neutral["gap"]["value"] == pytest.approx(today)
    assert neutral["gap"]["low"] < today < neutral["gap"]["high"]
    assert sum(gap["value"] for gap in neutral["gap_by_domain"].values()) == pytest.approx(today)
    roofs = neutral["roofs"]
    assert roofs["cut_kgco2e_per_a"] == pytest.approx(roofs["yield_kwh_per_a"] * 0.5827)
    assert roofs["yield_kwh_per_a_low"] < roofs["yield_kwh_per_a"] < roofs["yield_kwh_per_a_high"]
    assert roofs["cut_kgco2e_per_a_low"] < roofs["cut_kgco2e_per_a"] < roofs["cut_kgco2e_per_a_high"]


def test_texts_are_told_in_every_language(toy_client: TestClient) -> None:
    titles = {language: toy_client.get("/api/inventory", params={"lang": language}).json()["codes"][0]["title"]
              for language in ("en", "zh", "fr", "de")}
    assert titles["zh"].startswith("居住建筑")
    assert len(set(titles.values())) == 4


def test_the_table_for_officers_holds_every_line_in_tonnes(toy_client: TestClient, inventory: dict[str, Any]) -> None:
    text = toy_client.get("/export/inventory.csv").content.decode()
    rows = {row["GPC ref"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 53
    first = inventory["codes"][0]
    assert float(rows["I.1.1"]["total [t CO2e/a]"]) == pytest.approx(first["value"] / 1000)
    assert rows["II.4.1"]["notation key"] == "NE"
    assert "invented" in rows["I.1.1"]["notice"]
    assert rows["I.1.1"]["year of the inventory"] == "2025"


def test_the_workbook_holds_lines_totals_factors_and_where_it_is_from(toy_client: TestClient) -> None:
    answer = toy_client.get("/export/inventory.xlsx")
    assert answer.status_code == 200
    assert 'filename="toy_inventory_gpc_location.xlsx"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheets = book.read("xl/workbook.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    for name in ("inventory", "totals", "factors", "about"):
        assert f'name="{name}"' in sheets
    assert "GRID_LOCATION_JS_2023" in texts
    assert "Announcement 2025 No. 47" in texts
    assert answer.content == toy_client.get("/export/inventory.xlsx").content


# The way down from a figure


def explain(client: TestClient, parcel: str, metric: str) -> dict[str, Any]:
    answer = client.get(f"/api/parcels/{parcel}/explain", params={"metric": metric})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_footprint_opens_into_rows_factors_houses_and_files(toy_client: TestClient, toy_release: Release) -> None:
    told = explain(toy_client, "file:A1", "footprint_kgco2e_per_a")
    figures = [row["emissions_kgco2e_per_a"] for row in told["rows"] if row["emissions_kgco2e_per_a"] is not None]
    assert sum(figures) == pytest.approx(told["value"], rel=1e-12)
    first = told["rows"][0]
    assert first["formula"] == ("1600 m2 x 31.5 kWh/(m2 a) = 50400 kWh/a; x 0.5827 kgCO2e/kWh = 29368.1 kgCO2e/a")
    factors = {factor["quantity"]: factor for factor in told["factors"]}
    assert factors["grid_emission.location"]["value"] == 0.5827
    assert "Announcement 2025 No. 47" in factors["grid_emission.location"]["source"]
    house = next(subject for subject in told["subjects"] if subject["subject_id"] == "file:h1")
    assert (house["source_feature"], house["source_file"]) == ("h1", "buildings.geojson")
    hashes = {item["file"]: item["sha256"] for item in toy_release.manifest["inputs"]}
    assert house["source_sha256"] == hashes["buildings.geojson"]
    names = [formula["name"] for formula in told["formulas"]]
    assert names[:3] == ["parcel_ledger.sql", "ledger_total.sql", "ledger.sql"]
    assert "ledger_construction.sql" in names
    for formula in told["formulas"]:
        assert formula["sha256"] == toy_release.manifest["files"][f"formulas/{formula['name']}"]


def test_a_domains_figure_opens_into_its_rows_alone(toy_client: TestClient) -> None:
    told = explain(toy_client, "file:A1", "construction_kgco2e_per_a")
    assert {row["domain"] for row in told["rows"]} == {"construction"}
    assert told["evidence"] == "modelled"


def test_any_figure_of_a_parcel_opens(toy_client: TestClient) -> None:
    told = explain(toy_client, "A1", "far")
    assert told["value"] == pytest.approx(3200 / 8000)
    assert told["formulas"][0]["name"] == "parcel_planning.sql"
    assert {subject["subject_id"] for subject in told["subjects"]} == {"file:h1", "file:h4", "file:h5", "file:h6"}
    assert explain(toy_client, "A1", "area_m2")["value"] == pytest.approx(8000)


def test_a_figure_of_a_layer_names_the_factors_of_the_uses_that_stand_there_alone(toy_client: TestClient) -> None:
    told = explain(toy_client, "A1", "emissions_kgco2e_per_m2_land_a")
    quantities = {factor["quantity"] for factor in told["factors"]}
    assert {name for name in quantities if "_intensity." in name} == {"electricity_intensity.residential",
                                                                      "gas_intensity.residential"}
    assert "grid_emission.location" in quantities
    assert not {name for name in quantities if name.startswith(("embodied", "service"))}


@pytest.mark.parametrize(("parcel", "metric", "words"), [
    ("A9", "far", "no parcel"), ("A1", "beauty", "no metric"), ("A1", "geometry", "no metric"),
])
def test_what_is_not_there_is_told(toy_client: TestClient, parcel: str, metric: str, words: str) -> None:
    answer = toy_client.get(f"/api/parcels/{parcel}/explain", params={"metric": metric})
    assert answer.status_code == 404
    assert words in answer.text


def test_a_reported_figure_opens_into_the_total_that_it_was_scaled_to(
    tmp_path: Path, write_toy: Callable[..., Path]
) -> None:
    folder = write_toy(tmp_path / "reported")
    description = (folder / "zone.toml").read_text()
    (folder / "zone.toml").write_text(
        description + '\n[[sources.totals]]\nyear = 2025\ngpc_ref = "I.2.2"\ncarrier = "electricity"\n'
        'amount = 300\nunit = "MWh"\nsource = "bills of the utility"\n')
    release = build_release(load_zone(folder), Store(tmp_path / "store"))
    served = ServedRelease(release, discover_layers(), Settings(verify=False))
    told = explain_parcel(served, "A2", "footprint_kgco2e_per_a")
    served.close()
    assert any(row["evidence"] == "reported" for row in told["rows"])
    assert [(total["amount"], total["source"]) for total in told["totals"]] == [(300, "bills of the utility")]
    assert "activity_error.total" in {factor["quantity"] for factor in told["factors"]}


# The command line


def zonetwin(*arguments: object, store: Store, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ZONETWIN, *map(str, arguments), "--store", store.folder, "--zone", "toy"], cwd=cwd,
                          capture_output=True, text=True, check=False, timeout=120)


def test_a_release_is_computed_again_apart_from_its_sql(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("verify", "--recompute", "--json", store=toy_store, cwd=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert told["rows"] == pd.read_parquet(toy_store.open_release("toy").table("ledger"))[
        "emissions_kgco2e_per_a"].notna().sum()
    assert told["largest_difference"] < 1e-9
    assert told["faults"] == []


def test_a_changed_emission_is_found_by_recomputing_it(own_store: Store, tmp_path: Path) -> None:
    """A table that was altered together with its hash: only computing it again tells."""
    from layers.ledger.recompute import recompute

    release = own_store.open_release("toy")
    table = pd.read_parquet(release.table("ledger"))
    row = table["emissions_kgco2e_per_a"].first_valid_index()
    table.loc[row, "emissions_kgco2e_per_a"] *= 1 + 1e-8
    table.to_parquet(release.table("ledger"))
    outcome = recompute(release, discover_layers())
    assert outcome.largest == pytest.approx(1e-8, rel=1e-3)
    assert "off by 1e-08" in outcome.faults[0]
    table.drop(index=row).to_parquet(release.table("ledger"))
    assert "computed, not in the ledger" in recompute(release, discover_layers()).faults[0]
    done = zonetwin("verify", "--recompute", store=own_store, cwd=tmp_path)
    assert done.returncode == 2  # and its hash tells too
    assert "damaged" in done.stderr


def test_a_chain_is_printed(toy_store: Store, tmp_path: Path) -> None:
    done = zonetwin("explain", "A1", "footprint_kgco2e_per_a", store=toy_store, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for words in ("Emissions of file:A1 in 2025", "1600 m2", "GRID_LOCATION_JS_2023", "buildings.geojson", "sha256"):
        assert words in done.stdout
    told = json.loads(zonetwin("explain", "A1", "far", "--json", store=toy_store, cwd=tmp_path).stdout)
    assert told["value"] == pytest.approx(0.4)


@pytest.mark.parametrize(("arguments", "words"), [
    (["explain", "Z9", "far"], "no parcel"),
    (["explain", "A1", "beauty"], "no metric"),
    (["export", "inventory"], "say where"),
    (["export", "inventory", "--format", "gpkg", "--out", "i.gpkg"], "csv or xlsx"),
])
def test_what_cannot_be_is_refused_in_a_sentence(
    toy_store: Store, tmp_path: Path, arguments: list[str], words: str
) -> None:
    done = zonetwin(*arguments, store=toy_store, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("table", "column", "change", "words"), [
    ("ledger_total", "emissions_kgco2e_per_a", 10.0, "not the sum of its rows"),
    ("ledger", "activity", 1000.0, "activity off by"),
    ("ledger", "scope", 2.0, "scope is"),
    ("parcel_ledger", "footprint_kgco2e_per_a", 2.0, "not that of ledger_total"),
    ("ledger", "low", float("inf"), "not finite"),
])
def test_whatever_is_changed_in_the_ledger_is_found(
    own_store: Store, table: str, column: str, change: float, words: str
) -> None:
    from layers.ledger.recompute import recompute

    release = own_store.open_release("toy")
    frame = pd.read_parquet(release.table(table))
    frame[column] = frame[column] * change
    frame.to_parquet(release.table(table))
    assert words in "; ".join(recompute(release, discover_layers()).faults)
