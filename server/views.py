"""Map views as pydeck specs: the zone's ground, land, parcels, roads, buildings and assets, one of them coloured."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pydeck

from layers.wide import SUBJECTS, drawn_things
from server.catalogue import column_of, find_view
from server.features import INTERVALS
from server.palette import BASE, MATERIAL, PLANNED_EDGE, Theme, pale, ramp_colours
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.contract import Layer, View
    from server.database import ServedRelease

TILE_ZOOM = 14
CLASSES = 6
FONT = "'Helvetica Neue', Arial, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
TOGGLES = ("land_cover", "parcel", "road", "building", "energy_asset", "label")
PATHS = ("footway", "path", "steps", "cycleway", "track")
PLINTH_M = 9.0


def view_spec(served: ServedRelease, name: str, theme: Theme, step: int = 0) -> dict[str, Any]:
    """
    Return the pydeck spec of a view, with legend and toggles under `metadata`.

    Parameters
    ----------
    served
        The release.
    name
        Name of the view.
    theme
        Light or dark.
    step
        Which of the view's steps is shown, from 1; 0 for the whole.

    Raises
    ------
    NotFoundError
        If there is no such view.
    """
    layer, view = find_view(served.layers, name)
    steps = len(view.steps)
    if not 0 <= step <= steps:
        message = f"the view {name} has {steps} steps, not a step {step}"
        raise NotFoundError(message)
    if step:
        view = replace(view, column=view.steps[step - 1], edges=_common_edges(served, view))
    column = column_of(layer, view)
    legend = _legend(served, view, theme, words=column.words)
    bbox = zone_bbox(served)
    drawing = _Drawing(served.release.release_id, bbox, view, theme, _colour(view, legend, theme))
    deck = pydeck.Deck(
        layers=[*_ground_layers(drawing), *_standing_layers(drawing, _things_beside(served.layers, view))],
        initial_view_state=pydeck.ViewState(**_camera(bbox)),
        views=[pydeck.View(type="MapView", controller=True)],
        map_provider=None, map_style=None,
    )
    spec: dict[str, Any] = json.loads(deck.to_json())
    spec["mapProvider"] = None
    spec["metadata"] = {
        "view": view.name, "layer": layer.name, "title_key": f"{layer.name}.view.{view.name}",
        "summary_key": f"{layer.name}.summary", "subject": view.subject, "column": view.column, "unit": column.unit,
        "legend": legend, "background": BASE[theme]["background"], "steps": steps, "step": step,
        "has_interval": view.subject in SUBJECTS and bool(column.low or view.column in INTERVALS),
        "toggles": [{"id": item, "title_key": f"app.layer.{item}"} for item in TOGGLES],
    }
    return spec


def zone_bbox(served: ServedRelease) -> list[float]:
    """Return the zone's extent: west, south, east, north. [degrees]"""
    row = served.row(
        "select min(west) as west, min(south) as south, max(east) as east, max(north) as north from map_parcel"
    )
    return [row["west"], row["south"], row["east"], row["north"]] if row and row["west"] is not None else [0, 0, 1, 1]


def count_planned(served: ServedRelease, subject: str) -> int:
    """Return how many features of a subject are planned for after the base year."""
    if "status" not in served.columns(subject):
        return 0
    row = served.row(f"select count(*) as number from \"{subject}\" where status = 'planned'") or {"number": 0}
    return int(row["number"])


def _legend(served: ServedRelease, view: View, theme: Theme, *, words: str | None) -> dict[str, Any]:
    """Return the legend of a view: steps of a number or classes of words, what has no value, and what is planned."""
    missing = list(BASE[theme]["missing"])
    drawn = {"building", view.subject} - {"parcel"} if view.subject in SUBJECTS else set()
    planned = {"key": "status.planned", "colour": pale(BASE[theme]["plain"], theme),
               "edge": list(PLANNED_EDGE[theme])} if any(count_planned(served, subject) for subject in drawn) else None
    if view.ramp is None:
        present = {row["word"] for row in served.rows(
            f'select distinct "{view.column}" as word from "{_table(served, view)}" where "{view.column}" is not null')}
        classes = [{"key": f"{words}.{word}" if words else word, "word": word, "colour": list(rgb)}
                   for word, rgb in (view.colours or {}).items() if word in present]
        return {"kind": "classes", "classes": classes, "missing": missing, "planned": planned}
    edges = class_edges(served, view)
    colours = [list(rgb) for rgb in ramp_colours(view.ramp, len(edges) - 1, theme)]
    stops = [{"low": low, "high": high, "colour": rgb}
             for low, high, rgb in zip(edges[:-1], edges[1:], colours, strict=True)]
    stops[0]["low"], stops[-1]["high"] = (0 if edges[0] == 0 else None), None
    return {"kind": "steps", "stops": stops, "missing": missing, "planned": planned}


def _colour(view: View, legend: dict[str, Any], theme: Theme) -> str:
    """Return the expression that gives each feature its colour, a pale one where it is planned."""
    full = _chain(view, legend, lambda colour: colour)
    if not legend["planned"] or view.subject not in {"building", "energy_asset"}:
        return full
    return _if_planned(_chain(view, legend, lambda colour: pale(colour, theme)), full)


def _if_planned(planned: str, otherwise: str) -> str:
    return f"properties.status == 'planned' ? ({planned}) : ({otherwise})"


def _chain(view: View, legend: dict[str, Any], shade: Callable[[list[int]], list[int]]) -> str:
    """Return the expression that finds a feature's class, and gives its colour in a shade."""
    name, missing = f"properties.{view.column}", json.dumps(shade(legend["missing"]))
    if legend["kind"] == "classes":
        cases = (f"{name} == '{item['word']}' ? {json.dumps(shade(item['colour']))} : " for item in legend["classes"])
        return f"{''.join(cases)}{missing}"
    first, *others = legend["stops"]
    cases = (f"{name} >= {stop['low']} ? {json.dumps(shade(stop['colour']))} : " for stop in reversed(others))
    return f"{name} == null ? {missing} : {''.join(cases)}{json.dumps(shade(first['colour']))}"


def class_edges(served: ServedRelease, view: View) -> list[float]:
    """Return the bounds of a view's classes: its own, else round ones between which equal numbers of features lie."""
    if view.edges:
        return list(view.edges)
    few = [row["value"] for row in served.rows(
        f'select distinct "{view.column}" as value from "{_table(served, view)}" where "{view.column}" is not null '
        f"order by value limit {CLASSES + 1}")]
    if 1 < len(few) <= CLASSES:
        between = [_round((low + high) / 2) for low, high in itertools.pairwise(few)]
        return [0.0, *sorted({value for value in between if value > 0}), _round(few[-1]) * 2]
    levels = [step / CLASSES for step in range(1, CLASSES)]
    row = served.row(
        f'select quantile_cont("{view.column}", {levels}) as bounds, max("{view.column}") as greatest '
        f'from "{_table(served, view)}"'
    )
    if not row or row["greatest"] is None:
        return [0.0, 1.0]
    bounds = sorted({_round(value) for value in row["bounds"]})
    inner = [value for value in bounds if 0 < value < row["greatest"]]
    return [0.0, *inner, max(_round(row["greatest"]), inner[-1] + 1 if inner else 1.0)]


def _common_edges(served: ServedRelease, view: View) -> tuple[float, ...]:
    """Return the bounds of the classes of a view's steps: the same for all, so that they can be compared."""
    columns = ", ".join(f'"{column}"' for column in view.steps)
    row = served.row(f'select max(greatest({columns})) as most from "{_table(served, view)}"')
    most = row["most"] if row and row["most"] else 1.0
    return (0.0, *(_round(most * part / CLASSES) for part in range(1, CLASSES)), max(_round(most), most))


def _table(served: ServedRelease, view: View) -> str:
    """Return the table that holds what a view shows."""
    return view.subject if view.subject in drawn_things(served.layers) else f"wide_{view.subject}"


def _round(value: float) -> float:
    """Return a number with two significant digits."""
    if not value:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(value)))
    return round(value, digits)


def _camera(bbox: list[float]) -> dict[str, Any]:
    """Return a camera that shows the whole zone at a slant."""
    west, south, east, north = bbox
    latitude = (south + north) / 2
    span = max((east - west) * math.cos(math.radians(latitude)), (north - south) * 1.15, 1e-4)
    zoom = math.log2(360 / span) + 1.2 + math.log2(max(math.cos(math.radians(latitude)), 0.05))
    return {"longitude": (west + east) / 2, "latitude": latitude, "zoom": round(min(zoom, 17), 2), "pitch": 52,
            "bearing": -18, "max_pitch": 75}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What all layers of a view are drawn by: the release's tiles, the extent, and the colour of what is shown."""

    release_id: str
    bbox: list[float]
    view: View
    theme: Theme
    colour: str

    def tiles(self, name: str, **props: Any) -> pydeck.Layer:
        return pydeck.Layer(
            "TileLayer", id=name, data=f"/tiles/{self.release_id}/{name}/{{z}}/{{x}}/{{y}}.geojson", extent=self.bbox,
            min_zoom=TILE_ZOOM, max_zoom=TILE_ZOOM, max_requests=32, **props,
        )

    def base(self, name: str) -> list[int]:
        return list(BASE[self.theme][name])


def _ground_layers(drawing: _Drawing) -> list[pydeck.Layer]:
    """Return what lies on the ground, from below: the plinth, land cover, parcels and roads."""
    base, on_parcel = drawing.base, drawing.view.subject == "parcel"
    kinds = "".join(f"properties.kind == '{kind}' ? {json.dumps(base(kind))} : " for kind in ("water", "green", "bare"))
    path = " || ".join(f"properties.class == '{kind}'" for kind in PATHS)
    return [
        pydeck.Layer(
            "SolidPolygonLayer", id="ground", data="/api/ground", get_polygon="ring", extruded=True,
            get_elevation=PLINTH_M - 0.1, get_fill_color=base("ground"),
            material={"ambient": 0.5, "diffuse": 0.56, "shininess": 1, "specularColor": [0, 0, 0]},
        ),
        # Lakes lie in parks: what comes later is drawn over what came before, however both are cut into triangles.
        drawing.tiles("land_cover", stroked=False, filled=True, get_fill_color=f"{kinds}{json.dumps(base('paved'))}",
                      parameters={"depthCompare": "always"}),
        drawing.tiles("parcel", stroked=True, filled=True, pickable=True,
                      get_fill_color=drawing.colour if on_parcel else [*base("parcel"), 0],
                      get_line_color="properties.land_use == 'public' ? [0, 0, 0, 0] : "
                                     f"{json.dumps(base('parcel_line'))}",
                      get_line_width=0.8, line_width_units="'meters'", line_width_min_pixels=0.6,
                      line_width_max_pixels=2),
        drawing.tiles("road", stroked=True, filled=False, get_line_width="properties.width_m",
                      line_width_units="'meters'", line_width_min_pixels=0.4, line_cap_rounded=True,
                      line_joint_rounded=True,
                      get_line_color=f"({path}) ? {json.dumps(base('path'))} : properties.width_m >= 6 ? "
                                     f"{json.dumps(base('road'))} : {json.dumps(base('road_minor'))}"),
    ]


def _standing_layers(drawing: _Drawing, things: list[str]) -> list[pydeck.Layer]:
    """Return what stands on the ground, and the names over all: buildings or the things that replace them, assets."""
    base, view, theme, colour = drawing.base, drawing.view, drawing.theme, drawing.colour
    on_parcel, on_asset = view.subject == "parcel", view.subject == "energy_asset"
    asset_colour = colour if on_asset else json.dumps(base("missing"))
    return [
        # Over coloured parcels buildings are flat, pale and out of the pointer's way; things of their own replace them.
        drawing.tiles("building", extruded=not on_parcel, filled=True, stroked=on_parcel, wireframe=True,
                      pickable=not on_parcel, visible=not things, get_elevation="properties.rise_m",
                      material=MATERIAL[theme], get_line_width=1, line_width_units="'pixels'",
                      **_house_colours(view, theme, colour)),
        *(drawing.tiles(thing, pickable=True, filled=True, stroked=False, _full3d=True, visible=True,
                        material=MATERIAL[theme],
                        get_fill_color=colour if thing == view.subject else json.dumps(base("plain")))
          for thing in things),
        # The page draws the glyph of each kind over its dot.
        drawing.tiles("energy_asset", pickable=True, visible=on_asset, point_type="'circle+icon'", get_point_radius=9,
                      get_icon="properties.kind", get_icon_size=15, icon_size_units="'meters'", icon_size_max_pixels=24,
                      get_icon_color=[255, 255, 255],
                      point_radius_units="'meters'", point_radius_min_pixels=5, point_radius_max_pixels=16,
                      point_billboard=True, stroked=True, get_fill_color=asset_colour,
                      get_line_color=f"properties.kind == 'line' ? ({asset_colour}) : [255, 255, 255]",
                      get_line_width="properties.kind == 'line' ? 3 : 1.5", line_width_units="'pixels'",
                      parameters={"depthCompare": "always"}),
        pydeck.Layer(
            "TextLayer", id="label", data="/api/map-labels", get_text="text", get_position="position",
            character_set="'auto'", size_units="'pixels'", get_size="kind == 'neighbourhood' ? 15 : 11.5",
            font_family=f'"{FONT}"', font_weight=500, font_settings={"fontSize": 26, "buffer": 3}, background=True,
            get_background_color=base("halo"), background_padding=[5, 2], background_border_radius=4,
            parameters={"depthCompare": "always"}, get_color=base("label"),
        ),
    ]


def _things_beside(layers: Mapping[str, Layer], view: View) -> list[str]:
    """Return the things that a view of one of them draws: all of the layer that it belongs to."""
    for layer in layers.values():
        own = list(drawn_things({layer.name: layer}))
        if view.subject in own:
            return own
    return []


def _house_colours(view: View, theme: Theme, colour: str) -> dict[str, str]:
    """Return fill and edge of buildings: coloured, or all alike where something else is."""
    base = BASE[theme]
    fill, edge = {"parcel": ("veil", "veil_line")}.get(view.subject, ("plain", "edge"))
    ghost = [*base[fill][:3], 0] if view.subject == "parcel" else pale(base[fill], theme)
    plain = _if_planned(json.dumps(ghost), json.dumps(base[fill]))
    return {
        "get_fill_color": colour if view.subject == "building" else plain,
        "get_line_color": _if_planned(json.dumps(PLANNED_EDGE[theme]), json.dumps(base[edge])),
    }
