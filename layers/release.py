"""One release: the model, every layer on top of it, all of it checked, written and published at once."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from typing import TYPE_CHECKING, Any

import duckdb

from layers.contract import CLAIM, Site
from layers.discovery import discover_layers
from layers.wide import SUBJECTS, drawn_instead, drawn_things, wide_selects
from layers.years import add_years
from twin import model
from twin.build import build_model
from twin.cache import build_cache
from twin.checks import Checks
from twin.crs import crs_text
from twin.database import comment_columns, connect, run_select
from twin.errors import LayerError, StoreError
from twin.factors import add_own_factors, read_factors, shared_factor_files
from twin.material import gather_material
from twin.parquet import write_table
from twin.readings.attach import attach_readings
from twin.store import CACHE, hash_file, hash_json, release_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from layers.contract import Layer
    from twin.material import Material
    from twin.store import Release, Store
    from twin.zone import Words, Zone

PARTS = ("duckdb", "duckdb-extension-spatial", "embreex", "geopandas", "momepy", "numba", "osmium", "pint", "pvlib",
         "pyproj", "rasterio", "shapely")


def build_release(zone: Zone, store: Store, say: Callable[[str], None] = lambda _: None) -> Release:
    """
    Build a zone and publish it as its current release.

    Parameters
    ----------
    zone
        The zone's description.
    store
        Where releases are kept.
    say
        Told what is being done.

    Raises
    ------
    ZonetwinError
        If a source, a factor or a layer is wrong, or the store cannot be written. Nothing is left behind then, and
        the release before stays current.
    """
    layers = discover_layers()
    factor_files = [*shared_factor_files(), *(layer.factor_file for layer in layers.values() if layer.factor_file)]
    factors = read_factors(factor_files)
    checks = Checks()
    zone, factors = _with_own_factors(zone, factors, checks)
    for region in sorted(set(zone.regions) - set(factors["region"])):
        known = ", ".join(sorted(set(factors["region"])))
        checks.note(f"region {region!r} has no factor of its own; known are {known}")
    _note_population(zone, checks)
    _note_totals(zone, checks)
    with store.stage(zone.name) as staging, connect() as connection:
        material = gather_material(zone, checks, say)
        say("building the model")
        build_model(connection, zone, material, factors)
        say("taking in readings")
        readings = attach_readings(connection, zone, store, checks)
        for layer in layers.values():
            say(f"layer {layer.name}")
            run_layer(connection, layer, Site(zone, material.crs, checks, say))
        add_years(connection, zone, store, material, factors, layers, run_layer, say=say)
        say("writing the release")
        try:
            write_tables(connection, staging.folder / "tables", layers, material)
            write_formulas(staging.folder / "formulas", layers)
            drawn = {table: thing.key for table, thing in drawn_things(layers).items()}
            build_cache(staging.folder, staging.folder / CACHE, crs=crs_text(material.crs), wide=wide_selects(layers),
                        drawn=drawn, instead=drawn_instead(layers))
        except (duckdb.OperationalError, duckdb.FatalException, OSError) as error:
            message = f"{store.folder} cannot be written ({_first_line(error)}); free space or choose another --store"
            raise StoreError(message) from error
        manifest = write_manifest(connection, zone, material, checks, staging.folder, layers)
        manifest["inputs"] += readings
        manifest["factors_sha256"] = hash_json([[str(value) for value in row] for row in factors.to_numpy().tolist()])
        manifest["layers"] = {name: layer.domain for name, layer in layers.items()}
        manifest["release_id"] = release_hash(manifest)
        return staging.publish(manifest)


def run_layer(connection: duckdb.DuckDBPyConnection, layer: Layer, site: Site) -> None:
    """
    Make a layer's tables.

    Raises
    ------
    LayerError
        If its SQL fails, or a table lacks a declared column or has one that is not declared.
    """
    if layer.compute:
        layer.compute(connection, site)
    for table, columns in layer.tables.items():
        sql = layer.sql(table)
        try:
            if sql is not None:
                run_select(connection, table, sql)
            present = [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]
        except duckdb.Error as error:
            message = f"layer {layer.name}: {table} failed ({_first_line(error)}); mend {table}.sql"
            raise LayerError(message) from error
        subject = table.removesuffix(f"_{layer.name}")
        key = SUBJECTS.get(subject, f"{subject}_id")
        _require_columns(layer, table, present, [key, *(column.name for column in columns)])
        told = {key: model.read_columns().get(subject, {}).get(key, ("", f"id of the {subject}"))}
        comment_columns(connection, table, told | {column.name: (column.unit, column.meaning) for column in columns})
    if layer.claims is not None:
        make_claims(connection, layer, layer.claims)
    for table, thing in layer.things.items():
        present = [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]
        expected = [thing.key, *(column.name for column in thing.columns), *(["geometry"] if thing.is_drawn else [])]
        _require_columns(layer, table, present, expected)
        told = {thing.key: (thing.key_unit, "id"), "geometry": ("m", "place")}
        comment_columns(connection, table, told | {item.name: (item.unit, item.meaning) for item in thing.columns})


def make_claims(connection: duckdb.DuckDBPyConnection, layer: Layer, sql: str) -> None:
    """
    Make the table of what a layer claims for the ledger, and note whose it is.

    Raises
    ------
    LayerError
        If its SQL fails, or its columns are not those of a claim.
    """
    table = f"ledger_{layer.name}"
    try:
        run_select(connection, table, sql)
    except duckdb.Error as error:
        message = f"layer {layer.name}: {table} failed ({_first_line(error)}); mend {table}.sql"
        raise LayerError(message) from error
    _require_columns(layer, table, [row[0] for row in connection.execute(f'describe "{table}"').fetchall()], [*CLAIM])
    connection.execute("create table if not exists ledger_room (name varchar, domain varchar)")
    connection.execute("insert into ledger_room values (?, ?)", [table, layer.domain])


def _require_columns(layer: Layer, table: str, present: list[str], expected: list[str]) -> None:
    if present != expected:
        message = f"layer {layer.name}: {table} has the columns {present}, declared are {expected}"
        raise LayerError(message)


def write_tables(
    connection: duckdb.DuckDBPyConnection, folder: Path, layers: Mapping[str, Layer], material: Material
) -> None:
    """Write every table of the model and the layers as Parquet."""
    tables = [*model.TABLES, *(table for layer in layers.values() for table in layer.described)]
    for table in tables:
        described = [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]
        keys = model.KEYS.get(table, 2 if table.endswith("_parcel") else 1)
        write_table(connection, table, folder / f"{table}.parquet", crs=material.crs, keys=described[:keys])


def write_formulas(folder: Path, layers: Mapping[str, Layer]) -> None:
    """Copy the SQL that computed the release into it."""
    sources = {step: (model.FOLDER / f"{step}.sql").read_text(encoding="utf-8") for step in model.STEPS}
    for layer in layers.values():
        sources |= {path.stem: path.read_text(encoding="utf-8") for path in sorted(layer.folder.glob("*.sql"))}
    for name, sql in sources.items():
        (folder / f"{name}.sql").write_text(sql, encoding="utf-8")


def write_manifest(
    connection: duckdb.DuckDBPyConnection, zone: Zone, material: Material, checks: Checks, folder: Path,
    layers: Mapping[str, Layer],
) -> dict[str, Any]:
    """Return the manifest of a staged release, without the id that its content will give."""
    counts = {}
    for path in sorted((folder / "tables").glob("*.parquet")):
        row = connection.execute(f'select count(*) from "{path.stem}"').fetchone()
        counts[path.stem] = row[0] if row else 0
    totals = {
        f"{layer.name}.{column.name}": _sum(connection, table, column.name)
        for layer in layers.values() for table, columns in layer.tables.items() if table.startswith("parcel_")
        for column in columns if column.total
    }
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}
    settings = zone.model_dump(mode="json", exclude={"folder", "boundary", "sources"})
    settings["sources"] = _settings_without_paths(zone)
    return {
        "zone": {"name": zone.name, "title": _words(zone.title) or {"en": zone.name},
                 "year": zone.inventory.base_year,
                 "notice": _words(zone.notice),
                 "crs": crs_text(material.crs), "outline_source": material.outline_source},
        "inputs": [_input(zone, role, path) for role, path in sorted(zone.files().items()) if role != "meters"],
        "settings": settings,
        "version": importlib.metadata.version("zonetwin"),
        "versions": {part: importlib.metadata.version(part) for part in PARTS}
        | {"python": platform.python_version(), "platform": sys.platform},
        "files": files,
        "counts": counts,
        "totals": totals,
        "report": checks.report(),
    }


def _with_own_factors(zone: Zone, shipped: pd.DataFrame, checks: Checks) -> tuple[Zone, pd.DataFrame]:
    """Return a zone whose own name is its nearest region, and all factors with those that it gives itself."""
    path = zone.files().get("factors")
    if path is None:
        return zone, shipped
    factors = add_own_factors(shipped, path, zone=zone.name)
    new = sorted(set(factors["quantity"]) - set(shipped["quantity"]))
    if new:
        checks.note(f"factors of the zone: no other table has {', '.join(new)}; is that the name?")
    return zone.model_copy(update={"regions": [*dict.fromkeys([zone.name, *zone.regions])]}), factors


def _note_totals(zone: Zone, checks: Checks) -> None:
    """Say which known totals are of no year of the build: another base year was asked for than the zone's own."""
    for total in zone.sources.totals:
        if total.year not in zone.inventory.all_years():
            checks.note(f"sources.totals: {total.carrier} of {total.gpc_ref} is of {total.year}, which is not built")


def _note_population(zone: Zone, checks: Checks) -> None:
    """Say where the population is not of the base year: nothing is interpolated."""
    year, known = zone.inventory.base_year, zone.population_year()
    if zone.population and known is None:
        checks.note(f"population: none given for {year} or before; residents are modelled from floor area")
    elif known not in {None, year}:
        checks.note(f"population: none given for {year}; that of {known} stands for it")


def _sum(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> float | None:
    row = connection.execute(f'select sum("{column}") from "{table}"').fetchone()
    return row[0] if row else None


def _words(words: Words | None) -> dict[str, str]:
    """Return what is said, by language."""
    return words.model_dump(exclude_none=True) if words else {}


def _input(zone: Zone, role: str, path: Path) -> dict[str, Any]:
    """Return what the manifest says of one input file."""
    source = getattr(zone.sources, role.split(".", maxsplit=1)[0], None)
    licence, attribution = getattr(source, "licence", None), getattr(source, "attribution", None)
    is_synthetic = bool(getattr(source, "synthetic", False))
    if role == "osm" and not is_synthetic:
        licence = licence or "ODbL-1.0"
        attribution = attribution or "© OpenStreetMap contributors"
    return {
        "role": role, "file": path.name, "sha256": hash_file(path), "bytes": path.stat().st_size,
        "licence": licence, "attribution": attribution, "date": getattr(source, "date", None),
        "synthetic": is_synthetic,
    }


def _settings_without_paths(zone: Zone) -> dict[str, Any]:
    """Return the settings of the sources; what the files hold is hashed by itself, where they lie does not matter."""
    dumped: dict[str, Any] = zone.sources.model_dump(mode="json", exclude_none=True)
    return {role: {key: value for key, value in source.items() if key not in {"file", "dtm", "dsm"}}
            if isinstance(source, dict) else source for role, source in dumped.items()}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
