"""The commands. Heavy libraries are imported inside them, so that help and bad flags answer at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

app = typer.Typer(
    name="zonetwin", no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich",
    help="A geospatial digital twin of carbon-neutral city zones.",
    epilog="Start with: [bold]zonetwin demo[/bold]",
)

StoreOption = Annotated[Path, typer.Option("--store", envvar="ZONETWIN_STORE", help="Folder of the releases.")]
ZoneOption = Annotated[Optional[str], typer.Option("--zone", help="Zone; the one built last if not given.")]  # noqa: UP045 typer
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for pipes.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
BrowserOption = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]
PathOption = Annotated[Optional[Path], typer.Option()]  # noqa: UP045 typer

STORE = Path("store")
DEFAULT_ZONE = "taicang"


@app.command(epilog="Example: zonetwin demo --port 8010")
def demo(
    *, port: PortOption = 8000, host: str = "127.0.0.1", no_browser: BrowserOption = False, store: StoreOption = STORE
) -> None:
    """Build the embedded zone, once, and serve it."""
    from server.cli.building import build_embedded
    from server.cli.serving import require_free_port, serve_store

    require_free_port(host, port)
    build_embedded(DEFAULT_ZONE, store)
    serve_store(store, DEFAULT_ZONE, host=host, port=port, browser=not no_browser)


@app.command(epilog="Examples: zonetwin build --zone myzone/ --year 2028   ·   zonetwin build --name quarter "
                    "--osm q.osm.pbf --parcels lots.gpkg --parcel-column cadastral_ref=LOT_ID")
def build(  # noqa: PLR0913 each flag is a setting of zone.toml
    *, zone: Annotated[Optional[str], typer.Option(help="Zone folder with a zone.toml, or an embedded zone.")] = None,  # noqa: UP045
    name: Annotated[Optional[str], typer.Option(help="Name of a zone described by flags.")] = None,  # noqa: UP045
    title: Annotated[str, typer.Option(help="Name of the zone for people.")] = "",
    osm: Annotated[Optional[Path], typer.Option(help="OSM file: .osm.pbf, .osm, .osm.bz2.")] = None,  # noqa: UP045
    parcels: Annotated[Optional[Path], typer.Option(help="Cadastral parcels: any vector file.")] = None,  # noqa: UP045
    buildings: Annotated[Optional[Path], typer.Option(help="Buildings: any vector file, CityGML, CityJSON.")] = None,  # noqa: UP045
    neighbourhoods: Annotated[Optional[Path], typer.Option(help="Neighbourhoods: any vector file.")] = None,  # noqa: UP045
    boundary: Annotated[Optional[Path], typer.Option(help="The zone's outline: any vector file.")] = None,  # noqa: UP045
    dsm: Annotated[Optional[Path], typer.Option(help="Surface model: GeoTIFF.")] = None,  # noqa: UP045
    dtm: Annotated[Optional[Path], typer.Option(help="Terrain model: GeoTIFF.")] = None,  # noqa: UP045
    weather: Annotated[Optional[Path], typer.Option(help="Weather: .epw or PVGIS.")] = None,  # noqa: UP045
    meters: Annotated[Optional[Path], typer.Option(help="Readings of meters: CSV, as `ingest` takes it.")] = None,  # noqa: UP045
    crs: Annotated[Optional[str], typer.Option(help="Metric system of the model: EPSG code, WKT or PROJ text.")] = None,  # noqa: UP045
    region: Annotated[Optional[list[str]], typer.Option(help="Region for factors, nearest first; repeat.")] = None,  # noqa: UP045
    population: Annotated[Optional[int], typer.Option(min=0, help="Residents in the base year.")] = None,  # noqa: UP045
    year: Annotated[Optional[int], typer.Option(help="Base year; what comes later is planned.")] = None,  # noqa: UP045
    building_column: Annotated[Optional[list[str]], typer.Option(help="model=file column; repeat.")] = None,  # noqa: UP045
    parcel_column: Annotated[Optional[list[str]], typer.Option(help="model=file column; repeat.")] = None,  # noqa: UP045
    building_layer: Annotated[Optional[str], typer.Option(help="Layer of the building file.")] = None,  # noqa: UP045
    parcel_layer: Annotated[Optional[str], typer.Option(help="Layer of the parcel file.")] = None,  # noqa: UP045
    store: StoreOption = STORE, json: JsonOption = False,
) -> None:
    """Turn a zone's sources into a release, and make it the current one."""
    from server.cli.building import build_zone, find_zone, in_year, zone_from_flags

    flags = {
        "name": name, "title": title, "osm": osm, "parcels": parcels, "buildings": buildings,
        "neighbourhoods": neighbourhoods, "boundary": boundary, "dsm": dsm, "dtm": dtm, "weather": weather,
        "meters": meters, "crs": crs, "region": region, "population": population, "year": year,
        "building_column": building_column, "parcel_column": parcel_column, "building_layer": building_layer,
        "parcel_layer": parcel_layer,
    }
    described = find_zone(zone) if zone and not name else zone_from_flags(flags)
    build_zone(in_year(described, year), store, as_json=json)


@app.command(epilog="Examples: zonetwin plan --out myplan && zonetwin build --zone myplan   ·   "
                    "zonetwin plan --out big --residents 1000000 --seed 7")
def plan(
    *, out: Annotated[Path, typer.Option(help="Folder to write: zone.toml and the files it names.")],
    seed: Annotated[int, typer.Option(help="What all random choices follow from.")] = 2028,
    residents: Annotated[int, typer.Option(help="Residents at build-out: 10,000 to 1,000,000.")] = 150_000,
    sun_hours: Annotated[int, typer.Option(help="Hours of sun of every dwelling on Great Cold day: 2 or 3.")] = 2,
) -> None:
    """Draw a reference plan, a zone invented by rules, as the files that real zones consist of."""
    from server.cli.planning import settings_from_flags, write_plan_folder

    write_plan_folder(out, settings_from_flags(seed=seed, residents=residents, sun_hours=sun_hours))


@app.command(epilog="Examples: zonetwin fetch --place 'Tapiola, Espoo, Finland' --out tapiola.osm.pbf   ·   "
                    "zonetwin fetch --weather --at 31.45,121.1 --out taicang.json")
def fetch(  # noqa: PLR0913 each service has its address
    *, out: Annotated[Path, typer.Option(help="File to write: .osm.pbf, or .json for the weather.")],
    place: Annotated[Optional[str], typer.Option(help="Name of a place, as a map search takes it.")] = None,  # noqa: UP045
    bbox: Annotated[Optional[str], typer.Option(help="west,south,east,north in degrees.")] = None,  # noqa: UP045
    overpass_url: Annotated[Optional[str], typer.Option(envvar="ZONETWIN_OVERPASS_URL", help="Overpass.")] = None,  # noqa: UP045
    nominatim_url: Annotated[Optional[str], typer.Option(envvar="ZONETWIN_NOMINATIM_URL", help="Places.")] = None,  # noqa: UP045
    cache: Annotated[Path, typer.Option(help="Folder of earlier answers.")] = Path(".cache/osm"),
    weather: Annotated[bool, typer.Option("--weather", help="A typical year of PVGIS instead of a map.")] = False,
    at: Annotated[Optional[str], typer.Option(help="latitude,longitude in degrees, of the weather.")] = None,  # noqa: UP045
    pvgis_url: Annotated[Optional[str], typer.Option(envvar="ZONETWIN_PVGIS_URL", help="PVGIS.")] = None,  # noqa: UP045
) -> None:
    """Download OpenStreetMap data of a place or a box, for `build --osm`, or its weather, for `build --weather`."""
    from server.cli.fetching import fetch_file, fetch_weather_file, require_one_subject

    require_one_subject(weather=weather, at=at, place=place, bbox=bbox)
    if weather:
        fetch_weather_file(at=at, out=out, pvgis_url=pvgis_url)
        return
    fetch_file(place=place, bbox=bbox, out=out, overpass_url=overpass_url, nominatim_url=nominatim_url, cache=cache)


@app.command(epilog="Examples: zonetwin solar --dsm dsm.tif --out sun.tif   ·   zonetwin solar --dsm dsm.tif "
                    "--mask roofs.tif --weather city.epw --monthly --albedo 0.2 --out sun.tif   ·   zonetwin solar "
                    "--dsm dsm.tif --slope slope.tif --aspect aspect.tif --sky perez1993 --out sun.tif --json")
def solar(  # noqa: PLR0913 each flag is an input or an option of the engine
    *, dsm: Annotated[Path, typer.Option(help="Surface model: GeoTIFF in metres, with north up.")],
    out: Annotated[Path, typer.Option(help="GeoTIFF to write on the same grid: kWh/m2 in each cell's plane.")],
    mask: Annotated[Optional[Path], typer.Option(help="Cells wanted, on the same grid: all but 0 and nodata.")] = None,  # noqa: UP045
    slope: Annotated[Optional[Path], typer.Option(help="Tilt on the same grid, in degrees; from the DSM if not given.")] = None,  # noqa: E501, UP045
    aspect: Annotated[Optional[Path], typer.Option(help="Direction faced on the same grid, clockwise from north.")] = None,  # noqa: E501, UP045
    weather: Annotated[Optional[Path], typer.Option(help="EPW or PVGIS; a typical year nearby if not given.")] = None,  # noqa: UP045
    azimuths: Annotated[int, typer.Option(help="Sectors of the compass: 8 to 720.")] = 128,
    albedo: Annotated[float, typer.Option(help="Share of light that ground and walls reflect: 0 to 1.")] = 0.0,
    sky: Annotated[str, typer.Option(help="Diffuse light: perez1990, perez1993, haydavies, isotropic.")] = "perez1990",
    monthly: Annotated[bool, typer.Option("--monthly", help="Twelve bands, one a month.")] = False,
    max_cells: Annotated[int, typer.Option(help="Cells above which a surface is refused.")] = 4_000_000_000,
    processes: Annotated[Optional[int], typer.Option(help="Tiles at once; one per core if not given.")] = None,  # noqa: UP045
    json: JsonOption = False,
) -> None:
    """Compute the irradiation of every cell of a surface model, shaded by all others."""
    from server.cli.lighting import light_file
    from twin.light.request import Inputs, Options

    options = Options(sky, azimuths, albedo, monthly, processes, max_cells)  # type: ignore[arg-type]
    light_file(Inputs(dsm, mask, slope, aspect), weather, out, options, as_json=json)


@app.command(epilog="Example: zonetwin ingest readings-2025.csv --zone helsinki   ·   columns: subject_kind, "
                    "subject_id, carrier, start, end, value, unit, source and, where there are several, meter_id")
def ingest(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8: one row per meter and period.")],
    *, store: StoreOption = STORE, zone: ZoneOption = None, json: JsonOption = False,
) -> None:
    """Add the readings of a file to the zone's log; the next build takes them in."""
    from server.cli.ingesting import ingest_file

    ingest_file(file, store, zone, as_json=json)


@app.command(epilog="Example: zonetwin serve --zone helsinki --port 8010")
def serve(
    *, port: PortOption = 8000, host: str = "127.0.0.1", no_browser: BrowserOption = False, store: StoreOption = STORE,
    zone: ZoneOption = None,
) -> None:
    """Serve the current release of a zone."""
    from server.cli.serving import require_free_port, serve_store

    require_free_port(host, port)
    serve_store(store, zone, host=host, port=port, browser=not no_browser)


@app.command(epilog="Example: zonetwin info --json | jq .report")
def info(*, store: StoreOption = STORE, zone: ZoneOption = None, json: JsonOption = False) -> None:
    """Say what the current release holds, and what was read, repaired, clipped and dropped."""
    from server.cli.telling import tell_release

    tell_release(store, zone, as_json=json)


@app.command(epilog="Examples: zonetwin explain A1 footprint_kgco2e_per_a   ·   zonetwin explain A1 far --json")
def explain(
    *, parcel: Annotated[str, typer.Argument(help="Id of a parcel, or its number in the cadastre.")],
    metric: Annotated[str, typer.Argument(help="Name of a column, such as footprint_kgco2e_per_a.")],
    store: StoreOption = STORE, zone: ZoneOption = None, json: JsonOption = False,
) -> None:
    """Say how a parcel's figure came about: formula, rows, factors, source features, hashes of the inputs."""
    from server.cli.accounting import explain_figure

    explain_figure(store, zone, parcel, metric, as_json=json)


@app.command(epilog="Example: zonetwin diff 5f0c1d2e3a4b5c6d 943955bdf7b71f3e")
def diff(
    *, before: Annotated[str, typer.Argument(help="Id of a release.")],
    after: Annotated[str, typer.Argument(help="Id of a later one.")],
    store: StoreOption = STORE, zone: ZoneOption = None, json: JsonOption = False,
) -> None:
    """Say what changed in the emissions between two releases: by geometry, data, factors, formulas."""
    from server.cli.accounting import tell_changes

    tell_changes(store, zone, before, after, as_json=json)


@app.command(epilog="Examples: zonetwin verify --zone helsinki   ·   zonetwin verify --recompute")
def verify(
    *, release: Annotated[Optional[str], typer.Argument(help="Id; the current one if not given.")] = None,  # noqa: UP045
    recompute: Annotated[bool, typer.Option(
        "--recompute", help="Compute every emission anew too, apart from the SQL.")] = False,
    store: StoreOption = STORE, zone: ZoneOption = None, json: JsonOption = False,
) -> None:
    """Hash every file of a release again, and compare with its manifest."""
    from server.cli.telling import verify_release

    verify_release(store, zone, release, as_json=json, silent=json and recompute)
    if recompute:
        from server.cli.accounting import recompute_release

        recompute_release(store, zone, release, as_json=json)


@app.command(epilog="Examples: zonetwin export wide_building --format gpkg --out b.gpkg   ·   "
                    "zonetwin export --all z.gpkg   ·   zonetwin export inventory --format xlsx --out i.xlsx")
def export(  # noqa: PLR0913 each flag is a choice of what is written
    *, table: Annotated[Optional[str], typer.Argument(help="Table, such as parcel or wide_building.")] = None,  # noqa: UP045
    form: Annotated[Literal["csv", "geojson", "gpkg", "parquet", "xlsx"], typer.Option(
        "--format", help="xlsx for the inventory alone.")] = "csv",
    out: Annotated[Optional[Path], typer.Option(help="File to write.")] = None,  # noqa: UP045
    all_: Annotated[Optional[Path], typer.Option("--all", help="One GeoPackage with everything.")] = None,  # noqa: UP045
    geometry: Annotated[bool, typer.Option("--geometry", help="CSV with geometry, WKT in EPSG:4326.")] = False,
    book: Annotated[Literal["gpc", "park", "building", "embodied", "consumption"], typer.Option(
        help="Book of the inventory.")] = "gpc",
    basis: Annotated[Literal["location", "market"], typer.Option(help="Electricity of the inventory.")] = "location",
    year: Annotated[Optional[int], typer.Option(help="Year of the inventory.")] = None,  # noqa: UP045
    lang: Annotated[Literal["en", "zh", "fr", "de"], typer.Option(help="Language of the inventory.")] = "en",
    store: StoreOption = STORE, zone: ZoneOption = None,
) -> None:
    """Write a table, the inventory, or everything, to a file, with licence and attribution inside."""
    if table == "inventory" and all_ is None:
        from server.cli.accounting import export_inventory

        export_inventory(store, zone, form=form, out=out, book=book, basis=basis, year=year, language=lang)
        return
    from server.cli.telling import export_release

    if form == "xlsx":
        message = "xlsx is for the inventory alone: `zonetwin export inventory --format xlsx --out FILE`"
        raise typer.BadParameter(message)
    export_release(store, zone, table=table, form=form, out=out, everything=all_, geometry=geometry)


@app.callback(invoke_without_command=True)
def root(
    *, version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False
) -> None:
    """Say the version, or go on to a command."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("zonetwin"))
        raise typer.Exit
