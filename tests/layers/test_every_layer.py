"""What must hold for every layer, whoever wrote it."""

from __future__ import annotations

import csv
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from layers.contract import DOMAINS, LANGUAGES, read_labels
from layers.discovery import LEDGER_CLAIMS, discover_layers
from layers.wide import SUBJECTS
from twin import model
from twin.classes import data_folder
from twin.factors import read_factors, shared_factor_files

if TYPE_CHECKING:
    from layers.contract import Layer
    from twin.store import Release

LAYERS = discover_layers()
BOUNDS = {"low", "high"}  # of the ledger's rows, whose unit is that of what they bound
README_LENGTH = 400  # letters: a method, its equations, its limits and its references need some


@pytest.fixture(params=LAYERS)
def layer(request: pytest.FixtureRequest) -> Layer:
    return LAYERS[request.param]


def rows_of(layer: Layer) -> dict[str, dict[str, str]]:
    """Return a layer's labels as they stand in its file, without the English that replaces what is absent."""
    with (layer.folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def shared_words() -> dict[str, str]:
    return read_labels(data_folder() / "labels.csv")["en"]


def all_factors() -> pd.DataFrame:
    return read_factors([*shared_factor_files(), *(item.factor_file for item in LAYERS.values() if item.factor_file)])


def test_layer_keeps_the_contract(layer: Layer) -> None:
    assert layer.faults() == []
    assert layer.domain in DOMAINS
    assert layer.folder.name == layer.name


def test_layer_has_a_readme_that_says_its_method_its_limits_and_its_references(layer: Layer) -> None:
    text = (layer.folder / "README.md").read_text(encoding="utf-8")
    assert len(text) > README_LENGTH
    for table in layer.described:
        assert f"`{table}`" in text or table.removesuffix(f"_{layer.name}") in text
    assert re.search(r"limit", text, re.IGNORECASE)


def test_layer_has_a_label_in_four_languages_for_all_it_shows(layer: Layer) -> None:
    columns = [column for columns in layer.described.values() for column in columns]
    bounds = {bound for column in columns for bound in (column.low, column.high)}
    named = {column.name for column in columns} - bounds
    needed = {"title", "summary", *named, *(f"{name}.meaning" for name in named),
              *(f"view.{view.name}" for view in layer.views)}
    rows = rows_of(layer)
    assert {f"{layer.name}.{column.name}" for column in columns} <= set(layer.labels["de"])
    assert needed - set(rows) == set()
    assert [(key, language) for key in rows for language in LANGUAGES if not (rows[key][language] or "").strip()] == []


def test_layer_has_no_label_for_what_is_not_there(layer: Layer) -> None:
    columns = {column.name: column for columns in layer.described.values() for column in columns}
    words = tuple(f"{column.words.removeprefix(layer.name + '.')}." for column in columns.values() if column.words)
    known = {"title", "summary", *columns, *(f"{name}.meaning" for name in columns),
             *(f"view.{view.name}" for view in layer.views)}
    assert [key for key in rows_of(layer) if key not in known and not key.startswith(words)] == []


def test_numbers_of_a_layer_have_a_unit_and_words_have_none(layer: Layer, toy_release: Release) -> None:
    for table, columns in layer.described.items():
        types = {field.name: field.type for field in pq.read_schema(toy_release.table(table))}
        for column in columns:
            number = pa.types.is_floating(types[column.name]) or pa.types.is_integer(types[column.name])
            assert bool(column.unit) == number, f"{table}.{column.name}"
            assert column.meaning, f"{table}.{column.name}"


def test_names_of_numbers_end_in_their_unit(layer: Layer) -> None:
    for columns in layer.described.values():
        for column in columns:
            if column.unit not in {"", "1"} and not column.unit.startswith("see ") and column.name not in BOUNDS:
                ending = column.unit.lower().replace("/", "_per_").replace("_per_a", "_a").replace("degrees", "deg")
                name = column.name.removesuffix("_low").removesuffix("_high")
                plain = name.replace("_land", "").replace("_per_a", "_a")  # per area of land, per year
                # A mean or greatest height bears the bare unit too; all else must end in it.
                assert plain.endswith(f"_{column.unit}") or ending.replace("_", "") in plain.replace("_", ""), column


def test_bounds_and_evidence_of_a_column_are_columns_of_its_table(layer: Layer) -> None:
    for columns in layer.described.values():
        names = {column.name for column in columns}
        for column in columns:
            assert {column.low, column.high, column.evidence} - {None} <= names
            assert (column.low is None) == (column.high is None)


def test_a_figure_lies_in_its_interval(layer: Layer, toy_release: Release) -> None:
    for table, columns in layer.described.items():
        rows = pd.read_parquet(toy_release.table(table))
        for column in (column for column in columns if column.low and column.high):
            known = rows[rows[column.name].notna()]
            value, low, high = (known[name].to_numpy(float) for name in (column.name, column.low, column.high))
            slack = 1e-9 * abs(value) + 1e-9
            assert ((low <= value + slack) & (value <= high + slack)).all(), f"{table}.{column.name}"
            gaps = rows[rows[column.name].isna()]
            assert gaps[[column.low, column.high]].isna().all(axis=None), f"{table}.{column.name}"


def test_a_yearly_amount_has_an_interval(layer: Layer) -> None:
    """Counts, areas and what is defined are exact; what is estimated in a year is not."""
    exact = {"unscaled_vehicles_per_day", "pv_yield_p90_kwh_per_a", "traffic_share"}
    for table, columns in layer.described.items():
        bounds = {bound for column in columns for bound in (column.low, column.high)}
        open_ended = [column.name for column in columns if column.unit.endswith("/a") and column.low is None
                      and column.name not in bounds | exact]
        assert layer.name in {"solar", "governance"} or open_ended == [], table


def test_words_of_a_layer_have_labels(layer: Layer, toy_release: Release) -> None:
    labels = shared_words() | layer.labels["en"]
    for table, columns in layer.described.items():
        rows = pd.read_parquet(toy_release.table(table))
        for column in columns:
            if column.words:
                assert {f"{column.words}.{word}" for word in rows[column.name].dropna()} <= set(labels)


def test_views_of_a_layer_colour_by_columns_that_exist(layer: Layer) -> None:
    labels = shared_words()
    for view in layer.views:
        table = view.subject if view.subject in layer.things else f"{view.subject}_{layer.name}"
        own = {column.name: column.words for column in layer.described.get(table, ())}
        assert view.subject in {*SUBJECTS, *layer.things}
        assert {view.column, *view.steps} <= set(own) | set(model.read_columns().get(view.subject, {}))
        assert (view.ramp is None) == (view.colours is not None)
        if view.colours:
            words = own.get(view.column) or view.column
            assert {f"{words}.{word}" for word in view.colours} <= set(labels) | set(layer.labels["en"])
            assert all(0 <= part <= 255 for colour in view.colours.values() for part in colour)
        if view.edges:
            assert list(view.edges) == sorted(set(view.edges))


def test_names_of_views_are_unique_over_all_layers() -> None:
    names = [view.name for layer in LAYERS.values() for view in layer.views]
    assert len(names) == len(set(names))


def test_quantities_of_a_layer_stand_in_the_factor_tables_with_unit_and_source(layer: Layer) -> None:
    factors = all_factors()
    for pattern in layer.quantities:
        found = factors[[fnmatchcase(name, pattern) for name in factors["quantity"]]]
        assert len(found), pattern
        assert found[["unit", "source", "region", "seen"]].notna().to_numpy().all()


def test_quantities_that_the_sql_of_a_layer_names_are_declared(layer: Layer) -> None:
    known = set(all_factors()["quantity"])
    for table in [*layer.described, f"ledger_{layer.name}"]:
        for text in re.findall(r"'([a-z_]+\.[a-z_]+)'", layer.sql(table) or ""):
            own = any(fnmatchcase(text, pattern) for pattern in layer.quantities)
            assert own or text in known, f"{table}.sql asks for {text}"


def test_a_layer_needs_only_tables_that_are_there(layer: Layer) -> None:
    made = set(model.TABLES) | {table for other in LAYERS.values() for table in other.described}
    assert set(layer.needs) - {LEDGER_CLAIMS} <= made


def test_first_comment_of_each_sql_file_says_the_grain(layer: Layer) -> None:
    for table in [*layer.described, f"ledger_{layer.name}"]:
        sql = layer.sql(table)
        if table not in layer.tables:
            assert sql is None or sql.startswith("-- one row per ")
            continue
        subject = table.removesuffix(f"_{layer.name}").replace("_", " ")
        assert sql is None or sql.startswith(f"-- one row per {subject}")


def test_no_number_of_the_domain_stands_in_the_sql_of_a_layer(layer: Layer) -> None:
    """Zeros, ones, twos and hundreds are arithmetic; whatever else is a number belongs into a factor table."""
    for table in [*layer.described, f"ledger_{layer.name}"]:
        sql = re.sub(r"--.*|'[^']*'", "", layer.sql(table) or "")
        assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", sql)) <= {"0", "1", "2", "100"}


def test_every_factor_that_a_layer_uses_has_a_name_of_its_own(layer: Layer) -> None:
    words = shared_words()
    used = [name for name in all_factors()["quantity"].unique()
            if any(fnmatchcase(name, pattern) for pattern in layer.quantities)]
    named = {name: _name_of_factor(name, words) for name in used}
    assert [name for name, told in named.items() if told is None] == []
    assert len(set(named.values())) == len(used)


def _name_of_factor(quantity: str, words: dict[str, str]) -> tuple[str, ...] | None:
    """Return what the page calls a quantity: the longest key with a word, and the words of the other parts."""
    parts = quantity.split(".")
    for count in range(len(parts), 0, -1):
        key = f"quantity.{'.'.join(parts[:count])}"
        if key in words:
            rest = [part for part in parts[count:] if part.isdigit() or part.startswith("built_to_")
                    or any(f"{kind}.{part}" in words for kind in ("use", "road_class", "roof_shape", "kind"))]
            return words[key], *rest
    return None


def test_every_region_of_a_factor_has_a_name() -> None:
    words = shared_words()
    regions = all_factors()["region"].unique()
    missing = [region for region in regions if "region." + re.sub(r"\W+", "_", region.lower()) not in words]
    assert missing == []


def test_every_carrier_of_the_ledger_has_a_name(toy_release: Release) -> None:
    carriers = pq.read_table(toy_release.table("ledger"), columns=["carrier"])["carrier"].unique().to_pylist()
    assert [carrier for carrier in carriers if f"carrier.{carrier}" not in shared_words()] == []
