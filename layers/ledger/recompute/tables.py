"""The tables of a release, straight from its Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from twin.store import Release


class Tables:
    """The tables of a release, read when they are asked for; geometry as it stands in the file."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table; `factor_in_force` is found anew from all factors."""
        if name not in self._read:
            if name == "factor_in_force":
                self._read[name] = factors_in_force(self, self._release.manifest)
            else:
                self._read[name] = pq.read_table(self._release.table(name)).to_pandas()
        return self._read[name]


def factors_in_force(tables: Tables, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return the factor of each quantity: of the nearest region that has one, of the year or the newest before it."""
    regions = list(dict.fromkeys([*manifest["settings"]["regions"], "World"]))
    year = int(manifest["zone"]["year"])
    table = tables["factor"]
    table = table[table["region"].isin(regions)]
    order = table.assign(
        rank=table["region"].map({name: number for number, name in enumerate(regions)}),
        is_later=table["year"] > year, distance=(table["year"] - year).abs(),
    ).sort_values(["quantity", "rank", "is_later", "distance", "factor_id"], kind="stable")
    return order.drop_duplicates("quantity").reset_index(drop=True)
