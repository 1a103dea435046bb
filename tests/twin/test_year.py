"""The base year: what stands in it, who lives in it, and what is planned for later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from layers.release import build_release
from twin.errors import SourceError, ZoneError
from twin.store import Store
from twin.zone import Zone, load_zone, make_zone, set_base_year

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release


@pytest.fixture(scope="module")
def release_of(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Callable[[int], Release]:
    """Return a function that builds the toy zone, its substation working from 2027 on, as it stands in a year."""
    folder = write_toy(tmp_path_factory.mktemp("years") / "zone")
    text = (folder / "toy.osm").read_text(encoding="utf-8")
    started = text.replace("v='substation'/>", "v='substation'/><tag k='start_date' v='2027-06'/>")
    (folder / "toy.osm").write_text(started, encoding="utf-8")
    built: dict[int, Release] = {}

    def release(year: int) -> Release:
        if year not in built:
            store = Store(tmp_path_factory.mktemp("store"))
            built[year] = build_release(set_base_year(load_zone(folder), year), store)
        return built[year]

    return release


def rows(release: Release, table: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by their first column."""
    frame = pd.read_parquet(release.table(table))
    return {row[frame.columns[0]]: row for row in frame.to_dict("records")}


@pytest.mark.parametrize(("year", "status", "number"), [(2025, "planned", 0), (2028, "existing", 1)])
def test_a_building_is_planned_until_its_year(
    release_of: Callable[[int], Release], year: int, status: str, number: int
) -> None:
    release = release_of(year)
    assert rows(release, "building")["file:h7"]["status"] == status
    planning = rows(release, "parcel_planning")["file:B3"]
    assert (planning["buildings"], planning["gross_floor_area_m2"], planning["far"]) == (
        number, 400 * number, 400 * number / 8000)
    construction = rows(release, "building_construction")["file:h7"]
    assert (construction["energy_reason"] == "not_standing") == (number == 0)
    assert (construction["emissions_kgco2e_per_a"] > 0) == (number == 1)
    assert (rows(release, "parcel_construction")["file:B3"]["emissions_kgco2e_per_a"] > 0) == (number == 1)


def test_an_energy_asset_is_planned_until_its_year(release_of: Callable[[int], Release]) -> None:
    for year, status, number in ((2025, "planned", 0), (2028, "existing", 1)):
        substation = next(row for row in rows(release_of(year), "energy_asset").values() if row["kind"] == "substation")
        assert (substation["status"], substation["year_built"]) == (status, 2027)
        parcel = rows(release_of(year), "parcel_energy")["file:B3"]
        assert (parcel["energy_assets"], parcel["substations"], parcel["assets_of_unknown_capacity"]) == (number,) * 3


@pytest.mark.parametrize(("year", "population", "of"), [(2020, 90, 2020), (2024, 90, 2020), (2025, 120, 2025),
                                                        (2028, 120, 2025)])
def test_population_is_of_the_year_or_of_the_last_one_given_before(year: int, population: int, of: int) -> None:
    zone = set_base_year(Zone(name="z", population={2025: 120, 2020: 90, 2050: 999}), year)
    assert zone.population_year() == of
    assert zone.population[of] == population


def test_an_older_population_is_told(release_of: Callable[[int], Release]) -> None:
    for year, population, of in ((2025, 120, 2025), (2028, 120, 2025)):
        zone = rows(release_of(year), "zone")["toy"]
        assert (zone["year"], zone["population"], zone["population_year"]) == (year, population, of)
        notes = [note for note in release_of(year).manifest["report"]["notes"] if note.startswith("population:")]
        assert notes == ([] if year == of else ["population: none given for 2028; that of 2025 stands for it"])
    assert sum(row["residents"] for row in rows(release_of(2028), "building").values()) == pytest.approx(120)


def test_a_population_of_later_years_is_not_taken(write_toy: Callable[..., Path], tmp_path: Path) -> None:
    folder = write_toy(tmp_path / "zone")
    text = (folder / "zone.toml").read_text(encoding="utf-8").replace("{ 2020 = 90, 2025 = 120 }", "{ 2028 = 150 }")
    (folder / "zone.toml").write_text(text, encoding="utf-8")
    release = build_release(load_zone(folder), Store(tmp_path / "store"))
    assert pd.isna(rows(release, "zone")["toy"]["population"])
    note = "population: none given for 2025 or before; residents are modelled from floor area"
    assert note in release.manifest["report"]["notes"]


def test_the_year_stands_for_itself_in_column_names(release_of: Callable[[int], Release]) -> None:
    for year, population, households in ((2020, 90, 36), (2025, 120, 48)):
        quarter = rows(release_of(year), "neighbourhood")["file:whole"]
        assert (quarter["population"], quarter["households"]) == pytest.approx((population, households))


def test_a_column_that_the_year_lacks_is_a_fault(toy_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no column population_2031, households_2031, named in sources\.neighbour"):
        build_release(set_base_year(load_zone(toy_folder), 2031), Store(tmp_path / "store"))


@pytest.mark.parametrize("year", [1800, 2101, -1])
def test_an_impossible_year_is_refused(year: int) -> None:
    with pytest.raises(ZoneError, match=rf"the year {year} cannot be the base year, which should be .*--year"):
        set_base_year(Zone(name="z"), year)


def test_a_notice_is_a_sentence_or_one_in_each_language(tmp_path: Path) -> None:
    def notice(given: object) -> dict[str, str] | None:
        made = make_zone({"name": "z", "notice": given}, folder=tmp_path, where="z").notice
        return made.model_dump(exclude_none=True) if made else None

    assert notice("A plan.") == {"en": "A plan."}
    assert notice({"en": "A plan.", "zh": "方案"}) == {"en": "A plan.", "zh": "方案"}
    assert notice("") is None
    with pytest.raises(ZoneError, match=r"notice\.en"):
        notice({"zh": "方案"})
    with pytest.raises(ZoneError, match=r"unknown key 'notice\.es'; known are de, en, fr, zh"):
        notice({"en": "A plan.", "es": "Un plan."})
