"""Rows of the ledger from a few claims: scaled to meters that may be shown, and to totals that are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import layers
from twin.database import connect, run_select

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

FOLDER = Path(layers.__file__).parent / "ledger"
SQL = (FOLDER / "ledger.sql").read_text(encoding="utf-8")
TABLES = """
create table gpc as select * from (values ('I.1.1', 1, 'BASIC'), ('I.1.2', 2, 'BASIC')) t(gpc_ref, scope, level);
create table factor_in_force as select * from (values
    ('measured.least_coverage', 0.9), ('net_calorific_value.natural_gas', 10.0)) t(quantity, value);
create table ledger_formula as select * from (values
    ('m2', 'intensity', 'kWh/a', 'grid_emission.location', 30.0, 'G', 0.5, 'kgCO2e/kWh', 'CO2', 'M', 'M', null),
    ('m2', 'gas', 'kWh/a', 'fuel', 20.0, 'F', 0.2, 'kgCO2e/kWh', 'CO2', 'M', 'M', null),
    ('m2', 'heat', 'kWh/a', 'fuel', null, 'F', 0.2, 'kgCO2e/kWh', 'CO2', null, 'M', 'heat'),
    ('m2', 'intensity', 'kWh/a', 'none', 30.0, null, null, null, null, 'M', null, 'none')
) t(base_unit, activity_factors, activity_unit, emission_factor, activity_per_base, factor_id, factor_value,
    factor_unit, gas, quality_activity, quality_factor, missing);
create table ledger_based (
    domain varchar, subject_kind varchar, subject_id varchar, parcel_id varchar, gpc_ref varchar, book varchar,
    carrier varchar, base double, base_low double, base_high double, base_unit varchar, activity_factors varchar,
    activity_unit varchar, emission_factor varchar, method varchar, evidence varchar, notation_key varchar,
    reason varchar, year integer, basis varchar, priced_by varchar);
create table reading_year (holder_kind varchar, holder_id varchar, neighbourhood_id varchar, carrier varchar,
    year integer);
create table reading_cell (neighbourhood_id varchar, carrier varchar, year integer, amount double, coverage double,
    is_public boolean, meters double);
create table building (building_id varchar, parcel_id varchar);
create table known_total (total_id varchar, gpc_ref varchar, carrier varchar, year integer, activity double);
"""


class Book:
    """A database with the tables that rows are made from."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute(TABLES)

    def claim(self, house: str, base: float | None, *, carrier: str = "electricity", factors: str | None = "intensity",
              priced_by: str = "grid_emission.location", ref: str = "I.1.2", **more: Any) -> None:
        row = {"domain": "construction", "subject_kind": "building", "subject_id": house, "parcel_id": f"p{house}",
               "gpc_ref": ref, "book": "gpc", "carrier": carrier, "base": base, "base_unit": "m2",
               "activity_factors": factors, "activity_unit": "kWh/a", "emission_factor": priced_by, "method": "m",
               "evidence": "modelled", "year": 2025, "priced_by": priced_by,
               "basis": "location" if priced_by == "grid_emission.location" else None} | more
        names = ", ".join(row)
        places = ", ".join("?" * len(row))
        self.connection.execute(f"insert into ledger_based ({names}) values ({places})", [*row.values()])

    def meter(self, house: str, cell: str = "n", carrier: str = "electricity", kind: str = "building") -> None:
        self.connection.execute("insert into reading_year values (?, ?, ?, ?, 2025)", [kind, house, cell, carrier])

    def read(self, amount: float | None, *, cell: str = "n", carrier: str = "electricity", coverage: float = 1.0,
             is_public: bool = True, meters: int = 1) -> None:
        self.connection.execute("insert into reading_cell values (?, ?, 2025, ?, ?, ?, ?)",
                                [cell, carrier, amount, coverage, is_public, meters])

    def know(self, activity: float, ref: str = "I.1", carrier: str = "electricity") -> None:
        self.connection.execute("insert into known_total values ('t', ?, ?, 2025, ?)", [ref, carrier, activity])

    def rows(self) -> dict[str, dict[str, Any]]:
        run_select(self.connection, "ledger", SQL)
        found = self.connection.execute("select * from ledger").df().to_dict("records")
        return {f"{row['subject_id']}/{row['carrier']}": row for row in found}


@pytest.fixture
def book() -> Iterator[Book]:
    with connect() as connection:
        yield Book(connection)


def test_a_row_is_activity_times_factor(book: Book) -> None:
    book.claim("a", 100.0)
    row = book.rows()["a/electricity"]
    assert (row["activity"], row["factor_value"], row["emissions_kgco2e_per_a"]) == (3000, 0.5, 1500)
    assert (row["gpc_level"], row["scope"], row["evidence"], row["scale"]) == ("BASIC", 2, "modelled", 1)


def test_metered_houses_are_scaled_together_and_nobody_by_their_own_reading(book: Book) -> None:
    """Two houses of 3,000 and 6,000 kWh read 18,000 kWh together: each is doubled, whatever each has read."""
    for house, area in (("a", 100.0), ("b", 200.0), ("c", 300.0)):
        book.claim(house, area)
    book.meter("a")
    book.meter("b")
    book.read(18_000, meters=2)
    rows = book.rows()
    assert [rows[f"{house}/electricity"]["activity"] for house in "abc"] == [6000, 12_000, 9000]
    assert [rows[f"{house}/electricity"]["evidence"] for house in "abc"] == ["measured", "measured", "modelled"]
    assert rows["a/electricity"]["quality_activity"] == "M"  # the sum is known, each part of it is modelled


def test_a_sum_of_more_than_the_rows_says_nothing_of_them(book: Book) -> None:
    """Ten meters read 18,000 kWh, but nine of them are on what has no row: the tenth house is not given it all."""
    book.claim("a", 100.0)
    book.meter("a")
    book.read(18_000, meters=10)
    assert book.rows()["a/electricity"]["activity"] == 3000
    assert book.rows()["a/electricity"]["evidence"] == "modelled"


def test_a_meter_of_a_parcel_counts_for_what_stands_on_it(book: Book) -> None:
    book.claim("a", 100.0)
    book.meter("pa", kind="parcel")
    book.read(6000)
    assert book.rows()["a/electricity"]["activity"] == 6000


def test_gas_that_was_read_in_cubic_metres_becomes_energy(book: Book) -> None:
    """20 kWh/m2 x 100 m2 = 2,000 kWh are modelled; 300 m3 of 10 kWh are 3,000."""
    book.claim("a", 100.0, carrier="gas", factors="gas", priced_by="fuel", ref="I.1.1")
    book.meter("a", carrier="gas")
    book.read(300, carrier="gas")
    assert book.rows()["a/gas"]["activity"] == pytest.approx(3000)


@pytest.mark.parametrize("given", [{"is_public": False, "amount": None}, {"coverage": 0.5, "amount": 9000}])
def test_what_may_not_be_shown_or_was_hardly_read_changes_nothing(book: Book, given: dict[str, Any]) -> None:
    book.claim("a", 100.0)
    book.meter("a")
    book.read(given.pop("amount"), **given)
    assert book.rows()["a/electricity"]["evidence"] == "modelled"
    assert book.rows()["a/electricity"]["activity"] == 3000


def test_a_year_that_was_read_nearly_whole_is_made_whole(book: Book) -> None:
    book.claim("a", 100.0)
    book.meter("a")
    book.read(5400, coverage=0.9)
    assert book.rows()["a/electricity"]["activity"] == pytest.approx(6000)


def test_a_known_total_is_shared_out_in_the_proportion_of_the_model(book: Book) -> None:
    """3,000 and 6,000 kWh are modelled; 18,000 are known."""
    book.claim("a", 100.0)
    book.claim("b", 200.0)
    book.know(18_000)
    rows = book.rows()
    assert [rows[f"{house}/electricity"]["activity"] for house in "ab"] == [6000, 12_000]
    assert [rows[f"{house}/electricity"]["modelled_activity"] for house in "ab"] == [3000, 6000]
    assert rows["a/electricity"]["evidence"] == "reported"
    assert rows["a/electricity"]["scale"] == pytest.approx(2)


def test_a_known_total_leaves_what_is_measured_and_scales_the_rest(book: Book) -> None:
    """10,000 kWh are known, 4,000 of them are read of a: b has the other 6,000."""
    book.claim("a", 100.0)
    book.claim("b", 200.0)
    book.meter("a")
    book.read(4000)
    book.know(10_000)
    rows = book.rows()
    assert rows["a/electricity"]["activity"] == pytest.approx(4000)
    assert rows["b/electricity"]["activity"] == pytest.approx(6000)


@pytest.mark.parametrize(("houses", "known", "lost"), [
    ("ab", 10_000, []),
    ("ab", 3000, [("t", 3000, 4000)]),  # less than is read: b cannot have -1,000
    ("a", 10_000, [("t", 10_000, 4000)]),  # more than is read, and nobody else to have it
    ("", 10_000, [("t", 10_000, 0)]),
])
def test_a_known_total_that_cannot_be_met_is_found(
    book: Book, houses: str, known: float, lost: list[tuple[str, float, float]]
) -> None:
    """4,000 kWh are read of a."""
    for house in houses:
        book.claim(house, 100.0)
    book.meter("a")
    book.read(4000)
    book.know(known)
    book.rows()
    run_select(book.connection, "lost_total", (FOLDER / "lost_total.sql").read_text(encoding="utf-8"))
    found = book.connection.execute("select total_id, activity, made from lost_total").fetchall()
    assert found == lost


def test_a_known_total_of_another_code_or_carrier_changes_nothing(book: Book) -> None:
    book.claim("a", 100.0)
    book.know(18_000, ref="I.2")
    book.know(18_000, carrier="gas")
    assert book.rows()["a/electricity"]["scale"] == 1


def test_what_has_no_factor_is_not_estimated_and_never_zero(book: Book) -> None:
    book.claim("a", 100.0, carrier="heat", factors="heat", priced_by="fuel")
    row = book.rows()["a/heat"]
    assert row["emissions_kgco2e_per_a"] != row["emissions_kgco2e_per_a"]  # NaN
    assert (row["notation_key"], row["reason"], row["missing_quantity"]) == ("NE", "no_factor", "heat")


def test_what_a_room_gives_no_amount_of_keeps_its_key_and_reason(book: Book) -> None:
    book.claim("a", 100.0, factors=None, notation_key="NE", reason="use_unknown")
    row = book.rows()["a/electricity"]
    assert (row["notation_key"], row["reason"]) == ("NE", "use_unknown")
    assert row["activity"] != row["activity"]
    assert row["emissions_kgco2e_per_a"] != row["emissions_kgco2e_per_a"]


def test_an_activity_without_an_emission_factor_keeps_its_amount(book: Book) -> None:
    book.claim("a", 100.0, priced_by="none")
    row = book.rows()["a/electricity"]
    assert (row["activity"], row["notation_key"]) == (3000, "NE")
    assert row["emissions_kgco2e_per_a"] != row["emissions_kgco2e_per_a"]


def test_a_house_behind_its_parcels_meter_is_one_subject_with_it(book: Book) -> None:
    """a stands on pa and on q; it has a meter, and so has its home parcel pa: each of its rows comes once."""
    book.connection.execute("insert into building values ('a', 'pa')")
    book.claim("a", 100.0)
    book.claim("a", 50.0, parcel_id="q")
    book.meter("a")
    book.meter("pa", kind="parcel")
    book.read(9000)
    run_select(book.connection, "ledger", SQL)
    rows = book.connection.execute("select parcel_id, activity, evidence from ledger order by parcel_id").fetchall()
    assert rows == [("pa", 6000.0, "measured"), ("q", 3000.0, "measured")]


def test_losses_follow_their_electricity(book: Book) -> None:
    """30 kWh/m2 are doubled by the meter: what is lost of them too."""
    book.claim("a", 100.0)
    book.claim("a", 100.0, carrier="grid_losses")
    book.meter("a")
    book.read(6000)
    rows = book.rows()
    assert rows["a/grid_losses"]["activity"] == 6000
    assert rows["a/grid_losses"]["evidence"] == "modelled"


def test_a_metered_parcel_with_a_house_that_has_no_figure_is_left_modelled(book: Book) -> None:
    book.connection.execute("insert into building values ('a', 'p'), ('b', 'p')")
    book.claim("a", 100.0, parcel_id="p")
    book.claim("b", None, parcel_id="p", factors=None, activity_unit="1", notation_key="NE", reason="use_unknown")
    book.meter("p", kind="parcel")
    book.read(9000)
    assert book.rows()["a/electricity"]["evidence"] == "modelled"
