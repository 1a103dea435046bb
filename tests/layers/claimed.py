"""What a room claims, by its SQL and by its second computation, side by side."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pandas as pd

from layers.contract import CLAIM
from layers.discovery import discover_layers
from layers.ledger.formula import KEY, resolve_formulas
from twin.factors import read_factors, shared_factor_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import duckdb

    from tests.twin.model.zoned import Zoned
    from twin.store import Release

NUMBERS = ("base", "base_low", "base_high")
WORDS = tuple(name for name in CLAIM if name not in NUMBERS)
MODEL = ("building", "building_parcel", "parcel", "energy_asset", "factor_in_force", "zone")
KEPT = ("subject_kind", "subject_id", "parcel_id", "gpc_ref", "book", "carrier", *NUMBERS, "base_unit",
        "activity_factors", "activity_unit", "method", "notation_key", "reason")  # of a claim, in the ledger


def recompute_of(layer: str) -> Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame]:
    """Return the function `claims` of a room's recompute.py."""
    path = discover_layers()[layer].folder / "recompute.py"
    spec = importlib.util.spec_from_file_location(f"recompute_{layer}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.claims


def claims_of(zone: Zoned, *layers: str) -> pd.DataFrame:
    """Return what rooms claim in a zone that was made of rows."""
    needed = {"industry": ("construction", "industry"), "energy": ("construction", "energy")}
    for name in dict.fromkeys(name for layer in layers for name in needed.get(layer, (layer,))):
        zone.run(name)
    return pd.concat([tidy(zone.connection.execute(f'select * from "ledger_{layer}"').df()) for layer in layers],
                     ignore_index=True)


def tables_of(zone: Zoned) -> dict[str, pd.DataFrame]:
    """Return the tables of the model, geometry as WKB."""
    return read_tables(zone.connection, MODEL)


def read_tables(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return tables of a database, geometry as WKB."""
    tables = {}
    for name in names:
        columns = [row[0] for row in connection.execute(f'describe "{name}"').fetchall()]
        geometry = ", st_aswkb(geometry) as geometry" if "geometry" in columns else ""
        listed = ", ".join(f'"{column}"' for column in columns if column != "geometry")
        tables[name] = connection.execute(f'select {listed}{geometry} from "{name}"').df()
    return tables


def claim_twice(
    connection: duckdb.DuckDBPyConnection, room: str,
    recompute: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame],
) -> pd.DataFrame:
    """Return what the SQL of a room claims in a database with the model, after comparing it with its recomputation."""
    layer = discover_layers()[room]
    assert layer.claims is not None
    claimed = connection.execute(layer.claims).df()
    found = recompute(read_tables(connection, layer.needs))
    assert list(found.columns) == list(CLAIM) == list(claimed.columns)
    assert_same(tidy(claimed), tidy(found))
    return claimed


def resolve_claims(claimed: pd.DataFrame, *regions: str) -> pd.DataFrame:
    """Return what the ledger makes of the formulas of claims with the factors of some regions, the nearest first."""
    files = [*shared_factor_files(), *(layer.factor_file for layer in discover_layers().values() if layer.factor_file)]
    factors = read_factors(files)
    near = factors[factors["region"].isin(regions)].assign(rank=lambda rows: rows["region"].map(regions.index))
    factors = near.sort_values(["rank", "year"], ascending=[True, False]).drop_duplicates("quantity")
    return resolve_formulas(claimed[KEY].drop_duplicates(), factors)


def assert_ledger_holds(
    release: Release, domain: str, recompute: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame]
) -> None:
    """Compare what a domain has in the ledger of a release with its claims, found from the tables of that release."""
    found = recompute({name: pd.read_parquet(release.table(name)) for name in discover_layers()[domain].needs})
    assert_same(ledger_of(release, domain), tidy(found, KEPT))


def release_tables(release: Release) -> dict[str, pd.DataFrame]:
    """Return the tables of a release."""
    return {name: pd.read_parquet(release.table(name)) for name in MODEL}


def ledger_of(release: Release, domain: str) -> pd.DataFrame:
    """Return what a domain claimed, read back from the ledger: each claim once, whatever it was priced by."""
    ledger = pd.read_parquet(release.table("ledger"))
    own = ledger["basis"].fillna("location") == "location"
    is_claim = ledger["method"].notna() & (ledger["reason"].fillna("") != "not_modelled")
    found = ledger[own & is_claim & (ledger["domain"] == domain)].copy()
    found.loc[found["missing_quantity"].notna(), ["notation_key", "reason"]] = None  # the ledger's word, not the room's
    return tidy(found, KEPT)


def tidy(frame: pd.DataFrame, columns: tuple[str, ...] = CLAIM) -> pd.DataFrame:
    """Return claims in one order, empty words as empty text."""
    found = frame[list(columns)].copy()
    words = [name for name in columns if name not in NUMBERS]
    found[words] = found[words].astype(object).where(found[words].notna(), "").astype(str)
    found[list(NUMBERS)] = found[list(NUMBERS)].astype(float)
    keys = ["subject_kind", "subject_id", "parcel_id", "book", "gpc_ref", "carrier", "activity_factors"]
    return pd.DataFrame(found.sort_values(keys, ignore_index=True))


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Assert that two tables of claims are the same, numbers to a billionth."""
    assert len(one), "nothing is claimed"
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, check_dtype=False)
