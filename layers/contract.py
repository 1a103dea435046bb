"""What a layer says of itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import duckdb
import pyproj

from twin.checks import Checks
from twin.classes import data_folder
from twin.errors import LayerError
from twin.zone import Zone

DOMAINS = ("planning", "governance", "energy", "resources", "industry", "construction", "mobility", "lifestyle")
LANGUAGES = ("en", "zh", "fr", "de")
NAME = re.compile(r"[a-z][a-z0-9_]*")

# What a room claims for the ledger, one row per subject, parcel and activity: see layers/README.md.
CLAIM = ("subject_kind", "subject_id", "parcel_id", "gpc_ref", "book", "carrier", "base", "base_low", "base_high",
         "base_unit", "activity_factors", "activity_unit", "emission_factor", "method", "evidence", "notation_key",
         "reason")

# Quantities of what a known sum of activity may be off by, by the evidence of its rows.
TOLD = {"measured": "activity_error.metered", "reported": "activity_error.total"}

Subject = str  # building, parcel, energy_asset, or a table of things of a layer's own
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a layer's table.

    Attributes
    ----------
    name
        Name of the column, ending in its unit; also the metric's name.
    unit
        Its unit, `1` for ratios and counts, empty for words.
    meaning
        One sentence; the translated one stands in labels.csv under `<name>.meaning`.
    low, high
        Names of the columns that hold its interval, if it has one.
    evidence
        Name of the column that says whether it was measured, reported, modelled or set by default.
    words
        Prefix of the labels of its values where they are words of a vocabulary, such as `use`.
    total
        Whether its sum over the zone means something.
    gap
        Whether it is the floor area of the parcel that the layer has no figure for. [m2]
    hidden
        Whether it only serves others (an interval, for instance) and is not shown by itself.
    factors
        Quantities of the factor tables that it is computed from, where these are not all of its layer's; patterns end
        in `*`.
    """

    name: str
    unit: str
    meaning: str
    low: str | None = None
    high: str | None = None
    evidence: str | None = None
    words: str | None = None
    total: bool = False
    gap: bool = False
    hidden: bool = False
    factors: tuple[str, ...] = ()


def bounded(
    name: str, unit: str, meaning: str, *, evidence: str | None = None, total: bool = False,
    factors: tuple[str, ...] = (),
) -> tuple[Column, Column, Column]:
    """
    Return a column with the two that bound it, `<name>_low` and `<name>_high`: the 2.5 and 97.5 % quantiles.

    The two need no labels of their own: theirs follow from the column's.
    """
    low, high = f"{name}_low", f"{name}_high"
    return (Column(name, unit, meaning, low=low, high=high, evidence=evidence, total=total,
                   factors=factors),
            Column(low, unit, f"{meaning}: lower bound (2.5 %)", hidden=True),
            Column(high, unit, f"{meaning}: upper bound (97.5 %)", hidden=True))


@dataclass(frozen=True, slots=True)
class Thing:
    """
    A table of things that only a layer knows, such as the surfaces of roofs.

    Attributes
    ----------
    key
        Its first column, which tells its rows apart.
    columns
        Its other columns, the geometry left out.
    is_drawn
        Whether it has a geometry, and the map draws it.
    key_unit
        Unit of the key where it is a number.
    stands_for
        Subject that it is drawn in the place of, `building`: where buildings stand, one with a row here is drawn with
        the geometry of that row.
    """

    key: str
    columns: tuple[Column, ...]
    is_drawn: bool = True
    key_unit: str = ""
    stands_for: str | None = None


@dataclass(frozen=True)
class Site:
    """
    What `compute` is told of the zone whose release is being built.

    Attributes
    ----------
    zone
        The zone's description, with the files of its sources.
    crs
        Coordinate system of all geometry. [m]
    checks
        Receives faults, counts and notes for the release's report.
    say
        Told what is being done, for a progress bar.
    """

    zone: Zone
    crs: pyproj.CRS
    checks: Checks
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class View:
    """
    One way of colouring the map.

    Attributes
    ----------
    name
        Name of the view in addresses; its title is the label `view.<name>`.
    subject
        What is coloured.
    column
        Column of the subject's wide table that gives the colour.
    ramp
        Name of a colour ramp for numbers; None where the values are words with colours of their own.
    edges
        Bounds of the classes; found from the data where not given.
    colours
        Colour of each word.
    steps
        Columns with the same quantity at twelve months, which a slider goes through.
    """

    name: str
    subject: Subject
    column: str
    ramp: str | None = "sea"
    edges: tuple[float, ...] | None = None
    colours: Mapping[str, Colour] | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """
    A layer: its tables, their columns, and what it needs.

    Attributes
    ----------
    name
        Name of the layer and of its folder.
    domain
        One of the ledger's eight domains.
    tables
        Columns by table; each table is a file `<table>.sql` in the layer's folder, or made by `compute`.
    things
        Tables of things that only this layer knows, by their name; made by `compute`.
    needs
        Tables of the model or of other layers that must exist before.
    quantities
        Quantities of the factor tables without which the layer cannot say anything; patterns end in `*`.
    views
        The ways in which the map shows it.
    compute
        Function for what SQL cannot do well; called before the SQL files.
    folder
        Where the layer lies; set by discovery.
    """

    name: str
    domain: str
    tables: Mapping[str, tuple[Column, ...]]
    things: Mapping[str, Thing] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    compute: Callable[[duckdb.DuckDBPyConnection, Site], None] | None = None
    folder: Path = field(default_factory=Path)

    @property
    def factor_file(self) -> Path | None:
        """The layer's own factor table, if it has one."""
        path = self.folder / "factors.csv"
        return path if path.is_file() else None

    def sql(self, table: str) -> str | None:
        """Return the SELECT of a table, None where `compute` makes it."""
        path = self.folder / f"{table}.sql"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    @property
    def claims(self) -> str | None:
        """The SELECT of what the layer claims for the ledger, None where it emits nothing."""
        return self.sql(f"ledger_{self.name}")

    @property
    def described(self) -> dict[str, tuple[Column, ...]]:
        """The columns of all its tables, those of its own things too."""
        return dict(self.tables) | {table: thing.columns for table, thing in self.things.items()}

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """The layer's words for people: language to key to text, keys starting with the layer's name."""
        found = read_labels(self.folder / "labels.csv", prefix=f"{self.name}.")
        for column in (column for columns in self.described.values() for column in columns):
            for side, bound in (("low", column.low), ("high", column.high)):
                if bound is not None:
                    _label_bound(found, f"{self.name}.{column.name}", f"{self.name}.{bound}", side)
        return found

    def faults(self) -> list[str]:
        """Return where the layer breaks the contract."""
        faults = []
        if not NAME.fullmatch(self.name):
            faults.append(f"{self.name!r} is no layer name: lower-case letters, digits and '_'")
        if self.domain not in DOMAINS:
            faults.append(f"domain {self.domain!r} is unknown; known are {', '.join(DOMAINS)}")
        for table in self.tables:
            if not NAME.fullmatch(table) or not table.endswith(f"_{self.name}"):
                faults.append(f"table {table!r} must end in _{self.name}")
            if self.sql(table) is None and self.compute is None:
                faults.append(f"{table}.sql is missing")
        if self.things and self.compute is None:
            faults.append(f"nothing makes the tables {', '.join(self.things)}")
        faults += [f"{table}: only buildings can be drawn by another table, whose key is building_id"
                   for table, thing in self.things.items()
                   if thing.stands_for and (thing.stands_for, thing.key) != ("building", "building_id")]
        names = [*self.things, *(thing.key for thing in self.things.values())]
        faults += [f"{name!r} is no name of a table or key" for name in names if not NAME.fullmatch(name)]
        faults += [f"{table}: column {column.name!r} is no name" for table, columns in self.described.items()
                   for column in columns if not NAME.fullmatch(column.name)]
        for name in ("labels.csv", "README.md"):
            if not (self.folder / name).is_file():
                faults.append(f"{name} is missing")
        return faults


def _label_bound(labels: dict[str, dict[str, str]], key: str, bound: str, side: str) -> None:
    """Give a bound the label of what it bounds, where it has none of its own."""
    for language, texts in labels.items():
        words = _shared_labels()[language]
        texts.setdefault(bound, words[f"bound.{side}"].format(texts.get(key, key)))
        texts.setdefault(f"{bound}.meaning", words[f"bound.{side}.meaning"])


@cache
def _shared_labels() -> dict[str, dict[str, str]]:
    return read_labels(data_folder() / "labels.csv")


def read_labels(path: Path, *, prefix: str = "") -> dict[str, dict[str, str]]:
    """
    Read a table of labels: language to key to text, an absent translation replaced by the English one.

    Raises
    ------
    LayerError
        If the file is missing or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return {
            language: {prefix + row["key"]: row.get(language) or row["en"] for row in rows} for language in LANGUAGES
        }
    except (OSError, KeyError, UnicodeDecodeError) as error:
        message = f"{path}: labels cannot be read ({error}); it needs the columns key, {', '.join(LANGUAGES)}"
        raise LayerError(message) from error
