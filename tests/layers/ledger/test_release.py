"""The ledger of the toy zone: sums that agree, rows that can be worked out by hand, and claims that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from layers.contract import DOMAINS
from layers.ledger.known import Line, unit_of_total
from layers.ledger.lines import book_rows, books
from layers.release import build_release
from twin.errors import LayerError, ZoneError
from twin.inputs import KnownTotal
from twin.store import Store
from twin.zone import load_zone, set_base_year

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release

EMISSIONS = "emissions_kgco2e_per_a"
KNOWN = KnownTotal(year=2025, gpc_ref="III", carrier="waste", amount=5, unit="kg", source="the works")
TOTAL = """
[[sources.totals]]
year = 2025
gpc_ref = "{ref}"
carrier = "{carrier}"
amount = {amount}
unit = "{unit}"
source = "the utility"
"""


@pytest.fixture(scope="module")
def ledger(toy_release: Release) -> pd.DataFrame:
    return pd.read_parquet(toy_release.table("ledger"))


@pytest.fixture(scope="module")
def lines(toy_release: Release) -> pd.DataFrame:
    return pd.read_parquet(toy_release.table("ledger_total"))


def electricity(ledger: pd.DataFrame, building_id: str) -> pd.DataFrame:
    is_located = (ledger["carrier"] == "electricity") & (ledger["basis"] == "location")
    return ledger[is_located & (ledger["subject_id"] == building_id)]


def test_the_electricity_of_a_house_is_its_floor_area_times_intensity_times_grid(ledger: pd.DataFrame) -> None:
    """h1: 1,600 m2 x 31.5 kWh/m2 x 0.5827 kg/kWh."""
    row = electricity(ledger, "file:h1")
    assert row[EMISSIONS].tolist() == pytest.approx([1600 * 31.5 * 0.5827])
    assert row["low"].item() < row[EMISSIONS].item() < row["high"].item()


def test_a_building_on_two_parcels_is_shared_by_them(ledger: pd.DataFrame) -> None:
    rows = electricity(ledger, "file:h2")
    assert rows.set_index("parcel_id")["base"].to_dict() == pytest.approx({"file:A2": 200, "file:A3": 600})


def test_emissions_are_activity_times_factor_in_every_row(ledger: pd.DataFrame) -> None:
    rows = ledger.dropna(subset=[EMISSIONS])
    assert len(rows) > 10
    np.testing.assert_allclose(rows["activity"] * rows["factor_value"], rows[EMISSIONS], rtol=1e-12)


def test_every_row_has_an_amount_or_says_why_not(ledger: pd.DataFrame) -> None:
    empty = ledger[EMISSIONS].isna()
    assert ledger.loc[empty, ["notation_key", "reason"]].notna().all(axis=None)
    assert set(ledger.loc[empty, "notation_key"]) <= {"NO", "NE", "IE", "C"}
    assert ledger.loc[~empty, "notation_key"].isna().all()
    assert ledger.loc[~empty, ["parcel_id", "factor_id", "quality_activity", "quality_factor"]].notna().all(axis=None)
    assert set(ledger["domain"]) <= set(DOMAINS)


@pytest.mark.parametrize("book", ["gpc", "park", "building", "embodied", "consumption"])
@pytest.mark.parametrize("basis", ["location", "market"])
def test_parcels_sum_to_the_zone(ledger: pd.DataFrame, lines: pd.DataFrame, book: str, basis: str) -> None:
    of_basis = ledger["basis"].isna() | (ledger["basis"] == basis)
    rows = ledger[book_rows(ledger, book) & of_basis].dropna(subset=[EMISSIONS])
    told = lines[(lines["place_kind"] == "zone") & (lines["book"] == book) & (lines["basis"] == basis)]
    kinds = {"code": "gpc_ref"} | ({"scope": "scope", "domain": "domain"} if book == "gpc" else {})
    for line, column in kinds.items():
        own = told[told["line"] == line].set_index("item")[EMISSIONS]
        of = rows if line == "code" else rows[rows["gpc_level"] == "BASIC"]
        summed = of.groupby(of[column].astype(str).str.removesuffix(".0"))[EMISSIONS].sum()
        assert set(own.index) == set(summed.index)
        np.testing.assert_allclose(own.sort_index(), summed.sort_index(), rtol=1e-9)
    if basis == "location" and book == "gpc":
        parcels = lines[(lines["place_kind"] == "parcel") & (lines["book"] == book) & (lines["line"] == "total")]
        zone = told[(told["line"] == "total") & (told["item"] == "BASIC")][EMISSIONS].item()
        assert parcels[EMISSIONS].sum() == pytest.approx(zone, rel=1e-9)


def test_a_parcels_columns_are_its_lines(toy_release: Release, lines: pd.DataFrame) -> None:
    table = pd.read_parquet(toy_release.table("parcel_ledger")).set_index("parcel_id")
    one = lines[(lines["place_id"] == "file:A1") & (lines["book"] == "gpc")].set_index("item")[EMISSIONS]
    assert table.loc["file:A1", "footprint_kgco2e_per_a"] == one["BASIC"]
    assert table.loc["file:A1", "construction_kgco2e_per_a"] == one["construction"]
    assert table.loc["file:A1", "footprint_kgco2e_per_m2_a"] == pytest.approx(one["BASIC"] / 8000)
    assert np.isnan(table.loc["file:B3", "construction_kgco2e_per_a"])


def test_every_sum_lies_in_its_interval(lines: pd.DataFrame) -> None:
    assert len(lines) > 20
    assert (lines[f"{EMISSIONS}_low"] <= lines[EMISSIONS]).all()
    assert (lines[EMISSIONS] <= lines[f"{EMISSIONS}_high"]).all()
    assert (lines[f"{EMISSIONS}_high"] > lines[f"{EMISSIONS}_low"]).mean() > 0.9


def test_ledger_electricity_is_the_models_demand_once(toy_release: Release, ledger: pd.DataFrame) -> None:
    demand = pd.read_parquet(toy_release.table("building_construction"))["electricity_kwh_per_a"].sum()
    rows = ledger[(ledger["basis"] == "location") & (ledger["carrier"] == "electricity")
                  & (ledger["subject_kind"] == "building") & ledger["gpc_ref"].str.startswith("I.")]
    assert rows["activity"].sum() == pytest.approx(demand, rel=1e-12)


def test_every_code_of_the_gpc_is_in_the_ledger(ledger: pd.DataFrame) -> None:
    codes = set(ledger.loc[ledger["book"] == "gpc", "gpc_ref"])
    assert {"I.1.1", "I.4.4", "II.4.3", "III.4.3", "IV.1", "V.3", "VI.1"} <= codes
    assert len(codes) == 53


def test_books_count_what_they_say() -> None:
    frame = pd.DataFrame({"book": ["gpc", "gpc", "gpc", "embodied", "consumption"],
                          "gpc_ref": ["I.1.2", "II.1.1", "IV.1", "A1-A5", "food"]})
    counted = {rule["book"]: book_rows(frame, rule["book"]).tolist() for rule in books()}
    assert counted["gpc"] == [True, True, True, False, False]
    assert counted["park"] == [True, False, True, False, False]
    assert counted["building"] == [True, False, False, True, False]
    assert counted["consumption"] == [False, False, False, False, True]


# Known totals


def build(folder: Path, store: Path, write_toy: Callable[..., Path], **total: object) -> Release:
    written = write_toy(folder)
    with (written / "zone.toml").open("a") as file:
        file.write(TOTAL.format(**({"unit": "MWh", "carrier": "electricity", "ref": "I.1.2"} | total)))
    return build_release(load_zone(written), Store(store))


def test_a_known_total_scales_the_zone(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    """Dwellings are modelled at 3,200 m2 x 31.5 kWh = 100.8 MWh; 201.6 MWh are known: all is doubled."""
    release = build(tmp_path / "zone", tmp_path / "store", write_toy, amount=201.6)
    rows = pd.read_parquet(release.table("ledger"))
    homes = rows[(rows["gpc_ref"] == "I.1.2") & (rows["basis"] == "location") & rows[EMISSIONS].notna()]
    assert homes["activity"].sum() == pytest.approx(201_600)
    assert homes["scale"].tolist() == pytest.approx([2.0] * 4)
    assert set(homes["evidence"]) == {"reported"}
    assert homes["modelled_activity"].sum() == pytest.approx(100_800)


@pytest.mark.parametrize(("given", "words"), [
    ({"ref": "II.4.1", "amount": 5}, "nothing that is modelled; there are I.1.1 gas, I.1.2 electricity, I.1.3 grid"),
    ({"ref": "I.9.2", "amount": 5}, r"I.9.2 in 2025: 'I.9.2' is no code of the GPC; give one such as I.2.2"),
    ({"ref": "III.4.2", "carrier": "wastewater", "unit": "kg", "amount": 5},
     r"III.4.2 in 2025 is modelled in kgCH4/a and kgN2O/a, which no one amount is a total of; remove it"),
    ({"ref": "III", "carrier": "wastewater", "unit": "kg", "amount": 5}, "no one amount is a total of; remove it"),
    ({"carrier": "steam", "amount": 5}, "nothing that is modelled"),
    ({"unit": "m3", "amount": 5}, "give it in a unit of kWh/a"),
    ({"unit": "bananas", "amount": 5}, "is not understood"),
    ({"ref": "X.1", "amount": 5}, "sources.totals.0.gpc_ref"),
    ({"amount": -5}, "sources.totals.0.amount"),
    ({"carrier": "heat", "amount": 500},
     r"heat of I.1.2 in 2025 is not estimated for want of heat_intensity.residential; give what is missing, or"),
])
def test_a_total_that_cannot_be_is_refused(
    tmp_path: Path, write_toy: Callable[..., Path], given: dict[str, object], words: str
) -> None:
    with pytest.raises(ZoneError, match=words):
        build(tmp_path / "zone", tmp_path / "store", write_toy, **given)
    assert Store(tmp_path / "store").zones() == []


def test_a_total_of_a_year_that_is_not_built_is_noted(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    """Another base year may be asked for than the description's: its total then waits."""
    written = write_toy(tmp_path / "zone")
    with (written / "zone.toml").open("a") as file:
        file.write(TOTAL.format(ref="I.1.2", carrier="electricity", amount=5, unit="MWh"))
    release = build_release(set_base_year(load_zone(written), 2020), Store(tmp_path / "store"))
    assert "sources.totals: electricity of I.1.2 is of 2025, which is not built" in release.manifest["report"]["notes"]
    assert "reported" not in set(pd.read_parquet(release.table("ledger"))["evidence"])


def test_a_narrower_code_is_named_where_there_is_one() -> None:
    lines = [Line("III.1.2", "waste", "kgCH4/a", None), Line("III.3.2", "waste", "kg/a", None),
             Line("III.3.2", "waste", "kgN2O/a", None), Line("III.4.2", "waste", "kg/a", None)]
    with pytest.raises(ZoneError, match=r"is a total of; name a narrower code: III.1.2 or III.4.2"):
        unit_of_total(KNOWN, lines)


def test_what_has_no_amount_is_not_offered() -> None:
    lines = [Line("I.1.2", "electricity", "kWh/a", None), Line("I.1.2", "heat", "kWh/a", "heat_intensity.residential")]
    with pytest.raises(ZoneError, match=r"nothing that is modelled; there are I.1.2 electricity$"):
        unit_of_total(KNOWN, lines)


def test_totals_that_hold_each_other_are_refused(tmp_path: Path, write_toy: Callable[..., Path]) -> None:
    written = write_toy(tmp_path / "zone")
    with (written / "zone.toml").open("a") as file:
        for ref in ("I.1", "I.1.2"):
            file.write(TOTAL.format(ref=ref, carrier="electricity", amount=5, unit="MWh"))
    with pytest.raises(ZoneError, match=r"I.1.2 in 2025 is part of I.1"):
        build_release(load_zone(written), Store(tmp_path / "store"))


# Claims that are refused

ROOM = '''\
"""A room that claims too much."""
from layers.contract import Layer
LAYER = Layer(name="greedy", domain="energy", tables={}, needs=("building",))
'''
CLAIM = """\
-- one row per building
select
    'building' as subject_kind, building_id as subject_id, parcel_id, '{ref}' as gpc_ref, 'gpc' as book,
    'electricity' as carrier, {base}::double as base, null::double as base_low, null::double as base_high,
    'kWh/a' as base_unit, null::varchar as activity_factors, 'kWh/a' as activity_unit,
    'grid_emission.location' as emission_factor, 'none' as method, 'modelled' as evidence,
    null::varchar as notation_key, null::varchar as reason
from building
"""


@pytest.mark.parametrize(("ref", "base", "words"), [
    ("I.4.2", "1", "is claimed twice"),
    ("I.1.2", "1", "another domain owns"),
    ("I.9.2", "1", "is of no code"),
    ("I.4.2", "-1", "negative amount"),
    ("I.4.2", "'inf'", "infinite or undefined amount"),
    ("I.4.2", "'nan'", "infinite or undefined amount"),
    ("I.4.2", "null", "neither an amount nor a notation key"),
])
def test_a_claim_that_cannot_be_stops_the_build(
    tmp_path: Path, toy_folder: Path, monkeypatch: pytest.MonkeyPatch, ref: str, base: str, words: str
) -> None:
    room = tmp_path / "rooms" / "greedy"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text(ROOM)
    (room / "ledger_greedy.sql").write_text(CLAIM.format(ref=ref, base=base))
    (room / "labels.csv").write_text("key,en,zh,fr,de\n")
    (room / "README.md").write_text("# greedy\n")
    monkeypatch.setenv("ZONETWIN_LAYERS", str(tmp_path / "rooms"))
    with pytest.raises(LayerError, match=words):
        build_release(load_zone(toy_folder), Store(tmp_path / "store"))


@pytest.mark.parametrize("kind", ["calorific", "equivalent"])
def test_carbon_per_coal_is_bounded_by_what_does_not_cancel(
    ledger: pd.DataFrame, toy_release: Release, kind: str
) -> None:
    """(E f + G g) / (E c + G d), drawn once more with other numbers: factors alone, as floor area cancels nearly."""
    random = np.random.default_rng(7)
    factors = pd.read_parquet(toy_release.table("factor_in_force")).set_index("quantity")

    def drawn(quantity: str) -> np.ndarray:
        value, low, high = (float(factors.loc[quantity, name]) for name in ("value", "low", "high"))
        numbers = random.standard_normal(200_000)
        return value * np.exp(numbers * np.where(numbers < 0, np.log(value / low), np.log(high / value)) / 1.959964)

    park = ledger[book_rows(ledger, "park") & (ledger["basis"].fillna("location") == "location")].dropna(
        subset=[EMISSIONS])
    coal = {"electricity": factors.loc[f"coal_equivalent.electricity_{kind}", "value"],
            "gas": factors.loc["coal_equivalent.gas", "value"]}
    emission = {name: drawn(name) for name in set(park["factor_quantity"])}
    use = {name: drawn(name) / factors.loc[name, "value"] for name in set(park["activity_factors"])}
    kilograms, coals = np.zeros(200_000), np.zeros(200_000)
    for row in park.to_dict("records"):
        kwh = row["activity"] * use[row["activity_factors"]]
        kilograms += kwh * emission[row["factor_quantity"]]
        coals += kwh * coal[row["carrier"]]
    told = pd.read_parquet(toy_release.table("ledger_intensity")).set_index("intensity_id")
    found = told.loc[f"2025/location/{kind}"]
    value, low, high = (found[f"carbon_tco2_per_tce{end}"] for end in ("", "_low", "_high"))
    expected = np.quantile(kilograms / coals, [0.025, 0.975])
    assert [float(low), float(high)] == pytest.approx(expected.tolist(), rel=0.03)
    assert low < value < high
    assert high / low < found["energy_tce_per_a_high"] / found["energy_tce_per_a_low"]


def test_gases_of_a_code_have_intervals_of_their_own(lines: pd.DataFrame) -> None:
    gas = lines[(lines["line"] == "gas") & (lines["book"] == "gpc") & (lines["basis"] == "location")].set_index("item")
    assert {"I.1.1/CO2", "III.4.2/CH4", "III.4.2/N2O"} <= set(gas.index)
    both = gas.loc[["III.4.2/CH4", "III.4.2/N2O"]]
    assert both[f"{EMISSIONS}_high"].sum() / both[EMISSIONS].sum() != pytest.approx(
        gas.loc["I.1.1/CO2", f"{EMISSIONS}_high"] / gas.loc["I.1.1/CO2", EMISSIONS])
    assert (gas[f"{EMISSIONS}_low"] < gas[EMISSIONS]).all()
    assert (gas[EMISSIONS] < gas[f"{EMISSIONS}_high"]).all()


def test_a_total_is_never_surer_than_its_parts(lines: pd.DataFrame) -> None:
    own = lines[(lines["book"] == "gpc") & (lines["basis"] == "location")]
    keys = ["place_kind", "place_id", "year"]
    bounds = {f"{EMISSIONS}_{side}": f"{side}_of_all" for side in ("low", "high")}
    total = own[own["item"] == "BASIC"].set_index(keys)[[*bounds]].rename(columns=bounds)
    parts = own[own["line"] == "domain"].join(total, on=keys)
    assert len(parts) > 10
    for own_bound, of_all in bounds.items():
        assert (parts[own_bound] <= parts[of_all] * (1 + 1e-6)).all()
