"""OSM objects as Overpass answers with them, checked, and written as an OSM file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import osmium
import osmium.io
import osmium.osm
from osmium.osm import mutable
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from twin.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# OpenStreetMap allows 255 characters. A NUL, which it does not allow, would end the process inside the writer.
Text = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00]*$")]
Id = Annotated[int, Field(ge=1, lt=2**62)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Object(_Strict):
    osm_id: Id = Field(alias="id")
    tags: dict[Text, Text] = Field(default_factory=dict)


class Node(_Object):
    """A point, in degrees."""

    type: Literal["node"]
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Way(_Object):
    """A line or ring through nodes."""

    type: Literal["way"]
    nodes: list[Id]


class Member(_Strict):
    """What belongs to a relation, and as what."""

    type: Literal["node", "way", "relation"]
    ref: Id
    role: Text = ""


class Relation(_Object):
    """Objects that belong together."""

    type: Literal["relation"]
    members: list[Member] = Field(default_factory=list)


class Origin(_Strict):
    """Of what time the service's data are."""

    timestamp_osm_base: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?$")


class Answer(_Strict):
    """
    An answer of Overpass.

    Attributes
    ----------
    remark
        Present where the service broke off: the elements are not all.
    """

    elements: list[Annotated[Node | Way | Relation, Field(discriminator="type")]]
    osm3s: Origin = Field(default_factory=Origin)
    remark: str = ""


def data_state(answers: Sequence[Answer]) -> str:
    """Return the time up to which edits of the map are in every answer, '' where the service does not tell."""
    return min((answer.osm3s.timestamp_osm_base for answer in answers), default="")


def write_answers(answers: Sequence[Answer], bounds: tuple[float, float, float, float], out: Path) -> dict[str, int]:
    """
    Write the objects of several answers as one OSM file, each object once, sorted by kind and id.

    Parameters
    ----------
    answers
        The answers; of an object in several of them the last stays.
    bounds
        The box that the header declares: west, south, east, north. [degrees]
    out
        The file (PBF), replaced when the new one is complete.

    Returns
    -------
    counts
        Number of nodes, ways and relations.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    found: dict[str, dict[int, Node | Way | Relation]] = {"node": {}, "way": {}, "relation": {}}
    for answer in answers:
        for element in answer.elements:
            found[element.type][element.osm_id] = element
    part = out.with_name(f".{out.name}.part")
    try:
        header = _header(bounds, data_state(answers))
        writer = osmium.SimpleWriter(osmium.io.File(str(part), "pbf"), header=header, overwrite=True)
        try:
            for objects in found.values():
                for osm_id in sorted(objects):
                    _write(writer, objects[osm_id])
        finally:
            writer.close()
        part.replace(out)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        message = f"{out} cannot be written ({error}); check the folder and the space on the disk"
        raise StoreError(message) from error
    return {kind: len(objects) for kind, objects in found.items()}


def _write(writer: osmium.SimpleWriter, element: Node | Way | Relation) -> None:
    if isinstance(element, Node):
        writer.add_node(mutable.Node(id=element.osm_id, location=(element.lon, element.lat), tags=element.tags))
    elif isinstance(element, Way):
        writer.add_way(mutable.Way(id=element.osm_id, nodes=element.nodes, tags=element.tags))
    else:
        members = [(member.type[0], member.ref, member.role) for member in element.members]
        writer.add_relation(mutable.Relation(id=element.osm_id, members=members, tags=element.tags))


def _header(bounds: tuple[float, float, float, float], state: str) -> osmium.io.Header:
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(*bounds))
    header.set("generator", "zonetwin")
    header.set("sorting", "Type_then_ID")
    if state:
        header.set("osmosis_replication_timestamp", state)
    return header
