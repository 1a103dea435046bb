"""A zone as its owner describes it: zone.toml, or the same settings as command-line flags."""

from __future__ import annotations

import difflib
import importlib.metadata
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from twin.crs import parse_crs, require_metric
from twin.errors import ZoneError
from twin.inputs import FileSource, KnownTotal, OsmSource, Sources, TerrainSource, VectorSource
from twin.settings import Inventory, Neutrality, PlanningSettings, PlanSettings, SolarSettings, Strict, spelled


class Words(Strict):
    """A name or sentence in the languages that people are answered in; English stands in where one is missing."""

    en: str = Field(min_length=1)
    zh: str | None = None
    fr: str | None = None
    de: str | None = None


class Zone(Strict):
    """
    A zone's description, checked.

    Attributes
    ----------
    name
        Name of the zone in the store and in addresses; lower case, digits, `-` and `_`.
    title
        Its name for people, in English or by language as `{en = "…", zh = "…"}`.
    crs
        Metric coordinate system of the model; the UTM zone of the data where none is given.
    regions
        Where factors are looked up, nearest first.
    population
        Residents by year; the base year takes its own number, else that of the last year given before it. [persons]
    boundary
        Vector file with the zone's outline.
    notice
        One sentence shown wherever the zone is, for instance that it is a plan and no survey: in English, or
        by language as `{en = "…", zh = "…"}`.
    solar
        How the sun is computed, and the sunlight that dwellings must have.
    planning
        How land is held against its plan's limits.
    plan
        Settings of the reference plan that the sources are to be drawn from, instead of sources.
    folder
        Where relative paths start.
    """

    name: Annotated[str, spelled("[a-z0-9][a-z0-9_-]{0,63}",
                                 "no zone name: lower-case letters, digits, '-' and '_', at most 64")]
    title: Words | None = None
    crs: str | int | None = None
    regions: list[str] = Field(default_factory=lambda: ["World"], min_length=1)
    population: dict[int, int] = Field(default_factory=dict)
    target_year: int | None = Field(default=None, ge=2000, le=2150)
    boundary: Path | None = None
    notice: Words | None = None
    folder: Path = Path()
    sources: Sources = Field(default_factory=Sources)
    inventory: Inventory = Field(default_factory=Inventory)
    solar: SolarSettings = Field(default_factory=SolarSettings)
    planning: PlanningSettings = Field(default_factory=PlanningSettings)
    plan: PlanSettings | None = None

    @field_validator("population")
    @classmethod
    def _are_people(cls, population: dict[int, int]) -> dict[int, int]:
        fewer = [f"{people} persons in {year}" for year, people in population.items() if people < 0]
        if fewer:
            message = f"{', '.join(fewer)} cannot be; give 0 or more"
            raise ValueError(message)
        return population

    @field_validator("title", "notice", mode="before")
    @classmethod
    def _in_english(cls, words: object) -> object:
        return ({"en": words} if words else None) if isinstance(words, str) else words

    @model_validator(mode="after")
    def _is_metric(self) -> Zone:
        if self.crs is not None:
            require_metric(parse_crs(self.crs), "zone")
        return self

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Zone:
        base, years, faults = self.inventory.base_year, self.inventory.all_years(), []
        if self.target_year is not None and self.target_year < base:
            faults.append(f"target_year {self.target_year} lies before the inventory's base_year {base}; give a later "
                          "one, or an earlier inventory.base_year")
        told = ", ".join(str(year) for year in years)
        given = [f"sources.{role}" for role in Sources.model_fields if getattr(self.sources, role)]
        if self.plan is not None and given:
            faults.append(f"the sources of a zone with a [plan] are drawn, and {', '.join(given)} would not be read; "
                          "run `zonetwin plan` and add them to its folder")
        faults += [f"sources.totals: {total.carrier} of {total.gpc_ref} is of {total.year}, and the inventory holds "
                   f"{told}; correct the year, or add it to inventory.years"
                   for total in self.sources.totals if total.year not in years]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def population_year(self) -> int | None:
        """Return the year whose population holds in the base year, None where nothing is given up to then."""
        return max((year for year in self.population if year <= self.inventory.base_year), default=None)

    def path(self, path: Path) -> Path:
        """Return a path of the description, relative ones from the zone's folder."""
        return path if path.is_absolute() else self.folder / path

    def files(self) -> dict[str, Path]:
        """Return every input file by its role, such as `osm` or `terrain.dtm`."""
        found = {"boundary": self.boundary}
        for role in Sources.model_fields:
            source = getattr(self.sources, role)
            if isinstance(source, TerrainSource):
                found |= {f"{role}.dtm": source.dtm, f"{role}.dsm": source.dsm}
            elif isinstance(source, FileSource):
                found[role] = source.file and packaged(source.file, source.package)
        return {role: self.path(path) for role, path in found.items() if path is not None}


def packaged(file: Path, package: str | None) -> Path:
    """
    Return a file, inside an installed package where one is named.

    Raises
    ------
    ZoneError
        If the package is not installed.
    """
    if package is None:
        return file
    try:
        return Path(str(importlib.metadata.distribution(package).locate_file(package))) / file
    except importlib.metadata.PackageNotFoundError as error:
        message = f"{file} comes with the package {package}, which is not installed; run `pip install {package}`"
        raise ZoneError(message) from error


def load_zone(folder: Path) -> Zone:
    """
    Read a zone folder's zone.toml.

    Raises
    ------
    ZoneError
        If the file is missing or not TOML, has an unknown key or an impossible value, or names a missing file.
    """
    path = folder / "zone.toml" if folder.is_dir() else folder
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError as error:
        message = f"{path} does not exist; give a folder with a zone.toml, or the name of an embedded zone"
        raise ZoneError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not valid TOML ({error}); mend that line"
        raise ZoneError(message) from error
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check its permissions"
        raise ZoneError(message) from error
    unknown = set(table) - {"zone", "sources", "inventory", "solar", "planning", "plan"}
    if unknown:
        message = f"{path}: unknown table {_listed(unknown)}; known are [zone], [sources.*], [inventory], "
        message += "[solar], [planning] and [plan]"
        raise ZoneError(message)
    settings = dict(table.get("zone", {}))
    settings.setdefault("name", path.parent.resolve().name.lower())
    settings |= {key: table[key] for key in ("sources", "inventory", "solar", "planning", "plan") if key in table}
    return make_zone(settings, folder=path.parent, where=str(path))


def make_zone(settings: dict[str, Any], *, folder: Path, where: str) -> Zone:
    """
    Check settings and return the zone they describe.

    Raises
    ------
    ZoneError
        If a setting is unknown or impossible, or a file does not exist; every fault is listed.
    """
    try:
        zone = Zone.model_validate(settings | {"folder": folder})
    except ValidationError as error:
        lines = [_sentence(item) for item in error.errors()]
        message = f"{where}: " + "; ".join(lines)
        raise ZoneError(message) from error
    missing = [(role, path) for role, path in zone.files().items() if not path.exists()]
    faults = [f"{role if role == 'boundary' else f'sources.{role}'} names {path}, which does not exist"
              for role, path in missing]
    if faults:
        message = f"{where}: " + "; ".join(faults) + "; correct the path"
        raise ZoneError(message)
    return zone


def set_base_year(zone: Zone, year: int) -> Zone:
    """
    Return a zone as it stands in another year.

    Raises
    ------
    ZoneError
        If the year is out of bounds.
    """
    try:
        inventory = Inventory.model_validate(zone.inventory.model_dump() | {"base_year": year})
    except ValidationError as error:
        said = str(error.errors()[0]["msg"]).removeprefix("Input ")
        message = f"the year {year} cannot be the base year, which {said}; give another --year"
        raise ZoneError(message) from error
    return zone.model_copy(update={"inventory": inventory})


def _sentence(item: Any) -> str:
    """Return one of pydantic's errors as a sentence that says where, what, and what to do."""
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] != "extra_forbidden":
        told = str(item["msg"]).removeprefix("Value error, ")
        return f"{where}: {told}" if where else told
    known = sorted(_known_keys(item["loc"][:-1]))
    near = difflib.get_close_matches(str(item["loc"][-1]), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown key {where!r}; {hint}"


def _known_keys(location: tuple[int | str, ...]) -> set[str]:
    """Return the settings that may stand at a place of the description."""
    if location[:2] == ("sources", "totals"):
        return set(KnownTotal.model_fields)
    tables: dict[tuple[int | str, ...], type[BaseModel]] = {
        (): Zone,
        ("notice",): Words,
        ("title",): Words,
        ("sources",): Sources,
        ("sources", "osm"): OsmSource,
        ("sources", "terrain"): TerrainSource,
        ("sources", "weather"): FileSource,
        ("sources", "meters"): FileSource,
        ("sources", "factors"): FileSource,
        ("inventory",): Inventory,
        ("inventory", "neutrality"): Neutrality,
        ("solar",): SolarSettings,
        ("planning",): PlanningSettings,
        ("plan",): PlanSettings,
    }
    return set(tables.get(location, VectorSource).model_fields) - {"folder"}


def _listed(names: set[str]) -> str:
    return ", ".join(f"[{name}]" for name in sorted(names))
