"""QGIS styles inside a GeoPackage: each view of the map as a style of its layer."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from server.palette import BASE, ramp_colours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.contract import Layer, View

CREATE = """
create table layer_styles (
    id integer primary key autoincrement, f_table_catalog text, f_table_schema text, f_table_name text,
    f_geometry_column text, stylename text, styleqml text, stylesld text, useasdefault boolean, description text,
    owner text, ui text, update_time datetime default '2000-01-01T00:00:00Z'
)"""
CLASSES = 6


def write_styles(path: Path, layers: Mapping[str, Layer], *, notice: str = "") -> None:
    """Write every view as a style that QGIS finds by itself; the first view of a layer is its default."""
    with sqlite3.connect(path) as package:
        package.execute(CREATE)
        package.execute("insert into gpkg_contents (table_name, data_type, identifier, last_change) values "
                        "('layer_styles', 'attributes', 'layer_styles', '2000-01-01T00:00:00Z')")
        styled: set[str] = set()
        for layer in layers.values():
            for view in layer.views:
                rows = package.execute(
                    f'select distinct "{view.column}" from "{view.subject}" where "{view.column}" is not null'
                ).fetchall()
                qml = _style(view, sorted(row[0] for row in rows))
                package.execute(
                    "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                    "stylename, styleqml, useasdefault, description) values ('', '', ?, 'geom', ?, ?, ?, ?)",
                    (view.subject, view.name, qml, view.subject not in styled,
                     "; ".join(text for text in (f"{layer.name}: {view.column}", notice) if text)),
                )
                styled.add(view.subject)
    package.close()


def _style(view: View, values: list[Any]) -> str:
    """Return a view as QML: classes of a number, or one symbol for each word."""
    root = Element("qgis", version="3.22.0", styleCategories="Symbology")
    if view.ramp is None:
        renderer = SubElement(root, "renderer-v2", type="categorizedSymbol", attr=view.column)
        categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
        words = {word: rgb for word, rgb in (view.colours or {}).items() if word in values}
        for number, (word, rgb) in enumerate(words.items()):
            SubElement(categories, "category", value=word, label=word, symbol=str(number), render="true")
            _symbol(symbols, number, view, rgb)
    else:
        renderer = SubElement(root, "renderer-v2", type="graduatedSymbol", attr=view.column,
                              graduatedMethod="GraduatedColor")
        ranges, symbols = SubElement(renderer, "ranges"), SubElement(renderer, "symbols")
        edges = list(view.edges or _edges(values))
        for number, rgb in enumerate(ramp_colours(view.ramp, len(edges) - 1, "light")):
            low, high = edges[number], edges[number + 1]
            SubElement(ranges, "range", lower=str(low), upper=str(high), label=f"{low:g} - {high:g}",
                       symbol=str(number), render="true")
            _symbol(symbols, number, view, rgb)
    return tostring(root, encoding="unicode")


def _symbol(symbols: Element, number: int, view: View, rgb: tuple[int, int, int]) -> None:
    """Add a filled or pointed symbol of one colour."""
    kind, layer = ("marker", "SimpleMarker") if view.subject == "energy_asset" else ("fill", "SimpleFill")
    symbol = SubElement(symbols, "symbol", type=kind, name=str(number), alpha="1")
    options = SubElement(SubElement(symbol, "layer", {"class": layer, "enabled": "1"}), "Option", type="Map")
    line = BASE["light"]["parcel_line"]
    for name, value in (("color", (*rgb, 255)), ("outline_color", (*line, 255))):
        SubElement(options, "Option", type="QString", name=name, value=",".join(str(part) for part in value))
    SubElement(options, "Option", type="QString", name="outline_width", value="0.1")


def _edges(values: list[Any]) -> list[float]:
    """Return class bounds that hold equal numbers of values."""
    if not values:
        return [0.0, 1.0]
    steps = [values[round(step * (len(values) - 1) / CLASSES)] for step in range(CLASSES + 1)]
    return sorted({float(value) for value in steps}) if len(set(steps)) > 1 else [float(steps[0]), float(steps[0]) + 1]
