"""Finding layers: every folder in layers/ and in the folders of $ZONETWIN_LAYERS that holds a LAYER."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from layers.contract import Layer
from twin.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterable

VARIABLE = "ZONETWIN_LAYERS"
LEDGER_CLAIMS = "ledger_*"  # in `needs`: what all other layers claim for the ledger


def layer_folders() -> list[Path]:
    """Return the folders in which layers are looked for: this package, then those of $ZONETWIN_LAYERS."""
    more = os.environ.get(VARIABLE, "")
    return [Path(__file__).parent, *(Path(item) for item in more.split(os.pathsep) if item)]


def discover_layers(folders: Iterable[Path] | None = None) -> dict[str, Layer]:
    """
    Return every layer, each after those whose tables it needs.

    Raises
    ------
    LayerError
        If a folder is missing, a layer cannot be imported or breaks the contract, or two need each other.
    """
    found: dict[str, Layer] = {}
    for folder in folders if folders is not None else layer_folders():
        if not folder.is_dir():
            message = f"{folder} is no folder; correct ${VARIABLE}"
            raise LayerError(message)
        for path in sorted(folder.glob("*/__init__.py")):
            layer = _load(path.parent)
            if layer is None:
                continue
            if layer.name in found:
                message = f"{path.parent}: a layer named {layer.name!r} exists already in {found[layer.name].folder}"
                raise LayerError(message)
            found[layer.name] = layer
    return _in_order(found)


def _load(folder: Path) -> Layer | None:
    """Return the layer of a folder, None where the folder is no layer."""
    own = folder.parent == Path(__file__).parent
    name = f"layers.{folder.name}" if own else f"zonetwin_layer_{folder.name}"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        message = f"{folder}: the layer cannot be imported ({type(error).__name__}: {error}); mend its __init__.py"
        raise LayerError(message) from error
    layer = getattr(module, "LAYER", None)
    if not isinstance(layer, Layer):
        return None
    layer = dataclasses.replace(layer, folder=folder)
    faults = layer.faults()
    if layer.name != folder.name:
        faults.append(f"the layer calls itself {layer.name!r}; folder and name must agree")
    if faults:
        message = f"{folder}: " + "; ".join(faults)
        raise LayerError(message)
    return layer


def _in_order(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Return the layers so that each comes after those whose tables it needs."""
    maker = {table: layer.name for layer in layers.values() for table in layer.described}
    claimants = {layer.name for layer in layers.values() if layer.claims is not None}
    waiting, ordered = dict(sorted(layers.items())), {}
    while waiting:
        ready = [name for name, layer in waiting.items()
                 if not any(maker.get(table) in waiting and maker.get(table) != name for table in layer.needs)
                 and not (LEDGER_CLAIMS in layer.needs and claimants & set(waiting))]
        if not ready:
            message = f"layers need each other in a circle: {', '.join(waiting)}"
            raise LayerError(message)
        for name in ready:
            ordered[name] = waiting.pop(name)
    return ordered
