"""GeoJSON tiles out of the release, put together in the database and kept compressed."""

from __future__ import annotations

import gzip
import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from layers.wide import drawn_things
from server.catalogue import view_columns
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from layers.contract import Thing
    from server.database import ServedRelease

MAX_ZOOM = 22
GZIP_LEVEL = 5
CLIPPED = {"land_cover", "road"}  # drawn in pieces; what can be picked is drawn whole, in the tile of its inner point

# Properties beside those that views are coloured by: name in the tile, expression on the wide table `w` or shape `m`.
PROPERTIES = {
    "building": {"id": "m.feature_id", "name": "coalesce(w.name_local, w.address)", "use": "w.use",
                 "rise_m": "round(m.top_m - m.base_m, 2)", "status": "w.status", "year_built": "w.year_built"},
    "parcel": {"id": "m.feature_id", "name": "w.cadastral_ref", "land_use": "w.land_use"},
    "road": {"id": "m.feature_id", "name": "w.name_local", "class": "w.class", "width_m": "w.width_m"},
    "land_cover": {"id": "m.feature_id", "kind": "w.kind", "subkind": "w.subkind", "name": "w.name_local"},
    "energy_asset": {"id": "m.feature_id", "kind": "w.kind", "name": "w.name_local", "status": "w.status",
                     "year_built": "w.year_built"},
    "neighbourhood": {"id": "m.feature_id", "name": "w.name_local"},
}
# Drawn later: water over grass, and what is seen through over what it is seen through to.
ORDERS = {"land_cover": "case w.kind when 'paved' then 0 when 'bare' then 1 when 'green' then 2 else 3 end, ",
          "building": "w.status = 'planned', ", "energy_asset": "w.status = 'planned', "}
KEYS = {"building": "building_id", "parcel": "parcel_id", "road": "road_id", "land_cover": "cover_id",
        "energy_asset": "asset_id", "neighbourhood": "neighbourhood_id"}
WIDE = {"building", "parcel", "energy_asset"}


class TileCache:
    """The tiles asked for last, compressed, up to a number of bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._tiles: OrderedDict[tuple[str, str, int, int, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def tile(self, served: ServedRelease, layer: str, z: int, x: int, y: int) -> bytes:
        """
        Return a tile as gzipped GeoJSON.

        Raises
        ------
        NotFoundError
            If there is no such layer or no such tile.
        """
        key = (served.release.release_id, layer, z, x, y)
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        content = gzip.compress(make_tile(served, layer, z, x, y).encode(), GZIP_LEVEL, mtime=0)
        with self._lock:
            if key not in self._tiles:
                self._tiles[key] = content
                self._size += len(content)
            while self._size > self._limit and len(self._tiles) > 1:
                self._size -= len(self._tiles.popitem(last=False)[1])
        return content


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a web-mercator tile. [degrees]"""
    count = 2**z
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count)))) for row in (y, y + 1))
    return x / count * 360 - 180, south, (x + 1) / count * 360 - 180, north


def make_tile(served: ServedRelease, layer: str, z: int, x: int, y: int) -> str:
    """Return a tile as GeoJSON text."""
    known = [*PROPERTIES, *drawn_things(served.layers)]
    if layer not in known:
        message = f"there is no map layer {layer[:60]!r}; there are {', '.join(known)}"
        raise NotFoundError(message)
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        message = f"there is no tile {z}/{x}/{y}"
        raise NotFoundError(message)
    west, south, east, north = tile_bounds(z, x, y)
    row = served.row(_query(served, layer), {"west": west, "south": south, "east": east, "north": north})
    features = row["features"] if row and row["features"] else ""
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def _thing_properties(thing: Thing) -> dict[str, str]:
    """Return the properties of a layer's own things beside those of its views: its id, and its building."""
    owner = {"building_id": "w.building_id"} if any(item.name == "building_id" for item in thing.columns) else {}
    return {"id": "m.feature_id"} | owner


def _query(served: ServedRelease, layer: str) -> str:
    """Return the query that puts a tile's features together; only names of ours stand in it."""
    table = f"wide_{layer}" if layer in WIDE else layer
    thing = drawn_things(served.layers).get(layer)
    own = PROPERTIES[layer] if thing is None else _thing_properties(thing)
    key = KEYS[layer] if thing is None else thing.key
    columns = [name for name in view_columns(served.layers, layer) if name not in own]
    properties = {name: f'w."{name}"' for name in columns} | own
    struct = ", ".join(f"'{name}': {expression}" for name, expression in properties.items())
    box = "st_makeenvelope($west, $south, $east, $north)"
    if layer in CLIPPED:
        cut = f"st_asgeojson(st_intersection(st_geomfromgeojson(m.geojson), {box}))::varchar"
        whole = "m.west >= $west and m.south >= $south and m.east <= $east and m.north <= $north"
        shape = f"case when {whole} then m.geojson else {cut} end"
        where = "m.west <= $east and m.east >= $west and m.south <= $north and m.north >= $south"
    else:
        shape = "m.geojson"
        where = "m.lon >= $west and m.lon < $east and m.lat > $south and m.lat <= $north"
    order = ORDERS.get(layer, "")
    body = "m.body" if "body" in served.columns(f"map_{layer}") else "null"  # releases of old have none
    return f"""
        with feature as (
            select row_number() over (order by {order}m.feature_id, m.base_m) as number,
                   {shape} as geojson, coalesce(nullif({body}, ''), 'null') as body,
                   {body} is not null as stands,
                   to_json({{{struct}}})::varchar as properties
            from "map_{layer}" as m inner join "{table}" as w on m.feature_id = w."{key}"
            where {where}
        )
        select string_agg('{{"type":"Feature","properties":' || properties || ',"geometry":' || geojson
                          || case when stands then ',"body":' || body else '' end || '}}', ','
                          order by number) as features
        from feature
        where geojson not like '%"coordinates":[]%' and geojson not like '%"geometries":[]%'
    """
