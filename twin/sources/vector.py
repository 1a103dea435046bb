"""Any vector file that OGR reads, as clean polygons in the zone's system."""

from __future__ import annotations

import re
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import shapely

from twin.crs import apply_affine, crs_text, parse_crs, transform
from twin.errors import ZoneError
from twin.sources.axes import require_axes
from twin.sources.datum import unshift_geometry
from twin.sources.encoding import guess_encoding, known_encoding
from twin.sources.fault import SourceFault, listed, noted, require_data, require_size, shown
from twin.sources.outline import close_lines, read_drawing
from twin.sources.repair import drop_hollow, drop_twins, repair_polygons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopandas import GeoDataFrame

    from twin.checks import Checks
    from twin.inputs import VectorSource

MOST_BYTES = 16 * 2**30
MOST_FEATURES = 2_000_000
MOST_WARNINGS = 20
PLAIN_PATH = re.compile(r"[\w./ +-]+")
# Drivers whose files are but directions to other files, databases or services.
REMOTE = {
    "OGR_VRT",
    "WFS",
    "OAPIF",
    "CSW",
    "GMLAS",
    "HTTP",
    "GEORSS",
    "PLSCENES",
    "AMIGOCLOUD",
    "CARTO",
    "ELASTIC",
    "NGW",
}

pyogrio.set_gdal_config_options({"GML_DOWNLOAD_WFS_SCHEMA": "NO", "GDAL_HTTP_MAX_RETRY": "0"})


def read_vector(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks, *, role: str) -> GeoDataFrame:
    """
    Read the polygons of a vector file, with all its columns.

    Parameters
    ----------
    source
        What the zone's description says of the file: layer, system, affine, datum, encoding.
    path
        The file; any name will do.
    zone_crs
        Metric system that the geometry is brought into.
    checks
        Receives the file's faults and the counts of what was read, repaired and dropped.
    role
        Name of the source in the zone's description, such as `parcels`.

    Returns
    -------
    frame
        Valid flat polygons without exact duplicates; no rows where the file has a fault.
    """
    with noted(checks, path):
        frame, drawing = _read_features(source, path, role, checks)
        checks.count("read", f"{role} features", len(frame))
        crs = _source_crs(source, frame, role)
        frame = drop_hollow(frame, checks, role)
        if drawing:
            frame = read_drawing(frame, _drawing_layer(source), checks, role)
        frame = _locate(source, close_lines(frame.reset_index(drop=True), checks, role), crs, zone_crs, role)
        frame = repair_polygons(drop_hollow(frame, checks, role), checks, role)
        if frame.empty:
            reason = "holds no polygons" if not drawing else "holds no closed outlines"
            raise SourceFault(reason, f"give a file or layer with the outlines of {role}")
        return drop_twins(frame, checks, role).reset_index(drop=True)
    return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=zone_crs)


def _read_features(source: VectorSource, path: Path, role: str, checks: Checks) -> tuple[GeoDataFrame, bool]:
    """Return a file's features as they stand, and whether the file is a drawing."""
    require_size(path, MOST_BYTES)
    require_data(path)
    encoding = known_encoding(source.encoding, role) if source.encoding else guess_encoding(path, checks)
    with _plainly_named(path) as plain, _noted_warnings(path, plain, checks):
        try:
            layer = _choose_layer(source, path, plain, role)
            meta = pyogrio.read_info(plain, layer=layer, encoding=encoding)
            _refuse_driver(meta["driver"])
            if meta["features"] > MOST_FEATURES:
                reason = f"has {meta['features']} features, more than {MOST_FEATURES}"
                raise SourceFault(reason, "cut it to the zone first")
            frame = pyogrio.read_dataframe(plain, layer=layer, encoding=encoding, on_invalid="warn")
        except (RuntimeError, ValueError, UnicodeError, OSError, shapely.GEOSException) as error:
            raise _unreadable(error, source) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        reason = "holds no features" if len(frame) == 0 else "holds a table without geometry"
        raise SourceFault(reason, f"give a file or layer with the outlines of {role}")
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    if meta["features"] >= 0 and meta["features"] != len(frame):
        checks.note(f"{shown(path.name)} announces {meta['features']} features and holds {len(frame)}")
    return frame, meta["driver"] == "DXF"


def _refuse_driver(driver: str) -> None:
    if driver.upper() in REMOTE:
        reason = f"is a {driver} file, which leads to other files"
        raise SourceFault(reason, "give the file with the data")


def _unreadable(error: Exception, source: VectorSource) -> SourceFault:
    """Return the fault of a file that OGR refuses."""
    if isinstance(error, UnicodeError):
        named = f" {source.encoding}" if source.encoding else ""
        return SourceFault(f"has text that does not fit its character set{named}", "set encoding, such as gbk")
    if "recognized" in str(error) or "No such file" in str(error):
        return SourceFault("is no vector file that GDAL knows", "give GeoPackage, shapefile, GeoJSON, GML or DXF")
    return SourceFault(f"cannot be read ({shown(error)})", "open it in a GIS and save it as a GeoPackage")


@contextmanager
def _plainly_named(path: Path) -> Iterator[Path]:
    """
    Give a file a harmless name in a folder of its own for a while.

    GDAL reads meaning into `!`, `?`, `:` and the like, and leaves notes (.gfs) beside GML files.
    """
    path = path.resolve()
    if PLAIN_PATH.fullmatch(str(path)) and path.suffix.lower() not in {".gml", ".xml"}:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"source{path.suffix if PLAIN_PATH.fullmatch(path.suffix) else ''}"
        for beside in path.parent.iterdir():
            if beside.stem == path.stem and PLAIN_PATH.fullmatch(beside.suffix or "x"):
                (Path(folder) / f"source{beside.suffix}").symlink_to(beside)
        if not plain.exists():
            plain.symlink_to(path)
        yield plain


@contextmanager
def _noted_warnings(path: Path, plain: Path, checks: Checks) -> Iterator[None]:
    """Note what GDAL warns of, with the file's own name."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(str(item.message) for item in caught[:MOST_WARNINGS]):
        checks.note(f"{shown(path.name)}: {shown(text.replace(str(plain), 'it'))}")


def _choose_layer(source: VectorSource, path: Path, plain: Path, role: str) -> str | None:
    """Return the layer to read: the one named, the only one, or the only one with polygons."""
    found = {str(name): str(kind) for name, kind in pyogrio.list_layers(plain) if kind is not None}
    if path.suffix.lower() == ".dxf" and list(found) == ["entities"]:
        return "entities"
    if source.layer is not None:
        if source.layer in found:
            return source.layer
        if source.layer == path.stem and plain.stem in found:
            return plain.stem
        reason = f"has no layer {shown(source.layer)!r}"
        raise SourceFault(reason, f"its layers are {listed(found) or 'none'}")
    if len(found) <= 1:
        return next(iter(found), None)
    areas = [name for name, kind in found.items() if "Polygon" in kind or "Surface" in kind]
    if len(areas) == 1:
        return areas[0]
    reason = f"has several layers: {listed(found)}"
    raise SourceFault(reason, f"set sources.{role}.layer to one of them")


def _drawing_layer(source: VectorSource) -> str | None:
    """Return the drawing layer that is meant; `entities` is OGR's own name for all of them."""
    return None if source.layer in {None, "entities"} else source.layer


def _source_crs(source: VectorSource, frame: GeoDataFrame, role: str) -> pyproj.CRS:
    """Return the system that the coordinates are in (behind the affine, where there is one)."""
    if source.crs is not None:
        try:
            return parse_crs(source.crs)
        except ZoneError as error:
            reason = f"sources.{role}.crs {shown(source.crs)!r} is not understood"
            raise SourceFault(reason, "give an EPSG code") from error
    if frame.crs is None:
        raise SourceFault("has no CRS", f"set sources.{role}.crs to the system its coordinates are in")
    return pyproj.CRS(frame.crs)


def _locate(
    source: VectorSource, frame: GeoDataFrame, crs: pyproj.CRS, zone_crs: pyproj.CRS, role: str
) -> GeoDataFrame:
    """Return a frame in the zone's system: local grid undone, datum shift taken away, axes checked."""
    series = frame.geometry
    if source.affine is not None:
        series = apply_affine(series, source.affine)
    geometry: Any = series.to_numpy()
    require_axes(geometry, crs, zone_crs, role)
    if source.datum != "wgs84":
        if not crs.is_geographic:
            reason = f"is declared as {source.datum} but its coordinates are in {crs_text(crs)[:40]}"
            raise SourceFault(reason, f"give it in longitude and latitude, or remove sources.{role}.datum")
        geometry = unshift_geometry(geometry, source.datum)
    moved = transform(np.asarray(geometry, dtype=object), crs.to_2d(), zone_crs)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs=zone_crs)
