"""What a zone is built from: files and services, and what is known of the whole of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from twin.settings import Strict, spelled

Datum = Literal["wgs84", "gcj02", "bd09"]
Affine = Annotated[list[float], Field(min_length=6, max_length=6)]
Bbox = Annotated[list[float], Field(min_length=4, max_length=4)]


class FileSource(Strict):
    """
    What every source may say of itself: where it lies and under which licence it may be shown.

    Attributes
    ----------
    package
        Installed Python package that the file belongs to, where it comes with one.
    """

    package: str | None = None
    file: Path | None = None
    licence: str | None = None
    attribution: str | None = None
    date: str | None = None
    synthetic: bool = False


class OsmSource(FileSource):
    """OpenStreetMap: a file, or a place or bounding box to download."""

    place: str | None = None
    bbox: Bbox | None = None


class VectorSource(FileSource):
    """
    Any vector file that OGR reads, with its columns and values mapped onto the model's.

    Attributes
    ----------
    layer
        Layer of the file, where it has several.
    crs, affine
        Coordinate system of the file (needed where the file names none), and of a local grid the
        affine [a, b, c, d, e, f] that leads into it: x' = a x + b y + c, y' = d x + e y + f.
    datum
        `gcj02` or `bd09` where the coordinates carry that Chinese shift, which is taken away.
    encoding
        Character set of a shapefile without .cpg, such as `gbk`; guessed when not given.
    columns
        Model column to file column, for instance `{height_m = "hoehe"}`; `{year}` in the latter stands for the base
        year, for instance `{population = "population_{year}"}`.
    values
        Per model column, file value to model value, for instance `{land_use = {"0701" = "residential"}}`.
    part_pattern, skip_pattern
        Regular expressions on the building id: features that are parts (group `building_id` names their
        building), and features to leave out.
    """

    layer: str | None = None
    crs: str | int | None = None
    affine: Affine | None = None
    datum: Datum = "wgs84"
    encoding: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    part_pattern: str | None = None
    skip_pattern: str | None = None

    @field_validator("part_pattern", "skip_pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            message = f"{pattern!r} is not a regular expression ({error})"
            raise ValueError(message) from error
        return pattern

    def in_year(self, year: int) -> VectorSource:
        """Return the source with the file columns of one year."""
        columns = {name: column.replace("{year}", str(year)) for name, column in self.columns.items()}
        return self.model_copy(update={"columns": columns})


class TerrainSource(Strict):
    """Heights as rasters: the bare ground (dtm) and the surface with buildings (dsm)."""

    dtm: Path | None = None
    dsm: Path | None = None
    licence: str | None = None
    attribution: str | None = None
    synthetic: bool = False


class KnownTotal(Strict):
    """
    What is known of an activity in the whole zone: modelled parcels are scaled to it.

    Attributes
    ----------
    year
        Year that it is of.
    gpc_ref
        Code of the GPC, such as `I.2.2`, or of all below it, such as `I.2`.
    carrier
        What is used, treated or done, as the ledger names it.
    amount, unit
        How much in that year, such as 120 GWh.
    source
        Who says so, and where.
    """

    year: int = Field(ge=1990, le=2100)
    gpc_ref: Annotated[str, spelled(r"(I|II|III|IV|V|VI)(\.\d){0,2}",
                                    "no code of the GPC; give one such as I.2.2, or I.2 for all below it")]
    carrier: Annotated[str, spelled("[a-z_]+", "no carrier; write it as the ledger does, such as electricity")]
    amount: float = Field(ge=0, allow_inf_nan=False)
    unit: str = Field(min_length=1, max_length=20)
    source: str = Field(min_length=1)

    @property
    def total_id(self) -> str:
        """Its name in the ledger: code, carrier and year."""
        return f"{self.gpc_ref}/{self.carrier}/{self.year}"


class Sources(Strict):
    """
    Everything a zone is built from.

    Attributes
    ----------
    factors
        The zone's own factors, which come before all others.
    totals
        What is known of activities in the whole zone.
    """

    osm: OsmSource | None = None
    buildings: VectorSource | None = None
    parcels: VectorSource | None = None
    neighbourhoods: VectorSource | None = None
    terrain: TerrainSource | None = None
    weather: FileSource | None = None
    meters: FileSource | None = None
    factors: FileSource | None = None
    totals: tuple[KnownTotal, ...] = ()

    @field_validator("factors")
    @classmethod
    def _names_a_file(cls, factors: FileSource | None) -> FileSource | None:
        if factors is not None and factors.file is None:
            message = 'no file is named; give file = "factors.csv"'
            raise ValueError(message)
        return factors
