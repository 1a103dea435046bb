"""Where doubt comes from and which meters take it away, worked out by hand and against every other choice."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from layers.governance.doubt import Z_95, measure_doubt

FACTORS = {
    "office": (1.0, 0.5, 2.0, "judgement"), "shop": (1.0, 0.8, 1.25, "judgement"), "grid": (1.0, 0.9, 1 / 0.9, "ci95"),
    "share": (0.2, 0.1, 0.4, "judgement"), "activity_error.common": (0.5, 0.5, 0.5, "level"),
    "activity_error.metered": (1.0, 0.98, 1 / 0.98, "ci95"), "activity_error.total": (1.0, 0.95, 1 / 0.95, "ci95"),
}
KNOWN = {name: {"value": value, "low": low, "high": high, "interval_kind": kind, "factor_id": name.upper(),
                "seen": "memory"}
         for name, (value, low, high, kind) in FACTORS.items()}


def sigma(ratio: float) -> float:
    """Return the spread of bounds at a ratio below and above the value."""
    return math.log(ratio) / Z_95


def rows(*given: tuple[str, str, float, float], evidence: str = "modelled") -> pd.DataFrame:
    """Return rows of building, factors, emissions and the ratio of the base's bounds."""
    return pd.DataFrame([{
        "subject_kind": "building", "subject_id": name, "carrier": "electricity", "activity_factors": factors,
        "factor_quantity": "grid", "emissions_kgco2e_per_a": kilograms, "base": 1.0, "base_low": 1 / ratio,
        "base_high": ratio, "base_unit": "m2", "evidence": evidence,
    } for name, factors, kilograms, ratio in given])


def variance(frame: pd.DataFrame, without: tuple[str, ...] = ()) -> float:
    """Return the variance of a total written out, some buildings metered."""
    shared: dict[str, float] = {}
    own = 0.0
    for row in frame.to_dict("records"):
        kilograms, metered = row["emissions_kgco2e_per_a"], row["subject_id"] in without
        shared["grid"] = shared.get("grid", 0) + kilograms * sigma(1 / 0.9)
        if metered:
            own += (kilograms * sigma(1 / 0.98)) ** 2
            continue
        _, low, high, _ = FACTORS[row["activity_factors"]]
        name = row["activity_factors"]
        shared[name] = shared.get(name, 0) + kilograms * math.log(high / low) / 2 / Z_95
        base = kilograms * math.log(row["base_high"]) / Z_95
        shared["base"] = shared.get("base", 0) + base * math.sqrt(0.5)
        own += (base * math.sqrt(0.5)) ** 2
    return sum(value**2 for value in shared.values()) + own


def test_shares_of_the_variance_sum_to_one_and_rank_the_inputs() -> None:
    frame = rows(("a", "office", 100, 1.5), ("b", "shop", 50, 1.2), ("c", "office", 20, 1.0))
    inputs, _ = measure_doubt(frame, KNOWN)
    assert inputs["variance_share"].sum() == pytest.approx(1, abs=1e-12)
    assert inputs.iloc[0]["quantity"] == "office"
    assert inputs["doubt_rank"].tolist() == [1, 2, 3, 4]
    told = inputs.set_index("quantity")
    assert told.loc["office", "variance_share"] == pytest.approx((120 * sigma(2)) ** 2 / variance(frame))
    assert told.loc["office", "emissions_kgco2e_per_a"] == 120
    assert told.loc["m2", "kind"] == "base"


def test_a_meter_takes_what_the_variance_without_it_says() -> None:
    frame = rows(("a", "office", 100, 1.5), ("b", "shop", 50, 1.2))
    _, meters = measure_doubt(frame, KNOWN, meters=1)
    assert meters["building_id"].tolist() == ["a"]
    gain = (variance(frame) - variance(frame, ("a",))) / variance(frame)
    assert meters["meter_gain_share"].item() == pytest.approx(gain, rel=1e-9)


def test_two_meters_are_the_best_pair_of_five() -> None:
    frame = rows(("a", "office", 100, 1.5), ("b", "shop", 90, 3.0), ("c", "office", 60, 1.1), ("d", "shop", 30, 1.0),
                 ("e", "office", 10, 2.0))
    _, meters = measure_doubt(frame, KNOWN, meters=2)
    best = min(itertools.combinations("abcde", 2), key=lambda pair: variance(frame, pair))
    assert set(meters["building_id"]) == set(best)
    gain = (variance(frame) - variance(frame, best)) / variance(frame)
    assert meters["meter_gain_share"].sum() == pytest.approx(gain, rel=1e-9)


def test_what_is_measured_needs_no_meter_and_errs_as_meters_do() -> None:
    frame = rows(("a", "office", 100, 1.5), evidence="measured")
    inputs, meters = measure_doubt(frame, KNOWN)
    assert meters.empty
    assert set(inputs["quantity"]) == {"activity_error.metered", "grid"}


def test_one_less_a_share_errs_less_than_the_share() -> None:
    """1 - 0.2 moves by 0.2 / 0.8 of what the share moves by, the other way: both together leave nothing."""
    frame = rows(("a", "share", 20, 1.0), ("a", "~share", 80, 1.0))
    inputs, _ = measure_doubt(frame, KNOWN)
    assert inputs.set_index("quantity").loc["share", "variance_share"] == pytest.approx(0, abs=1e-12)


def test_a_zone_without_emissions_has_nothing_to_measure() -> None:
    inputs, meters = measure_doubt(rows(), KNOWN)
    assert inputs.empty
    assert meters.empty


def test_the_toy_zones_doubt_is_its_inferred_office(toy_release) -> None:
    """h3's storeys are inferred: no meter tells more than one there."""
    table = pd.read_parquet(toy_release.table("building_governance")).set_index("building_id")
    assert table["meter_rank"].idxmin() == "file:h3"
    assert np.isnan(table.loc["file:h7", "meter_rank"])
    parcel = pd.read_parquet(toy_release.table("parcel_governance")).set_index("parcel_id")
    shares = [f"{name}_share" for name in ("measured", "reported", "modelled", "default")]
    assert parcel[shares].sum(axis=1, min_count=1).dropna().to_numpy() == pytest.approx(1)
    assert np.isnan(parcel.loc["file:B2", "interval_share"])
