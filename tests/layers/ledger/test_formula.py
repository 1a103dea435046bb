"""Bases times factors: units reduced by pint, what is missing named, what does not fit refused."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.ledger.formula import KEY, gas_of, parse_terms, resolve_formulas
from layers.ledger.units import in_unit, parse_unit
from twin.errors import FactorError, LayerError

FACTORS = pd.DataFrame(
    [("electricity_intensity.office", 80.0, "kWh/(m2 a)", "secondary"),
     ("grid_emission.location", 0.5, "kgCO2/kWh", "source"),
     ("fuel_emission.gas", 56.1, "kgCO2/GJ", "source"), ("waste_per_head", 1.0, "kg/(person day)", "memory"),
     ("waste_emission", 0.4, "tCO2e/t", "derived"), ("share", 0.25, "1", "memory"), ("percent", 25.0, "%", "memory"),
     ("service_life", 50.0, "a", "source"), ("embodied", 450.0, "kgCO2e/m2", "source"),
     ("gwp.ch4", 28.0, "kgCO2e/kgCH4", "source")],
    columns=["quantity", "value", "unit", "seen"],
).assign(factor_id=lambda frame: frame["quantity"].str.upper())


def resolve(base_unit: str, factors: str | None, activity_unit: str, emission: str | None) -> pd.Series:
    asked = pd.DataFrame([(base_unit, factors, activity_unit, emission)], columns=KEY)
    return resolve_formulas(asked, FACTORS).iloc[0]


def test_floor_area_times_intensity_times_grid() -> None:
    row = resolve("m2", "electricity_intensity.office", "kWh/a", "grid_emission.location")
    assert (row["activity_per_base"], row["factor_value"]) == (80.0, 0.5)
    assert (row["factor_unit"], row["gas"], row["factor_id"]) == ("kgCO2e/kWh", "CO2", "GRID_EMISSION.LOCATION")
    assert (row["quality_activity"], row["quality_factor"]) == ("M", "H")


def test_units_are_reduced_to_kilograms_and_kilowatt_hours() -> None:
    """56.1 kg/GJ are 56.1 x 0.0036 = 0.20196 kg/kWh; 1 kg a day is 0.365 t a year, at 0.4 t/t."""
    assert resolve("kWh/a", None, "kWh/a", "fuel_emission.gas")["factor_value"] == pytest.approx(0.20196)
    waste = resolve("person", "waste_per_head", "t/a", "waste_emission")
    assert waste["activity_per_base"] == pytest.approx(0.365)
    assert waste["factor_value"] == pytest.approx(400)
    assert waste["quality_activity"] == "L"


def test_factors_divide_and_complement() -> None:
    assert resolve("m2", "/service_life", "m2/a", "embodied")["activity_per_base"] == pytest.approx(0.02)
    assert resolve("person", "waste_per_head ~share", "kg/a", None)["activity_per_base"] == pytest.approx(365 * 0.75)
    assert resolve("person", "waste_per_head percent", "kg/a", None)["activity_per_base"] == pytest.approx(365 * 0.25)


def test_one_less_a_percentage_is_refused() -> None:
    with pytest.raises(LayerError, match="one less percent has no meaning"):
        resolve("person", "waste_per_head ~percent", "kg/a", None)


@pytest.mark.parametrize(("value", "low", "words"), [
    (0.0, None, "SERVICE_LIFE is 0"),
    (50.0, 0.0, "the lower bound of SERVICE_LIFE is 0"),
    (-2.0, -5.0, "SERVICE_LIFE is -2"),
])
def test_a_factor_of_nothing_that_is_divided_by_is_refused(value: float, low: float | None, words: str) -> None:
    factors = FACTORS.assign(low=None)
    factors.loc[factors["quantity"] == "service_life", ["value", "low"]] = value, low
    asked = pd.DataFrame([("m2", "/service_life", "m2/a", "embodied")], columns=KEY)
    with pytest.raises(FactorError, match=f"{words}, and /service_life divides by it; give it a number above 0"):
        resolve_formulas(asked, factors)


def test_one_less_more_than_the_whole_is_refused() -> None:
    factors = FACTORS.assign(value=FACTORS["value"].where(FACTORS["quantity"] != "share", 1.2))
    asked = pd.DataFrame([("person", "waste_per_head ~share", "kg/a", None)], columns=KEY)
    with pytest.raises(FactorError, match=r"SHARE is 1\.2, and ~share takes it from 1; give it a number up to 1"):
        resolve_formulas(asked, factors)


def test_what_has_no_factor_is_named() -> None:
    row = resolve("m2", "electricity_intensity.hall", "kWh/a", "grid_emission.location")
    assert row["missing"] == "electricity_intensity.hall"
    assert pd.isna(row["activity_per_base"])
    row = resolve("m2", "electricity_intensity.office", "kWh/a", "grid_emission.residual")
    assert row["missing"] == "grid_emission.residual"
    assert row["activity_per_base"] == 80.0


@pytest.mark.parametrize(("factors", "unit", "emission"), [
    ("electricity_intensity.office", "m3/a", "grid_emission.location"),
    ("electricity_intensity.office", "kWh", "grid_emission.location"),
    ("electricity_intensity.office", "kWh/a", "waste_emission"),
    (None, "kWh/a", "grid_emission.location"),
])
def test_units_that_do_not_fit_are_refused(factors: str | None, unit: str, emission: str) -> None:
    with pytest.raises(LayerError, match="mend the units"):
        resolve("m2", factors, unit, emission)


def test_gases_are_told_apart() -> None:
    assert gas_of("gwp.ch4", "kgCO2e/kgCH4") == "CH4"
    assert gas_of("grid_emission.location", "kgCO2/kWh") == "CO2"
    assert gas_of("waste_emission", "tCO2e/t") == "CO2e"


def test_terms_keep_their_order_and_ways() -> None:
    assert [(term.way, term.quantity) for term in parse_terms("a ~b /c")] == [("*", "a"), ("~", "b"), ("/", "c")]
    assert parse_terms(None) == parse_terms("") == ()


@pytest.mark.parametrize("text", ["kWh/(m2 a", "parsec burgers", "m2 **"])
def test_a_unit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FactorError, match="not understood"):
        parse_unit(text)


def test_a_year_has_365_days() -> None:
    assert in_unit(1.0, parse_unit("kg/day"), "kg/a") == pytest.approx(365)
    assert in_unit(1.0, parse_unit("MW"), "kWh/a") == pytest.approx(8_760_000)
