"""A layer that breaks the contract is told with its folder, its file and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.contract import Site
from layers.discovery import VARIABLE, discover_layers
from layers.release import build_release, run_layer
from layers.wide import wide_selects
from twin.checks import Checks
from twin.crs import parse_crs
from twin.database import connect
from twin.errors import LayerError
from twin.store import Store
from twin.zone import Zone, load_zone

if TYPE_CHECKING:
    from pathlib import Path

SITE = Site(Zone(name="toy"), parse_crs("EPSG:4549"), Checks())

LAYER = '''"""{title}."""

from layers.contract import Column, Layer

LAYER = Layer(
    name="{name}",
    domain="{domain}",
    tables={{"{table}": (Column("value_m", "m", "A value"),)}},
    needs=({needs}),
)
'''
LABELS = "key,en,zh,fr,de\ntitle,T,T,T,T\n"
SQL = "-- one row per parcel\nselect parcel_id, 1::double as value_m from parcel\n"


def write(folder: Path, name: str, *, sql: str | None = SQL, called: str | None = None, domain: str = "energy",
          table: str | None = None, needs: tuple[str, ...] = ("parcel",)) -> Path:
    """Write a layer into a folder of layers; returns the layer's own folder."""
    place = folder / name
    place.mkdir(parents=True)
    called = called or name
    table = table or f"parcel_{called}"
    quoted = "".join(f'"{item}", ' for item in needs)
    (place / "__init__.py").write_text(
        LAYER.format(title=name.title(), name=called, domain=domain, table=table, needs=quoted))
    (place / "README.md").write_text("How it is done.\n")
    (place / "labels.csv").write_text(LABELS)
    if sql is not None:
        (place / f"{table}.sql").write_text(sql)
    return place


def fault(folder: Path) -> str:
    """Return what discovery says of the layers in a folder."""
    with pytest.raises(LayerError) as caught:
        discover_layers([folder])
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_good_layer_is_found_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write(tmp_path / "more", "noise")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "more"))
    layers = discover_layers()
    assert layers["noise"].folder == place
    assert {"planning", "construction", "energy"} <= set(layers)


def test_a_layer_comes_after_those_whose_tables_it_needs(tmp_path: Path) -> None:
    write(tmp_path, "alpha", needs=("parcel_beta",))
    write(tmp_path, "beta", needs=("parcel_gamma",))
    write(tmp_path, "gamma")
    assert list(discover_layers([tmp_path])) == ["gamma", "beta", "alpha"]


def test_a_folder_without_a_layer_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "noise")
    (tmp_path / "notes").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("LAYER = None\n")
    assert list(discover_layers([tmp_path])) == ["noise"]


@pytest.mark.parametrize("name", ["README.md", "labels.csv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    place = write(tmp_path, "noise")
    (place / name).unlink()
    assert fault(tmp_path) == f"{place}: {name} is missing"


def test_a_missing_select_is_named(tmp_path: Path) -> None:
    assert fault_of(tmp_path, sql=None).endswith("noise: parcel_noise.sql is missing")


def fault_of(folder: Path, **facts: object) -> str:
    write(folder, "noise", **facts)
    return fault(folder)


def test_a_name_unlike_its_folder_is_told(tmp_path: Path) -> None:
    assert "the layer calls itself 'racket'; folder and name must agree" in fault_of(tmp_path, called="racket")


def test_a_name_that_is_none_is_told(tmp_path: Path) -> None:
    assert "'No-ise' is no layer name" in fault_of(tmp_path, called="No-ise")


def test_an_unknown_domain_is_told_with_the_known_ones(tmp_path: Path) -> None:
    told = fault_of(tmp_path, domain="leisure")
    assert "domain 'leisure' is unknown; known are planning, governance" in told


def test_a_table_that_does_not_bear_the_name_of_its_layer_is_told(tmp_path: Path) -> None:
    assert "table 'parcel_other' must end in _noise" in fault_of(tmp_path, table="parcel_other")


def test_all_faults_of_a_layer_are_told_at_once(tmp_path: Path) -> None:
    place = write(tmp_path, "noise", domain="leisure", sql=None)
    (place / "README.md").unlink()
    told = fault(tmp_path)
    assert all(text in told for text in ("domain 'leisure'", "parcel_noise.sql is missing", "README.md is missing"))


def test_layers_that_need_each_other_are_told(tmp_path: Path) -> None:
    write(tmp_path, "alpha", needs=("parcel_beta",))
    write(tmp_path, "beta", needs=("parcel_alpha",))
    write(tmp_path, "gamma")
    assert fault(tmp_path) == "layers need each other in a circle: alpha, beta"


def test_two_layers_of_one_name_are_told(tmp_path: Path) -> None:
    write(tmp_path / "one", "noise")
    write(tmp_path / "two", "noise")
    with pytest.raises(LayerError, match=r"a layer named 'noise' exists already in .*one/noise"):
        discover_layers([tmp_path / "one", tmp_path / "two"])


def test_a_layer_that_cannot_be_imported_is_told_with_its_folder(tmp_path: Path) -> None:
    place = write(tmp_path, "noise")
    (place / "__init__.py").write_text("import a_module_that_nobody_has\n")
    told = fault(tmp_path)
    assert told.startswith(f"{place}: the layer cannot be imported (ModuleNotFoundError")
    assert told.endswith("mend its __init__.py")


def test_a_missing_folder_of_layers_is_told(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=rf"nowhere is no folder; correct \${VARIABLE}"):
        discover_layers([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select parcel_id, heigth_m::double as value_m from parcel", ["heigth_m", "mend parcel_noise.sql"]),
        ("select parcel_id, from parcel where", ["syntax error", "mend parcel_noise.sql"]),
        ("select parcel_id, 1::double as worth_m from parcel", ["has the columns", "worth_m", "value_m"]),
        ("select parcel_id from parcel", ["has the columns", "value_m"]),
    ],
    ids=["unknown column", "no SQL", "another column", "a column too few"],
)
def test_wrong_sql_is_told_with_the_layer_and_the_file(tmp_path: Path, sql: str, words: list[str]) -> None:
    write(tmp_path, "noise", sql=sql)
    layer = discover_layers([tmp_path])["noise"]
    with connect() as connection:
        connection.execute("create table parcel as select 'p' as parcel_id")
        with pytest.raises(LayerError) as caught:
            run_layer(connection, layer, SITE)
    told = str(caught.value)
    assert told.startswith("layer noise: parcel_noise ")
    assert "\n" not in told
    for word in words:
        assert word in told


def test_a_layer_that_fails_leaves_no_release(
    tmp_path: Path, toy_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "more", "noise", sql="select nothing")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "more"))
    with pytest.raises(LayerError, match="layer noise: parcel_noise failed"):
        build_release(load_zone(toy_folder), Store(tmp_path / "store"))
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []
    assert list((tmp_path / "store" / "toy" / "releases").iterdir()) == []


def test_a_layer_may_speak_of_energy_assets(tmp_path: Path) -> None:
    sql = "-- one row per energy asset\nselect asset_id, 2::double as value_m from energy_asset\n"
    write(tmp_path, "noise", table="energy_asset_noise", sql=sql, needs=("energy_asset",))
    layers = discover_layers([tmp_path])
    with connect() as connection:
        connection.execute("create table energy_asset as select 'a' as asset_id, st_point(0, 0) as geometry")
        run_layer(connection, layers["noise"], SITE)
        row = connection.execute(wide_selects(layers)["wide_energy_asset"]).fetchone()
    assert row is not None
    assert row[:2] == ("a", 2.0)
