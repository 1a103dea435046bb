"""What a room claims, by its SQL and by its second computation, side by side."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pandas as pd

from layers.contract import CLAIM
from layers.discovery import discover_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    needed = {"industry": ("construction", "industry")}
    for name in dict.fromkeys(name for layer in layers for name in needed.get(layer, (layer,))):
        zone.run(name)
    return pd.concat([tidy(zone.connection.execute(f'select * from "ledger_{layer}"').df()) for layer in layers],
                     ignore_index=True)


def tables_of(zone: Zoned) -> dict[str, pd.DataFrame]:
    """Return the tables of the model, geometry as WKB."""
    tables = {}
    for name in MODEL:
        columns = [row[0] for row in zone.connection.execute(f'describe "{name}"').fetchall()]
        geometry = ", st_aswkb(geometry) as geometry" if "geometry" in columns else ""
        listed = ", ".join(f'"{column}"' for column in columns if column != "geometry")
        tables[name] = zone.connection.execute(f'select {listed}{geometry} from "{name}"').df()
    return tables


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
    keys = ["subject_kind", "subject_id", "parcel_id", "book", "gpc_ref", "carrier"]
    return pd.DataFrame(found.sort_values(keys, ignore_index=True))


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Assert that two tables of claims are the same, numbers to a billionth."""
    assert len(one), "nothing is claimed"
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, check_dtype=False)
