"""Settings are read from factors, and what is missing is said."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

import layers
from layers.solar.pv_settings import PvSettings
from twin.classes import data_folder
from twin.errors import LayerError
from twin.factors import read_factors

FACTORS = Path(layers.__file__).parent / "solar" / "factors.csv"


def test_factors_are_unique_and_have_intervals_and_sources() -> None:
    table = read_factors([FACTORS])
    own = table[table["quantity"].str.startswith("pv.")]
    assert own["factor_id"].is_unique
    assert not own.duplicated(["quantity", "region", "year"]).any()
    assert own[["low", "high", "source", "unit"]].notna().to_numpy().all()
    assert not ((own["low"] == own["high"]) & (own["interval_kind"] != "level")).any()


def test_every_use_of_buildings_has_a_share_of_obstructions(pv_settings: PvSettings) -> None:
    with (data_folder() / "classes" / "use.csv").open(encoding="utf-8", newline="") as file:
        uses = {row["use"] for row in csv.DictReader(file)}
    assert uses <= set(pv_settings.area.obstruction_share)


def test_percentages_become_shares(pv_settings: PvSettings) -> None:
    assert pv_settings.inverter.efficiency == pytest.approx(0.96)
    assert pv_settings.module.temperature_coefficient_per_k == pytest.approx(-0.003)
    assert pv_settings.losses.soiling_percent == 2
    assert pv_settings.albedo == 0.2


def test_all_missing_quantities_are_named_at_once(pv_factors: dict[str, float]) -> None:
    poor = {name: value for name, value in pv_factors.items() if name not in {"pv.noct", "pv.loss.lid"}}
    with pytest.raises(LayerError, match=r"no factor pv\.noct.*no factor pv\.loss\.lid.*factors\.csv"):
        PvSettings.from_factors(poor)


@pytest.mark.parametrize(("quantity", "value"), [
    ("pv.inverter_efficiency", 196), ("pv.dc_ac_ratio", 0), ("pv.array_height", 3), ("pv.temperature_coefficient", 0.3),
    ("pv.setback", -1), ("pv.sigma.roof", math.nan),
])
def test_value_that_cannot_be_is_refused(pv_factors: dict[str, float], quantity: str, value: float) -> None:
    with pytest.raises(LayerError, match=quantity.replace(".", r"\.")):
        PvSettings.from_factors(pv_factors | {quantity: value})


def test_zone_without_a_share_for_unknown_uses_is_refused(pv_factors: dict[str, float]) -> None:
    poor = {name: value for name, value in pv_factors.items() if name != "pv.obstruction_share.other"}
    with pytest.raises(LayerError, match=r"pv\.obstruction_share\.other"):
        PvSettings.from_factors(poor)
