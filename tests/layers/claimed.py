"""Claims of a room as its SQL makes them, laid beside those that its recompute.py finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from layers.contract import CLAIM
from layers.discovery import discover_layers
from layers.ledger.formula import KEY, resolve_formulas
from twin.factors import read_factors, shared_factor_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

    from twin.store import Release

NUMBERS = ["base", "base_low", "base_high"]
KEYS = ["subject_kind", "subject_id", "parcel_id", "gpc_ref", "carrier", "emission_factor"]


def claim_twice(
    connection: duckdb.DuckDBPyConnection, room: str,
    recompute: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame],
) -> pd.DataFrame:
    """Return what the SQL of a room claims in a database with the model, after comparing it with its recomputation."""
    layer = discover_layers()[room]
    assert layer.claims is not None
    claimed = connection.execute(layer.claims).df()
    found = recompute({name: _table(connection, name) for name in layer.needs})
    assert list(found.columns) == list(CLAIM) == list(claimed.columns)
    pd.testing.assert_frame_equal(_in_order(claimed), _in_order(found), check_exact=False, rtol=1e-12)
    return claimed


def resolve_claims(claimed: pd.DataFrame, *regions: str) -> pd.DataFrame:
    """Return what the ledger makes of the formulas of claims with the factors of some regions, the nearest first."""
    files = [*shared_factor_files(), *(layer.factor_file for layer in discover_layers().values() if layer.factor_file)]
    factors = read_factors(files)
    near = factors[factors["region"].isin(regions)].assign(rank=lambda rows: rows["region"].map(regions.index))
    factors = near.sort_values(["rank", "year"], ascending=[True, False]).drop_duplicates("quantity")
    return resolve_formulas(claimed[KEY].drop_duplicates(), factors)


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    columns = [row[0] for row in connection.execute(f'describe "{name}"').fetchall()]
    kept = ", ".join(f'"{column}"' for column in columns if column != "geometry")
    return connection.execute(f'select {kept} from "{name}"').df()


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    words = [name for name in CLAIM if name not in NUMBERS]
    text = frame[words].astype(object).where(frame[words].notna(), "").astype(str)
    numbers = frame[NUMBERS].astype("float64")
    return pd.concat([text, numbers], axis=1).sort_values(KEYS).reset_index(drop=True)


def assert_ledger_holds(
    release: Release, domain: str, recompute: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame]
) -> None:
    """Compare what a domain has in the ledger of a release with its claims, found from the tables of that release."""
    names = discover_layers()[domain].needs
    found = recompute({name: pd.read_parquet(release.table(name)) for name in names})
    ledger = pd.read_parquet(release.table("ledger"))
    ledger = ledger[(ledger["domain"] == domain) & (ledger["basis"] != "market") & (ledger["reason"] != "not_modelled")]
    kept = ["subject_kind", "subject_id", "parcel_id", "gpc_ref", "book", "carrier", "activity_factors", "method",
            "factor_quantity"]
    found = found.rename(columns={"emission_factor": "factor_quantity"})
    one, two = ((frame[kept].astype(object).where(frame[kept].notna(), "").astype(str).join(
        frame[NUMBERS].astype("float64")).sort_values(kept).reset_index(drop=True)) for frame in (ledger, found))
    pd.testing.assert_frame_equal(one, two, check_exact=False, rtol=1e-12)
