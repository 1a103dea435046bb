"""A zone's description: years that agree, people and offsets that can be, totals of codes that are counted."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twin.classes import data_folder
from twin.errors import ZoneError
from twin.plan.description import TEMPLATE
from twin.zone import Zone, make_zone

TOTAL = {"year": 2025, "gpc_ref": "I.2", "carrier": "electricity", "amount": 5, "unit": "MWh", "source": "a report"}


def describe(**settings: Any) -> Zone:
    return make_zone({"name": "quarter"} | settings, folder=Path(), where="zone.toml")


def totals(**given: Any) -> dict[str, Any]:
    return {"totals": [TOTAL | given]}


@pytest.mark.parametrize(("settings", "words"), [
    ({"population": {2020: 10, 2025: -5}}, "^zone.toml: population: -5 persons in 2025 cannot be; give 0 or more$"),
    ({"target_year": 2024}, "^zone.toml: target_year 2024 lies before the inventory's base_year 2025; give a later"),
    ({"target_year": 2028, "inventory": {"base_year": 2030}}, "target_year 2028 lies before .* base_year 2030"),
    ({"inventory": {"neutrality": {"offsets_kgco2e_per_a": -1}}},
     "^zone.toml: inventory.neutrality.offsets_kgco2e_per_a: -1 kgCO2e/a cannot be offset; give 0 or more$"),
    ({"inventory": {"neutrality": {"offsets_kgco2e_per_a": float("nan")}}}, "nan kgCO2e/a cannot be offset"),
    ({"inventory": {"neutrality": {"offsets_kgco2e_per_a": float("inf")}}}, "inf kgCO2e/a cannot be offset"),
    ({"sources": totals(year=2024)},
     "^zone.toml: sources.totals: electricity of I.2 is of 2024, and the inventory holds 2025; correct the year"),
    ({"sources": totals(year=2021), "inventory": {"base_year": 2020, "years": [2030, 2025]}}, "holds 2020, 2025, 2030"),
    ({"sources": totals(gpc_ref="IX.9")},
     "^zone.toml: sources.totals.0.gpc_ref: 'IX.9' is no code of the GPC; give one such as I.2.2, or I.2 for all"),
    ({"sources": totals(gpc_ref="I.2.2.1")}, "'I.2.2.1' is no code of the GPC"),
    ({"sources": totals(carrier="Electric power")},
     "sources.totals.0.carrier: 'Electric power' is no carrier; write it as the ledger does, such as electricity"),
    ({"plan": {"seed": 1, "residents": 20_000}, "sources": {"factors": {"file": "factors.csv"}}},
     "the sources of a zone with a .plan. are drawn, and sources.factors would not be read; run `zonetwin plan`"),
    ({"target_year": 2020, "sources": totals(year=2024)}, "target_year 2020 .*; sources.totals: electricity of I.2"),
])
def test_a_description_that_cannot_be_is_refused_in_plain_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ZoneError, match=words):
        describe(**settings)


def test_what_is_at_the_edge_is_taken() -> None:
    zone = describe(population={2025: 0}, target_year=2025, sources=totals(year=2028), inventory={
        "years": [2028], "neutrality": {"offsets_kgco2e_per_a": 0}})
    assert zone.population == {2025: 0}


def test_own_factors_are_a_source_with_a_file(tmp_path: Path) -> None:
    with pytest.raises(ZoneError, match=r"sources.factors names .*gone.csv, which does not exist"):
        make_zone({"name": "a", "sources": {"factors": {"file": "gone.csv"}}}, folder=tmp_path, where="zone.toml")
    with pytest.raises(ZoneError, match=r"unknown key 'sources.factors.fiel'; did you mean 'file'"):
        describe(sources={"factors": {"fiel": "x.csv"}})
    with pytest.raises(ZoneError, match=r"sources.factors: no file is named; give file = "):
        describe(sources={"factors": {}})


def test_the_reference_zone_says_what_neutral_means() -> None:
    described = tomllib.loads((data_folder() / "zones" / "taicang" / "zone.toml").read_text(encoding="utf-8"))
    drawn = tomllib.loads(TEMPLATE.format(seed=1, residents=1, population="2025 = 1", target_year=2028, base_year=2025))
    for table in (described, drawn):
        assert table["inventory"]["neutrality"] == {"level": "BASIC", "offsets_kgco2e_per_a": 0}
    assert drawn["zone"]["target_year"] in drawn["inventory"]["years"]
