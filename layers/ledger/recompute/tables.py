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

    def __init__(self, release: Release, year: int | None = None) -> None:
        self._release = release
        self._read: dict[str, pd.DataFrame] = {}
        self.year = int(release.manifest["zone"]["year"]) if year is None else year

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table as it stands in the year; `factor_in_force` is found anew from all factors."""
        if name not in self._read:
            if name == "factor_in_force":
                self._read[name] = factors_in_force(self, self._release.manifest)
            else:
                self._read[name] = self._of_year(name, pq.read_table(self._release.table(name)).to_pandas())
        return self._read[name]

    def _of_year(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with what another year changes: which buildings and assets stand, and who lives there."""
        if self.year == int(self._release.manifest["zone"]["year"]):
            return table
        if name == "building":
            state = self["building_year"]
            state = state[state["year"] == self.year].set_index("building_id")
            return table.assign(**{column: table["building_id"].map(state[column])
                                   for column in ("status", "residents", "dwellings")})
        if name == "energy_asset":
            later = table["year_built"].fillna(0) > self.year
            return table.assign(status=later.map({True: "planned", False: "existing"}))
        if name == "zone":
            people = {int(year): number for year, number in self._release.manifest["settings"]["population"].items()}
            known = max((year for year in people if year <= self.year), default=None)
            return table.assign(year=self.year, population_year=known, population=people.get(known or 0))
        return table


def factors_in_force(tables: Tables, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return the factor of each quantity: of the nearest region that has one, of the year or the newest before it."""
    regions = list(dict.fromkeys([*manifest["settings"]["regions"], "World"]))
    year = tables.year
    table = tables["factor"]
    table = table[table["region"].isin(regions)]
    order = table.assign(
        rank=table["region"].map({name: number for number, name in enumerate(regions)}),
        is_later=table["year"] > year, distance=(table["year"] - year).abs(),
    ).sort_values(["quantity", "rank", "is_later", "distance", "factor_id"], kind="stable")
    return order.drop_duplicates("quantity").reset_index(drop=True)
