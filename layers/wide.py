"""Wide tables: all that the model and every layer know of a building, a parcel or an asset, in one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.contract import Layer, Thing

SUBJECTS = {"building": "building_id", "parcel": "parcel_id", "energy_asset": "asset_id"}


def drawn_things(layers: Mapping[str, Layer]) -> dict[str, Thing]:
    """Return the things that the map draws by themselves, by their table."""
    return {table: thing for layer in layers.values() for table, thing in layer.things.items()
            if thing.is_drawn and thing.stands_for is None}


def drawn_instead(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return the tables whose shapes are drawn in the place of a subject's own, by the subject."""
    return {thing.stands_for: table for layer in layers.values() for table, thing in layer.things.items()
            if thing.stands_for is not None}


def layer_tables(layers: Mapping[str, Layer], subject: str) -> dict[str, Layer]:
    """Return the tables that layers add to a subject, such as `building_construction`."""
    return {
        table: layer for layer in layers.values() for table in layer.tables if table == f"{subject}_{layer.name}"
    }


def wide_selects(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return, by table name, the SELECT that joins a subject with what every layer adds to it."""
    return {f"wide_{subject}": _wide_select(layers, subject, key) for subject, key in SUBJECTS.items()}


def _wide_select(layers: Mapping[str, Layer], subject: str, key: str) -> str:
    tables = layer_tables(layers, subject)
    own = [f'"{subject}".* exclude (geometry)']
    added = [f'"{table}"."{column.name}"' for table, layer in tables.items() for column in layer.tables[table]]
    joins = "\n".join(f'left join "{table}" on "{subject}"."{key}" = "{table}"."{key}"' for table in tables)
    columns = ",\n    ".join(own + added)
    return f'select\n    {columns},\n    "{subject}".geometry\nfrom "{subject}"\n{joins}\norder by "{subject}"."{key}"'
