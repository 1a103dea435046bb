"""What there is to see: layers with their columns and views, and every word in every language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.contract import DOMAINS, LANGUAGES, Column, Layer, View, read_labels
from twin.classes import data_folder
from twin.errors import NotFoundError
from twin.model import read_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

# Columns of the model whose values are words of a vocabulary of their own name.
MODEL_WORDS = frozenset({"use", "use_source", "status", "height_source", "land_use", "public_kind", "kind",
                         "roof_shape", "source", "tenure"})


DEFAULT = "default"


def web_folder() -> Path:
    """Return the folder of the browser's side: inside the installed package, else beside it in the source tree."""
    inside = Path(__file__).parent / "web"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "web"


@cache
def _shared_labels() -> dict[str, dict[str, str]]:
    app = read_labels(web_folder() / "labels.csv", prefix="app.")
    model = read_labels(data_folder() / "labels.csv")
    drafts = read_labels(Path(__file__).parent / "whatif" / "labels.csv", prefix="whatif.")
    return {language: model[language] | app[language] | drafts[language] for language in LANGUAGES}


def labels(layers: Mapping[str, Layer], language: str) -> dict[str, str]:
    """Return every text for people in one language; the model's own column names fill what has no label."""
    found = dict(_shared_labels()[language])
    for layer in layers.values():
        found |= layer.labels[language]
    return found


def describe_layers(layers: Mapping[str, Layer]) -> dict[str, Any]:
    """Return the layers as the browser and other programs read them."""
    return {"domains": list(DOMAINS), "layers": [_describe(layer) for layer in layers.values()]}


def default_view(layers: Mapping[str, Layer]) -> str:
    """Return the view that the map opens with: the first of the planning layer, else the first there is."""
    ordered = sorted(layers.values(), key=lambda layer: layer.name != "planning")
    return next((view.name for layer in ordered for view in layer.views), "")


def find_view(layers: Mapping[str, Layer], name: str) -> tuple[Layer, View]:
    """
    Return a view and the layer it belongs to; `default` is the one that the map opens with.

    Raises
    ------
    NotFoundError
        If no layer has a view of that name.
    """
    wanted = default_view(layers) if name == DEFAULT else name
    for layer in layers.values():
        for view in layer.views:
            if view.name == wanted:
                return layer, view
    known = ", ".join(view.name for layer in layers.values() for view in layer.views)
    message = f"there is no view {name[:60]!r}; there are {known}"
    raise NotFoundError(message)


def column_of(layer: Layer, view: View) -> Column:
    """Return the column that a view shows: one of its layer, or one of the model."""
    for table, columns in layer.described.items():
        for column in columns:
            if column.name == view.column and table in {view.subject, f"{view.subject}_{layer.name}"}:
                return column
    return _model_column(view.subject, view.column)


def _model_column(table: str, name: str) -> Column:
    """Return the description of a column of the model."""
    unit, meaning = read_columns()[table][name]
    return Column(name, unit, meaning, words=name if name in MODEL_WORDS else None)


def view_columns(layers: Mapping[str, Layer], subject: str) -> list[str]:
    """Return the columns that any view of a subject is coloured by."""
    views = [view for layer in layers.values() for view in layer.views if view.subject == subject]
    return list(dict.fromkeys(column for view in views for column in (view.column, *view.steps)))


def find_column(
    layers: Mapping[str, Layer], layer: str, column: str, subject: str | None = None
) -> tuple[str, Column]:
    """
    Return the table and description of a layer's column, that of one subject if several have it.

    Raises
    ------
    NotFoundError
        If the layer or the column does not exist.
    """
    if layer not in layers:
        message = f"there is no layer {layer[:60]!r}; there are {', '.join(layers)}"
        raise NotFoundError(message)
    for table, columns in layers[layer].described.items():
        for item in columns:
            if item.name == column and subject in {None, table, table.removesuffix(f"_{layer}")}:
                return table, item
    for view in layers[layer].views:
        if view.column == column and subject in {None, view.subject} and column in read_columns().get(view.subject, {}):
            return view.subject, _model_column(view.subject, column)
    message = f"layer {layer} has no column {column[:60]!r}"
    raise NotFoundError(message)


def _describe(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "domain": layer.domain,
        "title_key": f"{layer.name}.title",
        "summary_key": f"{layer.name}.summary",
        "columns": [
            {"table": table, "name": column.name, "unit": column.unit, "meaning": column.meaning,
             "label_key": f"{layer.name}.{column.name}", "meaning_key": f"{layer.name}.{column.name}.meaning"}
            for table, columns in layer.described.items() for column in columns
        ],
        "views": [
            {"id": view.name, "title_key": f"{layer.name}.view.{view.name}", "unit": column_of(layer, view).unit,
             "subject": view.subject, "steps": len(view.steps)}
            for view in layer.views
        ],
    }
